"""Whatever a person gives: exit code 2, and one message with what, why and what now."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image

from tests import bad_files
from tests.cli.conftest import Outcome, Run

Make = Callable[[Path], list[str]]


@dataclass(frozen=True)
class Case:
    """Arguments, made in an empty folder; what the message has to name and to offer."""

    make: Make
    subject: str
    next_step: str


def _train(make: bad_files.MakeFile, *settings: str) -> Make:
    return lambda folder: ["train", str(make(folder)), *settings]


def _config(make: bad_files.MakeFile) -> Make:
    return lambda folder: ["train", "digits", "--config", str(make(folder))]


def _picture(folder: Path) -> Path:
    path = folder / "cells.png"
    Image.new("L", (40, 30)).save(path)
    return path


def _of_another_program(folder: Path) -> list[str]:
    (folder / "run.json").write_text('{"program": "another one"}')
    return ["evaluate", str(folder)]


def _digits(*arguments: str) -> Make:
    return lambda folder: ["train", "digits", *arguments]


def _below_a_file(folder: Path) -> list[str]:
    out = bad_files.below_a_file(folder)
    return ["train", "digits", "--epochs", "1", "--out", str(out)]


def _full_folder(folder: Path) -> list[str]:
    (folder / "mine").mkdir()
    (folder / "mine" / "letter.txt").write_text("keep me")
    return ["train", "digits", "--epochs", "1", "--out", str(folder / "mine")]


CASES = {
    "missing path": Case(_train(bad_files.missing), "absent.npy", "Check"),
    "sample with a typo": Case(lambda folder: ["train", "digit"], "digit", "'digits'"),
    "empty folder": Case(_train(bad_files.empty_folder), "nothing", "Choose"),
    "folder of letters": Case(_train(bad_files.folder_of_letters), "dear.doc", "Choose"),
    "truncated gz": Case(_train(bad_files.truncated_gz), "pictures-idx3-ubyte.gz", "again"),
    "IDX that lies": Case(_train(bad_files.idx_that_lies), "pictures-idx3-ubyte", "again"),
    "array of objects": Case(_train(bad_files.objects_npy), "objects.npy", "Save"),
    "archive of objects": Case(_train(bad_files.objects_npz), "objects.npz", "Save"),
    "pickle named npy": Case(_train(bad_files.bare_pickle), "data.npy", "numpy.save"),
    "empty file": Case(_train(bad_files.empty_file), "hollow.npy", "again"),
    "image bomb": Case(_train(bad_files.image_bomb), "bombs", "Choose"),
    "image bomb alone": Case(_train(bad_files.image_bomb_alone), "bomb.png", "folder"),
    "text named png": Case(_train(bad_files.text_as_png), "pictures", "Choose"),
    "text named png, alone": Case(
        _train(bad_files.text_as_png_alone), "letter.png", "What can be read"
    ),
    "table with gaps": Case(
        _train(bad_files.table_with_gaps, "--set", "preprocess.missing=refuse"),
        "preprocess.missing",
        "preprocess.missing=mean",
    ),
    "table with infinity": Case(
        _train(bad_files.table_with_infinity, "--set", "preprocess.missing=refuse"),
        "preprocess.missing",
        "preprocess.missing=mean",
    ),
    "table of nothing": Case(
        _train(bad_files.table_of_nothing), "preprocess.missing", "Choose data"
    ),
    "code size 0": Case(_digits("--set", "network.code_size=0"), "network.code_size", "Change"),
    "unknown key": Case(
        _digits("--set", "network.code_sise=2"), "network.code_sise", "'network.code_size'"
    ),
    "unknown section": Case(
        _digits("--set", "nettwork.code_size=2"), "nettwork.code_size", "network.code_size"
    ),
    "setting without value": Case(_digits("--set", "epochs"), "epochs", "KEY=VALUE"),
    "unknown type": Case(
        _digits("--set", "autoencoder.type=variatonal"), "autoencoder.type", "'variational'"
    ),
    "word for a number": Case(
        _digits("--set", "training.epochs=many"), "training.epochs", "Change"
    ),
    "zero epochs": Case(_digits("--epochs", "0"), "training.epochs", "Change"),
    "negative seed": Case(_digits("--seed", "-1"), "training.seed", "Change"),
    "mistake in a recipe": Case(
        _config(bad_files.recipe_with_a_typo), "recipe.toml, line 3", "'network.depth'"
    ),
    "recipe that is no TOML": Case(
        _config(bad_files.recipe_that_is_no_toml), "recipe.toml", "experiment.toml"
    ),
    "missing recipe": Case(_digits("--config", "absent.toml"), "absent.toml", ""),
    "cross-entropy out of range": Case(
        lambda folder: ["train", "breast-cancer", "--set", "training.loss=bce"],
        "training.loss",
        "minmax",
    ),
    "convolution over a table": Case(
        lambda folder: ["train", "breast-cancer", "--set", "network.kind=convolutional"],
        "network.kind",
        "dense",
    ),
    "patch larger than the image": Case(
        lambda folder: ["train", str(_picture(folder)), "--set", "data.patch_size=64"],
        "cells.png",
        "data.patch_size to at most 30",
    ),
    "patches without a stride": Case(
        lambda folder: ["train", str(_picture(folder)), "--set", "data.patch_stride=0"],
        "data.patch_stride",
        "Change",
    ),
    "patches of a table": Case(
        lambda folder: ["train", "breast-cancer", "--set", "data.patch_size=8"],
        "breast-cancer",
        "Images are",
    ),
    "code that has no places": Case(
        lambda folder: [
            *("train", str(_picture(folder)), "--set", "data.patch_size=16"),
            *("--set", "network.kind=fully_convolutional", "--set", "network.code_size=3"),
        ],
        "network.code_size",
        "Set it to 4",
    ),
    "output below a file": Case(_below_a_file, "inside", ""),
    "output in a full folder": Case(_full_folder, "mine", "resume"),
    "run that is not there": Case(
        lambda folder: ["evaluate", str(folder / "absent")], "absent", "aestudio runs"
    ),
    "file instead of a run": Case(
        lambda folder: ["resume", str(_picture(folder))], "cells.png", "run.json"
    ),
    "run of another program": Case(_of_another_program, "run.json: another program", "Choose"),
    "folder instead of a recipe": Case(
        _config(bad_files.empty_folder), "this is a folder", "experiment.toml"
    ),
    "folder that is no run": Case(lambda folder: ["resume", str(folder)], "", "run.json"),
    "runs in a missing folder": Case(
        lambda folder: ["runs", str(folder / "absent")], "absent", "folder"
    ),
    "info about nothing": Case(lambda folder: ["info", str(folder / "absent")], "absent", ""),
    "screenshots of a wrong size": Case(
        lambda folder: ["screenshots", str(folder), "--size", "big"], "--size", "1280x720"
    ),
    "unknown command": Case(lambda folder: ["trian"], "aestudio", "--help"),
    "unknown option": Case(lambda folder: ["train", "digits", "--epoch", "3"], "train", "--help"),
    "no whole number": Case(
        _digits("--epochs", "many"), "'--epochs': this should be a whole number", "train --help"
    ),
    "too small a number": Case(
        lambda folder: ["reconstruct", "run", "--out", "x", "--limit", "0"],
        "'--limit': this should be at least 1 (given: '0')",
        "reconstruct --help",
    ),
    "missing argument": Case(lambda folder: ["train"], "train", "--help"),
    "missing option": Case(lambda folder: ["encode", "run"], "encode", "--help"),
    "wrong choice": Case(
        lambda folder: ["export", "run", "--format", "pickle", "--out", "x"],
        "'--format': 'pickle' is not one of",
        "export --help",
    ),
    "dash as data": Case(lambda folder: ["info", "-x"], "info", "--help"),
}


def test_the_place_is_looked_at_before_the_data(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").touch()
    outcome = run("train", tmp_path / "absent.npy", "--out", tmp_path / "mine")
    assert outcome.code == 2
    assert "the folder is not empty" in outcome.err


@pytest.mark.parametrize("name", CASES)
def test_the_message_says_what_why_and_what_now(name: str, run: Run, tmp_path: Path) -> None:
    case = CASES[name]
    folder = tmp_path / "work"
    folder.mkdir()
    arguments = case.make(folder)
    before = sorted(folder.rglob("*"))
    outcome = run(*arguments)
    _check(outcome, case)
    assert sorted(folder.rglob("*")) == before
    assert not (tmp_path / "runs").exists() or not list((tmp_path / "runs").iterdir())
    assert not (tmp_path / "logs").exists()


def _check(outcome: Outcome, case: Case) -> None:
    assert outcome.code == 2, outcome.err
    assert outcome.out == ""
    assert outcome.err.count("Error: ") == 1
    message = outcome.err[outcome.err.index("Error: ") :]
    assert message.count("\n") == 1
    assert case.subject in message
    assert case.next_step in message
    assert "Traceback" not in outcome.err
    # Subject, reason and next step: more than one sentence, and none of them empty.
    assert message.rstrip().endswith((".", "?", "'."))
    assert ": ." not in message


@pytest.mark.parametrize(
    "arguments",
    [["train", "absent.npy", "--json"], ["train", "--json"], ["evaluate", "absent", "--json"]],
)
def test_with_json_the_message_is_an_object_too(run: Run, arguments: list[str]) -> None:
    outcome = run(*arguments)
    assert outcome.code == 2
    error = outcome.json["error"]
    assert error["reason"]
    assert error["next_step"]
    assert outcome.err.count("Error: ") == 1


def test_control_characters_in_names_are_shown_not_obeyed(run: Run) -> None:
    outcome = run("info", "absent\x1b[31m.npy")
    assert "\x1b" not in outcome.err
    assert "\\x1b[31m" in outcome.err


def test_run_files_that_lie_are_refused(run: Run, digits_run: Path, tmp_path: Path) -> None:
    import shutil

    broken = tmp_path / "broken"
    shutil.copytree(digits_run, broken)
    info = json.loads((broken / "run.json").read_text())
    info["data"]["shape"] = [-1, 8, 8]
    (broken / "run.json").write_text(json.dumps(info))
    outcome = run("evaluate", broken)
    _check(outcome, Case(lambda folder: [], "run.json", ""))


def test_an_unforeseen_error_is_one_line_and_a_report(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken() -> tuple[()]:
        raise ZeroDivisionError("for the test")

    monkeypatch.setattr("aestudio.data.samples.list_samples", broken)
    outcome = run("samples")
    assert outcome.code == 1
    assert outcome.err.count("\n") == 1
    assert "Traceback" not in outcome.err
    report = next((tmp_path / "logs").iterdir())
    assert str(report) in outcome.err
    assert "for the test" in report.read_text()
