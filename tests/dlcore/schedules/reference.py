"""Each schedule as its source writes it, as a function of e, the epoch, and E, how many there are; named by kind."""

import numpy as np


def constant(e: float, E: float) -> float:
    return 1.0


def step(e: float, E: float, *, every_epochs: int, factor: float) -> float:
    rate = 1.0
    while e >= every_epochs:
        rate, e = rate * factor, e - every_epochs
    return rate


def exponential(e: float, E: float, *, k: float) -> float:
    return float(np.exp(-k * e))


def inverse_time(e: float, E: float, *, k: float) -> float:
    return 1 / (1 + k * e)


def inverse_sqrt(e: float, E: float, *, k: float) -> float:
    number = e + 1  # of the epoch, counted from 1
    return float(k / np.sqrt(number))


def polynomial(e: float, E: float, *, power: float, end: float) -> float:
    return float(end + (1 - end) * np.power((E - e) / E, power))


def cosine(e: float, E: float, *, end: float) -> float:
    return float(end + 0.5 * (1 - end) * (1 + np.cos(np.pi * e / E)))


def one_cycle(e: float, E: float, *, rise: float, start: float, end: float) -> float:
    return float(np.interp(e / E, [0, rise, 1], [start, 1, end]))


def plateau(e: float, E: float, **fields: object) -> float:
    """Without an evaluation nothing drops; ``test_plateau.py`` has the rest."""
    return 1.0
