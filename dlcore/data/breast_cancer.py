"""Breast cancer."""

from typing import ClassVar, Literal

from dlcore.data.shipped_rows import ShippedRows

MEASURED = (
    "radius",
    "texture",
    "perimeter",
    "area",
    "smoothness",
    "compactness",
    "concavity",
    "concave points",
    "symmetry",
    "fractal dimension",
)


class BreastCancer(ShippedRows):
    """569 tumours, thirty measurements of the nuclei of their cells, to tell malignant from benign ones.

    Source: Street, Wolberg & Mangasarian, 1993, "Nuclear feature extraction for breast tumor diagnosis"; as scikit-learn
    ships it.
    """

    label = "Breast cancer"
    file: ClassVar[str] = "breast_cancer.csv"
    rows: ClassVar[int] = 569
    features: ClassVar[tuple[str, ...]] = tuple(
        f"{statistic} {name}" for statistic in ("mean", "error of", "worst") for name in MEASURED
    )
    names: ClassVar[tuple[str, ...]] = ("malignant", "benign")

    kind: Literal["breast_cancer"] = "breast_cancer"
