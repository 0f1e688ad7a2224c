"""Tables whose rows are about a text."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from aestudio.data.arrays.tokens import texts_of
from aestudio.data.dataset import Dataset, Kind
from aestudio.data.options import DataOptions
from aestudio.data.reading import read
from aestudio.errors import OptionError

MESSAGES = [
    ("ham", "see you later at the station"),
    ("spam", "win a free phone, call now"),
    ("ham", "are you coming home tonight"),
    ("ham", "the meeting is at five"),
    ("spam", "you have won a free prize"),
]


def messages(folder: Path, *, copies: int = 30, header: str = "") -> Path:
    path = folder / "messages.tsv"
    rows = [f"{label}\t{text} {number}" for number in range(copies) for label, text in MESSAGES]
    path.write_text("\n".join([header, *rows] if header else rows) + "\n")
    return path


def loaded(path: Path, **options: object) -> Dataset:
    return read(path, DataOptions.model_validate({"source": str(path), **options}))


def first_text(dataset: Dataset) -> str:
    return texts_of(dataset.x[:1], dataset.symbols, dataset.padding)[0]


def test_a_column_of_sentences_is_the_text_and_one_of_classes_the_label(tmp_path: Path) -> None:
    dataset = read(messages(tmp_path, header="kind\tmessage"))
    assert dataset.kind is Kind.TOKENS
    assert first_text(dataset) == "see you later at the station 0"
    assert dataset.label_names == ("ham", "spam")
    assert dataset.labels is not None
    assert np.bincount(dataset.labels).tolist() == [90, 60]
    assert dataset.label_fields == ("kind",)
    assert dict(dataset.read_as)["Texts"] == "message"
    assert dict(dataset.read_as)["Symbols"] == "words"


def test_numbers_beside_a_sentence_can_be_its_label(tmp_path: Path) -> None:
    path = tmp_path / "reviews.csv"
    rows = [f'{number},"{text}, no {number}",{number % 2}' for number in range(120)
            for text in ("a lovely film to watch",)]  # fmt: skip
    path.write_text("\n".join(["id,review,positive", *rows]))
    dataset = read(path)
    assert dataset.kind is Kind.TOKENS
    assert dataset.label_names == ("0", "1")
    assert dataset.label_fields == ("positive",)


def test_names_beside_many_numbers_are_a_table(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    rows = [f"Mr. John Q. Smith the {n}th,{n},{n * 2},{n * 3},{n % 7}" for n in range(150)]
    path.write_text("\n".join(["name,a,b,c,d", *rows]))
    assert read(path).kind is Kind.TABLE
    dataset = loaded(path, kind="tokens", text_unit="words")
    assert dataset.kind is Kind.TOKENS
    assert first_text(dataset) == "Mr. John Q. Smith the 0th"


def test_a_person_can_choose_the_column_and_the_label(tmp_path: Path) -> None:
    path = tmp_path / "mail.csv"
    rows = [
        f"re: plan number {n},this is the long body of mail number {n},{'ab'[n % 2]},{'xyz'[n % 3]}"
        for n in range(150)
    ]
    path.write_text("\n".join(["subject,body,group,mood", *rows]))
    assert first_text(read(path)).startswith("this is the long body")
    dataset = loaded(path, columns="subject", label_field="mood")
    assert first_text(dataset) == "re: plan number 0"
    assert dataset.label_names == ("x", "y", "z")
    with pytest.raises(OptionError, match="no column of texts is called 'bodi'") as caught:
        loaded(path, columns="bodi")
    assert caught.value.next_step == "Did you mean 'body'?"
    with pytest.raises(OptionError, match="no label field is called 'moods'"):
        loaded(path, label_field="moods")


def test_rows_without_a_text_are_left_out_with_their_labels(tmp_path: Path) -> None:
    path = messages(tmp_path)
    with path.open("a") as stream:
        stream.write("spam\t\n")
    dataset = read(path)
    assert dataset.labels is not None
    assert len(dataset.labels) == len(dataset.x) == 150
    assert any("1 empty text is left out" in str(finding) for finding in dataset.findings)


@pytest.mark.shared_data
def test_the_real_texts_are_taken_for_what_they_are(shared_data: Path) -> None:
    names = read(shared_data / "text" / "names.txt")
    assert (names.num_samples, names.shape, len(names.symbols)) == (32_033, (15,), 28)
    assert first_text(names) == "emma"
    messages = read(shared_data / "text" / "sms.tsv")
    assert messages.num_samples == 5574
    assert messages.label_names == ("ham", "spam")
    assert dict(messages.read_as)["Symbols"] == "words"
