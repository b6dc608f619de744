"""How much one log may hold: as any upload, and of tags, points and texts besides."""

from dataclasses import dataclass

from webapp.uploads.budget import MIB, Budget, Limits, UploadProblem

UPLOAD_BYTES = 256 * MIB
UNPACKED_BYTES = 1024 * MIB
RATIO = 200  # unpacked to packed; a log shrinks to a tenth or so
FILES = 10_000
RUNS = 100
TAGS = 10_000
POINTS = 3_000_000
NAME_LONGEST = 200
TEXT_CHARACTERS = 200_000
LOG = Limits("log", UNPACKED_BYTES, RATIO, FILES)


@dataclass
class LogBudget(Budget):
    """What is left of what a log may hold."""

    limits: Limits = LOG
    tags: int = 0
    points: int = 0
    text: int = 0

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
