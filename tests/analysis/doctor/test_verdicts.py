"""Each verdict sees its fault in figures that show nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from aestudio.analysis.doctor import (
    Curves,
    LayerSignal,
    ModelEvidence,
    RunEvidence,
    Severity,
    diagnose,
    measured,
    verdict_names,
)

EPOCHS = np.arange(1, 41)
FALLING = 1.0 + 9.0 / EPOCHS
MODEL = ModelEvidence(
    code_size=4,
    num_features=64,
    is_generative=False,
    is_regularised=False,
    spread=10.0,
    error=1.0,
    pca_error=2.0,
    shuffled_spread=10.0,
    shuffled_error=8.0,
    layers=(LayerSignal("encoder.1", 0.3), LayerSignal("decoder.0", 0.6)),
    unit_spreads={"encoder.2": np.linspace(0.5, 1.0, 32)},
    code_spread=np.ones(4),
)
HEALTHY = RunEvidence(
    curves=Curves(train=FALLING, validation=1.1 * FALLING, steps=np.repeat(FALLING, 5)),
    learning_rate=1e-3,
    model=MODEL,
)


def found(**changes: object) -> list[str]:
    """The names of what is diagnosed when parts of the model's evidence are other ones."""
    return [one.name for one in diagnose(replace(HEALTHY, model=replace(MODEL, **changes)))]


def found_in_curves(**changes: object) -> list[str]:
    curves = replace(HEALTHY.curves, **changes)
    return [one.name for one in diagnose(replace(HEALTHY, curves=curves))]


def test_a_healthy_run_is_not_diagnosed() -> None:
    assert diagnose(HEALTHY) == ()
    assert diagnose(RunEvidence(curves=Curves(), learning_rate=1e-3)) == ()


def test_everything_that_is_looked_for_is_known_by_name() -> None:
    assert verdict_names() == (
        "dead_units",
        "exploding_gradients",
        "identity_copying",
        "learning_rate_too_high",
        "learning_rate_too_low",
        "overfitting",
        "posterior_collapse",
        "saturated_outputs",
        "underfitting",
        "vanishing_gradients",
    )


def test_a_validation_loss_that_turns_up() -> None:
    turned = np.concatenate([FALLING[:20], FALLING[20] + 0.05 * np.arange(20)])
    assert found_in_curves(validation=turned) == ["overfitting"]
    # When training turns up as well, nothing is learned by heart.
    assert "overfitting" not in found_in_curves(validation=turned, train=turned)


def test_a_likelihood_below_zero_can_turn_up_too() -> None:
    # Shifted by a constant, as the widths of a Gaussian do, the curves mean the same.
    turned = np.concatenate([FALLING[:20], FALLING[20] + 0.1 * np.arange(20)])
    assert "overfitting" in found_in_curves(validation=turned - 30, train=FALLING - 30)


def test_losing_to_pca() -> None:
    assert found(pca_error=0.5) == ["underfitting"]
    (diagnosis,) = diagnose(
        replace(HEALTHY, model=replace(MODEL, pca_error=0.5, is_regularised=True))
    )
    assert diagnosis.severity is Severity.NOTE


def test_layers_that_the_gradient_does_not_reach() -> None:
    layers = (LayerSignal("encoder.1", 1e-7), LayerSignal("decoder.0", 0.6))
    assert found(layers=layers) == ["vanishing_gradients"]


@pytest.mark.parametrize("sensitivity", [5e3, np.inf, np.nan])
def test_a_gradient_out_of_bounds(sensitivity: float) -> None:
    layers = (LayerSignal("encoder.1", 0.3), LayerSignal("decoder.0", sensitivity))
    assert found(layers=layers)[0] == "exploding_gradients"


def recorded(factor: float, *, at: int = 60) -> Curves:
    """Gradients that fall a thousandfold while training goes on, with one jump of a layer."""
    rng = np.random.default_rng(0)
    falling = np.geomspace(10.0, 0.01, 100)
    norms = {
        name: falling * rng.uniform(0.5, 2.0, 100) for name in ("encoder.1", "code", "decoder.0")
    }
    norms["code"][at] = factor * np.median(norms["code"][max(0, at - 16) : at])
    norms["decoder.0"][::7] = np.nan
    steps = 10 * np.arange(1, 101)
    return replace(HEALTHY.curves, gradient_steps=steps, gradients=norms)


def test_a_gradient_that_jumped_on_the_way_is_read_from_the_record() -> None:
    (diagnosis,) = diagnose(replace(HEALTHY, curves=recorded(500.0)))
    assert diagnosis.name == "exploding_gradients"
    assert diagnosis.severity is Severity.NOTE
    assert "At step 610 the gradient of layer code jumped to 500 times" in diagnosis.sentence
    figures = {one.name: one.value for one in measured(replace(HEALTHY, curves=recorded(500.0)))}
    assert figures["gradient_jump"] == pytest.approx(500.0)
    # Falling a thousandfold is no jump, and what was clipped did no harm.
    assert diagnose(replace(HEALTHY, curves=recorded(3.0))) == ()
    assert diagnose(replace(HEALTHY, curves=recorded(500.0), is_clipped=True)) == ()
    # Nothing can be said of a few steps, nor of the very first.
    assert diagnose(replace(HEALTHY, curves=recorded(500.0, at=5))) == ()


def test_a_run_without_a_model_is_judged_by_its_record() -> None:
    gone = replace(HEALTHY, model=None, has_diverged=True, curves=recorded(500.0))
    exploding = next(one for one in diagnose(gone) if one.name == "exploding_gradients")
    assert "layer code had jumped to 500 times" in exploding.sentence
    faint = recorded(1.0)
    faint.gradients["encoder.1"][:] *= 1e-6
    (vanishing,) = diagnose(replace(HEALTHY, model=None, curves=faint))
    assert vanishing.name == "vanishing_gradients"
    assert "at layer encoder.1 it pulls" in vanishing.sentence
    silent = {name: np.full(100, np.nan) for name in faint.gradients}
    assert diagnose(replace(HEALTHY, model=None, curves=replace(faint, gradients=silent))) == ()


def test_a_run_that_diverged() -> None:
    names = [one.name for one in diagnose(replace(HEALTHY, has_diverged=True, model=None))]
    assert names == ["exploding_gradients", "learning_rate_too_high"]


def test_units_that_say_nothing() -> None:
    spread = np.where(np.arange(32) < 8, 0.0, 1.0)
    assert found(unit_spreads={"encoder.2": spread}) == ["dead_units"]
    assert found(unit_spreads={"encoder.2": np.zeros(32)}) == ["dead_units"]
    assert found(code_spread=np.array([1.0, 1.0, 0.0, 1.0])) == ["dead_units"]
    one_of_many = np.where(np.arange(32) < 1, 0.0, 1.0)
    assert found(unit_spreads={"encoder.2": one_of_many}) == []


def test_a_code_that_is_the_prior() -> None:
    kl = np.array([1e-4, 1e-3, 2.0, 1e-4])
    assert found(kl=kl, is_generative=True) == ["posterior_collapse"]
    # A few numbers that are not needed are what the divergence is for.
    assert found(kl=np.array([1.0, 2.0, 1.5, 1e-4]), is_generative=True) == []


def test_noise_that_is_rebuilt() -> None:
    assert found(error=0.01, shuffled_error=0.1) == ["identity_copying"]
    assert found(error=0.01, shuffled_error=5.0) == []


def test_outputs_where_the_sigmoid_is_flat() -> None:
    assert found(stuck_outputs=0.2) == ["saturated_outputs"]


def test_a_loss_that_jumps() -> None:
    rng = np.random.default_rng(0)
    steps = 1.0 + 9.0 * np.exp(-np.arange(200) / 20) + 0.1 * rng.standard_normal(200)
    assert found_in_curves(steps=steps) == []
    spiky = steps.copy()
    spiky[60::25] += 6.0
    assert found_in_curves(steps=spiky) == ["learning_rate_too_high"]


def test_a_loss_that_goes_up_and_down_and_nowhere() -> None:
    wild = 10.0 + np.where(EPOCHS % 2, 0.5, -0.5)
    stuck = replace(HEALTHY, model=replace(MODEL, error=9.9, pca_error=20.0))
    curves = Curves(train=wild, validation=wild)
    names = [one.name for one in diagnose(replace(stuck, curves=curves))]
    assert names == ["learning_rate_too_high"]


def test_a_loss_that_crawls_down_in_a_straight_line() -> None:
    slow = 10.0 - 0.01 * EPOCHS
    crawling = replace(HEALTHY, model=replace(MODEL, error=9.9, pca_error=20.0))
    curves = Curves(train=slow, validation=slow, steps=np.repeat(slow, 5))
    names = [one.name for one in diagnose(replace(crawling, curves=curves))]
    assert names == ["learning_rate_too_low"]


def test_what_was_not_finite_is_no_reason_to_fail() -> None:
    broken = FALLING.copy()
    broken[30:] = np.nan
    assert found_in_curves(train=broken, validation=broken, steps=broken) == []


def test_the_worst_comes_first() -> None:
    names = found(pca_error=0.5, unit_spreads={"encoder.2": np.zeros(32)}, stuck_outputs=0.2)
    assert names[0] == "dead_units"
    assert set(names) == {"dead_units", "saturated_outputs", "underfitting"}
