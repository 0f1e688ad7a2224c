"""What people give by mistake or by malice, as files: shared by the tests of both doors.

Each maker gets an empty folder and returns the path that a person would give.
"""

from __future__ import annotations

import gzip
import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.data.making import idx_bytes, npy_bytes, pixel_bomb, zip_bytes

MakeFile = Callable[[Path], Path]


def missing(folder: Path) -> Path:
    return folder / "absent.npy"


def empty_folder(folder: Path) -> Path:
    (folder / "nothing").mkdir()
    return folder / "nothing"


def folder_of_letters(folder: Path) -> Path:
    """Nothing in it can be read as data."""
    return _written(folder / "letters" / "dear.doc", b"Dear reader,\n").parent


def truncated_gz(folder: Path) -> Path:
    pictures = np.random.default_rng(0).integers(0, 256, (50, 4, 4), np.uint8)
    whole = gzip.compress(idx_bytes(pictures))
    return _written(folder / "pictures-idx3-ubyte.gz", whole[: len(whole) // 2])


def idx_that_lies(folder: Path) -> Path:
    """Its head promises fifty pictures, and there are ten."""
    whole = idx_bytes(np.zeros((50, 4, 4), np.uint8))
    return _written(folder / "pictures-idx3-ubyte", whole[: -40 * 16])


def objects_npy(folder: Path) -> Path:
    return _written(folder / "objects.npy", npy_bytes(np.array([{"a": 1}], dtype=object)))


def objects_npz(folder: Path) -> Path:
    member = npy_bytes(np.array([{"a": 1}], dtype=object))
    return _written(folder / "objects.npz", zip_bytes({"x.npy": member}))


def bare_pickle(folder: Path) -> Path:
    return _written(folder / "data.npy", pickle.dumps([1, 2, 3]))


def model_that_runs_code(folder: Path) -> Path:
    return _written(folder / "model.pkl", pickle.dumps([1, 2, 3]))


def image_bomb(folder: Path) -> Path:
    return _written(folder / "bombs" / "bomb.png", pixel_bomb()).parent


def image_bomb_alone(folder: Path) -> Path:
    return image_bomb(folder) / "bomb.png"


def text_as_png(folder: Path) -> Path:
    return _written(folder / "pictures" / "letter.png", b"this is a text\n" * 20).parent


def text_as_png_alone(folder: Path) -> Path:
    return text_as_png(folder) / "letter.png"


def empty_file(folder: Path) -> Path:
    return _written(folder / "hollow.npy", b"")


def table_with_gaps(folder: Path) -> Path:
    return _table(folder / "gaps.npy", (3, 2), np.nan)


def table_without_a_column(folder: Path) -> Path:
    return _table(folder / "column.npy", (slice(None), 2), np.nan)


def table_with_infinity(folder: Path) -> Path:
    return _table(folder / "infinite.npy", (3, 2), np.inf)


def table_of_nothing(folder: Path) -> Path:
    return _table(folder / "unknown.npy", (slice(None), slice(None)), np.nan)


def recipe_with_a_typo(folder: Path) -> Path:
    return _recipe(folder, "[network]\ncode_size = 2\ndepht = 3\n")


def recipe_without_a_code(folder: Path) -> Path:
    return _recipe(folder, '[data]\nsource = "digits"\n\n[network]\ncode_size = 0\n')


def recipe_that_is_no_toml(folder: Path) -> Path:
    return _recipe(folder, "[network\n")


def recipe_for_absent_data(folder: Path) -> Path:
    return _recipe(folder, '[data]\nsource = "nowhere/absent.npy"\n')


def below_a_file(folder: Path) -> Path:
    """A place that cannot be made, whoever asks for it: even for root a file is no folder."""
    return _written(folder / "file", b"in the way") / "inside"


def _table(path: Path, where: tuple[int | slice, int | slice], value: float) -> Path:
    table = np.random.default_rng(0).normal(size=(40, 5))
    table[where] = value
    return _written(path, npy_bytes(table))


def _recipe(folder: Path, text: str) -> Path:
    return _written(folder / "recipe.toml", text.encode())


def _written(path: Path, content: bytes) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return path
