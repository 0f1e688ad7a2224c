"""Every option of this room explains itself."""

from __future__ import annotations

import pytest

from aestudio.data.options import DataOptions
from aestudio.errors import OptionError
from aestudio.options import option_fields, parse_options
from aestudio.preprocess.options import PreprocessOptions


@pytest.mark.parametrize("options", [DataOptions, PreprocessOptions])
def test_every_option_has_words(options: type) -> None:
    for field in option_fields(options):
        assert field.title
        assert field.help.endswith(".")


@pytest.mark.parametrize(
    ("values", "key"),
    [({"scaling": "logg"}, "preprocess.scaling"), ({"mising": "mean"}, "preprocess.mising")],
)
def test_wrong_values_name_the_option(values: dict[str, str], key: str) -> None:
    with pytest.raises(OptionError) as caught:
        parse_options(PreprocessOptions, values, "preprocess")
    assert caught.value.subject == key
