"""One contract over every registered type, and what is particular to each."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from aestudio.autoencoders.base import FINISHED, Autoencoder, Batch, Plan, Progress
from aestudio.autoencoders.registry import (
    autoencoder,
    autoencoder_class,
    build,
    parse_autoencoder_options,
    types,
)
from aestudio.autoencoders.variational import Variational
from aestudio.errors import OptionError
from aestudio.networks.options import NetworkOptions

EVERY_TYPE = list(types())
SHAPE = (1, 6, 5)


def make(name: str, *, loss: str = "mse", unit: bool = True, **values: object) -> Autoencoder:
    plan = Plan(
        network=NetworkOptions(code_size=3, hidden=(16,)),
        loss=loss,
        sample_shape=SHAPE,
        is_unit_interval=unit,
    )
    return build(parse_autoencoder_options({"type": name, **values}), plan)


@pytest.fixture
def batch() -> Batch:
    return Batch(torch.rand(7, *SHAPE, generator=torch.Generator().manual_seed(0)))


@pytest.mark.parametrize("name", EVERY_TYPE)
class TestEveryType:
    def test_says_what_it_is_and_where_it_comes_from(self, name: str) -> None:
        cls = autoencoder_class(name)
        assert cls.title
        assert cls.summary.count(".") >= 2
        assert "https://" in cls.citation
        assert cls.options_class.model_fields["type"].default == name

    def test_encodes_and_decodes(self, name: str, batch: Batch) -> None:
        model = make(name).eval()
        codes = model.encode(batch.x)
        assert codes.shape == (7, 3)
        assert model.decode(codes).shape == batch.x.shape
        torch.testing.assert_close(model(batch.x), model.decode(codes))

    def test_terms_are_named_and_per_sample_or_scalar(self, name: str, batch: Batch) -> None:
        terms = make(name).terms(batch, FINISHED)
        assert "reconstruction" in terms
        for term in terms.values():
            assert term.shape in {(7,), ()}
            assert term.isfinite().all()

    def test_weights_are_given_for_terms_only(self, name: str, batch: Batch) -> None:
        model = make(name)
        assert model.term_weights(FINISHED).keys() <= model.terms(batch, FINISHED).keys()

    def test_every_parameter_is_stepped_by_some_phase(self, name: str) -> None:
        model = make(name)
        stepped = {id(p) for phase in model.phases() for p in phase.parameters}
        assert stepped == {id(p) for p in model.parameters()}

    def test_noise_depends_on_seed_and_step_alone(self, name: str, batch: Batch) -> None:
        def terms(step: int) -> list[float]:
            # A new model each time, because running averages go on with every step.
            model = make(name)
            model.noise.reseed(0, step)
            return [term.mean().item() for term in model.terms(batch, FINISHED).values()]

        assert terms(1) == terms(1)

    @pytest.mark.parametrize("loss", ["mse", "l1", "bce"])
    def test_outputs_of_unit_data_stay_in_the_unit_interval(
        self, name: str, loss: str, batch: Batch
    ) -> None:
        output = make(name, loss=loss).eval()(batch.x)
        assert output.min() >= 0
        assert output.max() <= 1

    def test_cross_entropy_is_refused_outside_the_unit_interval(self, name: str) -> None:
        with pytest.raises(OptionError, match="between 0 and 1") as caught:
            make(name, loss="bce", unit=False)
        assert caught.value.subject == "training.loss"

    def test_first_weights_are_a_function_of_the_seed(self, name: str) -> None:
        plan = Plan(network=NetworkOptions(), loss="mse", sample_shape=SHAPE, is_unit_interval=True)
        options = parse_autoencoder_options({"type": name})

        def weights(seed: int) -> list[float]:
            first = next(build(options, plan, seed=seed).parameters())
            values: list[float] = first.flatten().tolist()
            return values

        assert weights(1) == weights(1)
        assert weights(1) != weights(2)


def test_variational_terms_equal_the_bound_written_out(batch: Batch) -> None:
    model = make("variational", loss="bce")
    assert isinstance(model, Variational)
    model.noise.reseed(3, 4)
    terms = model.terms(batch, FINISHED)
    mean, log_variance = model.posterior(batch.x)
    model.noise.reseed(3, 4)
    z = mean + model.noise.normal_like(mean) * (log_variance / 2).exp()
    p = torch.sigmoid(model.decoder_output(z))
    cross_entropy = -(batch.x * p.log() + (1 - batch.x) * (1 - p).log()).sum((1, 2, 3))
    kl = 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).sum(1)
    torch.testing.assert_close(terms["reconstruction"], cross_entropy)
    torch.testing.assert_close(terms["kl"], kl)


@given(beta=st.floats(0, 100), step=st.integers(0, 1000))
def test_beta_warms_up_linearly(beta: float, step: int) -> None:
    model = make("variational", beta=beta, warmup_epochs=4)
    weight = model.term_weights(Progress(step, steps_per_epoch=50))["kl"]
    assert weight == pytest.approx(beta * min(1.0, step / 200))


def test_the_posterior_cannot_overflow(batch: Batch) -> None:
    model = make("variational")
    assert isinstance(model, Variational)
    _, log_variance = model.posterior(batch.x * 1e9)
    assert math.exp(log_variance.max().item()) < 1e9


@pytest.mark.parametrize("name", EVERY_TYPE)
@pytest.mark.parametrize("code_size", [3, 4, 9])
def test_a_code_that_could_hold_the_sample_needs_a_regulariser(name: str, code_size: int) -> None:
    plan = Plan(
        network=NetworkOptions(code_size=code_size, hidden=(16,)),
        loss="mse",
        sample_shape=(4,),
        is_unit_interval=False,
    )
    options = parse_autoencoder_options({"type": name})
    if code_size < 4 or autoencoder_class(name).is_regularised:
        assert build(options, plan).code_size == code_size
        return
    with pytest.raises(OptionError, match="could copy its input") as caught:
        build(options, plan)
    assert caught.value.subject == "network.code_size"
    assert "at most 3" in caught.value.next_step
    assert "variational" in caught.value.next_step


def test_the_plain_type_is_not_regularised_and_the_variational_one_is() -> None:
    assert not autoencoder_class("undercomplete").is_regularised
    assert autoencoder_class("variational").is_regularised


def test_an_unknown_type_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(OptionError, match="variatonal") as caught:
        parse_autoencoder_options({"type": "variatonal"})
    assert "'variational'" in caught.value.next_step


def test_a_type_cannot_be_registered_twice() -> None:
    with pytest.raises(ValueError, match="undercomplete"):
        autoencoder("undercomplete")(Variational)
