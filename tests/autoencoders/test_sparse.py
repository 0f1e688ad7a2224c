import pytest
import torch
from torch.distributions import Bernoulli, kl_divergence

from aestudio.autoencoders.base import FINISHED, Batch, Plan
from aestudio.autoencoders.registry import build, parse_autoencoder_options
from aestudio.autoencoders.sparse import Sparse
from aestudio.networks.options import NetworkOptions


def make(code_size: int = 6, **values: object) -> Sparse:
    plan = Plan(
        network=NetworkOptions(code_size=code_size, hidden=(16,)),
        loss="mse",
        sample_shape=(8,),
        is_unit_interval=True,
    )
    model = build(parse_autoencoder_options({"type": "sparse", **values}), plan)
    assert isinstance(model, Sparse)
    return model


@pytest.fixture
def batch() -> Batch:
    return Batch(torch.rand(20, 8, generator=torch.Generator().manual_seed(0)))


def test_the_code_lies_where_its_penalty_needs_it(batch: Batch) -> None:
    between = make(penalty="kl").encode(batch.x * 100)
    assert ((between >= 0) & (between <= 1)).all()
    positive = make(penalty="l1").encode(batch.x * 100)
    assert (positive >= 0).all()
    assert (positive == 0).any()
    assert (positive > 1).any()


def test_terms_equal_the_penalties_written_out(batch: Batch) -> None:
    model = make(penalty="kl", rho=0.1)
    mean = torch.sigmoid(model.encoder_output(batch.x)).mean(0)
    divergence = kl_divergence(Bernoulli(torch.tensor(0.1)), Bernoulli(mean)).sum()
    torch.testing.assert_close(model.terms(batch, FINISHED)["sparsity"], divergence)
    model = make(penalty="l1")
    activity = model.encoder_output(batch.x).clamp(min=0).sum(1)
    torch.testing.assert_close(model.terms(batch, FINISHED)["sparsity"], activity)


def test_the_weight_is_that_of_the_penalty() -> None:
    assert make(weight=2.5).term_weights(FINISHED) == {"sparsity": 2.5}


@pytest.mark.parametrize("running_share", [0.0, 0.5])
def test_the_divergence_drives_the_mean_activation_to_its_target(running_share: float) -> None:
    model = make(code_size=12, rho=0.1, weight=5.0, running_share=running_share)
    batch = Batch(torch.rand(256, 8, generator=torch.Generator().manual_seed(0)))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    before = model.encode(batch.x).mean(0)
    for _ in range(300):
        optimizer.zero_grad()
        terms = model.terms(batch, FINISHED)
        (terms["reconstruction"].mean() + 5.0 * terms["sparsity"]).backward()
        optimizer.step()
    after = model.encode(batch.x).mean(0)
    assert (before - 0.1).abs().min() > 0.1
    assert (after - 0.1).abs().max() < 0.02


def test_the_charge_for_activity_makes_zeros() -> None:
    batch = Batch(torch.rand(256, 8, generator=torch.Generator().manual_seed(0)))
    shares = []
    for weight in (1e-6, 0.1):
        model = make(code_size=12, penalty="l1")
        optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
        for _ in range(200):
            optimizer.zero_grad()
            terms = model.terms(batch, FINISHED)
            (terms["reconstruction"].mean() + weight * terms["sparsity"].mean()).backward()
            optimizer.step()
        shares.append((model.encode(batch.x) > 0).float().mean().item())
    assert shares[1] < 0.7 * shares[0]


def test_the_running_average_is_kept_with_the_weights_and_only_while_training(batch: Batch) -> None:
    model = make(running_share=0.5, rho=0.1)
    model.eval()
    terms = model.terms(batch, FINISHED)
    assert model.state_dict()["mean_activation"].tolist() == pytest.approx([0.1] * 6)
    mean = model.encode(batch.x).mean(0)
    own = kl_divergence(Bernoulli(torch.tensor(0.1)), Bernoulli(mean)).sum()
    torch.testing.assert_close(terms["sparsity"], own)
    model.train()
    model.terms(batch, FINISHED)
    torch.testing.assert_close(model.state_dict()["mean_activation"], (mean + 0.1) / 2)


def test_a_step_that_is_not_finite_leaves_the_running_average_alone(batch: Batch) -> None:
    model = make(running_share=0.5)
    model.terms(Batch(torch.full_like(batch.x, torch.nan)), FINISHED)
    assert model.mean_activation.tolist() == pytest.approx([0.05] * 6)
