"""Data sets, one family in one file; each is a kind of the spec's data."""

from typing import TYPE_CHECKING

from dlcore.data.dataset import Dataset
from dlcore.part import any_of

if TYPE_CHECKING:
    AnyDataset = Dataset
else:
    AnyDataset = any_of("dlcore.data", Dataset)

__all__ = ["AnyDataset", "Dataset"]
