"""MNIST."""

from typing import ClassVar, Literal

from dlcore.data.idx_dataset import IdxDataset


class MNIST(IdxDataset):
    """70,000 handwritten digits, 28 × 28 grey, the last 10,000 of them the publishers' test part.

    Source: LeCun, Cortes & Burges, "The MNIST database of handwritten digits"; used in LeCun et al., 1998.
    """

    label = "MNIST (handwritten digits)"
    folder: ClassVar[str] = "mnist"
    address: ClassVar[str] = "https://ossci-datasets.s3.amazonaws.com/mnist/"
    checksums: ClassVar[dict[str, str]] = {
        "train_images": "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        "train_labels": "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        "test_images": "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        "test_labels": "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
    }

    kind: Literal["mnist"] = "mnist"
