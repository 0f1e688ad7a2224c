"""The model that every contestant trains, and how its speed is told.

784-400-(mean 20, log variance 20)-400-784 with ReLU; binary cross-entropy summed over the pixels plus
the divergence from a unit Gaussian, averaged over the batch; Adam at 0.001; shuffled batches of 128.
Runs without AE Studio, in whatever environment holds the contestant.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

BATCH_SIZE = 128
LEARNING_RATE = 1e-3


class Vae(nn.Module):
    """The network; x_BD holds pixels in [0, 1], D = 784."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden = nn.Linear(784, 400)
        self.mean = nn.Linear(400, 20)
        self.log_variance = nn.Linear(400, 20)
        self.decoder = nn.Sequential(nn.Linear(20, 400), nn.ReLU(), nn.Linear(400, 784))

    def loss(self, x_BD: Tensor) -> Tensor:
        hidden = self.hidden(x_BD).relu()
        mean, log_variance = self.mean(hidden), self.log_variance(hidden)
        code = torch.addcmul(mean, torch.randn_like(mean), (0.5 * log_variance).exp())
        logits = self.decoder(code)
        pixels = functional.binary_cross_entropy_with_logits(logits, x_BD, reduction="sum")
        divergence = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum()
        return (pixels + divergence) / len(x_BD)


def load_pixels(path: str) -> Tensor:
    """All training images as (N, 784) float32 in [0, 1]."""
    return torch.from_numpy(np.load(path).reshape(-1, 784).astype(np.float32) / 255)


class Stopwatch:
    """Times each epoch of ``num_samples`` samples."""

    def __init__(self, num_samples: int) -> None:
        self._num_samples = num_samples
        self._started = 0.0
        self._rates: list[float] = []

    def start(self) -> None:
        self._started = time.perf_counter()

    def stop(self) -> None:
        self._rates.append(self._num_samples / (time.perf_counter() - self._started))

    @contextmanager
    def epoch(self) -> Iterator[None]:
        self.start()
        yield
        self.stop()

    def report(self) -> None:
        """Print the one line that the benchmark reads."""
        print(json.dumps({"samples_per_second": self._rates}))
