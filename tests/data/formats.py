"""A small file, or a few, of every format that can be read, and what has to be said of each.

Written by the libraries of others or by hand, never by the code under test. The contract tests of
the command line and of the window run over :data:`FORMATS`; a new reader or use of tables is to be
added here.
"""

from __future__ import annotations

import gzip
import wave
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd
import scipy.io
import tifffile
from PIL import Image

from tests.data.making import idx_bytes, npy_bytes, save_matlab_7_3, save_zarr, zip_bytes

NUM = 60
_RNG = np.random.default_rng(0)
#: Whole numbers, so that they look like pictures; sides of their own, so that none is mixed up.
IMAGES = _RNG.integers(0, 256, (NUM, 12, 10)).astype(np.uint8)
COLOUR = _RNG.integers(0, 256, (NUM, 12, 10, 3)).astype(np.uint8)
SERIES = _RNG.normal(size=(NUM, 16, 2))
TABLE = _RNG.normal(size=(NUM, 4)).round(3)
LABELS = np.arange(NUM) % 3
CLASSES = ("ape", "bee", "cat")

Make = Callable[[Path], list[Path]]


@dataclass(frozen=True, kw_only=True)
class Format:
    """How it is made, and everything that has to be said of it."""

    make: Make
    #: The name of the reader in its registry, and of the use where it is a table.
    reader: str
    use: str = ""
    kind: str
    shape: tuple[int, ...]
    num_samples: int = NUM
    num_test_samples: int = 0
    labels: tuple[str, ...] = ()
    missing_share: float = 0.0
    #: A part of each finding, in their order.
    findings: tuple[str, ...] = ()
    #: What the data sheet says first.
    taken_for: str


# --- arrays ---------------------------------------------------------------------------------------


def idx(folder: Path) -> list[Path]:
    """MNIST's four files, packed."""
    folder = folder / "digits"
    folder.mkdir()
    for part, num in (("train", NUM), ("t10k", 20)):
        images, labels = idx_bytes(IMAGES[:num]), idx_bytes(LABELS[:num].astype(np.uint8))
        (folder / f"{part}-images-idx3-ubyte.gz").write_bytes(gzip.compress(images))
        (folder / f"{part}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(labels))
    return [folder]


def npy(folder: Path) -> list[Path]:
    return _written(folder / "x.npy", npy_bytes(IMAGES))


def npz(folder: Path) -> list[Path]:
    x = np.where(np.abs(TABLE) > 2, np.nan, TABLE)
    np.savez(folder / "x.npz", X=x, y=LABELS)
    return [folder / "x.npz"]


def npz_series(folder: Path) -> list[Path]:
    np.savez(folder / "walks.npz", x=SERIES, y=LABELS)
    return [folder / "walks.npz"]


def npz_tokens(folder: Path) -> list[Path]:
    symbols = np.array(list(".abcdefgh"))
    tokens = np.random.default_rng(0).integers(0, len(symbols), (NUM, 7))
    np.savez(folder / "words.npz", x=tokens, symbols=symbols)
    return [folder / "words.npz"]


def hdf5(folder: Path) -> list[Path]:
    with h5py.File(folder / "x.h5", "w") as file:
        file["spectra"], file["images"], file["labels"] = np.ones((60, 3)), IMAGES, LABELS
    return [folder / "x.h5"]


def zarr(folder: Path) -> list[Path]:
    return [save_zarr(folder / "x.zarr", 3, images=IMAGES, labels=LABELS)]


def mat(folder: Path) -> list[Path]:
    scipy.io.savemat(folder / "x.mat", {"X": IMAGES.transpose(1, 2, 0), "y": LABELS})
    return [folder / "x.mat"]


def mat_7_3(folder: Path) -> list[Path]:
    pictures = IMAGES.transpose(1, 2, 0)
    made = save_matlab_7_3(folder / "x.mat", X=(pictures, "uint8"), y=(LABELS[None], "double"))
    return [made]


# --- pictures -------------------------------------------------------------------------------------


def _folder_of(suffix: str, x: np.ndarray[Any, Any], **how: Any) -> Make:
    def make(folder: Path) -> list[Path]:
        folder = folder / "cells"
        folder.mkdir()
        for number, pixels in enumerate(x):
            path = folder / f"{number:02}{suffix}"
            if suffix.startswith(".tif"):
                tifffile.imwrite(path, pixels, **how)
            else:
                Image.fromarray(pixels).save(path, **how)
        return [folder]

    return make


def nested(folder: Path) -> list[Path]:
    """Pictures of three classes, two levels deep."""
    (plain,) = _folder_of(".png", IMAGES)(folder)
    for number, path in enumerate(sorted(plain.iterdir())):
        at = plain / CLASSES[number % 3] / f"day {number % 2}"
        at.mkdir(parents=True, exist_ok=True)
        path.rename(at / path.name)
    return [plain]


def archive(folder: Path) -> list[Path]:
    (cells,) = nested(folder)
    members = {str(path.relative_to(cells)): path.read_bytes() for path in cells.rglob("*.png")}
    return _written(folder / "cells.zip", zip_bytes(members))


def picture_list(folder: Path) -> list[Path]:
    (cells,) = _folder_of(".png", IMAGES)(folder)
    rows = [f"cells/{path.name},{CLASSES[n % 3]}" for n, path in enumerate(sorted(cells.iterdir()))]
    return _lines(folder / "cells.csv", ["file,animal", *rows])


def picture_paths(folder: Path) -> list[Path]:
    """A plain text file with a path on each line."""
    (cells,) = _folder_of(".png", IMAGES)(folder)
    return _lines(folder / "cells.txt", [f"cells/{path.name}" for path in sorted(cells.iterdir())])


def stack(folder: Path) -> list[Path]:
    tifffile.imwrite(folder / "stack.tif", IMAGES, photometric="minisblack")
    return [folder / "stack.tif"]


def multipage(folder: Path) -> list[Path]:
    """A folder of stacks."""
    folder = folder / "stacks"
    folder.mkdir()
    for number in range(3):
        pages = IMAGES[20 * number : 20 * number + 20]
        tifffile.imwrite(folder / f"{number}.tif", pages, photometric="minisblack")
    return [folder]


def large_picture(folder: Path) -> list[Path]:
    pixels = np.random.default_rng(0).integers(0, 256, (192, 256, 3)).astype(np.uint8)
    Image.fromarray(pixels).save(folder / "field.png")
    return [folder / "field.png"]


# --- tables ---------------------------------------------------------------------------------------

HEAD = ("length", "width", "shade", "species")


def frame() -> pd.DataFrame:
    """Two numbers, one of which has gaps, a category and a class."""
    length = pd.Series(TABLE[:, 0])
    length[[7, 40]] = np.nan
    shades = [("light", "dark")[n % 7 // 4] for n in range(NUM)]
    species = [CLASSES[label] for label in LABELS]
    return pd.DataFrame(
        {"length": length, "width": TABLE[:, 1], "shade": shades, "species": species}
    )


def csv(folder: Path) -> list[Path]:
    frame().to_csv(folder / "x.csv", index=False)
    return [folder / "x.csv"]


def tsv(folder: Path) -> list[Path]:
    frame().to_csv(folder / "x.tsv", sep="\t", index=False)
    return [folder / "x.tsv"]


def decimal_comma(folder: Path) -> list[Path]:
    frame().to_csv(folder / "x.csv", sep=";", decimal=",", index=False, encoding="cp1252")
    return [folder / "x.csv"]


def parquet(folder: Path) -> list[Path]:
    frame().to_parquet(folder / "x.parquet")
    return [folder / "x.parquet"]


def excel(folder: Path) -> list[Path]:
    frame().to_excel(folder / "x.xlsx", index=False)
    return [folder / "x.xlsx"]


def arff(folder: Path) -> list[Path]:
    kinds = ("numeric", "numeric", "{light,dark}", "{ape,bee,cat}")
    head = [f"@attribute {name} {kind}" for name, kind in zip(HEAD, kinds, strict=True)]
    rows = frame().astype(object).where(frame().notna(), "?").to_numpy().tolist()
    text = [",".join(map(str, row)) for row in rows]
    return _lines(folder / "x.arff", ["@relation x", *head, "@data", *text])


def ratings(folder: Path) -> list[Path]:
    """Every user has rated five of twenty items."""
    rng = np.random.default_rng(0)
    rows = [
        f"u{user},i{item},{rng.integers(1, 6)}"
        for user in range(NUM)
        for item in (user + rng.permutation([0, 3, 7, 12, 18])) % 20
    ]
    return _lines(folder / "x.csv", ["user,item,rating", *rows])


# --- series ---------------------------------------------------------------------------------------


def long_series(folder: Path) -> list[Path]:
    """Hours, which are cut into days."""
    start = datetime(2024, 1, 1)
    noise = np.random.default_rng(0).normal(size=24 * 70)
    rows = [
        f"{start + timedelta(hours=hour)},{np.sin(hour * np.pi / 12) + noise[hour] / 9:.3f}"
        for hour in range(24 * 70)
    ]
    return _lines(folder / "load.csv", ["time,load", *rows])


def wav(folder: Path) -> list[Path]:
    steps = np.arange(2400)
    sound = 9000 * np.sin(steps / 9) + 99 * np.random.default_rng(0).normal(size=len(steps))
    with wave.open(str(folder / "tone.wav"), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(sound.astype("<i2").tobytes())
    return [folder / "tone.wav"]


def ts(folder: Path) -> list[Path]:
    for part in ("TRAIN", "TEST"):
        head = ["@problemName walks", f"@classLabel true {' '.join(CLASSES)}", "@data"]
        rows = [
            ":".join(",".join(f"{value:.3f}" for value in channel) for channel in one.T)
            for one in SERIES
        ]
        rows = [f"{row}:{CLASSES[label]}" for row, label in zip(rows, LABELS, strict=True)]
        _lines(folder / f"walks_{part}.ts", head + rows)
    return [folder / "walks_TRAIN.ts"]


def ucr(folder: Path) -> list[Path]:
    rows = [
        "\t".join([str(label), *map(str, one[:, 0].round(3))])
        for one, label in zip(SERIES, LABELS, strict=True)
    ]
    return _lines(folder / "walks_TRAIN.tsv", rows)


# --- text -----------------------------------------------------------------------------------------


def lines(folder: Path) -> list[Path]:
    return _lines(folder / "names.txt", _names())


def text_column(folder: Path) -> list[Path]:
    """Messages of several words, and whether each is wanted."""
    words = np.array(["free", "call", "now", "to", "see", "you", "at", "home", "for", "win"])
    rng = np.random.default_rng(0)
    rows = [f"{('ham', 'spam')[n % 2]}\t{' '.join(rng.choice(words, 9))}" for n in range(NUM)]
    return _lines(folder / "messages.tsv", ["kind\tmessage", *rows])


def _names() -> list[str]:
    return ["".join((a, b, c, "a")) for a in "bdfgk" for b in "aeou" for c in "lmn"]


# --- several --------------------------------------------------------------------------------------


def several(folder: Path) -> list[Path]:
    parts = np.split(IMAGES, 3)
    return [
        path
        for name, part in zip(CLASSES, parts, strict=True)
        for path in _written(folder / f"{name}.npy", npy_bytes(part))
    ]


def folder_of_tables(folder: Path) -> list[Path]:
    folder = folder / "years"
    folder.mkdir()
    for number in range(3):
        part = pd.DataFrame(TABLE[20 * number : 20 * number + 20], columns=list("abcd"))
        part.to_csv(folder / f"{2020 + number}.csv", index=False)
    return [folder]


def _written(path: Path, content: bytes) -> list[Path]:
    path.write_bytes(content)
    return [path]


def _lines(path: Path, rows: list[str]) -> list[Path]:
    path.write_text("\n".join([*rows, ""]), encoding="utf-8")
    return [path]


# --- what is said of each -------------------------------------------------------------------------

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DIGITS = ("0", "1", "2")
_IN_WINDOWS = "A long series is learned from in windows"
_STRETCHES = "Validation holds back whole stretches of time"


def _images(make: Make, reader: str, **other: Any) -> Format:
    said = {
        "kind": "images",
        "shape": (1, 12, 10),
        "taken_for": "60 images of 10 \N{MULTIPLICATION SIGN} 12 pixels, grey",
    }
    return Format(make=make, reader=reader, **{**said, **other})


def _series(make: Make, reader: str, num_channels: int, **other: Any) -> Format:
    values = "1 value" if num_channels == 1 else f"{num_channels} values"
    return Format(
        make=make,
        reader=reader,
        kind="sequences",
        **{
            "shape": (16, num_channels),
            "taken_for": f"60 sequences of 16 steps with {values} each",
            **other,
        },
    )


def _table(make: Make, reader: str, **other: Any) -> Format:
    """Two of its cells are empty; what they were is the same in every format."""
    return Format(
        make=make,
        reader=reader,
        use="plain",
        kind="table",
        shape=(3,),
        labels=CLASSES,
        missing_share=2 / (3 * NUM),
        findings=("'species' is taken for the label", "2 values are missing"),
        taken_for="A table of 60 rows with 2 numbers, 1 category each",
        **other,
    )


_COLOURED = "60 images of 10 \N{MULTIPLICATION SIGN} 12 pixels, colour"
FORMATS = {
    "idx": _images(idx, "idx", num_test_samples=20, labels=DIGITS),
    "npy": _images(npy, "npy"),
    "npz": Format(
        make=npz,
        reader="npz",
        kind="table",
        shape=(4,),
        labels=DIGITS,
        missing_share=float(np.mean(np.abs(TABLE) > 2)),
        findings=("7 values are missing",),
        taken_for="A table of 60 rows with 4 numbers each",
    ),
    "npz of series": _series(
        npz_series, "npz", 2, labels=DIGITS, findings=("could be images or sequences",)
    ),
    "npz of tokens": Format(
        make=npz_tokens,
        reader="npz",
        kind="tokens",
        shape=(7,),
        taken_for="60 sequences of up to 7 tokens, 9 symbols",
    ),
    "hdf5": _images(hdf5, "hdf5", labels=DIGITS),
    "zarr": _images(zarr, "zarr", labels=DIGITS),
    "mat": _images(mat, "mat", labels=DIGITS),
    "mat 7.3": _images(mat_7_3, "mat", labels=DIGITS),
    "png": _images(_folder_of(".png", IMAGES), "image-folder"),
    "jpeg": _images(_folder_of(".jpg", IMAGES), "image-folder"),
    "webp": _images(
        _folder_of(".webp", COLOUR), "image-folder", shape=(3, 12, 10), taken_for=_COLOURED
    ),
    "bmp": _images(_folder_of(".bmp", IMAGES), "image-folder"),
    "gif": _images(_folder_of(".gif", IMAGES), "image-folder"),
    "tiff": _images(_folder_of(".tif", IMAGES), "image-folder"),
    "tiff of 16 bits": _images(_folder_of(".tif", IMAGES.astype(np.uint16) * 257), "image-folder"),
    "tiff of decimals": _images(
        _folder_of(".tiff", IMAGES.astype(np.float32) / 255), "image-folder"
    ),
    "tiff of many pages": _images(stack, "image-file"),
    "folder of tiffs of many pages": _images(
        multipage,
        "image-folder",
        findings=("60 pages of 3 TIFF files",),
    ),
    "nested folders": _images(nested, "image-folder", labels=CLASSES),
    "zip": _images(archive, "image-archive", labels=CLASSES),
    "list of pictures": _images(picture_list, "csv", use="picture_list", labels=CLASSES),
    "list of paths": _images(picture_paths, "text", use="picture_list"),
    "one picture": _images(
        large_picture,
        "image-file",
        shape=(3, 32, 32),
        num_samples=48,
        findings=("32 x 32 was chosen", "only 48 patches", "a rectangle of the image"),
        taken_for="48 images of 32 \N{MULTIPLICATION SIGN} 32 pixels, colour",
    ),
    "csv": _table(csv, "csv"),
    "tsv": _table(tsv, "csv"),
    "decimal comma": _table(decimal_comma, "csv"),
    "parquet": _table(parquet, "parquet"),
    "excel": _table(excel, "excel"),
    "arff": _table(arff, "arff"),
    "ratings": Format(
        make=ratings,
        reader="csv",
        use="ratings",
        kind="table",
        shape=(20,),
        missing_share=0.75,
        findings=("Taken for ratings: a row per user", "900 values are missing"),
        taken_for="A table of 60 rows with 20 numbers each",
    ),
    "long series": _series(
        long_series,
        "csv",
        1,
        use="series",
        shape=(24, 1),
        num_samples=277,
        labels=DAYS,
        findings=(_IN_WINDOWS, _STRETCHES),
        taken_for="277 windows of 24 steps with 1 value each",
    ),
    "wav": _series(
        wav,
        "wav",
        1,
        shape=(120, 1),
        num_samples=153,
        findings=(_IN_WINDOWS, _STRETCHES),
        taken_for="153 windows of 120 steps with 1 value each",
    ),
    "ts": _series(ts, "ts", 2, num_test_samples=60, labels=CLASSES),
    "ucr": _series(ucr, "csv", 1, use="ucr", labels=DIGITS, findings=("the UCR archive",)),
    "lines": Format(
        make=lines,
        reader="text",
        use="text",
        kind="tokens",
        shape=(4,),
        findings=("Texts are taken as characters: 12 different ones",),
        taken_for="60 texts of up to 4 characters, with 12 different characters",
    ),
    "text column": Format(
        make=text_column,
        reader="csv",
        use="text",
        kind="tokens",
        shape=(9,),
        labels=("ham", "spam"),
        findings=("Texts are taken as words: 10 different ones",),
        taken_for="60 texts of up to 9 words, with 10 different words",
    ),
    "several files": _images(several, "several-files", labels=CLASSES),
    "folder of tables": Format(
        make=folder_of_tables,
        reader="data-folder",
        use="plain",
        kind="table",
        shape=(4,),
        labels=("2020", "2021", "2022"),
        taken_for="A table of 60 rows with 4 numbers each",
    ),
}
