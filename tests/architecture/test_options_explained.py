"""Every option explains itself: the form, the command line and the glossary read only this."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

import pytest
from pydantic.fields import FieldInfo

from aestudio.options import Options
from tests.architecture.source import modules


def fields() -> list[tuple[str, FieldInfo]]:
    """The options of every class that is used as it stands, not only inherited from."""
    for name in modules(without=("gui", "cli", "workflows", "analysis", "export")):
        importlib.import_module(name)
    found: dict[str, FieldInfo] = {}
    for options_class in leaves(Options):
        for name, info in options_class.model_fields.items():
            # A field that holds another room's options is a section, not an option.
            if not (isinstance(info.annotation, type) and issubclass(info.annotation, Options)):
                found[f"{options_class.__name__}.{name}"] = info
    return sorted(found.items())


def leaves(options_class: type[Options]) -> Iterator[type[Options]]:
    below = [
        one for one in options_class.__subclasses__() if one.__module__.startswith("aestudio.")
    ]
    if not below:
        yield options_class
    for one in below:
        yield from leaves(one)


FIELDS = fields()


@pytest.mark.parametrize(("name", "info"), FIELDS, ids=[name for name, _ in FIELDS])
def test_an_option_has_a_title_and_a_sentence(name: str, info: FieldInfo) -> None:
    assert info.title, "no title"
    assert info.title[0].isupper(), "the title starts small"
    assert len(info.title) <= 32, "the title does not fit into a form"
    assert info.description, "no help"
    assert info.description.endswith((".", "?")), "the help is no sentence"
    assert not info.is_required(), "no default"
