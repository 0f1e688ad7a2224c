"""What is fuzzed beside data: the files of a run and of an exported model, and word vectors.

Reading them ends with their content or a StudioError.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

from aestudio.data.options import DataOptions
from aestudio.data.text.word_vectors import read_word_vectors, vector_size
from aestudio.errors import StudioError
from aestudio.runs.folder import RunFolder
from aestudio.runs.npz import unpack_npz
from aestudio.runs.tensor_file import read_tensors, unpack_tensors
from tests.hostile.mutating import Rewrap, as_plain, as_zip
from tests.hostile.oracle import Target, alone
from tests.hostile.seeds import GOLDEN


def _in_a_run(name: str, content: bytes, folder: Path, suffix: str) -> Path:
    """Put the bytes in place of one file of a sound run."""
    root = Path(shutil.copytree(GOLDEN, folder / "run", dirs_exist_ok=True))
    (root / name).write_bytes(content)
    return root


def _read_run(source: Path, options: DataOptions) -> None:
    """Look at everything in a run; what is damaged does not keep the rest from being read."""
    run = RunFolder.open(source)
    run.info.model_dump_json()
    attempts: list[Callable[[], object]] = [
        run.metrics, run.samples, run.preview_epochs, lambda: run.preview(1), lambda: run.scaling,
        lambda: run.label_names, lambda: run.feature_names, lambda: run.experiment,
        run.latest_checkpoint,
    ]  # fmt: skip
    for attempt in attempts:
        try:
            attempt()
        except StudioError as refused:
            if not (refused.subject and refused.next_step):
                raise ValueError(f"an unhelpful refusal: {refused!r}") from refused


def _read_tensors(source: Path, options: DataOptions) -> None:
    content = source.read_bytes()
    with suppress(StudioError):
        unpack_tensors(content, source)
    for values in read_tensors(content, source).values():
        assert values.dtype.kind in "biuf"


def _read_vectors(source: Path, options: DataOptions) -> None:
    size = vector_size(source)
    found = read_word_vectors(source, ("the", "Cat", "é", "3"), progress=lambda done, count: None)
    assert found.vectors.shape == (len(found.numbers), size)


def _read_arrays(source: Path, options: DataOptions) -> None:
    for values in unpack_npz(source.read_bytes(), (), source, optional=("codes", "epoch")).values():
        str(values)


def _part(name: str, file: str, rewrap: Rewrap = as_plain) -> Target:
    place = partial(_in_a_run, file)
    return Target(name, Path(file).suffix, name, rewrap, place, read=_read_run)


RUN_TARGETS = (
    _part("run", "run.json"),
    _part("history", "metrics.jsonl"),
    _part("recipe", "experiment.toml"),
    _part("scaling", "preprocessing.json"),
    _part("manifest", "checkpoints/manifest.json"),
    _part("preview", "preview/epoch-000001.npz", as_zip),
    _part("originals", "preview/samples.npz", as_zip),
    Target("arrays", ".npz", "preview", as_zip, alone, read=_read_arrays),
    Target("tensors", ".safetensors", "tensors", as_plain, alone, read=_read_tensors),
    Target("vectors", ".vec", "vectors", as_plain, alone, read=_read_vectors),
)
