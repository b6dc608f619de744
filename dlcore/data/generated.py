"""What generated sets of points in the plane share."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dlcore.data.dataset import Dataset, Examples
from dlcore.fields import count, number
from dlcore.layers.layer import Shape


class Generated(Dataset):
    """Points in the plane, made from a seed of their own, so that trials with other seeds see the same points."""

    examples: int = count(600, low=20, high=100_000, scale="log", help="How many points, all classes together.")
    noise: float = number(0.1, low=0.0, high=5.0, help="Standard deviation of what is added to each point.")
    points_seed: int = count(
        0, low=0, high=2**31 - 1, title="Seed of the points", help="Other seeds make other points."
    )

    @property
    def input_shape(self) -> Shape:
        """(2,)."""
        return (2,)

    @property
    def classes(self) -> int:
        """Two."""
        return 2

    @property
    def size(self) -> int:
        """``examples``."""
        return self.examples

    def curve(self, label: int, positions: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where the points of a class lie without noise: positions in [0, 1), (n,) -> (n, 2)."""
        raise TypeError(f"{type(self).__name__} does not say where its points lie")

    def read(self) -> tuple[Examples, Examples | None]:
        """The points; there is no test part of its own."""
        generator = np.random.default_rng([self.points_seed, 3])
        labels = np.arange(self.examples) % self.classes
        points = np.empty((self.examples, 2))
        for label in range(self.classes):
            members = labels == label
            points[members] = self.curve(label, np.linspace(0.0, 1.0, int(members.sum()), endpoint=False))
        points += generator.normal(0.0, self.noise, points.shape)
        order = generator.permutation(self.examples)
        return Examples(points[order].astype(np.float32), labels[order].astype(np.int64)), None
