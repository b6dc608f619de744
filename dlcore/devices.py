"""Where a run trains, and how its randomness is pinned. Imports torch."""

import torch

from dlcore.errors import TrainingError


def choose_device(wanted: str) -> torch.device:
    """ "auto" takes a GPU when there is one. Raises TrainingError."""
    if wanted == "cuda" and not torch.cuda.is_available():
        raise TrainingError("This worker has no GPU, and the spec asks for one. Set the device to auto or cpu.")
    if wanted == "cpu" or not torch.cuda.is_available():
        return torch.device("cpu")
    torch.backends.cudnn.deterministic = True
    torch.backends.cudnn.benchmark = False
    return torch.device("cuda")


def pin_randomness(seed: int) -> None:
    """Everything that draws from torch's own generators, such as dropout, now follows from ``seed``."""
    torch.manual_seed(seed)
