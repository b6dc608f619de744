"""The whole declaration of a job as data, composed from the parts. Imports no torch."""

from typing import Literal

from dlcore.data import AnyDataset
from dlcore.fields import choice, count, optional_count, optional_number
from dlcore.init import AnyInitialiser
from dlcore.init.he_normal import HeNormal
from dlcore.losses import AnyLoss
from dlcore.losses.softmax import Softmax
from dlcore.networks import AnyNetwork
from dlcore.optim import AnyOptimizer
from dlcore.optim.momentum import Momentum
from dlcore.part import Declared
from dlcore.regularize import AnyRegulariser
from dlcore.schedules import AnySchedule
from dlcore.schedules.constant import Constant
from dlcore.start import Start


class Monitor(Declared):
    """What is measured while it trains, and how often. The cadence is part of the spec, so that curves can be reproduced."""

    every_steps: int = count(
        25,
        high=100_000,
        scale="log",
        title="Measure every",
        help="Steps between measurements of ratios, norms and units.",
    )
    evaluate_every_steps: int | None = optional_count(
        high=1_000_000,
        title="Evaluate every",
        help="Steps between evaluations, beside the one after each epoch; empty means once per epoch.",
    )
    pictures_every_epochs: int = count(
        1, low=0, high=10_000, title="Pictures every", help="Epochs between pictures of the first layer; 0 makes none."
    )
    histograms_every_epochs: int = count(
        1,
        low=0,
        high=10_000,
        title="Histograms every",
        help="Epochs between histograms of activations, gradients and weights, about 200 in a run at most; 0 makes none.",
    )


class Spec(Declared):
    """A training job. Everything but ``data`` and ``network`` has a default."""

    data: AnyDataset
    network: AnyNetwork
    initialisation: AnyInitialiser = HeNormal()
    loss: AnyLoss = Softmax()
    optimizer: AnyOptimizer = Momentum()
    schedule: AnySchedule = Constant()
    regularisation: tuple[AnyRegulariser, ...] = ()
    epochs: int = count(5, high=100_000, scale="log", help="Passes over the training part.")
    batch_size: int = count(
        64, high=65_536, scale="log", help="Examples per step; as many as there are, or more, is full-batch."
    )
    seed: int = count(
        0, low=0, high=2**31 - 1, help="Where all randomness comes from; the same seed gives the same numbers."
    )
    trials: int = count(1, high=20, help="Train the same spec this many times, with seeds seed, seed + 1, ...")
    device: Literal["auto", "cpu", "cuda"] = choice("auto", help="Where it trains; auto takes a GPU when there is one.")
    processes: int = count(
        1, high=64, help="Processes of one machine that share each batch; a processor core or a GPU for each."
    )
    precision: Literal["float32", "bfloat16"] = choice(
        "float32", help="Number format of the forward and backward pass."
    )
    start: Start = Start()
    weight_average: float | None = optional_number(
        low=0.0,
        high=0.99999,
        title="Average of weights",
        help="What a running average of the weights keeps at each step, e.g. 0.999; evaluated beside them. Empty: none.",
    )
    test: Literal["at_end", "on_request"] = choice(
        "at_end", title="Test", help="When the test part is used, once: at the end, or when somebody asks for it."
    )
    channels_last: bool = choice(
        False,
        title="Channels last",
        help="Keep pictures with their channels side by side: convolutions are often faster.",
    )
    compile: bool = choice(
        False,
        title="Compile",
        help="Compile the network first (torch.compile): a slow start, then faster steps on a GPU.",
    )
    monitor: Monitor = Monitor()
