"""Symbols looked up as numbers before a network reads them."""

from __future__ import annotations

import pytest
import torch

from aestudio.errors import OptionError
from aestudio.networks.embedding import (
    ColumnEmbeddings,
    EmbeddedEncoder,
    Embedding,
    column_embedding_size,
    set_embeddings,
)
from aestudio.networks.feedback import FeedbackDecoder
from aestudio.networks.hourglass import describe_network
from aestudio.networks.noise import NoiseSource
from aestudio.networks.options import NetworkOptions
from aestudio.networks.registry import NetworkPlan, build_network

STEPS, SYMBOLS, SIZE, CODE = 5, 11, 3, 2


def built(**options: object) -> tuple[torch.nn.Module, torch.nn.Module]:
    chosen = NetworkOptions.model_validate({"code_size": CODE, "embedding_size": SIZE, **options})
    plan = NetworkPlan(
        options=chosen,
        sample_shape=(STEPS, SYMBOLS),
        num_code_outputs=CODE,
        noise=NoiseSource(),
    )
    return build_network(plan)


def one_hot(numbers: list[int]) -> torch.Tensor:
    return torch.nn.functional.one_hot(torch.tensor([numbers]), SYMBOLS).float()


def test_one_hot_vectors_are_looked_up() -> None:
    embedding = Embedding(SYMBOLS, SIZE)
    looked_up = embedding(one_hot([3, 0, 3]))
    torch.testing.assert_close(looked_up[0], embedding.weight.T[[3, 0, 3]])
    assert not embedding(torch.zeros(1, 1, SYMBOLS)).any(), "no symbol is no vector"


@pytest.mark.parametrize("kind", ["dense", "recurrent", "temporal"])
def test_every_network_of_sequences_can_look_up(kind: str) -> None:
    encoder, decoder = built(kind=kind, hidden=(4,))
    assert isinstance(encoder, EmbeddedEncoder)
    code = encoder(one_hot([1, 2, 3, 4, 5]))
    assert code.shape == (1, CODE)
    assert decoder(code).shape == (1, STEPS, SYMBOLS)


def test_a_decoder_with_feedback_looks_up_what_it_sees() -> None:
    _, decoder = built(kind="recurrent", hidden=(4,), feedback=True)
    assert isinstance(decoder, FeedbackDecoder)
    (weights,) = [value for name, value in decoder.named_parameters() if "weight_ih" in name]
    assert weights.shape[1] == SIZE + CODE
    taught = decoder.write_at_once(torch.zeros(1, CODE), one_hot([1, 2, 3, 4, 5]))
    assert taught.shape == (1, STEPS, SYMBOLS)


def test_known_vectors_replace_random_ones_everywhere() -> None:
    _, decoder = built(kind="recurrent", hidden=(4,), feedback=True)
    encoder, _ = built(kind="recurrent", hidden=(4,))
    both = torch.nn.ModuleList([encoder, decoder])
    vectors = 100 * torch.arange(2 * SIZE).reshape(2, SIZE).float()
    set_embeddings(both, torch.tensor([7, 2]), vectors)
    found = [part.weight for part in both.modules() if isinstance(part, Embedding)]
    assert len(found) == 2
    for weight in found:
        torch.testing.assert_close(weight.T[[7, 2]].detach(), vectors)
        others = weight.T[[0, 1, 3, 4, 5, 6, 8, 9, 10]]
        assert 0.2 * vectors.std() < others.std() < 5 * vectors.std()


def test_the_drawing_names_the_embedding() -> None:
    options = NetworkOptions(kind="recurrent", code_size=CODE, embedding_size=SIZE, feedback=True)
    layers = describe_network(options, (STEPS, SYMBOLS)).layers
    found = [layer for layer in layers if layer.name == "Embedding"]
    assert [layer.part for layer in found] == ["encoder", "decoder"]
    assert found[0].shape == (STEPS, SIZE)
    assert found[0].num_parameters == SIZE * SYMBOLS


def test_shared_weights_and_pictures_have_no_embedding() -> None:
    with pytest.raises(OptionError, match="looked up"):
        built(kind="dense", tied=True)
    plan = NetworkPlan(
        options=NetworkOptions(kind="dense", embedding_size=4),
        sample_shape=(1, 4, 4),
        num_code_outputs=2,
        noise=NoiseSource(),
    )
    with pytest.raises(OptionError, match="looked up"):
        build_network(plan)


# --- categories of tables -------------------------------------------------------------------------

#: Two numbers around a category of three and one of forty.
CATEGORIES = ((1, 4), (5, 45))


def built_for_rows(**options: object) -> tuple[torch.nn.Module, torch.nn.Module]:
    chosen = NetworkOptions.model_validate(
        {"code_size": CODE, "hidden": (8,), "categories": "embedded", **options}
    )
    plan = NetworkPlan(
        options=chosen,
        sample_shape=(45,),
        num_code_outputs=CODE,
        noise=NoiseSource(),
        categories=CATEGORIES,
    )
    return build_network(plan)


def test_each_column_has_a_table_of_its_own() -> None:
    encoder, decoder = built_for_rows()
    (embeddings,) = [one for one in encoder.modules() if isinstance(one, ColumnEmbeddings)]
    first, second = (part.weight.T for part in embeddings.columns if isinstance(part, Embedding))
    assert (first.shape, second.shape) == ((3, 2), (40, 13))
    row = torch.zeros(1, 45)
    row[0, [0, 2, 4, 30]] = torch.tensor([0.5, 1.0, -0.5, 1.0])
    wanted = torch.cat([torch.tensor([0.5, -0.5]), first[1], second[25]])
    torch.testing.assert_close(embeddings(row)[0], wanted)
    assert decoder(encoder(row)).shape == (1, 45)


def test_what_stands_for_a_missing_category_is_the_mean_of_all() -> None:
    embeddings = ColumnEmbeddings(45, CATEGORIES, 2)
    shares = torch.zeros(1, 45)
    shares[0, 1:4] = torch.tensor([0.5, 0.25, 0.25])
    first = embeddings.columns[0].weight.T
    assert isinstance(first, torch.Tensor)
    torch.testing.assert_close(
        embeddings(shares)[0, 2:4], first[0] / 2 + first[1] / 4 + first[2] / 4
    )


def test_a_size_can_be_asked_for_and_is_never_more_than_a_column_can_fill() -> None:
    assert ColumnEmbeddings(45, CATEGORIES, 5).num_outputs == 2 + 2 + 5
    assert ColumnEmbeddings(1, ((0, 1),), None).num_outputs == 1
    assert [column_embedding_size(count, None) for count in (2, 10, 1000)] == [1, 6, 64]


def test_layers_are_as_wide_as_what_is_looked_up_asks_for() -> None:
    wide = {"hidden": (), "depth": 2}
    looked_up, _ = built_for_rows(**wide)
    one_hot, _ = built_for_rows(**wide, categories="one_hot")
    sizes = [
        [part.in_features for part in encoder.modules() if type(part) is torch.nn.Linear]
        for encoder in (looked_up, one_hot)
    ]
    assert sizes == [[17, 128, 64], [45, 128, 64]]


def test_shared_weights_cannot_be_looked_up() -> None:
    with pytest.raises(OptionError, match="look the categories") as caught:
        built_for_rows(tied=True)
    assert caught.value.subject == "network.categories"


def test_the_drawing_has_one_row_for_all_columns() -> None:
    options = NetworkOptions(code_size=CODE, hidden=(8,), categories="embedded")
    layers = describe_network(options, (45,), categories=CATEGORIES).layers
    (found,) = [layer for layer in layers if layer.name == "Embeddings"]
    assert (found.shape, found.num_parameters) == ((17,), 3 * 2 + 40 * 13)
