"""The rule that turns gradients into steps, and the promise that a failed step is not taken.

A step whose loss or gradient was not finite, and every later one, must change neither weights nor
the optimiser's own numbers, and nobody may wait for a graphics processor to learn which steps those
are. On the CPU the flag is at hand and decides, at no cost. On a graphics processor torch's fused
optimisers (AdamW, Adam, SGD) look at the flag where they run; the others know nothing of it, and
everything that their step changes is copied before and put back where the flag is set. Apple's
processors have no form of these optimisers without numbers on the CPU, so there, and there only,
each step waits.
"""

from __future__ import annotations

import inspect
from collections import defaultdict
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor, nn

from aestudio.training.options import TrainingOptions

Slots = dict[str, Tensor]


def build_optimizer(
    parameters: Sequence[nn.Parameter],
    options: TrainingOptions,
    device: torch.device,
    failed: Tensor,
) -> GuardedOptimizer:
    """Return the optimiser that ``options`` ask for.

    ``failed`` is a scalar on ``device``: 1.0 from the first step on that must not be taken.
    """
    members = [
        _member(name, part, options, device)
        for name, part in _parts(parameters, options.optimizer)
        if part
    ]
    return GuardedOptimizer(members, parameters, options, failed)


class GuardedOptimizer:
    """Optimisers of torch over disjoint parameters, stepped together unless the step failed."""

    def __init__(
        self,
        members: Sequence[torch.optim.Optimizer],
        parameters: Sequence[nn.Parameter],
        options: TrainingOptions,
        failed: Tensor,
    ) -> None:
        self._members = members
        self._failed = failed
        self._rate = options.learning_rate
        self._l1 = options.weight_l1
        self._weights = [parameter for parameter in parameters if parameter.dim() >= 2]
        #: Slots by parameter, of all members.
        self.state: defaultdict[Tensor, Slots] = defaultdict(dict)
        for member in members:
            self.state.update(member.state)
            member.state = self.state
            if self._looks_itself(member):
                # The names that torch's own gradient scaler uses to make a step conditional.
                member.grad_scale = None  # type: ignore[attr-defined]  # read by fused steps only
                member.found_inf = failed  # type: ignore[attr-defined]  # likewise
        self._first = parameters[0]
        slots = self.state.get(self._first, {})
        # SGD and Muon do not count their steps, and after a failure the number has to be known.
        self._counts = "momentum_buffer" in slots or options.optimizer == "sgd"
        if self._counts:
            self.state[self._first]["step"] = torch.zeros_like(failed)

    def set_learning_rate(self, rate: float) -> None:
        """Set the rate of all further steps; a number of the computer's, so nothing waits."""
        self._rate = rate
        for member in self._members:
            for group in member.param_groups:
                group["lr"] = rate

    @torch.no_grad()
    def step(self) -> None:
        """Take one step, unless it has failed."""
        for member in self._members:
            if self._looks_itself(member):
                _step(member)
            elif self._failed.device.type != "cuda":
                if not self._failed.item():
                    _step(member)
            else:
                step_unless(self._failed, member)
        if self._counts:
            self.state[self._first]["step"].add_(1 - self._failed)
        if self._l1 > 0:
            self._shrink()

    def _looks_itself(self, member: torch.optim.Optimizer) -> bool:
        """Whether ``member`` reads the flag where it runs."""
        # On the CPU that would cost one operation for every parameter.
        return bool(member.defaults.get("fused")) and self._failed.device.type != "cpu"

    def _shrink(self) -> None:
        """Move every weight towards zero by rate * L1, and no further than zero.

        The proximal step of the L1 norm: Duchi & Singer 2009,
        https://www.jmlr.org/papers/v10/duchi09a.html, equation 19. Like AdamW's decay it is apart
        from the gradient, so that it means the same for every optimiser and every loss.
        """
        reach = (1 - self._failed) * (self._rate * self._l1)
        for weight in self._weights:
            weight.sub_(weight.clamp(-reach, reach))


@torch.no_grad()
def step_unless(failed: Tensor, optimizer: torch.optim.Optimizer) -> None:
    """Step, and put everything back as it was where ``failed`` is 1.0; waits for nothing."""
    tensors = list(_changed_by(optimizer))
    before = [tensor.clone() for tensor in tensors]
    _step(optimizer)
    has_failed = failed.bool()
    for now, then in zip(tensors, before, strict=True):
        torch.where(has_failed, then, now, out=now)


def _step(optimizer: torch.optim.Optimizer) -> None:
    """Step without the entries for torch's profiler, which take a hundredth of a small step."""
    inspect.unwrap(type(optimizer).step)(optimizer)


def _changed_by(optimizer: torch.optim.Optimizer) -> Iterator[Tensor]:
    for group in optimizer.param_groups:
        for parameter in group["params"]:
            if parameter.grad is not None:
                yield parameter
                yield from optimizer.state[parameter].values()


def _parts(
    parameters: Sequence[nn.Parameter], name: str
) -> Iterator[tuple[str, list[nn.Parameter]]]:
    if name != "muon":
        yield name, list(parameters)
        return
    yield "muon", [parameter for parameter in parameters if parameter.dim() == 2]
    yield "adamw", [parameter for parameter in parameters if parameter.dim() != 2]


def _member(
    name: str, parameters: list[nn.Parameter], options: TrainingOptions, device: torch.device
) -> torch.optim.Optimizer:
    """Return one of torch's optimisers, with its numbers in place before the first step.

    - adamw: Loshchilov & Hutter 2019, https://arxiv.org/abs/1711.05101; without decay it is Adam.
    - adam: Kingma & Ba 2015, https://arxiv.org/abs/1412.6980.
    - sgd: with the momentum of Sutskever et al. 2013, https://proceedings.mlr.press/v28/sutskever13.html.
    - rmsprop: Tieleman & Hinton 2012, lecture 6e; Graves 2013, https://arxiv.org/abs/1308.0850.
    - nadam: Dozat 2016, https://openreview.net/forum?id=OM0jvwB8jIp57ZJjtNEZ.
    - muon: Jordan et al. 2024, https://kellerjordan.github.io/posts/muon/, with steps as long as
      AdamW's, so that the same rate suits both: Liu et al. 2025, https://arxiv.org/abs/2502.16982.
    """
    rate, decay = options.learning_rate, options.weight_decay
    # On a graphics processor these two keep their counters there.
    capturable = device.type == "cuda"
    counter = torch.zeros((), device=device if capturable else "cpu")
    match name:
        case "adamw":
            return torch.optim.AdamW(parameters, lr=rate, weight_decay=decay, fused=True)
        case "adam":
            return torch.optim.Adam(parameters, lr=rate, weight_decay=decay, fused=True)
        case "sgd":
            optimizer: torch.optim.Optimizer = torch.optim.SGD(
                parameters,
                lr=rate,
                momentum=options.momentum,
                nesterov=options.nesterov and options.momentum > 0,
                weight_decay=decay,
                fused=True,
            )
            slots = {"momentum_buffer"} if options.momentum > 0 else set()
        case "rmsprop":
            optimizer = torch.optim.RMSprop(
                parameters, lr=rate, weight_decay=decay, capturable=capturable
            )
            slots = {"square_avg"}
        case "nadam":
            optimizer = torch.optim.NAdam(
                parameters, lr=rate, weight_decay=decay, capturable=capturable
            )
            slots = {"exp_avg", "exp_avg_sq"}
        case _:
            optimizer = torch.optim.Muon(
                parameters, lr=rate, weight_decay=decay, adjust_lr_fn="match_rms_adamw"
            )
            slots = {"momentum_buffer"}
    # What a failed first step leaves behind would otherwise be whatever was in the memory.
    for parameter in parameters:
        state = optimizer.state[parameter]
        state.update({slot: torch.zeros_like(parameter) for slot in sorted(slots)})
        if name in ("rmsprop", "nadam"):
            state["step"] = counter.clone()
        if name == "nadam":
            state["mu_product"] = torch.ones_like(counter)
    return optimizer
