"""Iris."""

from typing import ClassVar, Literal

from dlcore.data.shipped_rows import ShippedRows


class Iris(ShippedRows):
    """150 flowers of three kinds of iris, four lengths of each: the oldest data set that is still in use.

    Source: Fisher, 1936, "The use of multiple measurements in taxonomic problems"; as scikit-learn ships it.
    """

    label = "Iris (flowers)"
    file: ClassVar[str] = "iris.csv"
    rows: ClassVar[int] = 150
    features: ClassVar[tuple[str, ...]] = ("sepal length", "sepal width", "petal length", "petal width")
    names: ClassVar[tuple[str, ...]] = ("setosa", "versicolor", "virginica")

    kind: Literal["iris"] = "iris"
