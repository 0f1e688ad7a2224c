"""What kinds of autoencoders and of networks there are, what each is for, and what can be set of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aestudio.autoencoders.base import Autoencoder
from aestudio.autoencoders.registry import types
from aestudio.networks.registry import NetworkKind, networks
from aestudio.workflows.catalogue.glossary import GlossaryEntry, glossary


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
        return [*lines, *map(_line, self.options), f"    {self.type.citation}"]


@dataclass(frozen=True, slots=True)
class NetworkEntry:
    """One kind of network and the options that shape it, those of every kind included."""

    kind: NetworkKind
    options: tuple[GlossaryEntry, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.kind.name,
            "title": self.kind.title,
            "summary": self.kind.summary,
            "fields": [entry.to_json() for entry in self.options],
        }

    def lines(self, common: tuple[GlossaryEntry, ...]) -> list[str]:
        own = [entry for entry in self.options if entry not in common]
        head = [f"{self.kind.name}  ({self.kind.title})", f"    {self.kind.summary}"]
        return [*head, *map(_line, own)]


@dataclass(frozen=True, slots=True)
class TypeList:
    """Every registered type and every kind of network, each in alphabetical order."""

    entries: tuple[TypeEntry, ...]
    networks: tuple[NetworkEntry, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "types": [entry.to_json() for entry in self.entries],
            "networks": [entry.to_json() for entry in self.networks],
        }

    def lines(self) -> list[str]:
        common = tuple(
            option
            for option in self.networks[0].options
            if all(option in entry.options for entry in self.networks)
        )
        lines = ["Types of autoencoders (autoencoder.type)", ""]
        for entry in self.entries:
            lines += [*entry.lines(), ""]
        lines += ["Kinds of networks, for any type (network.kind)", ""]
        for network in self.networks:
            lines += [*network.lines(common), ""]
        return [*lines, "Every kind of network has", *map(_line, common)]


def list_types() -> TypeList:
    """Return every type with its own options, and every kind of network with those it reads."""
    network_options = {
        entry.key: entry for entry in glossary() if entry.option.section == "network"
    }
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
        ),
        tuple(
            NetworkEntry(kind, tuple(network_options[f"network.{name}"] for name in kind.options))
            for kind in networks().values()
        ),
    )


def _line(entry: GlossaryEntry) -> str:
    return f"    {entry.key} = {entry.default_text}  ({entry.allowed}): {entry.title}"
