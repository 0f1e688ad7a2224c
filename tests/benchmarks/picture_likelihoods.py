"""What cross-entropy and a learned width are worth to variational autoencoders on pictures.

    python tests/benchmarks/picture_likelihoods.py DATA [--size 48] [--codes 2 32] [--epochs 30]

Trains the recommended recipe on DATA with each likelihood. Figures are those of held-back pictures, with
values scaled to [0, 1]: root mean square error, nats of the code, how many of its numbers are in use,
and the width learned. The last one is the Frechet distance between the pictures that the prior draws
and those learned from, as Gaussians in the plane of 40 principal components, in parts of the
latter's variance. With --pictures, writes originals, their reconstructions and drawn pictures.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from aestudio.analysis.pca import PcaBaseline
from aestudio.analysis.pictures import tile_rgb8, to_rgb8
from aestudio.analysis.posterior import PosteriorReport
from aestudio.autoencoders.gaussian_code import GaussianCode
from aestudio.data.options import DataOptions
from aestudio.data.reading import read
from aestudio.export.pictures import write_png
from aestudio.training.control import Control
from aestudio.workflows.models.trained_model import TrainedModel
from aestudio.workflows.planning.likelihood_choices import share_of_tones
from aestudio.workflows.planning.recommendation import recommend
from aestudio.workflows.training import Preparation, prepare, start_training

Values = np.ndarray[Any, Any]
_LEARNED = {"autoencoder.likelihood_scale": 0.1, "autoencoder.learn_scale": True}
_LIKELIHOODS: dict[str, dict[str, Any]] = {
    "cross-entropy": {"training.loss": "bce"},
    "gaussian, learned": {"autoencoder.likelihood": "gaussian", **_LEARNED},
    "gaussian, 0.1": {"autoencoder.likelihood": "gaussian", "autoencoder.likelihood_scale": 0.1},
    "laplace, learned": {"autoencoder.likelihood": "laplace", **_LEARNED},
    "continuous bernoulli": {"autoencoder.likelihood": "continuous_bernoulli"},
}
_COMPONENTS, _MOST_DRAWN, _SHOWN = 40, 500, 16


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data")
    parser.add_argument("--size", type=int)
    parser.add_argument("--color", default="auto")
    parser.add_argument("--most", type=int, default=6000, help="pictures to take at most")
    parser.add_argument("--codes", type=int, nargs="+", default=[2, 32])
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--likelihoods", nargs="+", default=list(_LIKELIHOODS)[:2])
    parser.add_argument("--pictures", type=Path)
    given = parser.parse_args()
    torch.set_num_threads(1)
    if given.pictures is not None:
        given.pictures.mkdir(parents=True, exist_ok=True)
    options = DataOptions(source=given.data, image_size=given.size, color=given.color)
    dataset = read(given.data, options)
    dataset = replace(dataset, x=dataset.x[: given.most], labels=None, label_names=(), test=None)
    print(f"{dataset.name}: share of tones {share_of_tones(dataset):.2f}\n")
    print("| code | likelihood | error | nats | in use | width | drawn |")
    print("|--:|---|--:|--:|--:|--:|--:|")
    for code_size in given.codes:
        for name in given.likelihoods:
            chosen = {
                **_LIKELIHOODS[name],
                "network.code_size": code_size,
                "training.epochs": given.epochs,
            }
            preparation = prepare(recommend(dataset, "variational", given=chosen), dataset)
            with tempfile.TemporaryDirectory() as folder:
                session = start_training(preparation, Path(folder, "run"), Control())
                list(session.events)
                model = TrainedModel.open(session.run)
            sheet = report(model, preparation, dataset.x, f"| {code_size} | {name} |")
            if given.pictures is not None:
                file = f"{dataset.name} {code_size} {name}.png".replace(" ", "-").replace(",", "")
                write_png(given.pictures / file, sheet)


def report(model: TrainedModel, preparation: Preparation, x: Values, title: str) -> Values:
    """Print the figures of one model, and return its pictures."""
    learned = model.to_model_scale(np.asarray(x[preparation.split.train[:_MOST_DRAWN]]))
    held_back = model.to_model_scale(np.asarray(x[preparation.split.validation]))
    again = model.reconstruct_scaled(held_back)
    autoencoder = model.autoencoder
    assert isinstance(autoencoder, GaussianCode)
    with torch.no_grad():
        mean, log_variance = autoencoder.posterior(torch.from_numpy(held_back))
        noise = torch.Generator().manual_seed(0)
        drawn = autoencoder.decode(
            torch.randn((len(learned), model.code_size), generator=noise)
        ).numpy()
        likelihood = autoencoder.likelihood
        has_width = likelihood is not None and likelihood.family.has_scale
        width = (
            f"{float(likelihood.log_scale(mean).exp()):.3f}"  # type: ignore[union-attr]
            if has_width
            else ""
        )
    nats = 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).numpy()
    posterior = PosteriorReport(nats.mean(0), mean.numpy().astype(np.float64).var(0))
    error = float(np.sqrt(np.mean((again - held_back) ** 2)))
    print(
        f"{title} {error:.4f} ({-20 * np.log10(error):.2f} dB) | {nats.sum(1).mean():.1f} "
        f"| {posterior.num_active} | {width} | {distance(learned, drawn):.2f} |",
        flush=True,
    )
    rows = np.concatenate([part[:_SHOWN] for part in (held_back, again, drawn, drawn[_SHOWN:])])
    return tile_rgb8(to_rgb8(rows, 0.0, 1.0), _SHOWN)


def distance(learned: Values, drawn: Values) -> float:
    """Return the Frechet distance of two Gaussians (Dowson & Landau 1982), in parts of a variance."""
    flat = [part.reshape(len(part), -1) for part in (learned, drawn)]
    plane = PcaBaseline.fit(flat[0], _COMPONENTS)
    first, second = ((part - plane.mean) @ plane.components.T.astype(np.float64) for part in flat)
    of_first, of_second = np.cov(first.T), np.cov(second.T)
    values, vectors = np.linalg.eigh(of_first)
    root = (vectors * np.sqrt(values.clip(0))) @ vectors.T
    shared = np.sqrt(np.linalg.eigvalsh(root @ of_second @ root).clip(0)).sum()
    apart = np.square(first.mean(0) - second.mean(0)).sum()
    total = apart + np.trace(of_first) + np.trace(of_second) - 2 * shared
    return float(total / np.trace(of_first))


if __name__ == "__main__":
    main()
