"""Every optimiser against torch's own class, step by step, and the step that must not be taken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from aestudio.training.arrays import TrainingArrays
from aestudio.training.events import FinishReason
from aestudio.training.optimizers import GuardedOptimizer, build_optimizer, step_unless
from aestudio.training.options import TrainingOptions
from tests.training.conftest import Train
from tests.training.test_failures import BrokenGradient, broken

CPU = torch.device("cpu")
RATE, DECAY = 0.02, 0.1

#: The options of each optimiser, and the optimisers of torch that it should equal, over (matrices,
#: others).
Reference = Callable[[list[nn.Parameter], list[nn.Parameter]], list[torch.optim.Optimizer]]
EVERY: dict[str, tuple[dict[str, Any], Reference]] = {
    "adamw": (
        {"optimizer": "adamw"},
        lambda m, o: [torch.optim.AdamW([*m, *o], lr=RATE, weight_decay=DECAY)],
    ),
    "adam": (
        {"optimizer": "adam"},
        lambda m, o: [torch.optim.Adam([*m, *o], lr=RATE, weight_decay=DECAY)],
    ),
    "sgd": (
        {"optimizer": "sgd", "momentum": 0.8},
        lambda m, o: [torch.optim.SGD([*m, *o], lr=RATE, momentum=0.8, weight_decay=DECAY)],
    ),
    "sgd-plain": (
        {"optimizer": "sgd", "momentum": 0.0, "nesterov": True},
        lambda m, o: [torch.optim.SGD([*m, *o], lr=RATE, weight_decay=DECAY)],
    ),
    "sgd-nesterov": (
        {"optimizer": "sgd", "nesterov": True},
        lambda m, o: [
            torch.optim.SGD([*m, *o], lr=RATE, momentum=0.9, nesterov=True, weight_decay=DECAY)
        ],
    ),
    "rmsprop": (
        {"optimizer": "rmsprop"},
        lambda m, o: [torch.optim.RMSprop([*m, *o], lr=RATE, weight_decay=DECAY)],
    ),
    "nadam": (
        {"optimizer": "nadam"},
        lambda m, o: [torch.optim.NAdam([*m, *o], lr=RATE, weight_decay=DECAY)],
    ),
    "muon": (
        {"optimizer": "muon"},
        lambda m, o: [
            torch.optim.Muon(m, lr=RATE, weight_decay=DECAY, adjust_lr_fn="match_rms_adamw"),
            # Muon computes in half precision, where the last digit of a gradient makes a difference.
            torch.optim.AdamW(o, lr=RATE, weight_decay=DECAY, fused=True),
        ],
    ),
}
NAMES = ["adamw", "adam", "sgd", "rmsprop", "nadam", "muon"]


def network() -> nn.Sequential:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return nn.Sequential(
            nn.Conv2d(1, 3, 3),
            nn.Tanh(),
            nn.Flatten(),
            nn.Linear(48, 7),
            nn.Tanh(),
            nn.Linear(7, 2),
        )


def learn(module: nn.Module, step: int) -> None:
    """Leave the gradient of one batch in the parameters."""
    x = torch.randn(16, 1, 6, 6, generator=torch.Generator().manual_seed(step))
    module.zero_grad()
    (module(x) - x.mean((1, 2, 3))[:, None]).square().mean().backward()


def made(module: nn.Module, failed: Tensor, **values: Any) -> GuardedOptimizer:
    options = TrainingOptions(learning_rate=RATE, weight_decay=DECAY, **values)
    return build_optimizer(list(module.parameters()), options, CPU, failed)


def numbers(module: nn.Module, optimizer: GuardedOptimizer) -> Iterator[Tensor]:
    """Everything that a step may change."""
    for parameter in module.parameters():
        yield parameter
        yield from (value for _, value in sorted(optimizer.state[parameter].items()))


@pytest.mark.parametrize("name", EVERY)
def test_equals_torchs_own_step_by_step(name: str) -> None:
    values, reference = EVERY[name]
    mine, theirs = network(), network()
    optimizer = made(mine, torch.zeros(()), **values)
    parameters = list(theirs.parameters())
    matrices = [p for p in parameters if p.dim() == 2]
    references = reference(matrices, [p for p in parameters if p.dim() != 2])
    before = [p.detach().clone() for p in parameters]
    for step in range(25):
        # The rate changes on the way, as a schedule changes it.
        rate = RATE * (1 + step % 5)
        optimizer.set_learning_rate(rate)
        for other in references:
            for group in other.param_groups:
                group["lr"] = rate
        for module in (mine, theirs):
            learn(module, step)
        optimizer.step()
        for other in references:
            other.step()
        for a, b in zip(mine.parameters(), theirs.parameters(), strict=True):
            torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-6)
    assert not any(torch.equal(p, b) for p, b in zip(mine.parameters(), before, strict=True))


@pytest.mark.parametrize("first", [0, 3])
@pytest.mark.parametrize("l1", [0.0, 0.5])
@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("looks_itself", [False, True], ids=["looked-at", "looks-itself"])
def test_a_failed_step_changes_nothing(
    name: str, l1: float, first: int, looks_itself: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if looks_itself:
        # What a graphics processor does, done on the CPU.
        monkeypatch.setattr(
            GuardedOptimizer, "_looks_itself", lambda _, member: bool(member.defaults.get("fused"))
        )
    module, failed = network(), torch.zeros(())
    optimizer = made(module, failed, weight_l1=l1, **EVERY[name][0])
    for step in range(first):
        learn(module, step)
        optimizer.step()
    before = [value.clone() for value in numbers(module, optimizer)]
    failed.fill_(1.0)
    for step in range(3):
        learn(module, step)
        for parameter in module.parameters():
            assert parameter.grad is not None
            parameter.grad.fill_(float("nan"))
        optimizer.step()
    after = list(numbers(module, optimizer))
    if first:
        assert all(torch.equal(a, b) for a, b in zip(after, before, strict=True))
    # What the first step would have put in place is finite at least, and counts no step.
    assert all(value.isfinite().all() for value in after)
    assert int(optimizer.state[next(module.parameters())].get("step", 0)) == first


@pytest.mark.parametrize("make", [torch.optim.RMSprop, torch.optim.NAdam])
def test_a_step_is_taken_back_without_looking_at_the_flag(
    make: Callable[..., torch.optim.Optimizer],
) -> None:
    """What a graphics processor does, done on the CPU."""
    module, failed = network(), torch.zeros(())
    optimizer = make(module.parameters(), lr=RATE)
    other = network()
    plain = make(other.parameters(), lr=RATE)
    for step in range(3):
        learn(module, step)
        step_unless(failed, optimizer)
        learn(other, step)
        plain.step()
    pairs = list(zip(module.parameters(), other.parameters(), strict=True))
    assert all(torch.equal(a, b) for a, b in pairs)
    failed.fill_(1.0)
    for parameter in module.parameters():
        assert parameter.grad is not None
        parameter.grad.fill_(float("inf"))
    step_unless(failed, optimizer)
    assert all(torch.equal(a, b) for a, b in pairs)
    for a, b in pairs:
        for slot, value in plain.state[b].items():
            assert torch.equal(optimizer.state[a][slot], value), slot


def test_l1_shrinks_weights_and_no_biases_and_stops_at_zero() -> None:
    module = nn.Linear(2, 2)
    with torch.no_grad():
        module.weight.copy_(torch.tensor([[1.0, -1.0], [0.01, -0.01]]))
        module.bias.fill_(1.0)
    options = TrainingOptions(optimizer="sgd", learning_rate=0.1, weight_l1=0.5)
    optimizer = build_optimizer(list(module.parameters()), options, CPU, torch.zeros(()))
    for parameter in module.parameters():
        parameter.grad = torch.zeros_like(parameter)
    optimizer.step()
    torch.testing.assert_close(module.weight.data, torch.tensor([[0.95, -0.95], [0.0, 0.0]]))
    assert module.bias.tolist() == [1.0, 1.0]
    optimizer.set_learning_rate(0.2)
    optimizer.step()
    torch.testing.assert_close(module.weight.data, torch.tensor([[0.85, -0.85], [0.0, 0.0]]))


def test_l1_finds_the_solution_of_the_lasso() -> None:
    """Proximal gradient descent ends where the optimality conditions of the lasso hold."""
    generator = torch.Generator().manual_seed(0)
    x, y = torch.randn(50, 6, generator=generator), torch.randn(50, 1, generator=generator)
    module = nn.Linear(6, 1, bias=False)
    options = TrainingOptions(
        optimizer="sgd", momentum=0.0, learning_rate=0.1, weight_decay=0.0, weight_l1=0.2
    )
    optimizer = build_optimizer(list(module.parameters()), options, CPU, torch.zeros(()))
    for _ in range(500):
        module.zero_grad()
        (module(x) - y).square().mean().div(2).backward()
        optimizer.step()
    weight, gradient = module.weight.data[0], module.weight.grad
    assert gradient is not None
    is_zero = weight == 0
    assert 0 < is_zero.sum() < 6
    assert (gradient[0][is_zero].abs() <= 0.2).all()
    torch.testing.assert_close(
        gradient[0][~is_zero], -0.2 * weight[~is_zero].sign(), rtol=0, atol=1e-4
    )


@pytest.mark.parametrize("name", NAMES)
def test_every_optimizer_learns(train: Train, name: str) -> None:
    rate = 0.005 if name == "sgd" else 0.01
    trained = train([f"training.optimizer={name}", f"training.learning_rate={rate}"])
    losses = [event.train["loss"] for event in trained.epochs]
    assert losses[-1] < 0.8 * losses[0]


@pytest.mark.parametrize("name", NAMES)
def test_a_divergence_is_caught_with_every_optimizer(
    train: Train, arrays: TrainingArrays, name: str
) -> None:
    settings = [f"training.optimizer={name}", "training.weight_l1=0.1"]
    stopped = train([*settings, "training.checkpoint_interval=0"])
    before = next(saved for saved in stopped.checkpoints if saved.step == 7)
    trained = train(settings, model=broken(BrokenGradient, arrays))
    assert trained.finished.reason is FinishReason.DIVERGED
    assert trained.finished.error is not None
    assert trained.finished.error.subject == "gradient"
    assert trained.finished.step == 7
    after = trained.checkpoints[-1]
    assert after.step == 7
    kept = {name for name in before.tensors if not name.startswith("best/")}
    assert kept == set(after.tensors)
    for name in kept:
        np.testing.assert_array_equal(after.tensors[name], before.tensors[name], err_msg=name)
