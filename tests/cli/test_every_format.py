"""Every format that can be read: what ``info`` says of it, and that ``train`` learns from it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aestudio.data.readers.registry import readers
from aestudio.data.tables import registry as tables
from tests.cli.conftest import Run
from tests.data.formats import FORMATS

#: Once read, these are as others are; what is new in them is the reading.
ALIKE = {
    *("webp", "bmp", "gif", "tiff", "tiff of 16 bits", "nested folders", "list of paths"),
    *("tsv", "decimal comma", "mat 7.3", "excel", "several files", "idx"),
}
EVERY = pytest.mark.parametrize("name", FORMATS)
TRAINED = pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[pytest.mark.slow] if name in ALIKE else []) for name in FORMATS],
)
KEYS = ("reader", "kind", "num_samples", "num_test_samples", "shape", "labels", "missing_share")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], list[Path]]:
    """Return a function that makes the files of a format, once."""
    known: dict[str, list[Path]] = {}

    def files(name: str) -> list[Path]:
        if name not in known:
            known[name] = FORMATS[name].make(tmp_path_factory.mktemp("format"))
        return known[name]

    return files


def test_no_reader_and_no_use_of_tables_is_left_out() -> None:
    assert {known.name for known in readers()} == {one.reader for one in FORMATS.values()}
    uses = {one.use for one in FORMATS.values() if one.use}
    assert {use.name for use in tables.table_uses()} == uses


@EVERY
def test_info_says_what_is_in_it(
    name: str,
    made: Callable[[str], list[Path]],
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    uses: set[str] = set()
    choose = tables._use_for

    def noted(*given: Any) -> Any:
        use = choose(*given)
        uses.add(use.name)
        return use

    monkeypatch.setattr(tables, "_use_for", noted)
    told = run("info", *made(name), "--json")
    assert told.code == 0, told.err
    expected = FORMATS[name]
    values = told.json
    wanted = {key: getattr(expected, key) for key in KEYS}
    wanted |= {"shape": list(expected.shape), "labels": list(expected.labels)}
    wanted["missing_share"] = pytest.approx(expected.missing_share)
    assert {key: values[key] for key in KEYS} == wanted
    assert uses == ({expected.use} if expected.use else set())
    texts = [finding["text"] for finding in values["findings"]]
    assert len(texts) == len(expected.findings), texts
    for text, part in zip(texts, expected.findings, strict=True):
        assert part in text


@TRAINED
def test_it_can_be_trained_on(
    name: str, made: Callable[[str], list[Path]], run: Run, tmp_path: Path
) -> None:
    done = run("train", *made(name), "--epochs", 2, "--out", tmp_path / "run", "--json")
    assert done.code == 0, done.err
    assert done.json["epochs"] == 2
