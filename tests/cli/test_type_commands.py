"""The commands that are about types: types, compare."""

from __future__ import annotations

from pathlib import Path

from aestudio.autoencoders.registry import types
from aestudio.networks.registry import networks
from tests.cli.conftest import Run


def test_types_names_every_type_with_its_own_options(run: Run) -> None:
    entries = {entry["name"]: entry for entry in run("types", "--json").json["types"]}
    assert entries.keys() == types().keys()
    for name, entry in entries.items():
        own = set(types()[name].options_class.model_fields) - {"type"}
        assert {field["key"] for field in entry["fields"]} == {f"autoencoder.{key}" for key in own}
        assert all(field["help"] and field["title"] for field in entry["fields"])
        assert entry["summary"].count(". ") >= 1
        assert "http" in entry["citation"]
    text = run("types").out
    assert all(f"{name}  (" in text for name in types())


def test_types_names_every_kind_of_network_with_the_options_that_shape_it(run: Run) -> None:
    entries = {entry["name"]: entry for entry in run("types", "--json").json["networks"]}
    assert entries.keys() == networks().keys()
    for name, entry in entries.items():
        assert entry["title"]
        assert entry["summary"]
        keys = [field["key"] for field in entry["fields"]]
        assert keys == [f"network.{option}" for option in networks()[name].options]
    convolutional = {field["key"]: field for field in entries["convolutional"]["fields"]}
    assert "transposed" in convolutional["network.upsampling"]["choices"]
    assert set(convolutional["network.residual"]["types"]) == types().keys()
    text = run("types").out
    assert all(f"{name}  (" in text for name in networks())
    assert text.count("network.code_size = ") == 1


def test_compare_prints_a_table_with_pca(run: Run, tmp_path: Path) -> None:
    quick = ("--epochs", 1, "--set", "training.batch_size=256", "--set", "network.code_size=2")
    chosen = ("--types", "undercomplete, variational", "--out", tmp_path)
    outcome = run("compare", "digits", *chosen, *quick, "--json")
    assert outcome.code == 0, outcome.err
    values = outcome.json
    assert {one["type"] for one in values["contestants"]} == {"undercomplete", "variational"}
    assert (values["code_size"], values["epochs"]) == (2, 1)
    assert values["pca_squared_error"] > 0
    again = run("compare", "digits", *chosen, *quick)
    assert again.code == 2
    assert str(tmp_path / "undercomplete") in again.err
    shown = run("compare", "digits", "--types", "undercomplete", *quick, "--out", tmp_path / "b")
    assert shown.out.splitlines()[-1].startswith("PCA")
    assert run("compare", "digits", "--types", "unheard-of").code == 2
