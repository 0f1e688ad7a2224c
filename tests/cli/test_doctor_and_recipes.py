"""The doctor and the shelf of recipes as commands."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Run


def test_doctor(run: Run, digits_run: Path) -> None:
    values = run("doctor", digits_run, "--json").json
    assert values["run"] == str(digits_run)
    assert values["healthy"] is (not values["diagnoses"])
    assert "overfitting" in values["checked"]
    for diagnosis in values["diagnoses"]:
        assert diagnosis.keys() == {"name", "sentence", "try_this", "severity", "settings"}
    spoken = run("doctor", digits_run)
    assert spoken.code == 0
    assert ("Nothing is wrong" in spoken.out) is values["healthy"]


def test_doctor_of_what_is_no_run(run: Run, tmp_path: Path) -> None:
    outcome = run("doctor", tmp_path)
    assert outcome.code == 2
    assert "holds no run" in outcome.err


def test_recipes(run: Run) -> None:
    entries = {entry["name"]: entry for entry in run("recipes", "--json").json["recipes"]}
    assert entries["hinton-2006"]["published"] == 3.0
    assert entries["hinton-2006"]["needs_data"] is True
    assert entries["hinton-2006"]["short_form"] == "hinton-2006-short"
    listed = run("recipes").out
    assert all(name in listed for name in entries)


def test_a_recipe_asks_for_its_data(run: Run, tested_data: Path) -> None:
    outcome = run("recipe", "hinton-2006-short", "--json")
    assert outcome.code == 2
    assert outcome.json["error"]["subject"] == "--data"
    assert run("recipe", "hinton-2006-short", "--data", tested_data).code == 2
    assert run("recipe", "hinton").code == 2
