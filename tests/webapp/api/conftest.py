"""A trial for programs to read."""

import numpy as np
import pytest
from flask import Flask

from dlcore.events import Histogram, Scalars
from tests.conftest import Person, Store
from tests.webapp.api.asking import GOOD, HISTOGRAMS
from webapp.store import curves, histograms, leases


@pytest.fixture
def trained(app: Flask, ada: Person, store: Store) -> int:
    """A trial with two curves of known points."""
    trial = int(ada.api("POST", "/experiments", json=GOOD).json["trials"][0]["id"])
    attempt = leases.claim(store, trial, "a test", 30)
    assert attempt == 1
    steps = np.arange(1, 5001)
    losses = np.sin(steps / 100).astype(np.float32).astype(np.float64)
    losses[41] = np.nan
    losses[2500] = 1e6
    times = np.round(1.7e9 + steps / 10, 3)
    curves.append(store, trial, 1, [Scalars("train/loss", steps, losses, times)])
    odd = Scalars("validation/loss", steps[::1000], np.array([0.1, 1 / 3, np.inf, -np.inf, 2e-308]), times[::1000])
    curves.append(store, trial, 1, [odd])
    kept = [
        Histogram(key, step, step / 2500, -1.0, 2.5, np.arange(64) + step, 3)
        for key in HISTOGRAMS
        for step in range(0, 5000, 500)
    ]
    histograms.add(store, trial, 1, kept)
    leases.renew(store, trial, 1, 30, step=5000, steps=5000, epoch=2.0)
    return trial
