"""Mistakes that notes and tutorials make about data: each would be caught here. Others are caught beside what they concern."""

import numpy as np
import pytest
import torch

from dlcore.augment.crop import Crop
from dlcore.batches import Batches
from dlcore.data.dataset import Examples
from dlcore.data.prepare import cut
from dlcore.data.split import Split
from dlcore.validation import parse_spec

CPU = torch.device("cpu")


def numbered(n: int) -> Examples:
    """Examples that are their own numbers."""
    return Examples(np.arange(n, dtype=np.float32)[:, None], np.arange(n))


@pytest.mark.erratum(40)
def test_an_epoch_has_as_many_batches_as_fill_the_examples_not_as_a_batch_has_examples() -> None:
    batches = Batches(numbered(1000), 64, 0, CPU)
    sizes = [len(labels) for _, labels in batches.epoch(0)]
    assert sizes == [64] * 15 + [40]  # ⌈1000 / 64⌉ = 16, and not 64 of them


@pytest.mark.erratum(40)
def test_batch_sizes_are_powers_of_two_and_not_two_digits_of_an_exponent() -> None:
    for size in (2**6, 2**7, 2**8, 2**9):  # printed as "26, 27, ..., 29" where the superscript was lost
        spec = parse_spec({"data": {"kind": "digits"}, "network": {"kind": "softmax"}, "batch_size": size})
        assert Batches(numbered(1797), spec.batch_size, 0, CPU).count == -(-1797 // size)


def test_every_epoch_has_every_example_once_in_an_order_of_its_own() -> None:
    batches = Batches(numbered(100), 32, 7, CPU)
    first, second, again = ([y for _, labels in batches.epoch(e) for y in labels.tolist()] for e in (0, 1, 0))
    assert sorted(first) == sorted(second) == list(range(100))
    assert first == again
    assert first != second
    assert first != sorted(first)


@pytest.mark.erratum(45)
def test_a_picture_of_224_with_a_border_of_16_is_cut_from_256_and_not_from_255() -> None:
    torch.manual_seed(0)
    columns = torch.arange(1.0, 225.0).expand(1000, 1, 33, 224)  # each pixel is its column, and 0 is the border
    middle = Crop(padding=16).apply(columns)[:, 0, 16, 112]
    assert set(middle.tolist()) == set(range(113 - 16, 113 + 17))  # 256 − 224 + 1 = 33 places


@pytest.mark.erratum(29)
def test_what_is_similar_is_not_stirred_into_validation_and_test() -> None:
    similar, target = numbered(200), Examples(np.arange(1000, 1040, dtype=np.float32)[:, None], np.zeros(40, np.int64))
    parts = cut(similar, target, Split(validation=0.5, validation_from="test", train_dev=0.1), 0)
    for part in (parts.validation, parts.test):
        assert part.inputs.min() >= 1000
    for part in (parts.training, parts.train_dev):
        assert part.inputs.max() < 1000
