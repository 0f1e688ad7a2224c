"""Plain PyTorch: ``with_torch.py fused|loader PIXELS.npy EPOCHS``.

``fused`` is the fastest loop that a person would write by hand: data in memory, batches by index, the
fused optimiser. ``loader`` is the loop of the tutorials, with a DataLoader.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import torch
from torch import Tensor
from torch.utils.data import DataLoader, TensorDataset
from vae import BATCH_SIZE, LEARNING_RATE, Stopwatch, Vae, load_pixels


def batches_in_memory(pixels: Tensor) -> Iterator[Tensor]:
    for rows in torch.randperm(len(pixels)).split(BATCH_SIZE):
        yield pixels[rows]


def main(variant: str, path: str, num_epochs: int) -> None:
    torch.manual_seed(0)
    pixels = load_pixels(path)
    model = Vae()
    optimizer = torch.optim.Adam(model.parameters(), LEARNING_RATE, fused=variant == "fused")
    loader = DataLoader(TensorDataset(pixels), BATCH_SIZE, shuffle=True)
    watch = Stopwatch(len(pixels))
    for _ in range(num_epochs):
        with watch.epoch():
            batches = batches_in_memory(pixels) if variant == "fused" else (x for (x,) in loader)
            for x_BD in batches:
                loss = model.loss(x_BD)
                optimizer.zero_grad(set_to_none=True)
                loss.backward()
                optimizer.step()
    watch.report()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
