"""Sound files of every format to begin with, several of each where they differ within.

A format is called by the suffix of its file. A zarr store is a folder, which is kept here as an archive
of what lies in it.
"""

from __future__ import annotations

import gzip
import io
import tempfile
import wave
import zipfile
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import scipy.io
import tifffile

from aestudio.runs.tensor_file import pack_tensors
from tests.data.making import idx_bytes, npy_bytes, picture, save_matlab_7_3, save_zarr, zip_bytes

X = np.arange(60.0).reshape(20, 3)
IMAGES = np.arange(20 * 64, dtype=np.uint8).reshape(20, 8, 8)
_DAYS = [f"2024-03-{day:02} 0{day % 10}:30" for day in range(1, 25)]
_TIMED = "time,load,kind\n" + "".join(
    f"{day},{n * 1.5},{'ab'[n % 2]}\n" for n, day in enumerate(_DAYS)
)
_RATED = "user,item,rating\n" + "".join(f"{n % 7},{n % 5},{n % 4 + 1}\n" for n in range(40))
_SPAM = "label\ttext\n" + "".join(
    f"{'ham' if n % 3 else 'spam'}\tfree call {n} é\n" for n in range(9)
)
_GERMAN = "Größe;Höhe;Tag\n" + "".join(f"{n},5;{n * 2};0{n}.04.2024\n" for n in range(1, 9))
_UCR = "".join(f"{n % 2 + 1}\t" + "\t".join(str(n * k) for k in range(9)) + "\n" for n in range(6))

#: A run as it was written once, small.
GOLDEN = Path(__file__).parents[1] / "workflows" / "golden" / "version-1"
_OF_A_RUN = {
    "run": "run.json", "history": "metrics.jsonl", "recipe": "experiment.toml",
    "scaling": "preprocessing.json", "manifest": "checkpoints/manifest.json",
    "preview": "preview/epoch-000001.npz", "originals": "preview/samples.npz",
}  # fmt: skip


@cache
def all_seeds() -> dict[str, list[bytes]]:
    """Return sound files by the name of their format."""
    with tempfile.TemporaryDirectory(prefix="seeds-") as folder:
        found = {name: [path.read_bytes()] for name, path in sound_files(Path(folder)).items()}
        found["zarr"] = [_tree(Path(folder) / "a.zarr"), *_zarr_stores(Path(folder) / "more")]
        new_matlab = Path(folder) / "7.3.mat"
        save_matlab_7_3(new_matlab, x=(X, "double"), y=("abba", "char"))
        found["mat"].append(new_matlab.read_bytes())
    found |= {name: [(GOLDEN / file).read_bytes()] for name, file in _OF_A_RUN.items()}
    found["tensors"] = [pack_tensors({"w": X.astype(np.float32), "n": np.arange(3)}, {"a": [1]})]
    found["vectors"] = [b"the 1 2.5 -3e-2\ncat 0 0 1\n\xc3\xa9 1 1 1\n", b"2 2\nthe 1 2\n3 4 5\n"]
    for name, more in _more().items():
        found.setdefault(name, []).extend(more)
    return found


def sound_files(folder: Path) -> dict[str, Path]:
    """Write a sound file of each format; returns the file to damage by the name of the reader."""
    folder.mkdir(exist_ok=True)
    contents = {
        "a.idx": idx_bytes(IMAGES),
        "a.npy": npy_bytes(X),
        "a.npz": zip_bytes({"x.npy": npy_bytes(X), "y.npy": npy_bytes(np.arange(20))}),
        "a.csv": b"a,b,c\n" + b"".join(b"%d,%d.5,x y\n" % (i, i) for i in range(20)),
        "a.txt": "Anna\nBéa\nÇa va\n".encode() * 5,
        "a.arff": b"@relation x\n@attribute a numeric\n@attribute b {u,v}\n@data\n1,u\n2,v\n",
        "a.ts": b"@problemName x\n@classLabel true a b\n@data\n1,2,3:a\n4,5,6:b\n",
        "a.zip": zip_bytes({f"{i}.png": _picture("PNG") for i in range(3)}, zipfile.ZIP_STORED),
        **{f"a.{form.lower()}": _picture(form) for form in ("PNG", "JPEG", "GIF", "WEBP", "BMP")},
        "a.h5": _hdf5(g=X, y=["a", "b"] * 10),
        "a.mat": _matlab({"x": X, "y": np.arange(20)}, do_compression=True),
        "a.parquet": _parquet({"a": X[:, 0], "b": ["u", "v"] * 10}),
        "a.xlsx": _workbook([("a", "b"), *X[:, :2].tolist()]),
        "a.tif": _tiff(IMAGES, compression="zlib"),
        "a.wav": _sound(1, 2),
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    save_zarr(folder / "a.zarr", 3, X)
    found = {path.suffix[1:]: path for path in folder.iterdir() if path.is_file()}
    return {**found, "zarr": folder / "a.zarr" / "zarr.json"}


def _more() -> Mapping[str, list[bytes]]:
    """Return files that take other ways through the same readers."""
    found: dict[str, list[bytes]] = defaultdict(list)
    texts = (_TIMED, _RATED, _SPAM, _GERMAN, _UCR)
    found["csv"] += [text.encode() for text in texts]
    found["csv"] += [
        _GERMAN.encode("cp1252"),
        _TIMED.encode("utf-16"),
        b'a,"b ""q"""\n1,"x\ny"\n2,\n',
    ]
    found["txt"] += [b"the cat sat\non the mat\n\nthe end\n", "naïve café\n日本\n".encode("utf-16")]
    found["idx"] += [gzip.compress(idx_bytes(IMAGES)), idx_bytes(X.astype(">f4"))]
    arrays: list[np.ndarray[Any, Any]] = [
        *(IMAGES, X.astype(">f2").T, X[:, 0] > 3, np.asfortranarray(X), X[:0], X[None] + 1j),
    ]
    found["npy"] += map(npy_bytes, arrays)
    found["npy"].append(gzip.compress(npy_bytes(X)))
    found["npz"] += [
        zip_bytes({f"{name}.npy": npy_bytes(np.asarray(x)) for name, x in named.items()})
        for named in (
            {"X_train": IMAGES[:12], "y_train": np.arange(12) % 3, "X_test": IMAGES[12:]},
            {"x": X, "y": np.array(["a", "b"] * 10), "feature_names": np.array(["u", "v", "w"])},
            {"tokens": np.arange(40).reshape(8, 5) % 7, "lengths": np.arange(8)},
        )
    ]
    stacks = {f"{name}.tif": _tiff(IMAGES[:count]) for name, count in (("a", 3), ("b", 1))}
    found["zip"].append(zip_bytes(stacks, zipfile.ZIP_STORED))
    found["arff"] += [
        b"% note\n@relation 'a b'\n@attribute 'x y' real\n@attribute d date 'yyyy-MM-dd'\n"
        b"@attribute s string\n@attribute c {p, 'q r'}\n@data\n1,'2024-01-02',hi,p\n?,?,?,'q r'\n",
        b"@relation x\n@attribute a numeric\n@attribute b numeric\n@data\n{0 1, 1 2}\n{1 3}\n",
    ]
    found["ts"] += [
        b"@problemName x\n@timeStamps false\n@univariate false\n@classLabel true a b\n@data\n"
        b"1,2,3:4,5,6:a\n4,?,6:7,8,9:b\n",
        b"@timeStamps true\n@classLabel false\n@data\n(0,1),(1,2),(2,3)\n(0,4),(1,5)\n",
    ]
    found["wav"] += [_sound(2, 1), _sound(1, 3), _sound(2, 4)]
    found["h5"] += [
        _hdf5(x=IMAGES.astype(">i2"), flags=X > 3, y=np.arange(20)),
        _hdf5({"libver": "latest"}, x=X, y=["é", "b"] * 10),
    ]
    found["mat"] += [
        _matlab({"X": X.astype(np.float32), "names": np.array(["ab", "cd"], object)}),
        _matlab({"x": X > 2, "y": np.array(["u", "v"])}, format="4"),
    ]
    found["parquet"] += [
        _parquet(
            {"t": pa.array([0, 10**9, None], pa.timestamp("ns", "UTC")), "b": [True, None, False]}
        ),
        _parquet(
            {
                "v": pa.array([[1.0, 2.0], [3.0, 4.0]]),
                "d": pa.array(["x", "y"]).dictionary_encode(),
            },
            compression="none",
        ),
    ]
    found["xlsx"] += [
        _workbook([("Title",), (), ("day", "n"), *[(day, True) for day in _DAYS[:3]], (None, 2.5)])
    ]
    found["tif"] += [
        _tiff(IMAGES[0].astype(np.uint16) * 256, compression=None),
        *(_picture("TIFF", compression=method) for method in ("packbits", "tiff_lzw")),
        _tiff(np.linspace(0, 1, 64, dtype=np.float32).reshape(8, 8), predictor=None),
        _tiff(IMAGES[:2], tile=(16, 16), compression="zlib", byteorder=">"),
    ]
    found["png"] += [_picture("PNG", mode) for mode in ("L", "RGBA", "P", "1", "I;16", "LA")]
    found["jpeg"] += [_picture("JPEG", "L"), _picture("JPEG", "CMYK"), _turned()]
    found["gif"] += [_moving("GIF")]
    found["webp"] += [_picture("WEBP", "RGBA"), _moving("WEBP")]
    found["bmp"] += [_picture("BMP", mode) for mode in ("L", "1", "P")]
    return found


def _picture(form: str, mode: str = "RGB", **settings: str) -> bytes:
    stream = io.BytesIO()
    if mode == "I;16":
        image = picture("L", (19, 17)).convert("I").convert(mode)
    else:
        image = picture(mode, (19, 17))
    image.save(stream, form, **settings)
    return stream.getvalue()


def _turned() -> bytes:
    stream = io.BytesIO()
    image = picture("RGB", (19, 17))
    exif = image.getexif()
    exif[0x0112] = 6
    image.save(stream, "JPEG", exif=exif)
    return stream.getvalue()


def _moving(form: str) -> bytes:
    stream = io.BytesIO()
    first, *others = (picture("RGB", (19, 17)).rotate(turn) for turn in (0, 90, 180))
    first.save(stream, form, save_all=True, append_images=others)
    return stream.getvalue()


def _sound(channels: int, width: int) -> bytes:
    stream = io.BytesIO()
    with wave.open(stream, "wb") as sound:
        sound.setparams((channels, width, 8000, 0, "NONE", ""))
        sound.writeframes(IMAGES.tobytes()[: 1200 // (channels * width) * channels * width])
    return stream.getvalue()


def _hdf5(how: Mapping[str, Any] | None = None, **arrays: Any) -> bytes:
    stream = io.BytesIO()
    with h5py.File(stream, "w", **(how or {})) as file:
        for name, values in arrays.items():
            if isinstance(values, list):
                file[name] = values
            elif values is X:
                file.create_dataset(
                    f"{name}/x", data=X, chunks=(5, 3), compression="gzip", shuffle=True
                )
            else:
                file[name] = values
    return stream.getvalue()


def _matlab(arrays: Mapping[str, Any], **how: Any) -> bytes:
    stream = io.BytesIO()
    scipy.io.savemat(stream, dict(arrays), **how)
    return stream.getvalue()


def _parquet(columns: Mapping[str, Any], **how: Any) -> bytes:
    stream = io.BytesIO()
    pq.write_table(pa.table(dict(columns)), stream, **how)
    return stream.getvalue()


def _workbook(rows: list[tuple[Any, ...]]) -> bytes:
    stream = io.BytesIO()
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(stream)
    return stream.getvalue()


def _tiff(values: np.ndarray[Any, Any], **how: Any) -> bytes:
    stream = io.BytesIO()
    tifffile.imwrite(stream, values, **{"photometric": "minisblack", **how})
    return stream.getvalue()


def _zarr_stores(folder: Path) -> list[bytes]:
    folder.mkdir()
    return [
        _tree(save_zarr(folder / "old.zarr", 2, X.astype(">f4"))),
        _tree(save_zarr(folder / "group.zarr", 3, data=X, y=np.arange(20))),
    ]


def _tree(folder: Path) -> bytes:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return zip_bytes({path.relative_to(folder).as_posix(): path.read_bytes() for path in files})
