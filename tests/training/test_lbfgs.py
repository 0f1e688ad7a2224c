"""L-BFGS: against torch's own, against the closed form, resumed, and refused where it is misled."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from aestudio.errors import OptionError
from aestudio.experiment import Experiment
from aestudio.training.arrays import TrainingArrays
from aestudio.training.events import FinishReason
from aestudio.training.full_batch import MOST_NUMBERS, check_full_batch
from aestudio.training.lbfgs import FullBatchOptimizer
from aestudio.training.options import TrainingOptions
from aestudio.workflows.planning.time_estimate import estimate_seconds
from aestudio.workflows.training import prepare
from tests.training.conftest import NUM_TRAIN, Train, new_model
from tests.training.test_failures import BrokenGradient, broken

LBFGS = "training.optimizer=lbfgs"


def network() -> nn.Sequential:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return nn.Sequential(nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 6))


def loss_of(module: nn.Module, decay: float = 0.0) -> Tensor:
    x = torch.randn(40, 6, generator=torch.Generator().manual_seed(1))
    x = x.to(next(module.parameters()).dtype)
    loss = (module(x) - x).square().sum(1).mean()
    for parameter in module.parameters():
        parameter.grad = None
        loss = loss + 0.5 * decay * parameter.square().sum()
    loss.backward()
    return loss.detach()


@pytest.mark.parametrize("decay", [0.0, 0.01])
def test_rounds_equal_torchs_own(decay: float) -> None:
    # In double precision, because eighty iterations blow up the last digits of single precision.
    mine, theirs = network().double(), network().double()
    options = TrainingOptions(optimizer="lbfgs", weight_decay=decay)
    optimizer = FullBatchOptimizer(list(mine.parameters()), options)
    reference = torch.optim.LBFGS(
        theirs.parameters(), max_iter=20, history_size=20, line_search_fn="strong_wolfe"
    )
    for _ in range(4):
        assert optimizer.step(lambda: (loss_of(mine), {}))
        reference.step(lambda: loss_of(theirs, decay))
        for a, b in zip(mine.parameters(), theirs.parameters(), strict=True):
            torch.testing.assert_close(a, b, rtol=1e-6, atol=1e-8)
    assert optimizer.state[next(mine.parameters())]["step"].item() == 4


def test_a_round_that_meets_no_number_changes_nothing() -> None:
    module = network()
    optimizer = FullBatchOptimizer(list(module.parameters()), TrainingOptions())
    optimizer.step(lambda: (loss_of(module), {}))
    first = next(module.parameters())
    before = [p.detach().clone() for p in module.parameters()]
    memory = {name: value.clone() for name, value in optimizer.state[first].items()}

    def nothing() -> tuple[Tensor, dict[str, Tensor]]:
        loss = loss_of(module)
        for parameter in module.parameters():
            parameter.grad = torch.full_like(parameter, torch.nan)
        return loss * torch.nan, {}

    assert not optimizer.step(nothing)
    assert all(torch.equal(a, b) for a, b in zip(module.parameters(), before, strict=True))
    assert memory.keys() == optimizer.state[first].keys()
    for name, value in memory.items():
        assert torch.equal(optimizer.state[first][name], value), name


def test_a_linear_autoencoder_finds_the_principal_components(
    train: Train, arrays: TrainingArrays
) -> None:
    """Baldi & Hornik 1989, https://doi.org/10.1016/0893-6080(89)90014-2: PCA is the best of them."""
    x = arrays.x[arrays.train_rows].reshape(NUM_TRAIN, -1) / 16.0
    spectrum = np.linalg.svd(x - x.mean(0), compute_uv=False) ** 2 / NUM_TRAIN
    settings = [LBFGS, "network.output=linear", "training.epochs=40"]
    experiment = Experiment().with_settings(["network.code_size=4", *settings])
    model = new_model(experiment, arrays)
    model.encoder = nn.Sequential(nn.Flatten(1), nn.Linear(64, 4))
    model.decoder = nn.Sequential(nn.Linear(4, 64), nn.Unflatten(1, (1, 8, 8)))
    trained = train(settings, model=model)
    assert trained.started.steps_per_epoch == 1
    assert trained.started.batch_size == NUM_TRAIN
    assert trained.started.precision == "fp32"
    assert trained.epochs[-1].train["loss"] == pytest.approx(spectrum[4:].sum(), rel=1e-3)


def test_it_fits_few_samples_better_than_the_usual_optimiser(train: Train) -> None:
    settings = ["training.epochs=15", "training.map_samples=10"]
    lowest = {
        name: train([*settings, f"training.optimizer={name}"]).epochs[-1].train["loss"]
        for name in ("adamw", "lbfgs")
    }
    assert lowest["lbfgs"] < 0.8 * lowest["adamw"]


@pytest.mark.parametrize("more", [[], ["training.ema=0.5", "training.weight_decay=0.001"]])
def test_a_run_resumes_bit_identically(train: Train, more: list[str]) -> None:
    settings = ["training.epochs=8", "training.map_samples=10", LBFGS, *more]
    whole = train([*settings, "training.checkpoint_interval=0"])
    last = whole.checkpoints[-1]
    for step in (1, 5):
        place = next(saved for saved in whole.checkpoints if saved.step == step)
        resumed = train(settings, checkpoint=place)
        assert resumed.checkpoints[-1].tensors.keys() == last.tensors.keys()
        for name, value in last.tensors.items():
            np.testing.assert_array_equal(resumed.checkpoints[-1].tensors[name], value, name)
        assert resumed.epochs[-1].train == whole.epochs[-1].train


def test_a_divergence_keeps_the_last_good_weights(train: Train, arrays: TrainingArrays) -> None:
    trained = train([LBFGS, "training.epochs=12"], model=broken(BrokenGradient, arrays))
    assert trained.finished.reason is FinishReason.DIVERGED
    assert all(np.isfinite(value).all() for value in trained.weights().values())
    assert trained.checkpoints[-1].step == trained.finished.step


def check(arrays: TrainingArrays, *settings: str) -> None:
    experiment = Experiment().with_settings(["network.code_size=3", LBFGS, *settings])
    check_full_batch(new_model(experiment, arrays), arrays, experiment.training)


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        (["autoencoder.type=adversarial"], "several networks"),
        (["autoencoder.type=variational"], "by chance"),
        (["autoencoder.type=denoising"], "by chance"),
        (["autoencoder.type=wasserstein"], "by chance"),
        (["network.dropout=0.2"], "by chance"),
        (["training.noise=0.1"], "change from step to step"),
        (["training.flips=both"], "change from step to step"),
        (["training.gradient_clip=1"], "do not belong to the loss"),
        (["training.weight_l1=0.1"], "do not belong to the loss"),
    ],
)
def test_what_would_mislead_it_is_refused(
    arrays: TrainingArrays, settings: list[str], reason: str
) -> None:
    with pytest.raises(OptionError, match=reason) as caught:
        check(arrays, *settings)
    assert caught.value.subject.startswith("training.")
    assert "adamw" in caught.value.next_step


@pytest.mark.parametrize("shape", [(10_001, 2), (5000, MOST_NUMBERS // 5000 + 1)])
def test_large_data_is_refused(arrays: TrainingArrays, shape: tuple[int, int]) -> None:
    wide: Any = np.broadcast_to(np.uint8(0), shape)
    large = replace(arrays, x=wide, train_rows=np.arange(shape[0]))
    experiment = Experiment().with_settings([LBFGS])
    model = new_model(experiment, arrays)
    with pytest.raises(OptionError, match="too many"):
        check_full_batch(model, large, experiment.training)


@pytest.mark.parametrize("name", ["undercomplete", "contractive", "top_k"])
def test_plain_losses_are_let_through_and_fall(train: Train, name: str) -> None:
    settings = [f"autoencoder.type={name}", LBFGS, "training.epochs=6"]
    losses = [epoch.train["loss"] for epoch in train(settings).epochs]
    assert losses[-1] < 0.6 * losses[0]


def test_the_check_leaves_the_autoencoder_as_it_was(arrays: TrainingArrays) -> None:
    experiment = Experiment().with_settings([LBFGS, "network.normalization=batch"])
    model = new_model(experiment, arrays)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    check_full_batch(model, arrays, experiment.training)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_a_recipe_that_would_be_misled_is_refused_before_a_run_is_made() -> None:
    with pytest.raises(OptionError, match="by chance"):
        prepare(Experiment().with_settings([LBFGS, "data.source=digits", "network.dropout=0.1"]))


def test_the_time_of_a_run_counts_one_step_for_each_epoch() -> None:
    settings = [LBFGS, "data.source=digits", "training.map_samples=10"]
    recipes = [
        Experiment().with_settings([*settings, f"training.batch_size={size}"])
        for size in (1, 100_000)
    ]
    short, long = (estimate_seconds(prepare(recipe)) for recipe in recipes)
    # The batch size plays no part; ten times leaves room for a busy computer.
    assert 0.1 < short / long < 10
