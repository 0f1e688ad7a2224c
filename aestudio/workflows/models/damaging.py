"""The damage that a denoising model has learned to repair, done to samples once more."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch

from aestudio.autoencoders.denoising import Denoising
from aestudio.networks.noise import NoiseSource
from aestudio.workflows.models.trained_model import TrainedModel

Floats = npt.NDArray[np.float32]


def learned_damage(model: TrainedModel) -> str:
    """Say what the model has learned to repair; empty where it was trained without damage."""
    autoencoder = model.autoencoder
    return autoencoder.corruptor.description if isinstance(autoencoder, Denoising) else ""


def damaged_as_learned(model: TrainedModel, clean: Floats, draw: int = 0) -> Floats:
    """Damage samples (N, *shape) in model scale as in training; the noise depends on ``draw`` alone.

    Samples come back as they are where :func:`learned_damage` is empty.
    """
    autoencoder = model.autoencoder
    if not isinstance(autoencoder, Denoising):
        return clean
    noise = NoiseSource()
    noise.reseed(0, draw)
    return np.asarray(autoencoder.corrupt(torch.from_numpy(clean), noise).numpy())
