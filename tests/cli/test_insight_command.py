"""The command that looks inside a model."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Run


def test_insights_prints_findings_and_writes_files(
    run: Run, digits_run: Path, tmp_path: Path
) -> None:
    values = run("insights", digits_run, "--out", tmp_path, "--json").json
    found = {one["name"]: one for one in values["insights"]}
    assert found["code_spread"]["table"][0] == ["number of the code", "standard deviation"]
    assert found["traversals"]["table"] == []
    assert {Path(path).name for path in values["files"]} >= {"code_spread.csv", "traversals.png"}
    assert all(Path(path).is_file() for path in values["files"])
    assert "Use of the code: 2 of 2" in run("insights", digits_run).out
    assert run("insights", tmp_path / "nowhere").code == 2
