"""What each initialiser promises of a weight: its variance, the limit that no number exceeds, and how it is drawn."""

import math
from dataclasses import dataclass

from dlcore.init import Initialiser
from dlcore.init.he_normal import HeNormal
from dlcore.init.he_uniform import HeUniform
from dlcore.init.inv_sqrt import InvSqrt
from dlcore.init.lecun_uniform import LeCunUniform
from dlcore.init.lsuv import LSUV
from dlcore.init.orthogonal import Orthogonal
from dlcore.init.small import Small
from dlcore.init.sparse import Sparse
from dlcore.init.xavier_normal import XavierNormal
from dlcore.init.xavier_uniform import XavierUniform
from dlcore.init.zeros import Zeros

IN, OUT = 400, 300


@dataclass(frozen=True)
class Promise:
    """kurtosis: E w⁴ / (E w²)², which says how far a measured variance may be off; limit: of |w|."""

    variance: float
    kurtosis: float = 3.0
    limit: float = math.inf


REFERENCES: list[tuple[Initialiser, Promise]] = [
    (Zeros(), Promise(0.0, limit=0.0)),
    (Small(), Promise(1e-4)),
    (Small(deviation=0.5), Promise(0.25)),
    (InvSqrt(), Promise(1 / IN)),
    (LeCunUniform(), Promise(1 / IN, 1.8, math.sqrt(3 / IN))),
    (XavierNormal(), Promise(2 / (IN + OUT))),
    (XavierUniform(), Promise(2 / (IN + OUT), 1.8, math.sqrt(6 / (IN + OUT)))),
    (HeNormal(), Promise(2 / IN)),
    (HeUniform(), Promise(2 / IN, 1.8, math.sqrt(6 / IN))),
    (Sparse(deviation=0.3), Promise(0.09 * 10 / IN, 3 * IN / 10)),
    (Orthogonal(), Promise(1 / IN)),
    (Orthogonal(gain=2.0), Promise(4 / IN)),
    (LSUV(), Promise(1 / IN)),  # before it sees data
]
