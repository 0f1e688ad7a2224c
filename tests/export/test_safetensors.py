"""The exported folder is enough to use the model, by the words on its own card."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from aestudio.autoencoders.base import Autoencoder
from aestudio.errors import StorageError
from aestudio.experiment import Experiment
from aestudio.export.model_card import CardFacts, model_card, plain
from aestudio.export.safetensors import export_safetensors
from aestudio.preprocess.scaling import Scaling
from aestudio.runs import failpoints
from aestudio.runs.failpoints import Failpoint
from tests.export.conftest import SHAPES

FACTS = CardFacts(
    name="my | *run*",
    type_title="Variational",
    type_summary="Gives each sample a cloud.",
    citation="Kingma & Welling 2014",
    network="dense",
    code_size=3,
    num_parameters=1234,
    data_name="<script>alert(1)</script>",
    data_source="/home/somebody/pictures",
    data_kind="images",
    sample_shape=(2, 5, 6),
    num_train=900,
    num_validation=100,
    fingerprint="ab" * 32,
    label_names=tuple(f"label {number}" for number in range(40)),
    epochs=20,
    best_epoch=17,
    seed=5,
    loss="mse",
    train={"loss": 12.345678, "kl": 2.0},
    validation={"loss": 13.5},
    evaluation={"squared_error": 11.25},
    versions={"aestudio": "0.1.0"},
    created_at="2026-01-01T00:00:00+00:00",
    is_generative=True,
)


def test_the_card_names_data_numbers_and_use() -> None:
    card = model_card(FACTS)
    for expected in (
        "900 samples",
        "100 samples",
        "ab" * 32,
        "| loss | 12.346 | 13.5 |",
        "| kl | 2.0 |  |",
        "| squared\\_error | 11.25 |",
        "epoch 17",
        "and 10 more",
        "random",
        "seed 5",
    ):
        assert expected in card
    assert "<script>" not in card
    assert "# my \\| \\*run\\*\n" in card


def test_the_card_leaves_out_what_is_not_known() -> None:
    facts = replace(FACTS, label_names=(), evaluation=None, is_generative=False)
    card = model_card(facts)
    assert "Labels" not in card
    assert "Measured afterwards" not in card
    assert "random" not in card


@pytest.mark.parametrize("text", ["a\n# b", "\x1b[31mred", "[x](http://evil)", "a`b`", "|x|"])
def test_names_are_shown_as_they_are(text: str) -> None:
    shown = plain(text)
    assert "\n" not in shown
    assert "\x1b" not in shown
    assert not re.search(r"(?<!\\)[\[\]`|<>#*]", shown)


def exported(autoencoder: Autoencoder, folder: Path) -> Scaling:
    broadcast = (1, 1, 1)
    scaling = Scaling(
        np.zeros(broadcast, np.float32),
        np.full(broadcast, 1 / 255, np.float32),
        np.zeros(broadcast, np.float32),
    )
    values = {"network.code_size": 3, "network.hidden": [8, 8], "autoencoder.type": "variational"}
    export_safetensors(
        folder,
        weights={name: value.numpy() for name, value in autoencoder.state_dict().items()},
        experiment_toml=Experiment().with_values(values).to_toml(),
        preprocessing={"shape": list(SHAPES["dense"]), "scaling": scaling.to_json()},
        card=model_card(FACTS),
    )
    return scaling


def test_the_words_on_the_card_give_the_model_back(
    tmp_path: Path, build_autoencoder: Callable[..., Autoencoder]
) -> None:
    autoencoder = build_autoencoder("variational", "dense").eval()
    scaling = exported(autoencoder, tmp_path)
    card = (tmp_path / "MODEL_CARD.md").read_text(encoding="utf-8")
    (snippet,) = re.findall(r"```python\n(.*?)```", card, re.DOTALL)
    raw = np.random.default_rng(0).integers(0, 256, (4, *SHAPES["dense"])).astype(np.uint8)
    np.save(tmp_path / "raw.npy", raw)
    snippet += "\nimport numpy, sys\ncodes = encode(numpy.load('raw.npy'))\n"
    snippet += "numpy.savez('result.npz', codes=codes, back=decode(codes))\n"
    command = [sys.executable, "-W", "error", "-c", snippet]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    with torch.no_grad():
        codes = autoencoder.encode(torch.from_numpy(scaling.forward(raw)))
        wanted = scaling.inverse(autoencoder.decode(codes).numpy())
    with np.load(tmp_path / "result.npz") as result:
        assert np.abs(result["codes"] - codes.numpy()).max() < 1e-6
        assert np.abs(result["back"] - wanted).max() < 1e-3


def test_the_manifest_names_every_file(
    tmp_path: Path, build_autoencoder: Callable[..., Autoencoder]
) -> None:
    exported(build_autoencoder("variational", "dense"), tmp_path / "new" / "folder")
    folder = tmp_path / "new" / "folder"
    manifest = json.loads((folder / "manifest.json").read_text())
    assert sorted([*manifest["files"], "manifest.json"]) == sorted(
        path.name for path in folder.iterdir()
    )
    for name, facts in manifest["files"].items():
        content = (folder / name).read_bytes()
        assert facts["bytes"] == len(content)
        assert facts["sha256"] == hashlib.sha256(content).hexdigest()


def test_an_interrupted_export_has_no_manifest(
    tmp_path: Path, build_autoencoder: Callable[..., Autoencoder]
) -> None:
    failpoints.plan(Failpoint("raise", "rename", 3))
    try:
        with pytest.raises(StorageError):
            exported(build_autoencoder("variational", "dense"), tmp_path / "out")
    finally:
        failpoints.plan(None)
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["experiment.toml", "model.safetensors"]
