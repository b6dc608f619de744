"""What may go wrong in a training run, each with a sentence for people.

TrainingError
├── DatasetError
│   ├── DatasetMissing      not in DESCENT_DATA, not shipped, and not to be downloaded
│   └── DatasetUnreadable   there, but not what it should be
├── Diverged                the loss is NaN or infinite
├── OutOfMemory             the machine or the device has no more memory
├── ProcessLost             one of the processes that train a trial together has ended
└── SpecError               parts that do not fit each other (a convolution on a flat input, ...)
"""

from pathlib import Path


class TrainingError(Exception):
    """A cause of failure that is shown to the person as it stands."""


class DatasetError(TrainingError):
    """Something is wrong with a data set."""


class DatasetMissing(DatasetError):
    """A data set's file is nowhere to be found."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"The data set {name} is not available: {reason}")


class DatasetUnreadable(DatasetError):
    """A data set's file is damaged or of another format."""

    def __init__(self, path: Path, reason: str) -> None:
        sentence = f"The dataset file {path.name} cannot be read: {reason}"
        super().__init__(sentence.encode("utf-8", "replace").decode())  # names of files need not be text


class Diverged(TrainingError):
    """The loss is no longer a finite number."""

    OPENING = "The loss became "

    @classmethod
    def says(cls, sentence: str) -> bool:
        """Whether a failure's sentence, which is all that is kept of it, is one of these."""
        return sentence.startswith(cls.OPENING)

    def __init__(self, step: int, value: float, lr: float) -> None:
        super().__init__(
            f"{self.OPENING}{value} at step {step:,}, so training was stopped. The usual cause is a learning rate "
            f"that is too high: it was {lr:g}. Try a tenth of it."
        )


class OutOfMemory(TrainingError):
    """The batch, the network or the data does not fit."""

    def __init__(self, where: str) -> None:
        super().__init__(
            f"Training ran out of memory on {where}. Try a smaller batch size, a smaller network or less data."
        )


class ProcessLost(TrainingError):
    """One of several processes that train together ended before the trial did. It may be tried again from the last checkpoint."""

    def __init__(self, number: int, count: int, reason: str) -> None:
        super().__init__(f"Process {number} of the {count} that train together ended: {reason}.")


class SpecError(TrainingError):
    """Parts of a spec that do not fit each other. ``path`` names the field, e.g. ``network.layers.2``."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(message)
        self.path = path
