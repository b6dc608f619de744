"""Step decay."""

from typing import Literal

from dlcore.fields import count, number
from dlcore.schedules.schedule import Schedule


class Step(Schedule):
    """The learning rate drops every few epochs, as to a half every 5 or a tenth every 20. The classic for image networks.

        multiplier(e) = factor^⌊e / every_epochs⌋         e in epochs

    Source: the staircase of Krizhevsky et al., 2012, "ImageNet classification with deep convolutional neural networks".
    """

    label = "Step decay"

    kind: Literal["step"] = "step"
    every_epochs: int = count(2, high=100_000, title="Every", help="Epochs from one drop to the next.")
    factor: float = number(
        0.5, above=0.0, high=1.0, title="Factor", help="What the learning rate is multiplied by at a drop."
    )

    def multiplier(self, epoch: float, epochs: float) -> float:
        """factor^⌊epoch / every_epochs⌋."""
        return self.factor ** int(epoch // self.every_epochs)
