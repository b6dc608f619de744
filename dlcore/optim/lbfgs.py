"""L-BFGS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from dlcore.errors import SpecError
from dlcore.fields import choice, count, learning_rate
from dlcore.optim.optimizer import Optimizer

if TYPE_CHECKING:
    import torch
    from torch.optim.optimizer import ParamsT

SEARCHED = 25  # evaluations of the loss that one iteration may take


class LBFGS(Optimizer):
    """Learns the curvature from its last steps. Very quick on small networks with the whole training part as one batch.

        y = g − g_before;    s = w − w_before               of the last ``history`` iterations with yᵀs > 1e-10
        d = −H·g,  H from H₀ = (sᵀy / yᵀy)·I by the two-loop recursion
        w = w + t · d,       t = lr, in the first iteration min(1, 1 / ‖g‖₁) · lr

    A step makes several such iterations on its batch, each of which evaluates the loss again. Small batches make the curvature
    noise: set the batch size to the number of training examples, and leave augmentation and dropout off.
    Source: Liu & Nocedal, 1989, "On the limited memory BFGS method for large scale optimization".
    """

    label = "L-BFGS"
    needs_closure: ClassVar[bool] = True

    kind: Literal["lbfgs"] = "lbfgs"
    lr: float = learning_rate(
        1.0, help="Length of a step along the direction; with line search where the search begins."
    )
    iterations: int = count(20, high=1_000, help="Iterations in a step, unless it converges before.")
    history: int = count(10, high=100, help="Iterations that the curvature is learned from.")
    line_search: Literal["none", "strong_wolfe"] = choice(
        "strong_wolfe",
        help="How the length of an iteration is found: fixed, or searched for until the loss falls enough.",
    )

    @property
    def state_copies(self) -> int:  # type: ignore[override]
        """Two vectors for each iteration remembered, the direction, and the gradient before."""
        return 2 * self.history + 2

    def build(self, params: ParamsT) -> torch.optim.Optimizer:
        """``torch.optim.LBFGS``. Raises SpecError for more than one group of parameters."""
        import torch

        given: Any = list(params)
        if len(given) > 1 and isinstance(given[0], dict):
            raise SpecError(
                "optimizer",
                f"L-BFGS moves all weights as one vector with one learning rate; {len(given)} groups were given. "
                "Choose another optimizer, or one learning rate.",
            )
        searched = self.line_search == "strong_wolfe"
        return torch.optim.LBFGS(
            given,
            lr=self.lr,
            max_iter=self.iterations,
            max_eval=SEARCHED * self.iterations,
            history_size=self.history,
            line_search_fn="strong_wolfe" if searched else None,
        )
