"""What a person has fixed of a recipe, before the rest is chosen for the data."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from aestudio.data.files.doors import open_file
from aestudio.data.files.path_text import as_text
from aestudio.data.options import DataOptions
from aestudio.errors import DataError, OptionError
from aestudio.options import parse_options
from aestudio.preprocess.options import PreprocessOptions

_MOST_BYTES = 2**20
_WHICH_FILE = "Give the experiment.toml of a run, or a file like it."


@dataclass(frozen=True, slots=True)
class Given:
    """Dotted keys and their checked values, in the order in which they override each other."""

    values: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def collect(
        cls,
        *,
        config: Path | None = None,
        settings: Iterable[str] = (),
        last: Mapping[str, Any] | None = None,
    ) -> Self:
        """Take an experiment file, then ``KEY=VALUE`` texts, then single values that are not None.

        Raises :class:`OptionError` with the key, and for the file its line, of whatever is wrong.
        """
        texts = list(settings)
        finals = {key: value for key, value in (last or {}).items() if value is not None}
        if config is None and not texts and not finals:
            return cls()
        # Imported here: the recipe knows every type of autoencoder, and with them torch.
        from aestudio.experiment import Experiment

        experiment = Experiment()
        keys: list[str] = []
        if config is not None:
            experiment, keys = _read_config(config)
        experiment = experiment.with_settings(texts).with_values(finals)
        keys += [text.partition("=")[0].strip() for text in texts] + list(finals)
        # A later type may not have an option that an earlier file has set for another type.
        known = {
            f"{section}.{name}"
            for section in type(experiment).model_fields
            for name in type(getattr(experiment, section)).model_fields
        }
        return cls({key: experiment.value(key) for key in keys if key in known})

    @property
    def autoencoder_type(self) -> str:
        return str(self.values.get("autoencoder.type", "undercomplete"))

    def data_options(self, source: str) -> DataOptions:
        """Return how to read ``source``."""
        given = {
            key.removeprefix("data."): value
            for key, value in self.values.items()
            if key.startswith("data.")
        }
        return parse_options(DataOptions, {**given, "source": as_text(source)}, "data")

    @property
    def preprocess_options(self) -> PreprocessOptions:
        """How samples are brought to the model's scale."""
        given = {
            key.removeprefix("preprocess."): value
            for key, value in self.values.items()
            if key.startswith("preprocess.")
        }
        return parse_options(PreprocessOptions, given, "preprocess")


def _read_config(path: Path) -> tuple[Any, list[str]]:
    from aestudio.experiment import Experiment

    text = _read_text(path)
    try:
        experiment = Experiment.from_toml(text, str(path))
    except OptionError as error:
        if error.subject == str(path):
            raise
        line = line_of(text, error.subject)
        where = f"{path}, line {line}" if line else str(path)
        raise OptionError(
            f"{error.subject}: {error.reason}", subject=where, next_step=error.next_step
        ) from None
    keys = [
        f"{section}.{name}"
        for section, part in tomllib.loads(text).items()
        for name in (part if isinstance(part, Mapping) else ())
    ]
    return experiment, keys


def _read_text(path: Path) -> str:
    if path.is_dir():
        raise OptionError(
            "this is a folder, not an experiment file.", subject=path, next_step=_WHICH_FILE
        )
    try:
        with open_file(os.path.realpath(path)) as stream:
            content = stream.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            raise OptionError(
                "the file is too large for an experiment file.",
                subject=path,
                next_step=_WHICH_FILE,
            )
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise OptionError(
            f"this is not a text file in UTF-8 (byte {error.start}).",
            subject=path,
            next_step=_WHICH_FILE,
        ) from None
    except DataError as error:
        raise OptionError(error.reason, subject=path, next_step=error.next_step) from None


def line_of(text: str, key: str) -> int | None:
    r"""Return the line, from 1, on which a TOML file sets a dotted key; None where it cannot tell.

    >>> line_of("[network]\ncode_size = 0", "network.code_size")
    2
    """
    section = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*\[\s*([^\]]+?)\s*\]", line):
            section = header[1]
            if section == key:
                return number
        elif entry := re.match(r"\s*([\w.\"'-]+)\s*=", line):
            written = re.sub(r"[\"']", "", entry[1])
            name = f"{section}.{written}" if section else written
            # An inline table sets its keys on its own line.
            if name == key or key.startswith(f"{name}."):
                return number
    return None
