"""Principal components."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from dlcore.errors import SpecError
from dlcore.fields import count
from dlcore.preprocess.preprocessing import Images, Preprocessing

MOST_FEATURES = 4096  # the eigenvectors of more take minutes


class PCA(Preprocessing):
    """Keeps the k directions in which the training part varies most: (x − mean) · U, the first k columns.

        Σ = XᵀX / n of the centred training part = U S Uᵀ, eigenvalues S falling

    Pictures become rows: (channels, height, width) -> (k). Convolutions need pictures, so this is not for them.
    Source: Pearson, 1901, "On lines and planes of closest fit to systems of points in space".
    """

    label = "Principal components (PCA)"

    kind: Literal["pca"] = "pca"
    components: int = count(2, high=MOST_FEATURES, scale="log", help="How many directions are kept.")

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """(k,)."""
        size = number_of_features(shape)
        if self.components > size:
            raise SpecError(
                "components",
                f"There are only {size:,} numbers in an example; {self.components:,} components cannot be kept.",
            )
        return (self.components,)

    def fit(self, training: Images) -> Callable[[Images], Images]:
        """Find the directions."""
        from dlcore.preprocess.statistics import principal_axes, projected

        mean, axes, _ = principal_axes(training)
        kept = axes[:, : self.components]
        return lambda inputs: projected(inputs, mean, kept)


def number_of_features(shape: tuple[int, ...]) -> int:
    """How many numbers an example of ``shape`` has; raises SpecError when they are too many for their covariance."""
    size = 1
    for length in shape:
        size *= length
    if size > MOST_FEATURES:
        raise SpecError(
            "", f"An example has {size:,} numbers; principal directions are found among {MOST_FEATURES:,} at most."
        )
    return size
