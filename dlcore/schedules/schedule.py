"""What a schedule declares: a pure function of the position in the run, so that resuming needs no state."""

from collections.abc import Mapping

from dlcore.fields import number
from dlcore.part import Part


class Schedule(Part):
    """How the learning rate changes over a run. The unit is always the epoch, and fractions of an epoch count.

    A warm-up may come before any kind: the rate rises in a straight line, and the kind's own course begins after it.
    """

    family = "schedule"

    warm_up_epochs: float = number(
        0.0,
        low=0.0,
        high=100_000.0,
        title="Warm-up",
        help="Epochs in which the learning rate rises to its full value; 0 is none.",
    )
    warm_up_start: float = number(
        0.1, low=0.0, high=1.0, title="Warm-up from", help="Share of the learning rate where the warm-up begins."
    )

    def multiplier(self, epoch: float, epochs: float) -> float:
        """What the learning rate is multiplied by at ``epoch`` of ``epochs``, both counted from the end of the warm-up."""
        raise TypeError(f"{type(self).__name__} does not say its multiplier")

    def at(self, epoch: float, epochs: float, memory: Mapping[str, float]) -> float:
        """What the loop multiplies by at ``epoch`` (from 0, fractional within an epoch): the warm-up, then the kind's own."""
        if epoch < self.warm_up_epochs:
            return self.warm_up_start + (1.0 - self.warm_up_start) * epoch / self.warm_up_epochs
        own = self.multiplier(epoch - self.warm_up_epochs, epochs - self.warm_up_epochs)
        return own * memory.get("factor", 1.0)

    def observe(self, memory: Mapping[str, float], results: Mapping[str, float]) -> Mapping[str, float]:
        """What to remember after an epoch's evaluation, e.g. {"validation/loss": 0.3}; the loop keeps it and hands it to ``at``."""
        return memory


def done(epoch: float, epochs: float) -> float:
    """The share of the course that is behind, from 0 to 1."""
    return min(epoch / epochs, 1.0) if epochs > 0 else 1.0
