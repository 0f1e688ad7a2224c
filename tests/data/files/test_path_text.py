"""Names that are not UTF-8, written down and found again."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aestudio.data.files.path_text import as_text, from_text

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="names are text on other systems")


@given(st.binary(max_size=40).filter(lambda name: b"\0" not in name and b"\\" not in name))
def test_any_name_survives_the_way_through_utf8(name: bytes) -> None:
    path = os.fsdecode(name)
    text = as_text(path)
    assert text.encode().decode() == text
    assert from_text(text) == path


def test_a_file_that_is_called_like_an_escape_is_meant_itself(tmp_path: Path) -> None:
    literal = str(tmp_path / r"\udcff")
    Path(literal).touch()
    assert from_text(literal) == literal
    Path(literal).unlink()
    assert from_text(literal) == str(tmp_path / "\udcff")


def test_ordinary_names_stay_as_they_are() -> None:
    assert as_text(Path("/ä/b c")) == from_text("/ä/b c") == "/ä/b c"
