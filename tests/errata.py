"""Fifty-one mistakes that circulate in notes on neural networks, and which of them a test here must catch.

A test that would catch one says so: ``@pytest.mark.erratum(9)``. ``tests/test_errata.py`` holds that none is left out, and
``pytest -m erratum`` runs them all.
"""

from enum import Enum, auto
from typing import NamedTuple


class Kind(Enum):
    """CODE breaks training when it is copied; MATH is a wrong formula or number; TEXT a wrong statement."""

    CODE = auto()
    MATH = auto()
    TEXT = auto()


class Erratum(NamedTuple):
    """elsewhere: the subject that it belongs to, where nothing of this repository has it yet."""

    kind: Kind
    mistake: str
    elsewhere: str = ""


CODE, MATH, TEXT = Kind.CODE, Kind.MATH, Kind.TEXT
ERRATA: dict[int, Erratum] = {
    1: Erratum(CODE, "SGD adds the gradient"),
    2: Erratum(CODE, "Adam's first moment is multiplied"),
    3: Erratum(CODE, "Adam steps by raw moments"),
    4: Erratum(CODE, "Adam's t starts at zero"),
    5: Erratum(MATH, "Nesterov's velocity climbs, without rate"),
    6: Erratum(CODE, "RMSProp's product lacks a sign"),
    7: Erratum(CODE, "Xavier's deviation is √n"),
    8: Erratum(CODE, "1/√n times a hundredth"),
    9: Erratum(MATH, "batch norm's variance without squares"),
    10: Erratum(MATH, "batch norm only subtracts, afterwards"),
    11: Erratum(MATH, "dropout tests with dropped share"),
    12: Erratum(MATH, "L2 decay lacks the rate"),
    13: Erratum(MATH, "table of 1/t is wrong"),
    14: Erratum(MATH, "k over epochs, without root"),
    15: Erratum(MATH, "accuracy leaves out true negatives"),
    16: Erratum(TEXT, "softmax prefers near rivals"),
    17: Erratum(MATH, "log C beside the exponents"),
    18: Erratum(MATH, "logistic loss lacks its minus"),
    19: Erratum(MATH, "the likelihood is made small"),
    20: Erratum(MATH, "logistic second term lacks prediction"),
    21: Erratum(MATH, "cross-entropy lacks its minus"),
    22: Erratum(MATH, "softmax of weighted wrong exponents"),
    23: Erratum(MATH, "leaky ReLU bends at one"),
    24: Erratum(TEXT, "ReLU closes the right side"),
    25: Erratum(TEXT, "tanh has no gradient"),
    26: Erratum(MATH, "AdaGrad, RMSProp without squared gradients"),
    27: Erratum(MATH, "Adam's β₂ is 0.99"),
    28: Erratum(TEXT, "average means backing weights up"),
    29: Erratum(TEXT, "test data cut from training"),
    30: Erratum(TEXT, "convolutions do not share weights"),
    31: Erratum(MATH, "two 5 × 5 see 7 × 7"),
    32: Erratum(TEXT, "VGG-19 has two more convolutions"),
    33: Erratum(TEXT, "LSTM has three weight matrices", "recurrent networks"),
    34: Erratum(MATH, "triplet margin below zero", "verification of faces"),
    35: Erratum(TEXT, "R-CNN classifies regions at once", "detection"),
    36: Erratum(TEXT, "WGAN-GP clips the gradients", "generative models"),
    37: Erratum(MATH, "error adds bias, not squared", "analysis of errors"),
    38: Erratum(TEXT, "errors are missing labels", "analysis of errors"),
    39: Erratum(TEXT, "test part used while training"),
    40: Erratum(MATH, "loop runs over batch size"),
    41: Erratum(TEXT, "clipping is on by default"),
    42: Erratum(TEXT, "decay makes every cost convex"),
    43: Erratum(TEXT, "dropout makes training faster", "a matter of hours, not of a test"),
    44: Erratum(TEXT, "sparse links go upwards"),
    45: Erratum(MATH, "crops come from 255 pixels"),
    46: Erratum(MATH, "biases have a batch axis"),
    47: Erratum(TEXT, "graph nodes are tensors", "a picture of the graph"),
    48: Erratum(CODE, "many-to-many without association table"),
    49: Erratum(TEXT, "whitening and variances unexplained"),
    50: Erratum(TEXT, "ELMo's scale is a vector", "embeddings"),
    51: Erratum(MATH, "absolute errors summed with signs"),
}
