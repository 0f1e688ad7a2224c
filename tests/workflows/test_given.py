from __future__ import annotations

from pathlib import Path

import pytest

from aestudio.errors import OptionError
from aestudio.workflows.planning.given import Given, line_of

_CONFIG = """
[network]
code_size = 3
depth = 1

[autoencoder]
type = "variational"
beta = 4.0
"""


def _file(folder: Path, text: str | bytes) -> Path:
    path = folder / "recipe.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_later_sources_override_earlier_ones(tmp_path: Path) -> None:
    given = Given.collect(
        config=_file(tmp_path, _CONFIG),
        settings=["network.code_size=5", "training.epochs=9", "network.hidden=[64, 32]"],
        last={"training.epochs": 11, "training.seed": None},
    )
    assert given.values == {
        "network.code_size": 5,
        "network.depth": 1,
        "network.hidden": (64, 32),
        "autoencoder.type": "variational",
        "autoencoder.beta": 4.0,
        "training.epochs": 11,
    }


def test_texts_need_no_quotes() -> None:
    given = Given.collect(settings=["autoencoder.type=variational", 'network.activation="relu"'])
    assert given.autoencoder_type == "variational"
    assert given.values["network.activation"] == "relu"


def test_options_of_another_type_are_dropped_with_it(tmp_path: Path) -> None:
    given = Given.collect(
        config=_file(tmp_path, _CONFIG), settings=["autoencoder.type=undercomplete"]
    )
    assert "autoencoder.beta" not in given.values


def test_nothing_given_needs_nothing() -> None:
    given = Given.collect()
    assert given.values == {}
    assert given.data_options("digits").source == "digits"


def test_how_to_read_is_part_of_what_is_given() -> None:
    options = Given.collect(settings=["data.image_size=32", "data.color=grey"]).data_options("x")
    assert (options.source, options.image_size, options.color) == ("x", 32, "grey")


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("[network]\ncode_size = 0\n", 2, "network.code_size"),
        ("[training]\n\nepochs = 3\nlearning_rat = 1\n", 4, "learning_rate"),
        ("[training]\nepochs = 'many'\n", 2, "training.epochs"),
        ("[nettwork]\ncode_size = 2\n", 2, "nettwork"),
        ("network = {code_size = -1}\n", 1, "network.code_size"),
        ("[network]\nhidden = [64, 0.5]\n", 2, "network.hidden"),
    ],
)
def test_a_mistake_in_a_file_is_named_with_its_line(
    tmp_path: Path, text: str, line: int, word: str
) -> None:
    path = _file(tmp_path, text)
    with pytest.raises(OptionError) as caught:
        Given.collect(config=path)
    assert caught.value.subject == f"{path}, line {line}"
    assert word in str(caught.value)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"[network\n", "line 1"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"#" * (2**20 + 1), "too large"),
        (b"a=" + b"[" * 5000, "TOML"),
    ],
    ids=["syntax", "encoding", "size", "depth"],
)
def test_files_that_are_no_recipe_are_refused(tmp_path: Path, content: bytes, word: str) -> None:
    path = _file(tmp_path, content)
    with pytest.raises(OptionError) as caught:
        Given.collect(config=path)
    assert str(path) in caught.value.subject
    assert word in caught.value.reason


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OptionError) as caught:
        Given.collect(config=tmp_path / "absent.toml")
    assert caught.value.subject == str(tmp_path / "absent.toml")


def test_lines_are_found_in_every_way_of_writing() -> None:
    text = 'training.epochs = 1\n["network"]\n[network]\n"code_size" = 1\n'
    assert line_of(text, "training.epochs") == 1
    assert line_of(text, "network.code_size") == 4
    assert line_of(text, "network.absent") is None
