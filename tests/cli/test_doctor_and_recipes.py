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
        assert diagnosis.keys() == {"name", "sentence", "try_this", "severity"}
    spoken = run("doctor", digits_run)
    assert spoken.code == 0
    assert ("Nothing is wrong" in spoken.out) is values["healthy"]


def test_doctor_of_what_is_no_run(run: Run, tmp_path: Path) -> None:
    outcome = run("doctor", tmp_path)
    assert outcome.code == 2
    assert "holds no run" in outcome.err
