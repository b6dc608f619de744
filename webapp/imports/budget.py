"""How much one upload may hold. Everything is counted while it is read, so that a small archive cannot become a huge one."""

from dataclasses import dataclass

MIB = 1024 * 1024
UPLOAD_BYTES = 256 * MIB
UNPACKED_BYTES = 1024 * MIB
RATIO = 200  # unpacked to packed; a log shrinks to a tenth or so
FILES = 10_000
RUNS = 100
TAGS = 10_000
POINTS = 3_000_000
NAME_LONGEST = 200
TEXT_CHARACTERS = 200_000


class UploadProblem(ValueError):
    """Why an upload cannot become an experiment, as a sentence; ``field`` names where."""

    def __init__(self, message: str, field: str = "files") -> None:
        super().__init__(message)
        self.field = field
        self.message = message


@dataclass
class Budget:
    """What is left of what an upload of ``packed`` bytes may hold. Each method raises UploadProblem when that is too little."""

    packed: int
    unpacked: int = 0
    files: int = 0
    tags: int = 0
    points: int = 0
    text: int = 0

    def take_bytes(self, count: int) -> None:
        """So many bytes were unpacked."""
        self.unpacked += count
        if self.unpacked > UNPACKED_BYTES:
            raise UploadProblem(f"This log is too large: unpacked it has more than {UNPACKED_BYTES // MIB:,} MiB.")
        if self.unpacked > MIB and self.unpacked > RATIO * self.packed:
            raise UploadProblem(f"This archive unpacks to more than {RATIO} times its size, which no log does.")

    def take_file(self) -> None:
        """Another file."""
        self.files += 1
        if self.files > FILES:
            raise UploadProblem(f"An upload has at most {FILES:,} files; this one has more.")

    def take_tag(self) -> None:
        """Another name of a curve, histogram or picture."""
        self.tags += 1
        if self.tags > TAGS:
            raise UploadProblem(f"A log has at most {TAGS:,} tags; this one has more.")

    def take_points(self, count: int) -> None:
        """So many points of curves."""
        self.points += count
        if self.points > POINTS:
            raise UploadProblem(f"A log has at most {POINTS:,} points; this one has more.")

    def cut_text(self, text: str) -> str:
        """As much of a text as may still be kept."""
        kept = text[: TEXT_CHARACTERS - self.text]
        self.text += len(kept)
        return kept
