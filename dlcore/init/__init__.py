"""Where weights start, one rule in one file."""

from typing import TYPE_CHECKING

from dlcore.init.initialiser import Initialiser
from dlcore.part import any_of

if TYPE_CHECKING:
    AnyInitialiser = Initialiser
else:
    AnyInitialiser = any_of("dlcore.init", Initialiser)

__all__ = ["AnyInitialiser", "Initialiser"]
