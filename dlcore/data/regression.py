"""What data sets with numbers as targets share."""

from __future__ import annotations

from dlcore.data.dataset import Dataset, Task


class Regression(Dataset):
    """Examples whose targets are numbers, one for each of ``target_names``."""

    @property
    def task(self) -> Task:
        """Numbers are learnt."""
        return "regression"

    @property
    def classes(self) -> int:
        """How many numbers are predicted."""
        return len(self.target_names)

    @property
    def class_names(self) -> tuple[str, ...]:
        """There are no classes; the names of the targets stand for them."""
        return self.target_names

    @property
    def target_names(self) -> tuple[str, ...]:
        """What is predicted."""
        raise TypeError(f"{type(self).__name__} does not say what it predicts")
