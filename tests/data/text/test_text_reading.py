"""Text files line by line, and what is said about them."""

from __future__ import annotations

import contextlib
import gzip
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aestudio.data.arrays.tokens import texts_of
from aestudio.data.checks.registry import examine
from aestudio.data.dataset import Dataset, Kind, Remedy, Severity
from aestudio.data.options import DataOptions
from aestudio.data.readers import text as text_reader
from aestudio.data.reading import read
from aestudio.data.request import ReadingCancelled
from aestudio.errors import DataError, StudioError

NAMES = ["anna", "bob", "carla", "dora", "emil", "fred"]


def written(folder: Path, content: bytes | str, name: str = "names.txt") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def loaded(path: Path, **options: object) -> Dataset:
    return read(path, DataOptions.model_validate({"source": str(path), **options}))


def texts(dataset: Dataset) -> list[str]:
    return texts_of(dataset.x, dataset.symbols, dataset.padding)


def said(dataset: Dataset, words: str) -> str:
    return next((str(finding) for finding in dataset.findings if words in str(finding)), "")


def test_each_line_is_a_sample_of_characters(tmp_path: Path) -> None:
    dataset = read(written(tmp_path, "\n".join(NAMES) + "\n"))
    assert dataset.kind is Kind.TOKENS
    assert dataset.x.shape == (6, 5)
    assert dataset.x.dtype == np.uint8
    assert texts(dataset) == NAMES
    assert dataset.sample_names == tuple(NAMES)
    assert dataset.reader == "text"
    assert dict(dataset.read_as) == {"Encoding": "utf-8", "Symbols": "characters"}
    assert "14 different" not in said(dataset, "taken as characters")
    letters = len(set("".join(NAMES)))
    assert f"{letters} different" in said(dataset, "taken as characters")


def test_sentences_are_taken_as_words(tmp_path: Path) -> None:
    dataset = read(written(tmp_path, "the cat is here\nthe dog isn't here, is it?\n" * 3))
    assert " isn't" in dataset.symbols
    assert texts(dataset)[:2] == ["the cat is here", "the dog isn't here, is it?"]


def test_a_person_can_choose_how(tmp_path: Path) -> None:
    path = written(tmp_path, "The cat sat\nthe CAT sat\nthe hat\n" * 4)
    pairs = loaded(path, text_unit="byte_pairs", vocabulary_size=20, lowercase=True)
    assert texts(pairs)[:3] == ["the cat sat", "the cat sat", "the hat"]
    assert max(map(len, pairs.symbols)) > 1
    assert len(pairs.symbols) <= 20
    words = loaded(path, text_unit="words", vocabulary_size=4)
    assert len(words.symbols) == 4
    assert "unknown" in said(words, "too rare")
    (rare,) = (finding for finding in words.findings if "too rare" in finding.text)
    assert rare.remedy == Remedy("Use pieces of words", "data.text_unit", "byte_pairs")
    assert texts(words)[2].endswith("\N{REPLACEMENT CHARACTER}")


def test_long_texts_are_cut_off_and_that_is_told(tmp_path: Path) -> None:
    path = written(tmp_path, "".join(f"{name}\n" for name in NAMES))
    dataset = loaded(path, text_length=4)
    assert texts(dataset)[2] == "carl"
    assert "1 of 6 texts have more than 4 characters" in said(dataset, "cut off")
    assert "The longest has 5" in said(dataset, "cut off")
    (finding,) = (finding for finding in dataset.findings if "cut off" in finding.text)
    assert finding.remedy == Remedy("Cut off less", "data.text_length", "5")
    mended = loaded(path, text_length=finding.remedy.value)
    assert texts(mended)[2] == "carla"
    assert not said(mended, "cut off")
    assert dataset.sample_names[2] == "carla"


def test_empty_and_repeated_lines_are_told(tmp_path: Path) -> None:
    path = written(tmp_path, "anna\n\nbob\n   \nanna\nanna\n")
    dataset = read(path)
    assert texts(dataset) == ["anna", "bob", "anna", "anna"]
    assert "2 empty texts" in said(dataset, "left out")
    assert "2 of 4 samples repeat" in " ".join(map(str, examine(dataset)))
    once = loaded(path, duplicates="drop")
    assert texts(once) == ["anna", "bob"]
    assert once.sample_names == ("anna", "bob")


def test_packed_texts_are_read(tmp_path: Path) -> None:
    packed = gzip.compress("\n".join(NAMES).encode())
    assert texts(read(written(tmp_path, packed, "names.txt.gz"))) == NAMES
    with pytest.raises(DataError, match="damaged"):
        read(written(tmp_path, packed[:-9], "cut.txt.gz"))


def test_line_ends_of_all_systems(tmp_path: Path) -> None:
    for ends in ("a\nb\nc", "a\r\nb\r\nc\r\n", "a\rb\rc\r", "a\nb\r\nc\r"):
        assert texts(read(written(tmp_path, ends))) == ["a", "b", "c"]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_encodings_with_and_without_a_mark(tmp_path: Path, codec: str) -> None:
    path = written(tmp_path, "José\nLaura\nFrançois\n".encode(codec))
    assert texts(read(path)) == ["José", "Laura", "François"]


def test_an_older_encoding_is_guessed_and_told(tmp_path: Path) -> None:
    path = written(tmp_path, "Laura\nJosé\n".encode("cp1252"))
    assert texts(read(path)) == ["Laura", "José"]
    assert "cp1252" in said(read(path), "not UTF-8")
    assert texts(loaded(path, encoding="cp1251")) == ["Laura", "Josй"]
    with pytest.raises(DataError, match="0xe9 at offset 9"):
        loaded(path, encoding="utf-8")


def test_the_first_other_byte_is_told_where_it_stands_in_the_file(tmp_path: Path) -> None:
    plain = b"".join(b"Laura %d\n" % index for index in range(400_000))
    path = written(tmp_path, plain + "José\n".encode("cp1252"))
    assert f"(from byte {len(plain) + 3:,} on)" in said(read(path), "not UTF-8")


def test_emoji_and_combining_characters_are_kept(tmp_path: Path) -> None:
    lines = ["\N{GRINNING FACE}\N{RED APPLE}", "e\N{COMBINING ACUTE ACCENT}", "日本語"]
    assert texts(read(written(tmp_path, "\n".join(lines)))) == lines


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\n \n\t\n", "no text"),
        (b"anna\nb\0b\n", "NUL"),
        (("José\n" * 3).encode() + b"\xff\n", "offset 18"),
        (b"anna\n" + b"x" * 200 + b"\n", "line 2 has more than 100 bytes"),
        (b"a\n" * 20, "more than 10 lines"),
    ],
    ids=["blank", "nul", "bad utf-8", "long line", "many lines"],
)
def test_what_is_no_list_of_texts_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, words: str
) -> None:
    monkeypatch.setattr(text_reader, "MAX_LINE_BYTES", 100)
    monkeypatch.setattr(text_reader, "MAX_LINES", 10)
    path = written(tmp_path, content)
    with pytest.raises(DataError, match=words) as caught:
        read(path)
    assert caught.value.next_step
    assert caught.value.subject == str(path)


def test_a_line_of_ten_megabytes_is_refused_at_once(tmp_path: Path) -> None:
    path = written(tmp_path, b"anna\n" + b"word " * 2_000_000 + b"\n")
    with pytest.raises(DataError, match="line 2 has more than 1,048,576 bytes"):
        read(path)


def test_a_file_that_is_too_large_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_reader, "MAX_BYTES", 5)
    with pytest.raises(DataError, match="more than 5 bytes"):
        read(written(tmp_path, "123456"))


def test_lines_of_numbers_are_a_table(tmp_path: Path) -> None:
    assert read(written(tmp_path, "1.5\n2.5\n3.5\n")).kind is Kind.TABLE


def test_one_text_is_worth_a_warning(tmp_path: Path) -> None:
    dataset = read(written(tmp_path, "only this"))
    assert dataset.num_samples == 1
    assert any(finding.severity is Severity.WARNING for finding in dataset.findings)


def test_reading_can_be_cancelled(tmp_path: Path) -> None:
    asked = 0

    def is_cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked > 3

    with pytest.raises(ReadingCancelled):
        read(written(tmp_path, "name\n" * 5000), is_cancelled=is_cancelled)


def test_a_model_is_given_texts_in_its_own_symbols(tmp_path: Path) -> None:
    symbols = read(written(tmp_path, "\n".join(NAMES))).symbols
    other = written(tmp_path, "zoe\nanna\nbartholomew\n", "other.txt")
    options = DataOptions(source=str(other), text_length=7)
    dataset = read(other, options, symbols=symbols)
    assert dataset.symbols == symbols
    assert dataset.x.shape == (3, 7)
    assert texts(dataset)[:2] == ["\N{REPLACEMENT CHARACTER}oe", "anna"]
    with pytest.raises(DataError, match="'z' is none of the symbols"):
        read(other, options, symbols=("", *"abcdehilmnortw"))
    with pytest.raises(DataError, match="how texts become such"):
        read(other, options, symbols=("cat", "dog"))


@given(st.binary(max_size=200))
def test_any_bytes_end_in_texts_or_an_error(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = written(tmp_path_factory.getbasetemp(), content)
    with contextlib.suppress(StudioError):
        dataset = read(path)
        assert dataset.num_samples > 0
        assert dataset.x.shape == (dataset.num_samples, *dataset.shape)


@pytest.mark.parametrize("form", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf16_that_was_chosen_may_have_a_mark_or_none(tmp_path: Path, form: str) -> None:
    path = written(tmp_path, "\n".join(NAMES).encode(form))
    dataset = read(path, DataOptions(source=str(path), encoding="utf-16"))
    assert dataset.sample_names == tuple(NAMES)
