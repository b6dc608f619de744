"""Where the weights come from: fresh, or from another trial. Imports no torch."""

from dlcore.fields import choice, count, number, optional_count
from dlcore.part import Declared


class Start(Declared):
    """Transfer: start from the weights that another trial ended with.

    Every weight of the same name and shape is taken over; what does not fit (a head for other classes, layers that the other
    network lacks) starts fresh. So a deep VGG may start from a shallow one.
    Source: Yosinski et al., 2014, "How transferable are features in deep neural networks?"; Simonyan & Zisserman, 2015.
    """

    trial: int | None = optional_count(
        high=2**31 - 1,
        title="Start from trial",
        help="Number of the trial whose weights are taken over; empty starts fresh.",
    )
    new_head: bool = choice(True, title="New head", help="Start the last layer fresh even where it would fit.")
    freeze: int = count(
        0, low=0, high=1_000, title="Freeze", help="How many of the first layers with weights stay as they are."
    )
    body_lr: float = number(
        1.0,
        low=0.0,
        high=10.0,
        title="Rate of the body",
        help="What the learning rate is multiplied by for weights that were taken over; the rest learns at the full rate.",
    )
