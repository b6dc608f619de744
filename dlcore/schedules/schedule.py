"""What a schedule declares: a pure function of the position in the run, so that resuming needs no state."""

from dlcore.part import Part


class Schedule(Part):
    """How the learning rate changes over a run."""

    family = "schedule"

    def multiplier(self, epoch: float, epochs: int) -> float:
        """What the optimizer's learning rate is multiplied by at ``epoch`` (from 0, fractional within an epoch) of ``epochs``."""
        raise TypeError(f"{type(self).__name__} does not say its multiplier")
