"""One step: the weighted loss, its gradient, the check that both are finite, the update."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial

import torch
from torch import Tensor, nn

from aestudio.autoencoders.base import Autoencoder, Batch, Phase, Progress
from aestudio.training.device import arithmetic
from aestudio.training.full_batch import is_full_batch
from aestudio.training.gradients import PhaseGradient
from aestudio.training.lbfgs import FullBatchOptimizer
from aestudio.training.optimizers import GuardedOptimizer, build_optimizer
from aestudio.training.options import TrainingOptions
from aestudio.training.terms import phase_means, weighted_sum


class Stepper:
    """Steps the phases of an autoencoder in turn; never waits for the device.

    A step whose loss or gradient is not finite is not taken, and every later one neither, so that
    the weights stay those of the last good step until :meth:`find_failure` is asked: the optimisers
    look at a flag on the device. Shapes: T terms.
    """

    def __init__(
        self, autoencoder: Autoencoder, options: TrainingOptions, device: torch.device
    ) -> None:
        self._autoencoder = autoencoder
        self._device = device
        self._clip = options.gradient_clip
        self._phases: list[tuple[Phase, GuardedOptimizer | FullBatchOptimizer]] = []
        self._names = {id(p): name for name, p in autoencoder.named_parameters()}
        self._failed = torch.zeros((), device=device)
        self._health = torch.zeros((), device=device)
        self._gradients: list[PhaseGradient] = []
        for phase in autoencoder.phases():
            self._phases.append((phase, self._optimizer(phase, options)))

    def step(
        self, batch: Batch, progress: Progress, precision: str
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Take one step of every phase; return the loss and the mean of each term.

        Both are detached and on the device; the loss is that of the first phase.
        """
        weights = self._autoencoder.term_weights(progress)
        losses: list[Tensor] = []
        means: dict[str, Tensor] = {}
        self._gradients = []
        for phase, optimizer in self._phases:
            evaluate = partial(self._evaluate, phase, batch, progress, precision, weights)
            loss, found = evaluate()
            learning = [p for p in phase.parameters if p.grad is not None]
            norm = None
            if self._clip > 0:
                norm = nn.utils.clip_grad_norm_(phase.parameters, self._clip)
            means.update({name: mean.detach() for name, mean in found.items()})
            losses.append(loss)
            squares = self._watch(loss, [p.grad for p in learning if p.grad is not None])
            self._gradients.append(PhaseGradient(phase, learning, squares, norm))
            if isinstance(optimizer, GuardedOptimizer):
                optimizer.step()
            elif not self._failed.item() and not optimizer.step(evaluate):
                self._health.fill_(torch.nan)
                self._failed.fill_(1.0)
        return losses[0], means

    def _evaluate(
        self,
        phase: Phase,
        batch: Batch,
        progress: Progress,
        precision: str,
        weights: Mapping[str, float],
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Return the loss of a phase, detached, and its terms; leave its gradient in the parameters."""
        with arithmetic(self._device, precision):
            found = phase_means(phase, batch, progress)
        loss = weighted_sum(found, weights)
        for parameter in phase.parameters:
            parameter.grad = None
        loss.backward(inputs=self._inputs(phase))
        return loss.detach(), found

    def set_learning_rate(self, rate: float) -> None:
        """Set the learning rate of all further steps; waits for nothing."""
        for phase, optimizer in self._phases:
            optimizer.set_learning_rate(rate * phase.rate)

    @property
    def gradients(self) -> list[PhaseGradient]:
        """The gradient of the last step, phase by phase."""
        return self._gradients

    @property
    def failed(self) -> Tensor:
        """A scalar on the device: 1.0 from the first step on that was not taken."""
        return self._failed

    def find_failure(self) -> int | None:
        """Return how many steps the run took before the first bad one, or None while all are good.

        This is where the device is waited for; ask a few times a second, not at every step.
        """
        if not self._failed.item():
            return None
        # Steps that are skipped are not counted by the optimisers either, and the phases before
        # the one that failed have taken one step more. Not every parameter need have a gradient.
        return min(
            max(
                (
                    int(optimizer.state[parameter]["step"].item())
                    for parameter in phase.parameters
                    if "step" in optimizer.state.get(parameter, {})
                ),
                default=0,
            )
            for phase, optimizer in self._phases
        )

    def state(self) -> dict[str, Tensor]:
        """Return the optimisers' tensors by ``parameter name/slot``."""
        tensors: dict[str, Tensor] = {}
        for phase, optimizer in self._phases:
            for parameter in phase.parameters:
                for slot, value in optimizer.state.get(parameter, {}).items():
                    tensors[f"{self._name(phase, parameter)}/{slot}"] = value
        return tensors

    def restore(self, tensors: Mapping[str, Tensor]) -> None:
        """Go on from what :meth:`state` gave."""
        for phase, optimizer in self._phases:
            for parameter in phase.parameters:
                prefix = f"{self._name(phase, parameter)}/"
                slots = {
                    name.removeprefix(prefix): value.to(self._device, copy=True)
                    for name, value in tensors.items()
                    if name.startswith(prefix)
                }
                if slots:
                    optimizer.state[parameter] = slots

    def _watch(self, loss: Tensor, gradients: Sequence[Tensor]) -> Tensor:
        """Notice numbers that are not finite; return the loss and the squares of all norms."""
        # A sum of squares is finite only if every square is, and squares are what the optimiser
        # keeps; it costs a third of what torch's norm of the whole gradient costs.
        flat = [gradient.reshape(-1) for gradient in gradients]
        squares = torch.stack([loss, *(torch.dot(part, part) for part in flat)])
        if self._device.type == "cpu":
            if not math.isfinite(squares.sum().item()):
                self._failed.fill_(1.0)
            return squares
        # 0 * x is 0 for every finite x and NaN otherwise, so this notices both and remembers.
        self._health.add_(squares.sum(), alpha=0)
        self._failed.copy_(self._health.isnan())
        return squares

    def _inputs(self, phase: Phase) -> list[nn.Parameter] | None:
        # What another phase steps needs no gradient here; with one phase there is no other.
        return list(phase.parameters) if len(self._phases) > 1 else None

    def _name(self, phase: Phase, parameter: nn.Parameter) -> str:
        name = self._names[id(parameter)]
        return f"{phase.name}.{name}" if phase.name else name

    def _optimizer(
        self, phase: Phase, options: TrainingOptions
    ) -> GuardedOptimizer | FullBatchOptimizer:
        if is_full_batch(options):
            return FullBatchOptimizer(phase.parameters, options)
        optimizer = build_optimizer(phase.parameters, options, self._device, self._failed)
        optimizer.set_learning_rate(options.learning_rate * phase.rate)
        return optimizer
