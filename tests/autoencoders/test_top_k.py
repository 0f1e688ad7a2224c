from dataclasses import replace

import pytest
import torch

from aestudio.autoencoders.base import FINISHED, Batch, Plan, Progress
from aestudio.autoencoders.registry import build, parse_autoencoder_options
from aestudio.autoencoders.top_k import TopK
from aestudio.errors import OptionError
from aestudio.networks.options import NetworkOptions

START = Progress(step=0, steps_per_epoch=10)
PLAN = Plan(
    network=NetworkOptions(code_size=20, hidden=(), depth=0),
    loss="mse",
    sample_shape=(8,),
    is_unit_interval=False,
)


def make(plan: Plan = PLAN, **values: object) -> TopK:
    model = build(parse_autoencoder_options({"type": "top_k", **values}), plan)
    assert isinstance(model, TopK)
    return model


@pytest.fixture
def batch() -> Batch:
    return Batch(torch.randn(16, 8, generator=torch.Generator().manual_seed(0)))


@pytest.mark.parametrize("k", [1, 3, 7])
def test_each_sample_keeps_its_k_largest(k: int, batch: Batch) -> None:
    model = make(k=k)
    numbers, code = model.encoder_output(batch.x), model.encode(batch.x)
    assert ((code != 0).sum(1) == k).all()
    torch.testing.assert_close(code.amax(1), numbers.amax(1))
    torch.testing.assert_close(code.sum(1), numbers.sort(1).values[:, -k:].sum(1))


def test_without_a_choice_a_tenth_is_kept() -> None:
    assert make().k == 2
    assert make(replace(PLAN, network=NetworkOptions(code_size=4))).k == 1


def test_a_batch_shares_its_places_while_training_and_a_threshold_decides_afterwards(
    batch: Batch,
) -> None:
    model = make(k=3, mode="batch")
    numbers = model.encoder_output(batch.x)
    model.terms(batch, START)
    smallest_kept = numbers.flatten().sort().values[-3 * 16]
    torch.testing.assert_close(model.threshold, smallest_kept.detach())
    code = model.eval().encode(batch.x)
    torch.testing.assert_close(code, torch.where(numbers >= smallest_kept, numbers, 0.0))
    one_by_one = torch.cat([model.encode(one[None]) for one in batch.x])
    torch.testing.assert_close(one_by_one, code)


def test_the_threshold_is_a_mean_over_batches_and_keeps_about_k_of_new_samples() -> None:
    model = make(k=3, mode="batch")
    generator = torch.Generator().manual_seed(1)
    seen = []
    for _ in range(20):
        x = torch.randn(64, 8, generator=generator)
        model.terms(Batch(x), START)
        seen.append(model.encoder_output(x).flatten().sort().values[-3 * 64].item())
    assert model.threshold.item() == pytest.approx(sum(seen) / 20, rel=1e-4)
    code = model.eval().encode(torch.randn(500, 8, generator=generator))
    assert (code != 0).sum(1).float().mean().item() == pytest.approx(3, rel=0.1)


def test_the_threshold_stays_outside_training_and_after_a_broken_step(batch: Batch) -> None:
    model = make(k=3, mode="batch")
    model.terms(batch, START)
    before = model.threshold.item()
    model.terms(Batch(torch.full_like(batch.x, torch.nan)), START)
    model.eval().terms(Batch(batch.x * 10), START)
    assert model.threshold.item() == before


def test_idle_units_are_counted_while_training_only(batch: Batch) -> None:
    model = make(k=1)
    with torch.no_grad():
        # One unit always wins.
        torch.nn.init.zeros_(model.encoder[1].weight)
        model.encoder[1].bias.copy_(torch.arange(20.0))
    for _ in range(3):
        model.terms(batch, START)
    model.eval().terms(batch, START)
    assert model.state_dict()["idle_steps"].tolist() == [3] * 19 + [0]
    assert not model.is_dead.any()


def with_dead_units(**values: object) -> TopK:
    """Units 0 to 9 are dead; all others have just been kept."""
    model = make(k=2, dead_after=5, **values)
    with torch.no_grad():
        model.encoder[1].bias[:10] -= 10
        model.idle_steps[:10] = 5
    return model


def test_revival_is_the_published_auxiliary_loss(batch: Batch) -> None:
    model = with_dead_units(revived_at_once=3)
    numbers = model.encoder_output(batch.x)
    revival = model.terms(batch, Progress(5, 10))["revival"]
    # Gao et al. 2024, A.2: |e - e_hat|^2, e the residual, e_hat what the 3 strongest dead units
    # draw without the decoder's bias.
    code = model.encode(batch.x)
    residual = batch.x - model.decode(code)
    strongest = numbers[:, :10].topk(3, dim=1)
    columns = model.decoder[0].weight.t()[:10]
    drawn = (strongest.values[:, :, None] * columns[strongest.indices]).sum(1)
    torch.testing.assert_close(revival, (residual - drawn).square().sum(1))


def test_revival_moves_dead_units_and_leaves_the_encoding_of_kept_ones_alone(batch: Batch) -> None:
    model = with_dead_units()
    model.terms(batch, Progress(5, 10))["revival"].sum().backward()
    gradient = model.encoder[1].weight.grad
    assert gradient is not None
    assert (gradient[:10] != 0).any(1).all()
    assert (gradient[10:] == 0).all()


def test_revival_at_the_published_weight_brings_dead_units_back_into_use() -> None:
    x = torch.randn(256, 8, generator=torch.Generator().manual_seed(0))
    num_dead, errors = [], []
    for weight in (0.0, 1 / 32):
        model = make(k=2, dead_after=5, revival_weight=weight)
        with torch.no_grad():
            model.encoder[1].bias[:10] -= 1
        optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
        for step in range(200):
            optimizer.zero_grad()
            terms = model.terms(Batch(x), Progress(step, 10))
            (terms["reconstruction"].mean() + weight * terms["revival"].mean()).backward()
            optimizer.step()
        num_dead.append(int(model.is_dead.sum()))
        errors.append(terms["reconstruction"].mean().item())
    assert num_dead[0] >= 5
    assert num_dead[1] <= 1
    assert errors[1] < 0.95 * errors[0]


def test_revival_is_zero_without_dead_units_and_outside_training(batch: Batch) -> None:
    assert make(k=2).terms(batch, FINISHED)["revival"].tolist() == [0.0] * 16
    assert with_dead_units().eval().terms(batch, FINISHED)["revival"].tolist() == [0.0] * 16
    assert with_dead_units(revival_weight=0.0).terms(batch, FINISHED)["revival"].sum() == 0


@pytest.mark.parametrize(
    ("k", "match"), [(21, "cannot be kept"), (8, "could copy"), (20, "could copy")]
)
def test_impossible_numbers_to_keep_are_refused(k: int, match: str) -> None:
    with pytest.raises(OptionError, match=match) as caught:
        make(k=k)
    assert caught.value.subject == "autoencoder.k"
    assert caught.value.next_step


def test_the_decoder_runs_a_second_time_only_while_units_are_dead(batch: Batch) -> None:
    for model, num_passes in ((make(k=2, dead_after=5), 1), (with_dead_units(), 2)):
        passes: list[object] = []
        model.decoder.register_forward_hook(lambda *call, seen=passes: seen.append(call))
        model.terms(batch, FINISHED)
        assert len(passes) == num_passes
