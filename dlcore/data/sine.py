"""A noisy sine."""

from __future__ import annotations

from typing import Literal

import numpy as np

from dlcore.data.dataset import Examples
from dlcore.data.regression import Regression
from dlcore.fields import count, number
from dlcore.layers.layer import Shape


class Sine(Regression):
    """One number to predict from another: y = sin(2π·f·x) + noise, x evenly at random in [−1, 1).

    The smallest regression; too few points or too large a network shows over-fitting.
    """

    label = "Sine (regression)"

    kind: Literal["sine"] = "sine"
    examples: int = count(200, low=20, high=100_000, scale="log", help="How many points.")
    frequency: float = number(1.0, low=0.1, high=20.0, help="Waves in a length of 1.")
    noise: float = number(0.1, low=0.0, high=5.0, help="Standard deviation of what is added to each y.")
    points_seed: int = count(
        0, low=0, high=2**31 - 1, title="Seed of the points", help="Other seeds make other points."
    )

    @property
    def input_shape(self) -> Shape:
        """(1,)."""
        return (1,)

    @property
    def feature_names(self) -> tuple[str, ...]:
        """x."""
        return ("x",)

    @property
    def target_names(self) -> tuple[str, ...]:
        """y."""
        return ("y",)

    @property
    def size(self) -> int:
        """``examples``."""
        return self.examples

    def read(self) -> tuple[Examples, Examples | None]:
        """The points; there is no test part of its own."""
        generator = np.random.default_rng([self.points_seed, 3])
        x = generator.uniform(-1.0, 1.0, (self.examples, 1))
        y = np.sin(2 * np.pi * self.frequency * x) + generator.normal(0.0, self.noise, x.shape)
        return Examples(x.astype(np.float32), y.astype(np.float32)), None
