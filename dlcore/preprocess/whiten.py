"""Whitening."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from dlcore.fields import choice, small
from dlcore.preprocess.pca import number_of_features
from dlcore.preprocess.preprocessing import Images, Preprocessing


class Whiten(Preprocessing):
    """Makes features uncorrelated and equally strong: their covariance on the training part becomes the identity.

        PCA form: (x − mean) · U / √(S + ε);  ZCA form: (x − mean) · U / √(S + ε) · Uᵀ

    with Σ = XᵀX / n = U S Uᵀ of the training part. The ZCA form stays as near to the input as whitening can, so that
    pictures still look like themselves and keep their shape; the PCA form makes rows of them. Small ε amplify noise.
    Source: Krizhevsky, 2009, "Learning multiple layers of features from tiny images", appendix A; Bell & Sejnowski,
    1997, "The independent components of natural scenes are edge filters".
    """

    kind: Literal["whiten"] = "whiten"
    form: Literal["zca", "pca"] = choice(
        "zca", help="Turned back to look like the input (zca), or along the axes (pca)."
    )
    eps: float = small(
        1e-5, title="ε", help="Is added to the eigenvalues; larger values damp weak directions, mostly noise."
    )

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The same for ZCA, (features,) for PCA."""
        size = number_of_features(shape)
        return shape if self.form == "zca" else (size,)

    def fit(self, training: Images) -> Callable[[Images], Images]:
        """Find the directions and their strengths."""
        from dlcore.preprocess.statistics import principal_axes, projected

        mean, axes, values = principal_axes(training)
        matrix = axes / np.sqrt(values + self.eps)
        if self.form == "pca":
            return lambda inputs: projected(inputs, mean, matrix)
        return lambda inputs: projected(inputs, mean, matrix @ axes.T).reshape(inputs.shape)
