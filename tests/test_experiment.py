"""The recipe: one declaration of every option, read by all doors."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aestudio.autoencoders.registry import types
from aestudio.errors import OptionError
from aestudio.experiment import Experiment, experiment_fields


def test_survives_its_own_file() -> None:
    experiment = Experiment().with_settings(
        [
            "autoencoder.type=variational",
            "autoencoder.beta=0.25",
            "network.hidden=[300, 20]",
            "data.image_size=64",
            "data.source=a folder/with \\ and ünïcode",
        ]
    )
    assert Experiment.from_toml(experiment.to_toml()) == experiment


@pytest.mark.parametrize("name", list(types()))
def test_every_option_has_a_default_that_can_be_set_again(name: str) -> None:
    experiment = Experiment().with_values({"autoencoder.type": name})
    for field in experiment_fields(name):
        value = experiment.value(field.key)
        assert experiment.with_values({field.key: value}) == experiment


def test_settings_take_lists_numbers_and_plain_words() -> None:
    experiment = Experiment().with_settings(
        [
            "network.hidden=[8,4]",
            "training.loss=l1",
            'training.precision="fp32"',
            "network.tied=true",
        ]
    )
    assert experiment.network.hidden == (8, 4)
    assert experiment.training.loss == "l1"
    assert experiment.training.precision == "fp32"
    assert experiment.network.tied is True


def test_another_type_keeps_the_rest_of_the_recipe() -> None:
    experiment = Experiment().with_settings(["network.code_size=7", "autoencoder.type=variational"])
    back = experiment.with_values({"autoencoder.type": "undercomplete"})
    assert back.network.code_size == 7
    assert back.autoencoder.type == "undercomplete"


@pytest.mark.parametrize(
    ("setting", "subject", "words"),
    [
        ("network.code_size=0", "network.code_size", "should be at least 1"),
        ("network.codesize=3", "network.codesize", "Did you mean 'network.code_size'"),
        ("nets.code_size=3", "nets.code_size", "Did you mean 'network.code_size'"),
        ("training.loss=hinge", "training.loss", "'mse', 'l1', 'huber'"),
        ("training.epochs=2.5", "training.epochs", "whole number"),
        ("training.learning_rate=nan", "training.learning_rate", "finite number"),
        ("network.hidden=512", "network.hidden", "a list"),
        ("network.hidden=[512, 0]", "network.hidden", "should be at least 1"),
        ("autoencoder.type=sparce", "autoencoder.type", "no autoencoder called 'sparce'"),
        ("autoencoder.beta=1", "autoencoder.beta", "no such option"),
        ("epochs", "epochs", "KEY=VALUE"),
        ("training=3", "training", "no such option"),
    ],
)
def test_wrong_settings_name_the_option_the_reason_and_the_next_step(
    setting: str, subject: str, words: str
) -> None:
    with pytest.raises(OptionError) as caught:
        Experiment().with_settings([setting])
    assert caught.value.subject == subject
    assert words in str(caught.value)
    assert caught.value.next_step


def test_a_batch_of_one_sample_cannot_be_normalised() -> None:
    with pytest.raises(OptionError, match="at least 2 samples") as caught:
        Experiment().with_settings(["network.normalization=batch", "training.batch_size=1"])
    assert caught.value.subject == "training.batch_size"


@given(text=st.text())
def test_any_text_is_a_recipe_or_an_option_error(text: str) -> None:
    with contextlib.suppress(OptionError):
        assert isinstance(Experiment.from_toml(text, "recipe.toml"), Experiment)


def test_broken_toml_names_the_file_and_the_line() -> None:
    with pytest.raises(OptionError, match="line 2") as caught:
        Experiment.from_toml("[network]\ncode_size = = 3\n", "recipe.toml")
    assert caught.value.subject == "recipe.toml"


def test_values_of_unknown_keys_are_not_there() -> None:
    with pytest.raises(OptionError, match="no such option"):
        Experiment().value("network.code")
