"""L-BFGS for small data: each step looks at all samples and finds its own length.

Liu & Nocedal 1989, https://doi.org/10.1007/BF01589116, with the line search of Nocedal & Wright 2006,
Numerical Optimization, algorithms 3.5 and 3.6 (strong Wolfe conditions). A step here is a round of
up to 20 of its iterations, so that one epoch is one round.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor, nn

from aestudio.training.options import TrainingOptions

#: Returns the loss, detached, with its terms, and leaves its gradient in the parameters.
Evaluate = Callable[[], tuple[Tensor, Mapping[str, Tensor]]]

_ITERATIONS = 20
_HISTORY = 20


class FullBatchOptimizer:
    """torch's L-BFGS with its memory as plain tensors, and steps that are taken whole or not at all.

    Shapes: P numbers of all parameters together, M remembered iterations.
    """

    def __init__(self, parameters: Sequence[nn.Parameter], options: TrainingOptions) -> None:
        self._parameters = list(parameters)
        self._decay = options.weight_decay
        self._lbfgs = torch.optim.LBFGS(
            self._parameters,
            lr=1.0,
            max_iter=_ITERATIONS,
            history_size=_HISTORY,
            line_search_fn="strong_wolfe",
        )
        #: All of the memory is with the first parameter; "step" counts the rounds.
        self.state: defaultdict[Tensor, dict[str, Tensor]] = defaultdict(dict)
        first = self._parameters[0]
        self.state[first]["step"] = torch.zeros((), device=first.device)

    def set_learning_rate(self, rate: float) -> None:
        """Do nothing: the line search finds the length of every step."""

    def step(self, evaluate: Evaluate) -> bool:
        """Take one round; return False, with everything as it was, if it met no finite number."""
        before = [parameter.detach().clone() for parameter in self._parameters]
        memory = dict(self.state[self._parameters[0]])
        # Always through plain tensors, so that a resumed run goes the same way.
        self._lbfgs.state[self._parameters[0]] = _unpacked(memory)
        self._lbfgs.step(lambda: self._with_decay(evaluate))
        found = self._lbfgs.state[self._parameters[0]]
        is_good = all(bool(p.isfinite().all()) for p in self._parameters) and _is_finite(found)
        if is_good:
            self.state[self._parameters[0]] = {**_packed(found), "step": memory["step"] + 1}
            return True
        with torch.no_grad():
            for parameter, value in zip(self._parameters, before, strict=True):
                parameter.copy_(value)
        return False

    @torch.no_grad()
    def _with_decay(self, evaluate: Evaluate) -> Tensor:
        with torch.enable_grad():
            loss, _ = evaluate()
        if self._decay > 0:
            # In the loss too: the line search compares it with the gradient.
            for parameter in self._parameters:
                loss = loss + 0.5 * self._decay * parameter.square().sum()
                if parameter.grad is not None:
                    parameter.grad.add_(parameter, alpha=self._decay)
        return loss


def _packed(state: dict[str, object]) -> dict[str, Tensor]:
    """Return torch's memory as tensors; nothing where no iteration was made yet."""
    if "d" not in state:
        return {}
    direction, gradient = state["d"], state["prev_flat_grad"]
    changes, moves, weights = state["old_dirs"], state["old_stps"], state["ro"]
    assert isinstance(direction, Tensor)
    assert isinstance(gradient, Tensor)
    assert isinstance(changes, list)
    assert isinstance(moves, list)
    assert isinstance(weights, list)
    empty = direction.new_empty((0, len(direction)))
    numbers = (state["t"], state["H_diag"], state["prev_loss"], state["n_iter"])
    return {
        "direction": direction.clone(),
        "gradient": gradient.clone(),
        "changes": torch.stack(changes) if changes else empty,
        "moves": torch.stack(moves) if moves else empty,
        "weights": torch.stack(weights) if weights else direction.new_empty(0),
        # Single precision numbers are exact in double precision.
        "numbers": torch.tensor([float(number) for number in numbers], dtype=torch.float64),  # type: ignore[arg-type]  # plain numbers or tensors of one
    }


def _unpacked(memory: dict[str, Tensor]) -> dict[str, object]:
    """Return what :func:`_packed` was given."""
    if "direction" not in memory:
        return {}
    length, scale, loss, count = memory["numbers"].tolist()
    return {
        "d": memory["direction"].clone(),
        "prev_flat_grad": memory["gradient"].clone(),
        "old_dirs": list(memory["changes"].clone()),
        "old_stps": list(memory["moves"].clone()),
        "ro": list(memory["weights"].clone()),
        "t": length,
        "H_diag": scale,
        "prev_loss": loss,
        "n_iter": int(count),
        "func_evals": 0,
    }


def _is_finite(state: dict[str, object]) -> bool:
    return all(
        bool(value.isfinite().all())
        for name in ("prev_flat_grad", "d")
        if isinstance(value := state.get(name), Tensor)
    )
