"""A model to use: raw arrays in, codes and reconstructions out.

Everything is in the data's own scale and number range, as one would pass it from a file; scaling
happens inside. The model runs on the CPU, in evaluation mode, in single precision.

Shapes: N samples, L code size.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt
import torch

from aestudio.autoencoders.base import Autoencoder, Plan
from aestudio.autoencoders.gaussian_code import GaussianCode
from aestudio.autoencoders.mixed_columns import ColumnLosses
from aestudio.autoencoders.registry import build
from aestudio.data.arrays.chosen_rows import ChosenRows, as_array
from aestudio.data.arrays.layout import as_samples
from aestudio.data.arrays.tokens import texts_of
from aestudio.data.dataset import Kind
from aestudio.data.series.own_scale import OwnScale
from aestudio.data.text.token_dataset import tokens_of
from aestudio.errors import DataError, RunError
from aestudio.experiment import Experiment
from aestudio.preprocess.scaling import Scaling
from aestudio.preprocess.table import TableScaling
from aestudio.preprocess.table_layout import TableLayout
from aestudio.preprocess.tokens import TokenScaling
from aestudio.runs.folder import RunFolder
from aestudio.training.options import TrainingOptions
from aestudio.training.snapshot import load_weights
from aestudio.workflows.models.exported_model import Bundle, is_bundle, read_bundle
from aestudio.workflows.models.label_choice import Labels, label_places
from aestudio.workflows.models.scaled_model import ScaledModel, threads_for
from aestudio.workflows.models.series_reconstruction import SeriesReconstruction, reconstruct_series
from aestudio.workflows.models.whole_images import ImageReconstruction, reconstruct_image
from aestudio.workflows.reporting import Progress

Array = npt.NDArray[np.generic]
Floats = npt.NDArray[np.float32]


class TrainedModel(ScaledModel):
    """Encodes, decodes and reconstructs; safe to call from several threads at once."""

    def __init__(
        self,
        experiment: Experiment,
        kind: Kind,
        shape: tuple[int, ...],
        scaling: Scaling,
        autoencoder: Autoencoder,
        label_names: tuple[str, ...] = (),
    ) -> None:
        super().__init__(experiment, kind, shape, scaling, autoencoder)
        self.label_names = label_names

    @classmethod
    def open(cls, run: str | os.PathLike[str] | RunFolder) -> Self:
        """Open the best epoch of a run, or a folder that ``export`` made as safetensors.

        Raises :class:`RunError` when the folder is no usable run or has no saved state yet, or when
        an exported file is not what the manifest says.
        """
        if not isinstance(run, RunFolder) and is_bundle(Path(run)):
            return cls._of_bundle(read_bundle(Path(run)))
        folder = run if isinstance(run, RunFolder) else RunFolder.open(run)
        checkpoint = folder.latest_checkpoint()
        if checkpoint is None:
            raise RunError(
                "the run has no saved state yet.",
                subject=folder.path,
                next_step="Train it first: aestudio resume.",
            )
        facts = folder.info.data
        model = cls.untrained(
            folder.experiment,
            Kind(facts.kind),
            facts.shape,
            folder.scaling,
            label_names=folder.label_names,
        )
        load_weights(model._module, _tensors(checkpoint.weights(best=True)))
        return model

    @classmethod
    def _of_bundle(cls, bundle: Bundle) -> Self:
        model = cls.untrained(
            bundle.experiment,
            Kind(bundle.kind),
            bundle.shape,
            bundle.scaling,
            label_names=bundle.label_names,
        )
        load_weights(model._module, _tensors(bundle.weights))
        return model

    @classmethod
    def untrained(
        cls,
        experiment: Experiment,
        kind: Kind,
        shape: tuple[int, ...],
        scaling: Scaling,
        *,
        label_names: tuple[str, ...] = (),
    ) -> Self:
        """Build the model of a recipe with its first weights, before it has seen the data."""
        autoencoder = build_autoencoder(experiment, shape, scaling)
        return cls(experiment, kind, shape, scaling, autoencoder, label_names)

    @property
    def is_generative(self) -> bool:
        """Whether codes follow N(0, 1), so that any code near the origin decodes to something."""
        return self._module.is_generative

    @property
    def num_labels(self) -> int:
        """How many labels :meth:`encode` and :meth:`decode` can be given; 0 for most models."""
        return self._module.num_labels if isinstance(self._module, GaussianCode) else 0

    def encode(
        self, x: npt.ArrayLike, progress: Progress | None = None, *, labels: Labels | None = None
    ) -> Floats:
        """Return the codes (N, L) of samples in the data's own scale.

        ``x`` is (N, *shape), or a form that can only mean that: one sample, grey pictures without
        their channel, colour pictures with the channels last. Raises :class:`DataError` otherwise.
        ``labels`` are names or places, one for all or one for each sample, and only for models
        that are conditional on them; without any they encode what nobody has labelled.
        """
        samples, _ = self._samples(x)
        told = self._told(labels, len(samples))
        codes = np.empty((len(samples), self.code_size), np.float32)
        for rows, scaled in self._scaled(samples, progress):
            with torch.inference_mode(), threads_for(len(scaled)):
                codes[rows] = self._module.encode(torch.from_numpy(scaled), **told(rows)).numpy()
        return codes

    def decode(self, z: npt.ArrayLike, *, labels: Labels | None = None) -> Floats:
        """Return the samples (N, *shape), in the data's own scale, of codes (N, L) or (L,).

        ``labels`` as for :meth:`encode`: the same code with another label is another sample.
        """
        codes = np.atleast_2d(np.asarray(z, dtype=np.float32))
        if codes.ndim != 2 or codes.shape[1] != self.code_size:
            raise DataError(
                f"codes of this model have {self.code_size} numbers, not shape {codes.shape}.",
                subject="codes",
                next_step=f"Give an array of shape (N, {self.code_size}).",
            )
        module, told = self._module, self._told(labels, len(codes))
        samples = np.empty((len(codes), *self.shape), np.float32)
        for rows in self.blocks(len(codes)):
            with torch.inference_mode(), threads_for(len(codes[rows])):
                z_BL = torch.from_numpy(np.ascontiguousarray(codes[rows]))
                output = module.decode(z_BL, **told(rows))
            samples[rows] = self.scaling.inverse(output.numpy())
        return samples

    def tokens(self, texts: Sequence[str]) -> npt.NDArray[np.int64] | None:
        """Return texts as this model's tokens, (N, T); None where it knows of no texts.

        Or where a text holds a symbol that it does not know and has nothing to stand for.
        """
        if not isinstance(self.scaling, TokenScaling):
            return None
        if self.experiment.data.lowercase:
            texts = [text.lower() for text in texts]
        return tokens_of(texts, self.scaling.symbols, self.shape[0])

    def texts(
        self, tokens: npt.ArrayLike, *, more_symbols: tuple[str, ...] = ()
    ) -> tuple[str, ...]:
        """Return tokens (N, T), such as :meth:`decode` gives, as texts; of models of tokens only.

        ``more_symbols`` are what the numbers behind those of the model's own symbols stand for.
        """
        if not isinstance(self.scaling, TokenScaling):
            raise DataError(
                f"this model has learned from {self.kind}, which cannot be read as texts.",
                subject="tokens",
                next_step="Use a model that has learned from texts.",
            )
        scaling = self.scaling
        symbols = (*scaling.symbols, *more_symbols)
        return tuple(texts_of(np.asarray(tokens), symbols, scaling.padding))

    def reconstruct(self, x: npt.ArrayLike, progress: Progress | None = None) -> Floats:
        """Return decode(encode(x)), (N, *shape), in the data's own scale."""
        samples, own = self._samples(x)
        result = np.empty((len(samples), *self.shape), np.float32)
        for rows, scaled in self._scaled(samples, progress):
            result[rows] = self.scaling.inverse(self.reconstruct_scaled(scaled))
        return result if own is None else own.inverse(result)

    @property
    def gives_chances(self) -> bool:
        """Whether reconstructed categories of a table are probabilities."""
        of_categories = self.experiment.training.category_loss == "cross_entropy"
        return of_categories and self._module.columns is not None

    def category_chances(self, x: npt.ArrayLike) -> dict[str, Floats]:
        """Return how probable the model takes each category to be, by the name of the column.

        (N, C) for rows (N, D) of a table, of which any cells may be missing; the categories stand in
        the order in which the column has them. For models that were trained with the cross-entropy
        of categories; raises :class:`DataError` otherwise.
        """
        if not self.gives_chances or not isinstance(self.scaling, TableScaling):
            raise DataError(
                "this model gives no probabilities of categories.",
                subject="training.category_loss",
                next_step="Train on a table with categories, training.category_loss set to cross_entropy.",
            )
        samples, _ = self._samples(x)
        scaled = [self.reconstruct_scaled(part) for _, part in self._scaled(samples, None)]
        output_NM = np.concatenate(scaled) if scaled else np.empty((0, sum(self.scaling.widths)))
        columns = self.scaling.table_columns
        parts = self.scaling.categories_of(np.asarray(output_NM, np.float32))
        return {columns[place].name: part_NC for place, part_NC in parts.items()}

    def reconstruct_image(
        self, image: npt.ArrayLike, progress: Progress | None = None
    ) -> ImageReconstruction:
        """Reconstruct one image of any size, (H, W, C), (C, H, W) or (H, W), in its own scale.

        For models of images that were trained on patches; the error of every pixel is told too.
        """
        return reconstruct_image(self, image, progress=progress)

    def reconstruct_series(
        self, series: npt.ArrayLike, progress: Progress | None = None
    ) -> SeriesReconstruction:
        """Reconstruct one series of any length, (L, C) or (L,), in its own scale.

        For models of windows and sequences; the error of every step is told too.
        """
        return reconstruct_series(self, series, progress=progress)

    def update(self, weights: Mapping[str, Array]) -> None:
        """Take other weights, such as those of the latest epoch of a training under way."""
        module = copy.deepcopy(self._module)
        load_weights(module, _tensors(weights))
        self._module = module

    def _told(
        self, labels: Labels | None, count: int
    ) -> Callable[[slice], dict[str, torch.Tensor]]:
        """Return what the module is given beside the samples or codes of some rows."""
        if labels is None:
            return lambda rows: {}
        places = torch.from_numpy(
            label_places(labels, count, num_labels=self.num_labels, names=self.label_names)
        )
        return lambda rows: {"labels": places[rows]}

    def _samples(self, x: npt.ArrayLike) -> tuple[Array, OwnScale | None]:
        """Return (N, *shape), and the scale of each sample where the model knows shapes only."""
        samples = as_array(x)
        if samples.shape[1:] != self.shape or not isinstance(x, ChosenRows):
            samples = as_samples(samples, self.kind, self.shape)
        if self.experiment.data.series_scale != "own":
            return samples, None
        own = OwnScale.of(samples)
        return own.forward(samples), own

    def _scaled(self, samples: Array, progress: Progress | None) -> Iterator[tuple[slice, Floats]]:
        for rows in self.blocks(len(samples)):
            yield rows, self.to_model_scale(samples[rows])
            if progress is not None:
                progress(rows.stop, len(samples))


def build_autoencoder(
    experiment: Experiment, shape: tuple[int, ...], scaling: Scaling
) -> Autoencoder:
    """Build the recipe's autoencoder; its initial weights are a function of the seed alone."""
    layout = scaling.layout if isinstance(scaling, TableScaling) else None
    plan = Plan(
        network=experiment.network,
        loss=experiment.training.loss,
        huber_delta=experiment.training.huber_delta,
        sample_shape=scaling.model_shape(shape),
        is_unit_interval=scaling.is_unit_interval,
        is_tokens=isinstance(scaling, TokenScaling),
        padding=scaling.padding if isinstance(scaling, TokenScaling) else None,
        table=layout,
        column_losses=None if layout is None else _column_losses(experiment.training, layout),
    )
    return build(experiment.autoencoder, plan, seed=experiment.training.seed)


def _column_losses(options: TrainingOptions, layout: TableLayout) -> ColumnLosses | None:
    """Return which columns have a loss of their own; None where there are none."""
    of_categories = options.category_loss == "cross_entropy" and bool(layout.categories)
    of_truths = options.truth_loss == "cross_entropy" and bool(layout.truths)
    if not of_categories and not of_truths:
        return None
    return ColumnLosses(layout, of_categories, of_truths, options.category_weight)


def _tensors(weights: Mapping[str, Array]) -> dict[str, torch.Tensor]:
    return {name: torch.from_numpy(np.array(value)) for name, value in weights.items()}
