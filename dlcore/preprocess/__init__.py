"""What is done to the inputs before training, with statistics of the training part only."""

from typing import TYPE_CHECKING

from dlcore.part import any_of
from dlcore.preprocess.preprocessing import Preprocessing

if TYPE_CHECKING:
    AnyPreprocessing = Preprocessing
else:
    AnyPreprocessing = any_of("dlcore.preprocess", Preprocessing)

__all__ = ["AnyPreprocessing", "Preprocessing"]
