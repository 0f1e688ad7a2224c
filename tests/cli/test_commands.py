"""Each command does what it says, in words and as JSON."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import numpy as np
import pytest

from aestudio import __version__
from aestudio.data.reading import read
from aestudio.training.control import Control
from aestudio.workflows.planning.recommendation import recommend
from aestudio.workflows.training import prepare, start_training
from tests.cli.conftest import FakeWindow, Run

QUICK = ("--set", "training.batch_size=256", "--set", "training.map_samples=200")


def test_without_a_command_the_window_opens(run: Run, window: FakeWindow) -> None:
    assert run().code == 0
    assert window.opened == [{"demo": False, "open_path": None}]


def test_without_a_display_it_says_what_is_missing(run: Run, window: FakeWindow) -> None:
    window.missing = "there is no display."
    outcome = run()
    assert outcome.code == 2
    assert outcome.err == "Error: AE Studio: there is no display. Install it.\n"
    assert window.opened == []


def test_version_and_help(run: Run) -> None:
    assert run("--version").out == f"aestudio {__version__}\n"
    text = run("--help").out
    commands = re.findall(r"^[|│] ([a-z]+) ", text, flags=re.MULTILINE)
    assert commands == [
        *("demo", "samples", "info", "look"),
        *("train", "resume", "types", "options", "network", "compare", "ensemble"),
        *("recipes", "recipe"),
        *("runs", "evaluate", "denoise", "insights", "doctor"),
        *("encode", "reconstruct", "impute", "interpolate", "export"),
        "screenshots",
    ]
    assert "130 interrupted" in text


def test_samples(run: Run) -> None:
    names = [sample["name"] for sample in run("samples", "--json").json["samples"]]
    assert {"digits", "patches", "shapes", "breast-cancer"} <= set(names)
    assert all(name in run("samples").out for name in names)


def test_info(run: Run) -> None:
    values = run("info", "digits", "--json").json
    assert values.keys() >= {"kind", "num_samples", "shape", "labels", "findings"}
    assert values["num_samples"] == 1797
    resized = run("info", "digits", "--set", "data.image_size=16", "--json").json
    assert resized["shape"] == [1, 16, 16]
    assert "10 labels" in run("info", "digits").out


def test_options(run: Run) -> None:
    entries = {entry["key"]: entry for entry in run("options", "--json").json["options"]}
    assert entries["network.code_size"]["minimum"] == 1
    losses = ["mse", "l1", "huber", "bce", "ssim_mixed", "categorical"]
    assert entries["training.loss"]["choices"] == losses
    text = run("options", "bottleneck").out
    assert text.startswith("network.code_size")
    assert "Try: " in text
    assert "No option" in run("options", "unheard-of").out


def test_train_reports_every_figure(run: Run, tmp_path: Path) -> None:
    outcome = run("train", "digits", "--epochs", 2, "--seed", 4, *QUICK, "--json")
    assert outcome.code == 0, outcome.err
    values = outcome.json
    assert values["epochs"] == 2
    assert len(values["samples_per_second"]) == 2
    assert values["terms"]["train"].keys() == {"loss", "reconstruction"}
    assert values["terms"]["validation"].keys() == {"loss", "reconstruction"}
    assert values["status"] == "completed"
    assert Path(values["run"]).parent == tmp_path / "runs"
    assert "epoch 2/2" in outcome.err
    assert "seed = 4" in (Path(values["run"]) / "experiment.toml").read_text()


def test_train_says_where_the_run_is_and_what_comes_next(run: Run, tmp_path: Path) -> None:
    outcome = run("train", "digits", "--epochs", 1, *QUICK, "--out", tmp_path / "my run")
    assert outcome.code == 0
    assert f"Run: {tmp_path / 'my run'}" in outcome.out
    assert f"aestudio evaluate '{tmp_path / 'my run'}'" in outcome.out


def test_the_command_line_and_the_workflow_leave_equal_runs(run: Run, tmp_path: Path) -> None:
    settings = ["training.batch_size=256", "network.code_size=3", "network.hidden=[32, 16]"]
    arguments = [part for setting in settings for part in ("--set", setting)]
    assert run("train", "digits", *arguments, "--epochs", 2, "--out", tmp_path / "cli").code == 0
    dataset = read("digits")
    given = {
        "training.batch_size": 256,
        "network.code_size": 3,
        "network.hidden": (32, 16),
        "training.epochs": 2,
    }
    experiment = recommend(dataset, given=given)
    session = start_training(prepare(experiment, dataset), tmp_path / "api", Control())
    assert list(session.events)
    assert _files(tmp_path / "cli") == _files(tmp_path / "api")


def _files(run_folder: Path) -> dict[str, str]:
    """Digests of all files whose content does not depend on the clock or on the run's name."""
    timed = {"run.json", "timing.jsonl", "run.lock"}
    return {
        str(path.relative_to(run_folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(run_folder.rglob("*"))
        # States hold the time that was spent, and their names a digest of the content.
        if path.is_file() and path.name not in timed and path.parent.name != "checkpoints"
    }


def test_resume_goes_on_and_refuses_what_is_finished(run: Run, tmp_path: Path) -> None:
    assert run("train", "digits", "--epochs", 1, *QUICK, "--out", tmp_path / "run").code == 0
    refused = run("resume", tmp_path / "run")
    assert refused.code == 2
    assert "--epochs" in refused.err
    resumed = run("resume", tmp_path / "run", "--epochs", 3, "--json")
    assert resumed.code == 0, resumed.err
    assert resumed.json["epochs"] == 3
    assert len(resumed.json["samples_per_second"]) == 2


@pytest.mark.parametrize("command", ["train", "info", "look", "network"])
def test_a_run_is_not_taken_for_data(command: str, run: Run, digits_run: Path) -> None:
    outcome = run(command, digits_run)
    assert outcome.code == 2
    assert f"{digits_run}: this is a run, not data; it has learned from digits." in outcome.err


def test_data_may_lie_beside_a_file_called_like_that_of_a_run(run: Run, tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text('{"program": "another one"}')
    (tmp_path / "x.csv").write_text("a,b\n1,2\n3,4\n")
    assert run("info", tmp_path, "--json").json["num_samples"] == 2


def test_a_diverging_training_is_a_failure(run: Run, tmp_path: Path) -> None:
    # The square of such a number is beyond the range of 32 bits, so the first loss is infinite.
    np.save(tmp_path / "giants.npy", np.full((60, 4), 1e25) * np.arange(1, 61)[:, None])
    outcome = run(
        *("train", tmp_path / "giants.npy", "--epochs", 5, "--out", tmp_path / "run"),
        *("--set", "preprocess.scaling=none", "--json"),
    )
    assert outcome.code == 1
    assert outcome.json["error"]["kind"] == "DivergedError"
    assert "Traceback" not in outcome.err


def test_runs(run: Run, tmp_path: Path) -> None:
    assert "no runs" in run("runs").out
    assert run("train", "digits", "--epochs", 1, *QUICK).code == 0
    listed = run("runs", "--json").json["runs"]
    assert len(listed) == 1
    assert listed[0]["status"] == "completed"
    assert run("evaluate", Path(listed[0]["run"]).name, "--json").code == 0
    assert "completed" in run("runs", tmp_path / "runs").out


def test_evaluate(run: Run, digits_run: Path) -> None:
    values = run("evaluate", digits_run, "--json").json
    assert values.keys() >= {
        *("num_samples", "squared_error", "mse", "mae", "pca_squared_error"),
        *("beats_pca_percent", "psnr_db", "ssim", "split"),
    }
    assert values["mse"] == pytest.approx(values["squared_error"] / 64)
    assert "PCA" in run("evaluate", digits_run).out


def test_encode(run: Run, digits_run: Path, tmp_path: Path) -> None:
    values = run("encode", digits_run, "--out", tmp_path / "codes.parquet", "--json").json
    assert values == {
        "file": str(tmp_path / "codes.parquet"),
        "num_samples": 1797,
        "code_size": 2,
    }
    assert (tmp_path / "codes.parquet").stat().st_size > 1000


def test_denoise(run: Run, digits_run: Path, tmp_path: Path) -> None:
    arguments = ("denoise", digits_run, "--corruption", "masking", "--strength", 0.5)
    values = run(*arguments, "--out", tmp_path / "seen", "--json").json
    assert values.keys() >= {"noisy_psnr_db", "restored_psnr_db", "gain_db", "split"}
    assert values["files"] == [
        str(tmp_path / "seen" / name) for name in ("figures.csv", "comparison.png")
    ]
    assert f"{values['gain_db']:+.2f} dB" in run(*arguments, "--out", tmp_path / "seen").out
    unknown = run("denoise", digits_run, "--corruption", "rust", "--out", tmp_path / "seen")
    assert unknown.code == 2
    assert "gaussian" in unknown.err
    assert "corruption" in unknown.err


def test_reconstruct(run: Run, digits_run: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    values = run("reconstruct", digits_run, "--out", out, "--limit", 2, "--json").json
    assert values["num_samples"] == 1797
    assert all(Path(path).is_file() for path in values["files"])
    assert np.load(out / "reconstructions.npy").shape == (1797, 1, 8, 8)


def test_impute_fills_in_the_table_of_the_run_and_others(run: Run, tmp_path: Path) -> None:
    shop, other, filled = (tmp_path / name for name in ("shop.csv", "other.csv", "filled.csv"))
    rows = [f"{i % 7},{'red' if i % 2 else 'green'},{i / 4}" for i in range(120)]
    rows[5], rows[8] = ",red,1.25", "1,,2.0"
    shop.write_text("\n".join(["rank,colour,size", *rows]) + "\n")
    columns = ("--set", "data.columns=rank, colour, size")
    trained = run("train", shop, "--out", tmp_path / "run", "--epochs", 2, *QUICK, *columns)
    assert trained.code == 0, trained.err
    values = run("impute", tmp_path / "run", "--out", filled, "--json").json
    assert (values["num_filled"], values["num_values"]) == (2, 360)
    assert values["check"].keys() >= {"error", "error_of_means", "gain_percent"}
    lines = filled.read_text().splitlines()
    assert lines[0] == "label,rank,colour,size"
    assert lines[9].split(",")[2] in ("red", "green")
    # Columns in another order, and a colour that the model has never met.
    other.write_text("colour,size,rank\nred,1.5,3\nblue,,4\n" + "green,2.5,5\n" * 60)
    outcome = run("impute", tmp_path / "run", other, "--out", filled)
    assert outcome.code == 0, outcome.err
    assert "2 of 186 values" in outcome.out
    assert "blue" in outcome.out
    assert filled.read_text().splitlines()[1].endswith("3.0,red,1.5")


def test_interpolate_takes_rows_and_codes_with_a_minus_sign(
    run: Run, digits_run: Path, tmp_path: Path
) -> None:
    out = tmp_path / "walk.png"
    outcome = run("interpolate", digits_run, "-1.5,0.25", "3", "--steps", 4, "--out", out, "--json")
    assert outcome.code == 0, outcome.err
    assert outcome.json["codes"][0] == [-1.5, 0.25]
    assert len(outcome.json["codes"]) == 4
    assert out.is_file()
    wrong = run("interpolate", digits_run, "0", "99999", "--out", out)
    assert wrong.code == 2
    assert "99,999" in wrong.err


def test_export(run: Run, digits_run: Path, tmp_path: Path) -> None:
    outcome = run(
        "export", digits_run, "--format", "safetensors", "--out", tmp_path / "m", "--json"
    )
    assert outcome.code == 0, outcome.err
    assert (tmp_path / "m" / "model.safetensors").is_file()
    assert outcome.json["format"] == "safetensors"


def test_screenshots(run: Run, window: FakeWindow, tmp_path: Path) -> None:
    outcome = run(
        *("screenshots", tmp_path, "--size", "800x600", "--scale", 2, "--theme", "dark", "--json")
    )
    assert outcome.json == {"files": [str(tmp_path / "train.png")]}
    assert window.opened == [
        {
            "folder": tmp_path,
            "size": (800, 600),
            "scale": 2.0,
            "theme": "dark",
            "source": "digits",
            "types": False,
            "epochs": None,
        }
    ]


def test_screenshots_of_types(run: Run, window: FakeWindow, tmp_path: Path) -> None:
    assert run("screenshots", tmp_path, "--types", "--epochs", 3).code == 0
    (asked,) = window.opened
    assert (asked["types"], asked["epochs"]) == (True, 3)
    assert run("screenshots", tmp_path, "--epochs", 0).code == 2


def test_demo_opens_the_window_where_there_is_one(run: Run, window: FakeWindow) -> None:
    assert run("demo").code == 0
    assert window.opened == [{"demo": True, "open_path": None}]


def test_demo_without_a_display_trains_in_the_terminal(
    run: Run, window: FakeWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aestudio.workflows.demo._EPOCHS", 2)
    window.missing = "there is no display."
    outcome = run("demo", "--out", tmp_path / "demo")
    assert outcome.code == 0, outcome.err
    page = Path(re.search(r"The page: (.+)", outcome.out)[1])
    assert page.read_bytes().startswith(b"\x89PNG")
    assert "epoch 2/2" in outcome.err
    assert window.opened == []
    assert run("evaluate", tmp_path / "demo").code == 0
