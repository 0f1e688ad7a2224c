"""The command that looks for a learning rate, through the command line."""

from __future__ import annotations

from tests.cli.conftest import Run


def test_it_prints_one_object_with_curve_and_suggestion(run: Run) -> None:
    outcome = run(
        "learning-rate", "digits", "--steps", 60, "--set", "network.hidden=[16]", "--json"
    )
    values = outcome.json
    assert len(values["rates"]) == len(values["losses"]) == len(values["smoothed"]) > 20
    assert 1e-5 < values["suggestion"] < 1
    assert values["optimizer"] == "adamw"


def test_it_says_a_suggestion_that_train_understands(run: Run) -> None:
    text = run("learning-rate", "digits", "--steps", 60, "--set", "network.hidden=[16]").out
    assert "Suggested: --set training.learning_rate=" in text


def test_an_empty_range_is_wrong_usage(run: Run) -> None:
    outcome = run("learning-rate", "digits", "--low", 1, "--high", 0.1)
    assert outcome.code == 2
    assert "--low" in outcome.err
