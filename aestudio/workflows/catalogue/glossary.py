"""Every option explained, from the one place where it is declared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aestudio.autoencoders.registry import types
from aestudio.experiment import experiment_fields
from aestudio.options import OptionField


@dataclass(frozen=True, slots=True)
class GlossaryEntry:
    """One option; ``types`` names the autoencoders that have it."""

    option: OptionField
    types: tuple[str, ...]

    @property
    def key(self) -> str:
        return self.option.key

    @property
    def title(self) -> str:
        return self.option.title

    @property
    def help(self) -> str:
        return self.option.help

    @property
    def hint(self) -> str:
        return self.option.hint

    @property
    def choices(self) -> tuple[str, ...]:
        """The words that the option takes; for the type, every registered one."""
        return tuple(types()) if self.key == "autoencoder.type" else self.option.choices

    @property
    def allowed(self) -> str:
        """The possible values in words."""
        if self.choices:
            return " | ".join(self.choices)
        written = _written_type(self.option.annotation)
        low, high = self.option.minimum, self.option.maximum
        if low is not None and high is not None:
            return f"{written} from {low:g} to {high:g}"
        if low is not None:
            return f"{written} from {low:g}"
        if high is not None:
            return f"{written} up to {high:g}"
        return written

    @property
    def default_text(self) -> str:
        """The default as one would write it behind the equals sign."""
        return written(self.option.default)

    def to_json(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "title": self.title,
            "help": self.help,
            "hint": self.hint,
            "unit": self.option.unit,
            "default": self.option.default,
            "choices": list(self.choices),
            "minimum": self.option.minimum,
            "maximum": self.option.maximum,
            "types": list(self.types),
        }


def glossary(search: str = "", *, autoencoder_type: str | None = None) -> tuple[GlossaryEntry, ...]:
    """Return the options that mention ``search``, in the order of the form.

    Raises :class:`OptionError` for a type that does not exist.
    """
    names = list(types()) if autoencoder_type is None else [autoencoder_type]
    fields: dict[str, OptionField] = {}
    having: dict[str, list[str]] = {}
    for name in names:
        for field in experiment_fields(name):
            fields.setdefault(field.key, field)
            having.setdefault(field.key, []).append(name)
    word = search.casefold()
    # Options of one type stand with the other options of the autoencoder, not at the end.
    sections = list(dict.fromkeys(field.section for field in fields.values()))
    order = sorted(fields, key=lambda key: sections.index(fields[key].section))
    entries = (GlossaryEntry(fields[key], tuple(having[key])) for key in order)
    return tuple(
        entry
        for entry in entries
        if word in f"{entry.key} {entry.title} {entry.help} {entry.hint}".casefold()
    )


def written(value: Any) -> str:
    """Return an option's value as one would write it behind the equals sign."""
    if isinstance(value, tuple):
        parts = (f'"{part}"' if isinstance(part, str) else str(part) for part in value)
        return "[" + ", ".join(parts) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return "nothing" if value is None else str(value)


def _written_type(annotation: Any) -> str:
    text = str(annotation)
    if "tuple" in text:
        return "list of texts" if "str" in text else "list of whole numbers"
    for python_name, word in (
        ("bool", "true | false"),
        ("int", "whole number"),
        ("float", "number"),
    ):
        if python_name in text:
            return word
    return "text"
