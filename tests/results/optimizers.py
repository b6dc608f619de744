"""Every optimizer's training loss on the same network, as small multiples in one SVG."""

import math

import numpy as np
import torch

from dlcore.events import Scalars
from dlcore.optim import Optimizer
from dlcore.part import discover
from dlcore.train import train
from dlcore.validation import parse_spec

COLUMNS, WIDTH, HEIGHT = 5, 180, 130
LEFT, TOP, GAP = 34, 26, 14
HIGHEST, LOWEST = 2.6, 0.2
WINDOW = 25


def train_all() -> dict[str, np.ndarray]:
    """name for people -> smoothed training loss of each step; a run that diverges ends where it did."""
    torch.set_num_threads(1)
    found = {}
    for part in discover("dlcore.optim", Optimizer):
        spec = parse_spec(
            {
                "data": {"kind": "fashion_mnist", "train_size": 10_000},
                "network": {"kind": "mlp", "hidden": [128]},
                "optimizer": {"kind": part.kinds()[0]},
                "epochs": 3,
                "test": "on_request",
            }
        )
        losses = [e.values for e in train(spec) if isinstance(e, Scalars) and e.key == "train/loss"]
        found[part.name()] = smoothed(np.concatenate(losses))
    return found


def smoothed(values: np.ndarray) -> np.ndarray:
    """The mean of the last steps; of fewer at the start."""
    sums = np.cumsum(np.insert(values, 0, 0.0))
    ends = np.arange(1, len(values) + 1)
    starts = np.maximum(ends - WINDOW, 0)
    return (sums[ends] - sums[starts]) / (ends - starts)


def draw(curves: dict[str, np.ndarray]) -> str:
    """The picture."""
    ordered = dict(sorted(curves.items(), key=lambda item: item[1][-1]))
    rows = math.ceil(len(ordered) / COLUMNS)
    width, height = COLUMNS * (WIDTH + GAP + LEFT), rows * (HEIGHT + GAP + TOP) + 10
    lines = {name: points(curve) for name, curve in ordered.items()}
    body = [panel(index, name, lines, ordered[name]) for index, name in enumerate(ordered)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="11">\n'
        f'<rect width="{width}" height="{height}" fill="#fff"/>\n' + "\n".join(body) + "\n</svg>\n"
    )


def points(curve: np.ndarray) -> str:
    """A line's points within a panel."""
    steps = np.unique(np.linspace(0, len(curve) - 1, 120).astype(int))
    x = WIDTH * steps / max(len(curve) - 1, 1)
    y = HEIGHT * (HIGHEST - np.clip(curve[steps], LOWEST, HIGHEST)) / (HIGHEST - LOWEST)
    return " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))


def panel(index: int, name: str, lines: dict[str, str], curve: np.ndarray) -> str:
    """One optimizer in front of the others."""
    left, top = (index % COLUMNS) * (WIDTH + GAP + LEFT) + LEFT, (index // COLUMNS) * (HEIGHT + GAP + TOP) + TOP
    faint = "".join(f'<polyline points="{p}" fill="none" stroke="#d5dbdb"/>' for n, p in lines.items() if n != name)
    ticks = "".join(
        f'<text x="-6" y="{HEIGHT * (HIGHEST - value) / (HIGHEST - LOWEST) + 4:.1f}" text-anchor="end" fill="#667">{value:g}</text>'
        for value in (0.5, 1.0, 1.5, 2.0, 2.5)
    )
    return (
        f'<g transform="translate({left},{top})"><rect width="{WIDTH}" height="{HEIGHT}" fill="none" stroke="#99a"/>{ticks}{faint}'
        f'<polyline points="{lines[name]}" fill="none" stroke="#0b6e66" stroke-width="2"/>'
        f'<text x="0" y="-8" font-weight="bold" fill="#123">{name}</text>'
        f'<text x="{WIDTH}" y="-8" text-anchor="end" fill="#456">{curve[-1]:.3f}</text></g>'
    )
