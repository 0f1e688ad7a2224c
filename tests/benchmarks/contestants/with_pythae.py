"""Pythae with its own trainer: ``with_pythae.py PIXELS.npy EPOCHS``."""

from __future__ import annotations

import logging
import sys
import tempfile

import torch
from pythae.data.datasets import BaseDataset
from pythae.models import VAE, VAEConfig
from pythae.models.base.base_utils import ModelOutput
from pythae.models.nn import BaseDecoder, BaseEncoder
from pythae.trainers import BaseTrainer, BaseTrainerConfig
from pythae.trainers.training_callbacks import TrainingCallback
from torch import Tensor, nn
from vae import BATCH_SIZE, LEARNING_RATE, Stopwatch, load_pixels


class Encoder(BaseEncoder):
    def __init__(self) -> None:
        super().__init__()
        self.hidden = nn.Linear(784, 400)
        self.mean = nn.Linear(400, 20)
        self.log_variance = nn.Linear(400, 20)

    def forward(self, x: Tensor) -> ModelOutput:
        hidden = self.hidden(x.flatten(1)).relu()
        return ModelOutput(embedding=self.mean(hidden), log_covariance=self.log_variance(hidden))


class Decoder(BaseDecoder):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(20, 400), nn.ReLU(), nn.Linear(400, 784), nn.Sigmoid()
        )

    def forward(self, z: Tensor) -> ModelOutput:
        return ModelOutput(reconstruction=self.layers(z).reshape(-1, 1, 28, 28))


class EpochTimer(TrainingCallback):
    """Tells the stopwatch where an epoch begins and ends."""

    def __init__(self, watch: Stopwatch) -> None:
        self.watch = watch

    def on_epoch_begin(self, training_config: object, **ignored: object) -> None:
        self.watch.start()

    def on_epoch_end(self, training_config: object, **ignored: object) -> None:
        self.watch.stop()


def main(path: str, num_epochs: int) -> None:
    logging.disable(logging.CRITICAL)
    torch.manual_seed(0)
    pixels = load_pixels(path).reshape(-1, 1, 28, 28)
    watch = Stopwatch(len(pixels))
    config = VAEConfig(input_dim=(1, 28, 28), latent_dim=20, reconstruction_loss="bce")
    with tempfile.TemporaryDirectory() as folder:
        trainer = BaseTrainer(
            VAE(config, Encoder(), Decoder()),
            train_dataset=BaseDataset(pixels, torch.zeros(len(pixels))),
            training_config=BaseTrainerConfig(
                output_dir=folder,
                num_epochs=num_epochs,
                per_device_train_batch_size=BATCH_SIZE,
                learning_rate=LEARNING_RATE,
                no_cuda=True,
                steps_saving=None,
            ),
            callbacks=[EpochTimer(watch)],
        )
        trainer.train(log_output_dir=None)
    watch.report()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
