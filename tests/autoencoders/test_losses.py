"""A loss is refused where the data or the decoder is not what it compares."""

from __future__ import annotations

import pytest
import torch

from aestudio.autoencoders.base import FINISHED, Autoencoder, Batch, Plan
from aestudio.autoencoders.registry import build, parse_autoencoder_options
from aestudio.errors import OptionError
from aestudio.networks.options import NetworkOptions
from aestudio.objectives.reconstruction import RECONSTRUCTION_LOSSES

MEASURED = [name for name, loss in RECONSTRUCTION_LOSSES.items() if not loss.needs_tokens]


def make(loss: str, shape: tuple[int, ...] = (1, 12, 12), *, unit: bool = True) -> Autoencoder:
    plan = Plan(
        network=NetworkOptions(code_size=3, hidden=(16,)),
        loss=loss,
        sample_shape=shape,
        is_unit_interval=unit,
        huber_delta=0.5,
    )
    return build(parse_autoencoder_options({"type": "undercomplete"}), plan)


@pytest.mark.parametrize("loss", MEASURED)
def test_every_loss_gives_a_gradient_to_every_weight(loss: str) -> None:
    model = make(loss)
    batch = Batch(torch.rand(5, 1, 12, 12, generator=torch.Generator().manual_seed(0)))
    model.terms(batch, FINISHED)["reconstruction"].mean().backward()
    for parameter in model.parameters():
        assert parameter.grad is not None
        assert parameter.grad.isfinite().all()
        assert parameter.grad.any()


def test_similarity_is_of_pictures() -> None:
    with pytest.raises(OptionError, match="compares pictures") as caught:
        make("ssim_mixed", (30,))
    assert caught.value.subject == "training.loss"


@pytest.mark.parametrize("loss", ["bce", "ssim_mixed"])
def test_some_losses_need_data_between_0_and_1(loss: str) -> None:
    with pytest.raises(OptionError, match="between 0 and 1") as caught:
        make(loss, unit=False)
    assert caught.value.subject == "training.loss"
    assert "minmax" in caught.value.next_step


def test_the_threshold_of_huber_is_the_one_of_the_recipe() -> None:
    model = make("huber", (4,))
    output = torch.zeros(1, 4)
    target = model.finish(output) + torch.tensor([[0.4, 2.5, 0.0, 0.0]])
    found = model.reconstruction(output, target).item()
    assert found == pytest.approx(0.4**2 / 2 + 0.5 * (2.5 - 0.25))
