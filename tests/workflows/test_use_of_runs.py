"""Encoding, reconstruction, interpolation and export of trained runs."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import load_file

import aestudio
from aestudio.data.reading import ReadingCancelled, read
from aestudio.errors import DataError, OptionError, OutputError, RunError
from aestudio.workflows.models.encoding import encode_to_file
from aestudio.workflows.models.exporting import export
from aestudio.workflows.models.interpolation import interpolate_to_file
from aestudio.workflows.models.reconstruction import reconstruct_to_folder
from aestudio.workflows.models.trained_model import TrainedModel
from aestudio.workflows.reporting import WorkCancelledError
from aestudio.workflows.runs.summary_page import write_summary_page


def test_codes_come_with_rows_and_labels(digits_run: Path, tmp_path: Path) -> None:
    report = encode_to_file(digits_run, None, tmp_path / "codes.csv")
    assert (report.num_samples, report.code_size) == (1797, 2)
    with report.path.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    dataset = read("digits")
    codes = np.array([[row["code_1"], row["code_2"]] for row in rows], np.float32)
    np.testing.assert_allclose(codes, TrainedModel.open(digits_run).encode(dataset.x), atol=1e-5)
    assert dataset.labels is not None
    assert [row["label"] for row in rows[:50]] == [str(label) for label in dataset.labels[:50]]


def test_other_data_is_encoded_too(digits_run: Path, tmp_path: Path) -> None:
    np.save(tmp_path / "other.npy", read("digits").x[:9, 0])
    report = encode_to_file(digits_run, tmp_path / "other.npy", tmp_path / "codes.npz")
    with np.load(report.path) as archive:
        assert archive["codes"].shape == (9, 2)


def test_encoding_refuses_unknown_formats_and_other_shapes(
    digits_run: Path, tmp_path: Path
) -> None:
    with pytest.raises(OutputError, match="xyz"):
        encode_to_file(digits_run, None, tmp_path / "codes.xyz")
    with pytest.raises(DataError, match="shape"):
        encode_to_file(digits_run, "breast-cancer", tmp_path / "codes.csv")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "name", ["codes.xyz", "codes", "nowhere/codes.csv", "file/codes.csv", "folder.csv"]
)
def test_codes_that_could_not_be_written_are_not_computed(
    digits_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    _forbid_work(monkeypatch, tmp_path)
    with pytest.raises(OutputError):
        encode_to_file(digits_run, None, tmp_path / name)
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize("name", ["all.npy", "errors.CSV", "file", "file/below", "file/far/below"])
def test_reconstructions_that_could_not_be_written_are_not_computed(
    digits_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    _forbid_work(monkeypatch, tmp_path)
    with pytest.raises(OutputError) as caught:
        reconstruct_to_folder(digits_run, None, tmp_path / name)
    assert caught.value.subject == str(tmp_path / name)
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize("name", ["walk.jpeg", "nowhere/walk.png", "folder.png", "file/walk.gif"])
def test_walks_that_could_not_be_written_are_not_computed(
    digits_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    _forbid_work(monkeypatch, tmp_path)
    with pytest.raises(OutputError):
        interpolate_to_file(digits_run, "0", "1", tmp_path / name)


@pytest.mark.parametrize("format", ["safetensors", "onnx"])
def test_exports_that_could_not_be_written_are_not_computed(
    digits_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format
) -> None:
    _forbid_work(monkeypatch, tmp_path)
    with pytest.raises(OutputError, match="part of the path is a file"):
        export(digits_run, format, tmp_path / "file" / "model")


def _forbid_work(monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
    """Put a file and a folder in the way, and let any use of a model fail."""
    (place / "file").touch()
    (place / "folder.csv").mkdir()
    (place / "folder.png").mkdir()

    def work(*_args: object) -> None:
        raise AssertionError("the work began before the place was checked")

    monkeypatch.setattr(TrainedModel, "open", work)


def test_a_cancelled_encoding_leaves_nothing(digits_run: Path, tmp_path: Path) -> None:
    with pytest.raises((WorkCancelledError, ReadingCancelled)):
        encode_to_file(digits_run, None, tmp_path / "codes.csv", is_cancelled=lambda: True)
    assert not list(tmp_path.iterdir())


def test_reconstructions_keep_number_type_and_order(digits_run: Path, tmp_path: Path) -> None:
    report = reconstruct_to_folder(digits_run, None, tmp_path / "out", max_pictures=3)
    arrays = np.load(tmp_path / "out" / "reconstructions.npy")
    dataset = read("digits")
    assert (arrays.dtype, arrays.shape) == (dataset.x.dtype, dataset.x.shape)
    model = TrainedModel.open(digits_run)
    np.testing.assert_allclose(arrays[:100], model.reconstruct(dataset.x[:100]), atol=0.51)

    with (tmp_path / "out" / "errors.csv").open(newline="") as stream:
        errors = [float(row["squared_error"]) for row in csv.DictReader(stream)]
    difference = (model.reconstruct(dataset.x[:5]) - dataset.x[:5]) / 255
    np.testing.assert_allclose(errors[:5], np.square(difference).sum(axis=(1, 2, 3)), rtol=1e-3)
    assert report.squared_error == pytest.approx(np.mean(errors), rel=1e-6)

    pictures = sorted((tmp_path / "out").glob("reconstruction-*.png"))
    assert len(pictures) == 3
    with Image.open(pictures[0]) as picture:
        np.testing.assert_allclose(np.asarray(picture)[..., 0], arrays[0, 0], atol=1)
    assert set(report.files) == set((tmp_path / "out").iterdir())


def test_reconstructions_of_a_table_are_arrays(table_run: Path, tmp_path: Path) -> None:
    report = reconstruct_to_folder(table_run, None, tmp_path / "out")
    assert {path.name for path in report.files} == {"reconstructions.npy", "errors.csv"}
    assert np.load(tmp_path / "out" / "reconstructions.npy").dtype == np.float32


@pytest.mark.parametrize("ends", [("0", "7"), ("0.5,-1.25", "2,1"), ("3", "-1,0")])
def test_a_walk_begins_and_ends_where_it_should(
    digits_run: Path, tmp_path: Path, ends: tuple[str, str]
) -> None:
    report = interpolate_to_file(digits_run, *ends, tmp_path / "walk.png", num_steps=5)
    model, x = TrainedModel.open(digits_run), read("digits").x
    for text, code in zip(ends, (report.codes[0], report.codes[-1]), strict=True):
        expected = (
            model.encode(x[int(text)])[0]
            if text.isdecimal()
            else [float(part) for part in text.split(",")]
        )
        np.testing.assert_allclose(code, expected, atol=1e-5)
    assert report.method == "slerp"
    with Image.open(report.path) as picture:
        assert picture.width > 4 * picture.height


def test_a_moving_walk_goes_there_and_back(digits_run: Path, tmp_path: Path) -> None:
    interpolate_to_file(digits_run, "0", "1", tmp_path / "walk.gif", num_steps=4, method="linear")
    with Image.open(tmp_path / "walk.gif") as picture:
        assert picture.n_frames >= 4


@pytest.mark.parametrize(
    ("a", "b", "name", "steps", "error", "subject"),
    [
        ("5000", "1", "w.png", 9, OptionError, "A"),
        ("1", "0.5", "w.png", 9, OptionError, "B"),
        ("1", "nan,1", "w.png", 9, OptionError, "B"),
        ("1", "two", "w.png", 9, OptionError, "B"),
        ("1", "2", "w.png", 1, OptionError, "steps"),
        ("1", "2", "w.jpeg", 9, OutputError, "w.jpeg"),
    ],
)
def test_impossible_walks_are_refused(
    digits_run: Path, tmp_path: Path, a, b, name, steps, error, subject
) -> None:
    with pytest.raises(error) as caught:
        interpolate_to_file(digits_run, a, b, tmp_path / name, num_steps=steps)
    assert caught.value.subject.endswith(subject)
    assert caught.value.next_step
    assert not list(tmp_path.iterdir())


def test_a_table_cannot_be_walked_through_as_pictures(table_run: Path, tmp_path: Path) -> None:
    with pytest.raises(RunError, match="nothing to draw"):
        interpolate_to_file(table_run, "0", "1", tmp_path / "walk.png")


def test_safetensors_hold_the_weights_and_a_card_with_figures(
    digits_run: Path, tmp_path: Path
) -> None:
    report = export(digits_run, "safetensors", tmp_path / "model")
    weights = load_file(tmp_path / "model" / "model.safetensors")
    state = TrainedModel.open(digits_run).autoencoder.state_dict()
    assert weights.keys() == state.keys()
    for name, value in weights.items():
        np.testing.assert_array_equal(value, state[name].numpy())
    card = (tmp_path / "model" / "MODEL_CARD.md").read_text()
    assert "digits" in card
    assert all(path.is_file() for path in report.files)


@pytest.fixture(scope="module")
def bundle(digits_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The digits run as exported. Tests work on copies of it."""
    folder = tmp_path_factory.mktemp("bundles") / "digits"
    export(digits_run, "safetensors", folder)
    return folder


def test_an_exported_folder_is_loaded_like_the_run(digits_run: Path, bundle: Path) -> None:
    x = read("digits").x[:20]
    model, exported = aestudio.load(digits_run), aestudio.load(str(bundle))
    np.testing.assert_array_equal(exported.encode(x), model.encode(x))
    np.testing.assert_array_equal(exported.reconstruct(x), model.reconstruct(x))


@pytest.mark.parametrize(
    "name", ["model.safetensors", "experiment.toml", "preprocessing.json", "MODEL_CARD.md"]
)
@pytest.mark.parametrize("damage", ["flip", "cut", "append", "remove"])
def test_a_changed_file_of_an_exported_folder_is_named(
    bundle: Path, tmp_path: Path, name: str, damage: str
) -> None:
    folder = Path(shutil.copytree(bundle, tmp_path / "copy"))
    content = bytearray((folder / name).read_bytes())
    if damage == "flip":
        content[-3] ^= 1
    (folder / name).write_bytes(
        content[:-1] if damage == "cut" else content + b" " * (damage == "append")
    )
    if damage == "remove":
        (folder / name).unlink()
    with pytest.raises(RunError) as caught:
        aestudio.load(folder)
    assert caught.value.subject == str(folder / name)
    assert caught.value.next_step


@pytest.mark.parametrize(
    ("change", "subject"),
    [
        (lambda manifest: manifest.update(version=2), "manifest.json"),
        (lambda manifest: manifest["files"].pop("experiment.toml"), "manifest.json"),
        (
            lambda manifest: manifest["files"].update({"../x": manifest["files"]["MODEL_CARD.md"]}),
            "copy",
        ),
    ],
)
def test_an_impossible_manifest_is_refused(bundle: Path, tmp_path: Path, change, subject) -> None:
    folder = Path(shutil.copytree(bundle, tmp_path / "copy"))
    manifest = json.loads((folder / "manifest.json").read_text())
    change(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(RunError) as caught:
        aestudio.load(folder)
    assert Path(caught.value.subject).name == subject


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("preprocessing.json", b'"images"', b'"smells"'),
        ("preprocessing.json", b'"scale"', b'"snail"'),
        ("experiment.toml", b"code_size = 2", b"code_size = 3"),
        ("experiment.toml", b"code_size = 2", b"code_size = 0"),
        ("model.safetensors", b'"F32"', b'"F16"'),
    ],
)
def test_a_forged_file_with_its_checksum_is_still_checked(
    bundle: Path, tmp_path: Path, name: str, old: bytes, new: bytes
) -> None:
    folder = Path(shutil.copytree(bundle, tmp_path / "copy"))
    content = (folder / name).read_bytes()
    assert old in content
    content = content.replace(old, new, 1)
    (folder / name).write_bytes(content)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"][name]["sha256"] = hashlib.sha256(content).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(RunError):
        aestudio.load(folder)


def test_a_run_whose_data_is_gone_can_be_exported(tmp_path: Path) -> None:
    from tests.workflows.conftest import train

    x = np.random.default_rng(0).normal(size=(60, 5)).astype(np.float32)
    np.save(tmp_path / "x.npy", x)
    run = train(str(tmp_path / "x.npy"), tmp_path / "run", network__code_size=2)
    (tmp_path / "x.npy").unlink()
    assert export(run, "safetensors", tmp_path / "model").files


@pytest.mark.slow
def test_onnx_files_compute_the_same(digits_run: Path, tmp_path: Path) -> None:
    report = export(digits_run, "onnx", tmp_path / "model")
    assert {path.name for path in report.files} == {
        "encoder.onnx",
        "decoder.onnx",
        "autoencoder.onnx",
    }
    assert report.relative_difference is not None
    assert report.relative_difference < 1e-4


def test_the_summary_page_is_drawn_from_the_folder_alone(
    digits_run: Path, table_run: Path, tmp_path: Path
) -> None:
    for run in (digits_run, table_run):
        path = write_summary_page(run, tmp_path / f"{run.name}.png")
        with Image.open(path) as picture:
            assert picture.width == 1600
            assert len(picture.getcolors(1_000_000) or []) > 50
