"""The Inception module."""

from typing import Literal

from dlcore.fields import choice, count
from dlcore.layers.average_pool import AveragePool
from dlcore.layers.branches import Branches, Plan
from dlcore.layers.conv_unit import conv_unit
from dlcore.layers.joins import Concatenation
from dlcore.layers.layer import Layer, Shape
from dlcore.layers.max_pool import MaxPool


class Inception(Branches):
    """Looks at several scales at once: 1 × 1, 3 × 3 and 5 × 5 filters and a pool side by side, their channels concatenated.

        out = [1×1 ‖ 1×1 → 3×3 ‖ 1×1 → 5×5 ‖ pool → 1×1], ReLU after each convolution

    The 1 × 1 convolutions before the larger ones make the channels fewer, and the work with them. Two 3 × 3 in place of the
    5 × 5, batch normalisation and a stride make it the module of Inception v2. The numbers are those of GoogLeNet's first.
    Shapes: (D, H, W) -> (sum of the four, ⌈H/S⌉, ⌈W/S⌉); sequences and volumes likewise.
    Source: Szegedy et al., 2015, "Going deeper with convolutions", table 1; Ioffe & Szegedy, 2015, "Batch normalization",
    figure 5.
    """

    label = "Inception module"
    stem = "inception"

    kind: Literal["inception"] = "inception"
    filters_1x1: int = count(64, low=0, high=4096, title="1 × 1 filters", help="0 leaves this path out.")
    reduce_3x3: int = count(96, high=4096, title="1 × 1 before 3 × 3", help="Channels that the 3 × 3 filters see.")
    filters_3x3: int = count(128, high=4096, title="3 × 3 filters", help="How many.")
    reduce_5x5: int = count(16, high=4096, title="1 × 1 before 5 × 5", help="Channels that the 5 × 5 filters see.")
    filters_5x5: int = count(32, high=4096, title="5 × 5 filters", help="How many.")
    pool: Literal["max", "average"] = choice("max", help="What the 3 × 3 pool keeps.")
    filters_pool: int = count(
        32, low=0, high=4096, title="1 × 1 after the pool", help="0 hands on the pooled channels as they are."
    )
    stride: int = count(1, high=4, help="Of the last convolution of each path and of the pool; 2 halves the picture.")
    factorised: bool = choice(False, help="Two 3 × 3 convolutions in place of the 5 × 5: the same view, fewer weights.")
    batch_norm: bool = choice(False, title="Batch normalisation", help="Before each ReLU.")

    def plan(self, shape: Shape) -> Plan:
        """The four paths, concatenated."""
        unit, stride = self._unit, self.stride
        kind = MaxPool if self.pool == "max" else AveragePool
        paths: dict[str, list[Layer]] = {
            "conv1x1": unit(self.filters_1x1, 1, stride) if self.filters_1x1 else [],
            "conv3x3": unit(self.reduce_3x3, 1) + unit(self.filters_3x3, 3, stride),
            "conv5x5": unit(self.reduce_5x5, 1) + self._large(),
            "pool": [kind(size=3, stride=stride, padding=1)]
            + (unit(self.filters_pool, 1) if self.filters_pool else []),
        }
        return Plan({name: path for name, path in paths.items() if path}, Concatenation())

    def _large(self) -> list[Layer]:
        if self.factorised:
            return self._unit(self.filters_5x5, 3) + self._unit(self.filters_5x5, 3, self.stride)
        return self._unit(self.filters_5x5, 5, self.stride)

    def _unit(self, filters: int, size: int, stride: int = 1) -> list[Layer]:
        return conv_unit(filters, size, stride=stride, batch_norm=self.batch_norm)
