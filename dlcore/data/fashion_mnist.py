"""Fashion-MNIST."""

from typing import ClassVar, Literal

from dlcore.data.idx_dataset import IdxDataset


class FashionMNIST(IdxDataset):
    """70,000 pictures of clothes in ten classes, 28 × 28 grey: MNIST's format, but harder.

    Source: Xiao, Rasul & Vollgraf, 2017, "Fashion-MNIST: a novel image dataset for benchmarking".
    """

    label = "Fashion-MNIST (clothes)"
    folder: ClassVar[str] = "fashion_mnist"
    address: ClassVar[str] = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"
    checksums: ClassVar[dict[str, str]] = {
        "train_images": "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        "train_labels": "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        "test_images": "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        "test_labels": "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
    }

    kind: Literal["fashion_mnist"] = "fashion_mnist"

    @property
    def class_names(self) -> tuple[str, ...]:
        """As the publishers call them."""
        return (
            "T-shirt/top",
            "Trouser",
            "Pullover",
            "Dress",
            "Coat",
            "Sandal",
            "Shirt",
            "Sneaker",
            "Bag",
            "Ankle boot",
        )
