"""What kinds of autoencoders there are, what each is for, and what can be set of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aestudio.autoencoders.base import Autoencoder
from aestudio.autoencoders.registry import types
from aestudio.workflows.glossary import GlossaryEntry, glossary


@dataclass(frozen=True, slots=True)
class TypeEntry:
    """One type of autoencoder and the options that are its own."""

    name: str
    type: type[Autoencoder]
    options: tuple[GlossaryEntry, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "title": self.type.title,
            "summary": self.type.summary,
            "citation": self.type.citation,
            "is_generative": self.type.is_generative,
            "fields": [entry.to_json() for entry in self.options],
        }

    def lines(self) -> list[str]:
        lines = [f"{self.name}  ({self.type.title})", f"    {self.type.summary}"]
        lines += [
            f"    {entry.key} = {entry.default_text}  ({entry.allowed}): {entry.title}"
            for entry in self.options
        ]
        return [*lines, f"    {self.type.citation}"]


@dataclass(frozen=True, slots=True)
class TypeList:
    """Every registered type, in alphabetical order."""

    entries: tuple[TypeEntry, ...]

    def to_json(self) -> dict[str, Any]:
        return {"types": [entry.to_json() for entry in self.entries]}

    def lines(self) -> list[str]:
        lines: list[str] = []
        for entry in self.entries:
            lines += [*entry.lines(), ""]
        return lines[:-1]


def list_types() -> TypeList:
    """Return every type with its own options; those that all types share are not repeated."""
    return TypeList(
        tuple(
            TypeEntry(
                name,
                found,
                tuple(
                    entry
                    for entry in glossary(autoencoder_type=name)
                    if entry.option.section == "autoencoder" and entry.key != "autoencoder.type"
                ),
            )
            for name, found in types().items()
        )
    )
