"""The whole recipe of a run, composed of the options that the rooms below own."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import tomli_w
from pydantic import Field, SerializeAsAny, field_validator

from aestudio.autoencoders.base import AutoencoderOptions
from aestudio.autoencoders.registry import autoencoder_class, parse_autoencoder_options
from aestudio.autoencoders.undercomplete import UndercompleteOptions
from aestudio.data.options import DataOptions
from aestudio.errors import OptionError
from aestudio.networks.options import NetworkOptions
from aestudio.options import OptionField, Options, option_fields, parse_options, suggest
from aestudio.preprocess.options import PreprocessOptions
from aestudio.training.options import TrainingOptions

#: A recipe has names of two parts.
_MOST_PARTS = 100
#: What can stand in no name of several parts, quoted or not.
_BETWEEN_NAMES = re.compile(r"[^\w\s\"'.-]+|\n")

_SECTIONS: dict[str, type[Options]] = {
    "data": DataOptions,
    "preprocess": PreprocessOptions,
    "network": NetworkOptions,
    "autoencoder": AutoencoderOptions,
    "training": TrainingOptions,
}


class Experiment(Options):
    """Everything that decides what a run computes."""

    data: DataOptions = Field(default_factory=DataOptions)
    preprocess: PreprocessOptions = Field(default_factory=PreprocessOptions)
    network: NetworkOptions = Field(default_factory=NetworkOptions)
    autoencoder: SerializeAsAny[AutoencoderOptions] = Field(default_factory=UndercompleteOptions)
    training: TrainingOptions = Field(default_factory=TrainingOptions)

    @field_validator("autoencoder", mode="before")
    @classmethod
    def _choose_options_of_type(cls, value: Any) -> AutoencoderOptions:
        if isinstance(value, AutoencoderOptions):
            return value
        return parse_autoencoder_options(value)

    @classmethod
    def from_toml(cls, text: str, source: str = "experiment") -> Experiment:
        """Read a recipe; ``source`` names the file in errors (:class:`OptionError`)."""
        try:
            if _is_deep(text):
                raise ValueError(f"a name has more than {_MOST_PARTS} parts")
            values = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
            raise OptionError(
                f"this is not valid TOML: {error}.",
                subject=source,
                next_step="Correct the line, or start from a run's experiment.toml.",
            ) from None
        return cls().with_values(_flatten(values))

    def to_toml(self) -> str:
        """Return the recipe as a file that :meth:`from_toml` reads back unchanged."""
        values = self.model_dump(mode="json", exclude_none=True)
        return tomli_w.dumps(values)

    def value(self, key: str) -> Any:
        """Return the value of a dotted key such as ``network.code_size``."""
        if key not in _known_keys(self):
            raise _no_such_option(key, self)
        section, _, name = key.partition(".")
        return getattr(getattr(self, section), name)

    def with_values(self, values: Mapping[str, Any]) -> Experiment:
        """Return a copy with dotted keys replaced; another type keeps what it has in common."""
        sections: dict[str, dict[str, Any]] = {
            name: getattr(self, name).model_dump() for name in _SECTIONS
        }
        type_name = values.get("autoencoder.type")
        if type_name is not None and type_name != self.autoencoder.type:
            known = autoencoder_class(str(type_name)).options_class.model_fields
            kept = {name: old for name, old in sections["autoencoder"].items() if name in known}
            sections["autoencoder"] = {**kept, "type": type_name}
        for key, value in values.items():
            section, _, name = key.partition(".")
            if section not in _SECTIONS or not name:
                raise _no_such_option(key, self)
            sections[section][name] = value
        autoencoder = parse_autoencoder_options(sections.pop("autoencoder"))
        parts = {
            name: parse_options(_SECTIONS[name], part, name) for name, part in sections.items()
        }
        experiment = Experiment(autoencoder=autoencoder, **parts)
        if experiment.network.normalization == "batch" and experiment.training.batch_size == 1:
            raise OptionError(
                "batch normalisation needs at least 2 samples in a batch.",
                subject="training.batch_size",
                next_step="Set training.batch_size to 2 or more, or network.normalization to layer.",
            )
        return experiment

    def with_settings(self, settings: Iterable[str]) -> Experiment:
        """Return a copy changed by texts such as ``network.hidden=[512, 256]``.

        The part behind the equals sign is read as a TOML value, or as plain text where it is none.
        """
        return self.with_values(dict(_parse_setting(text) for text in settings))


# A form looks up every one of its rows at each key stroke, and to describe all options each time
# took it longer than a frame.
@cache
def experiment_fields(autoencoder_type: str) -> tuple[OptionField, ...]:
    """Return every option of a recipe of that type, with dotted keys, in the order of the form."""
    classes = {**_SECTIONS, "autoencoder": autoencoder_class(autoencoder_type).options_class}
    order = ("autoencoder", "network", "training", "preprocess", "data")
    return tuple(field for name in order for field in option_fields(classes[name], name))


def _parse_setting(text: str) -> tuple[str, Any]:
    key, separator, written = text.partition("=")
    key = key.strip()
    if not separator or not key:
        raise OptionError(
            "a setting is written KEY=VALUE.",
            subject=text,
            next_step="For example: --set network.code_size=2.",
        )
    try:
        value = tomllib.loads(f"value = {written}")["value"]
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        value = written.strip()
    return key, value


def _is_deep(text: str) -> bool:
    """Whether names of very many parts are in a file: reading them takes the square of the time."""
    return any(name.count(".") >= _MOST_PARTS for name in _BETWEEN_NAMES.split(text))


def _flatten(values: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for section, part in values.items():
        if isinstance(part, Mapping):
            flat.update({f"{section}.{name}": value for name, value in part.items()})
        else:
            flat[section] = part
    return flat


def _known_keys(experiment: Experiment) -> list[str]:
    return [field.key for field in experiment_fields(experiment.autoencoder.type)]


def _no_such_option(key: str, experiment: Experiment) -> OptionError:
    return OptionError(
        "there is no such option.", subject=key, next_step=suggest(key, _known_keys(experiment))
    )
