"""Architectures, one family in one file; each is a kind of the spec's network."""

from typing import TYPE_CHECKING

from dlcore.networks.network import Network
from dlcore.part import any_of

if TYPE_CHECKING:
    AnyNetwork = Network
else:
    AnyNetwork = any_of("dlcore.networks", Network)

__all__ = ["AnyNetwork", "Network"]
