"""A page that says what a model is, what it learned from, how good it is and how to use it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFacts:
    """What the card names; numbers as they were measured, by the name of what was measured."""

    name: str
    type_title: str
    type_summary: str
    citation: str
    network: str
    code_size: int
    num_parameters: int
    data_name: str
    data_source: str
    data_kind: str
    sample_shape: tuple[int, ...]
    num_train: int
    num_validation: int
    fingerprint: str
    label_names: tuple[str, ...] = ()
    epochs: int
    best_epoch: int
    seed: int
    loss: str
    train: Mapping[str, float]
    validation: Mapping[str, float]
    evaluation: Mapping[str, float] | None = None
    versions: Mapping[str, str]
    created_at: str
    is_generative: bool = False


def model_card(facts: CardFacts) -> str:
    """Return the card as Markdown."""
    sections = (
        _head(facts),
        _data(facts),
        _numbers(facts),
        _USE_OF_TOKENS if facts.data_kind == "tokens" else _USE,
        _limits(facts),
        _origin(facts),
    )
    return "\n\n".join(section.strip() for section in sections) + "\n"


def plain(text: str) -> str:
    """A text that Markdown shows as it is: names come from files and may hold anything."""
    one_line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return re.sub(r"([\\`*_{}\[\]()<>#+!|~&$-])", r"\\\1", one_line)


def _head(facts: CardFacts) -> str:
    generative = (
        "\n\nCodes follow a standard normal distribution, so new samples can be drawn by decoding "
        "random numbers."
        if facts.is_generative
        else ""
    )
    return f"""
# {plain(facts.name)}

{facts.type_title} autoencoder, {facts.network} network, {_shape(facts.sample_shape)} numbers in,
a code of {facts.code_size:,}, {facts.num_parameters:,} parameters. {facts.type_summary}{generative}

{plain(facts.citation)}
"""


def _data(facts: CardFacts) -> str:
    labels = ", ".join(plain(name) for name in facts.label_names[:30])
    if len(facts.label_names) > 30:
        labels += f" and {len(facts.label_names) - 30} more"
    label_row = f"| Labels (not used in training) | {labels} |\n" if labels else ""
    return f"""
## Data

| | |
|---|---|
| Name | {plain(facts.data_name)} |
| Source | {plain(facts.data_source)} |
| Kind | {facts.data_kind}, {_shape(facts.sample_shape)} per sample |
| Trained on | {facts.num_train:,} samples |
| Held back for validation | {facts.num_validation:,} samples |
{label_row}| SHA-256 of the data | `{facts.fingerprint}` |
"""


def _numbers(facts: CardFacts) -> str:
    names = list(dict.fromkeys([*facts.train, *facts.validation]))
    rows = "\n".join(
        f"| {plain(name)} | {_number(facts.train.get(name))} "
        f"| {_number(facts.validation.get(name))} |"
        for name in names
    )
    text = f"""
## Numbers

Means per sample after epoch {facts.epochs}, each term summed over features and unweighted; `loss` is
the weighted sum that was minimised ({facts.loss}). The weights are those of epoch {facts.best_epoch}.

| Term | Training | Validation |
|---|---:|---:|
{rows}
"""
    if facts.evaluation:
        measured = "\n".join(
            f"| {plain(name)} | {_number(value)} |" for name, value in facts.evaluation.items()
        )
        text += f"\nMeasured afterwards:\n\n| Measure | Value |\n|---|---:|\n{measured}\n"
    return text


_USE = """
## Use

```python
import json
from pathlib import Path

import torch
from safetensors.torch import load_file

from aestudio.experiment import Experiment
from aestudio.preprocess.model_scale import scaling_from_json
from aestudio.workflows.models.trained_model import build_autoencoder

folder = Path(".")  # where this card lies
experiment = Experiment.from_toml((folder / "experiment.toml").read_text(encoding="utf-8"))
facts = json.loads((folder / "preprocessing.json").read_text(encoding="utf-8"))
scaling = scaling_from_json(facts["scaling"])
model = build_autoencoder(experiment, tuple(facts["shape"]), scaling).eval()
model.load_state_dict(load_file(folder / "model.safetensors"))


def encode(raw):  # (N, *shape) in the data's own scale -> (N, code size)
    with torch.no_grad():
        return model.encode(torch.from_numpy(scaling.forward_filled(raw))).numpy()


def decode(codes):  # (N, code size) -> (N, *shape) in the data's own scale
    with torch.no_grad():
        return scaling.inverse(model.decode(torch.from_numpy(codes)).numpy())
```

`manifest.json` names the size and SHA-256 of every file here.
"""

_USE_OF_TOKENS = """
## Use

```python
import aestudio

model = aestudio.load(".")  # the folder in which this card lies


def encode(tokens):  # whole numbers (N, T), or model.tokens([...]) of texts -> (N, code size)
    return model.encode(tokens)


def decode(codes):  # (N, code size) -> whole numbers (N, T), of which model.texts makes texts
    return model.decode(codes)
```

`preprocessing.json` lists what each number stands for; `manifest.json` names the size and SHA-256 of
every file here.
"""


def _limits(facts: CardFacts) -> str:
    return f"""
## Limits

The model knows {facts.num_train:,} samples of the data named above and nothing else. What looks
different from them is reconstructed as something that resembles them. It has not been examined for
any use in which its errors could harm somebody.
"""


def _origin(facts: CardFacts) -> str:
    versions = ", ".join(f"{name} {plain(version)}" for name, version in facts.versions.items())
    return f"""
## Origin

Trained for {facts.epochs:,} epochs with seed {facts.seed}, begun {facts.created_at}; {versions}.
The whole recipe is in `experiment.toml`.
"""


def _shape(shape: tuple[int, ...]) -> str:
    return " x ".join(f"{size:,}" for size in shape)


def _number(value: float | None) -> str:
    return "" if value is None else json.dumps(float(f"{value:.5g}"))
