"""What a preprocessing step declares: fitted on the training part, applied to every part."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from dlcore.part import Part

Images = NDArray[np.float32]  # (n, features) or (n, channels, height, width)


class Preprocessing(Part):
    """A transformation of the inputs whose statistics come from the training part only."""

    family = "preprocessing"

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The shape of an example after this step; raises SpecError when ``shape`` cannot be its input."""
        return shape

    def fit(self, training: Images) -> Callable[[Images], Images]:
        """Measure ``training`` and return the function that is applied to all parts."""
        raise TypeError(f"{type(self).__name__} does not say what it does")
