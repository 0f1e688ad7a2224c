"""Embeddings that begin as word vectors from a file instead of at random."""

from __future__ import annotations

from pathlib import Path

import torch

from aestudio.autoencoders.base import Autoencoder
from aestudio.data.dataset import Dataset, Kind
from aestudio.data.files.path_text import as_text
from aestudio.data.text.word_vectors import read_word_vectors, vector_size
from aestudio.errors import OptionError
from aestudio.experiment import Experiment
from aestudio.networks.embedding import set_embeddings
from aestudio.workflows.reporting import IsCancelled, Progress, reporting


def with_embedding_size(experiment: Experiment, dataset: Dataset) -> Experiment:
    """Return the recipe with the size of the vectors in its embedding file, if it has one.

    Raises :class:`OptionError` where the samples are no symbols, :class:`DataError` for a file of
    something else.
    """
    network = experiment.network
    looks_up = network.categories == "embedded" and any(
        column.categories for column in dataset.columns
    )
    is_asked_for = network.embedding_file or (network.embedding_size and not looks_up)
    if dataset.kind is not Kind.TOKENS and is_asked_for:
        raise OptionError(
            "only symbols can be looked up as numbers, and the samples are measured numbers.",
            subject="network.embedding_size"
            if network.embedding_size and not looks_up
            else "network.embedding_file",
            next_step="Leave it empty, or set data.kind to tokens if they are symbols.",
        )
    if not network.embedding_file:
        return experiment
    return experiment.with_values(
        {
            "network.embedding_size": vector_size(network.embedding_file),
            # The run has to find its file again from any folder.
            "network.embedding_file": as_text(Path(network.embedding_file).absolute()),
        }
    )


def begin_with_word_vectors(
    autoencoder: Autoencoder,
    experiment: Experiment,
    dataset: Dataset,
    *,
    progress: Progress | None = None,
    is_cancelled: IsCancelled | None = None,
) -> tuple[str, ...]:
    """Put the file's vectors into the embeddings, and say how many of the symbols have one.

    Raises :class:`DataError` where the file is damaged or knows none of the symbols.
    """
    source = experiment.network.embedding_file
    if not source:
        return ()
    report = reporting(progress, is_cancelled)
    found = read_word_vectors(source, dataset.symbols, progress=report)
    set_embeddings(autoencoder, torch.from_numpy(found.numbers), torch.from_numpy(found.vectors))
    return (
        f"{len(found.numbers):,} of {len(dataset.symbols):,} symbols begin with their vector of "
        f"{found.size} numbers from {Path(source).name}.",
    )
