"""Lightning with everything optional switched off: ``with_lightning.py PIXELS.npy EPOCHS``."""

from __future__ import annotations

import logging
import sys
import warnings

import lightning
import torch
from torch import Tensor
from torch.utils.data import DataLoader, TensorDataset
from vae import BATCH_SIZE, LEARNING_RATE, Stopwatch, Vae, load_pixels


class Module(lightning.LightningModule):
    """The model as Lightning wants it."""

    def __init__(self, watch: Stopwatch) -> None:
        super().__init__()
        self.vae = Vae()
        self.watch = watch

    def training_step(self, batch: list[Tensor], index: int) -> Tensor:
        return self.vae.loss(batch[0])

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.Adam(self.parameters(), LEARNING_RATE)

    def on_train_epoch_start(self) -> None:
        self.watch.start()

    def on_train_epoch_end(self) -> None:
        self.watch.stop()


def main(path: str, num_epochs: int) -> None:
    warnings.simplefilter("ignore")
    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    torch.manual_seed(0)
    pixels = load_pixels(path)
    module = Module(Stopwatch(len(pixels)))
    trainer = lightning.Trainer(
        max_epochs=num_epochs,
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    trainer.fit(module, DataLoader(TensorDataset(pixels), BATCH_SIZE, shuffle=True))
    module.watch.report()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
