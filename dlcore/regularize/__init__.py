"""What keeps weights small, one regulariser in one file."""

from typing import TYPE_CHECKING

from dlcore.part import any_of
from dlcore.regularize.regulariser import Regulariser

if TYPE_CHECKING:
    AnyRegulariser = Regulariser
else:
    AnyRegulariser = any_of("dlcore.regularize", Regulariser)

__all__ = ["AnyRegulariser", "Regulariser"]
