"""Wine."""

from typing import ClassVar, Literal

from dlcore.data.shipped_rows import ShippedRows


class Wine(ShippedRows):
    """178 Italian wines of three growers, thirteen measurements of each; the units differ, so that it needs scaling.

    Source: Forina et al., 1988, "PARVUS: an extendable package for data exploration", by UCI; as scikit-learn ships it.
    """

    label = "Wine (growers)"
    file: ClassVar[str] = "wine_data.csv"
    rows: ClassVar[int] = 178
    features: ClassVar[tuple[str, ...]] = (
        "alcohol",
        "malic acid",
        "ash",
        "alcalinity of ash",
        "magnesium",
        "total phenols",
        "flavanoids",
        "nonflavanoid phenols",
        "proanthocyanins",
        "colour intensity",
        "hue",
        "od280/od315",
        "proline",
    )
    names: ClassVar[tuple[str, ...]] = ("grower 1", "grower 2", "grower 3")

    kind: Literal["wine"] = "wine"
