"""How much one upload may hold. Everything is counted while it is read, so that a small archive cannot become a huge one."""

from dataclasses import dataclass

from webapp.fields import FieldProblem, Why

MIB = 1024 * 1024


class UploadProblem(FieldProblem):
    """Why an upload cannot be taken, as a sentence; ``field`` names where."""

    def __init__(self, message: str, field: str = "files", why: Why = "wrong") -> None:
        super().__init__(field, message, why)


@dataclass(frozen=True)
class Limits:
    """What one upload may hold; ``thing`` is what it is called, ``ratio`` how many times its size it may unpack to."""

    thing: str
    unpacked_bytes: int
    ratio: int
    files: int


@dataclass
class Budget:
    """What is left of what an upload of ``packed`` bytes may hold. Each method raises UploadProblem when that is too little."""

    packed: int
    limits: Limits
    unpacked: int = 0
    files: int = 0

    def take_bytes(self, count: int) -> None:
        """So many bytes were unpacked."""
        self.unpacked += count
        limits = self.limits
        if self.unpacked > limits.unpacked_bytes:
            raise UploadProblem(
                f"This {limits.thing} is too large: unpacked it has more than {limits.unpacked_bytes // MIB:,} MiB."
            )
        if self.unpacked > MIB and self.unpacked > limits.ratio * self.packed:
            raise UploadProblem(
                f"This archive unpacks to more than {limits.ratio} times its size, which no {limits.thing} does."
            )

    def take_file(self) -> None:
        """Another file."""
        self.files += 1
        if self.files > self.limits.files:
            raise UploadProblem(f"An upload has at most {self.limits.files:,} files; this one has more.")
