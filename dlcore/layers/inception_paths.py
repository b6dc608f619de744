"""Any paths side by side."""

from dlcore.layers.branches import Branches, Plan
from dlcore.layers.joins import Concatenation
from dlcore.layers.layer import Layer, Shape


class InceptionPaths(Branches):
    """The channels of several paths, one after another: what Inception v3 is built of. Networks say what the paths are."""

    label = "Inception module"
    stem = "inception"

    paths: tuple[tuple[Layer, ...], ...]

    @classmethod
    def kinds(cls) -> tuple[str, ...]:
        """It is no kind that a person chooses."""
        return ("",)

    def plan(self, shape: Shape) -> Plan:
        """The paths, concatenated."""
        return Plan({f"path{number}": path for number, path in enumerate(self.paths, 1)}, Concatenation())


def side_by_side(*paths: list[Layer]) -> InceptionPaths:
    """A module of these paths."""
    return InceptionPaths(paths=tuple(tuple(path) for path in paths))
