"""Whatever bytes arrive, reading ends with a dataset or a StudioError, and with nothing else.

Whole inputs are drawn at random, and sound ones are damaged in a few places, which gets much deeper
into the formats.
"""

from __future__ import annotations

import gzip
import io
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from aestudio.data.dataset import Dataset
from aestudio.data.images.decoded_picture import decode, probe
from aestudio.data.images.plan import MAX_PIXELS, ImagePlan
from aestudio.data.isolation.decoding import _answer
from aestudio.data.reading import read
from aestudio.errors import StudioError
from tests.data.making import idx_bytes, npy_bytes, npy_with_header, picture, zip_bytes

IMAGES = np.arange(4 * 5 * 6, dtype=np.uint8).reshape(4, 5, 6)
# Few pixels: in this process no deadline ends a decoder that was told of millions of them.
PLANS = (
    ImagePlan(
        width=5,
        height=4,
        channels=4,
        numbers="uint16",
        fit="crop",
        background="black",
        max_pixels=10_000,
    ),
    ImagePlan(
        width=3,
        height=3,
        channels=3,
        numbers="uint8",
        fit="letterbox",
        background="white",
        max_pixels=10_000,
    ),
)


def picture_bytes(form: str, mode: str) -> bytes:
    stream = io.BytesIO()
    picture(mode, (9, 7)).save(stream, form)
    return stream.getvalue()


SOUND = {
    "idx": idx_bytes(IMAGES),
    "idx.gz": gzip.compress(idx_bytes(IMAGES), mtime=0),
    "npy": npy_bytes(IMAGES.astype("f8")),
    "npz": zip_bytes({"x.npy": npy_bytes(IMAGES), "y.npy": npy_bytes(np.arange(4))}),
}
PICTURES = {
    "png": picture_bytes("PNG", "P"),
    "jpeg": picture_bytes("JPEG", "RGB"),
    "gif": picture_bytes("GIF", "RGB"),
    "bmp": picture_bytes("BMP", "RGB"),
    "webp": picture_bytes("WEBP", "RGBA"),
    "tiff": picture_bytes("TIFF", "RGBA"),
}

damages = st.lists(
    st.tuples(
        st.integers(0, 2**16), st.integers(0, 255), st.sampled_from(["set", "cut", "insert"])
    ),
    max_size=4,
)


def damaged(content: bytes, where: list[tuple[int, int, str]]) -> bytes:
    changed = bytearray(content)
    for position, value, how in where:
        index = position % (len(changed) + 1)
        if how == "cut":
            del changed[index : index + 1 + value % 8]
        elif how == "insert":
            changed[index:index] = bytes([value])
        elif index < len(changed):
            changed[index] = value
    return bytes(changed)


def read_or_refuse(path: Path, content: bytes) -> Dataset | None:
    path.write_bytes(content)
    try:
        dataset = read(path)
    except StudioError as refused:
        is_helpful = refused.subject and refused.reason and refused.next_step
        if not is_helpful:
            raise
        return None
    assert dataset.num_samples >= 1
    assert dataset.labels is None or len(dataset.labels) == dataset.num_samples
    return dataset


@settings(max_examples=150)
@given(content=st.binary(max_size=200), name=st.sampled_from(["x", "x.gz", "x.npy", "x.idx"]))
@example(content=b"PK\x05\x06" + bytes(18), name="x")
@example(content=b"PK\x03\x04", name="x")
@example(content=b"\x93NUMPY\1\0\0\0", name="x.npy")
@example(content=b"\x1f\x8b", name="x.gz")
def test_any_bytes(tmp_path_factory: pytest.TempPathFactory, content: bytes, name: str) -> None:
    read_or_refuse(tmp_path_factory.getbasetemp() / name, content)


@pytest.mark.parametrize("form", SOUND)
@settings(max_examples=100)
@given(where=damages)
def test_damaged_arrays(
    tmp_path_factory: pytest.TempPathFactory, form: str, where: list[tuple[int, int, str]]
) -> None:
    read_or_refuse(tmp_path_factory.getbasetemp() / f"damaged.{form}", damaged(SOUND[form], where))


@given(
    header=st.text(st.characters(max_codepoint=255), max_size=80),
    version=st.sampled_from([1, 2, 3]),
)
def test_any_header_of_npy(
    tmp_path_factory: pytest.TempPathFactory, header: str, version: int
) -> None:
    content = npy_with_header(header, bytes(16), version)
    assert read_or_refuse(tmp_path_factory.getbasetemp() / "header.npy", content) is None


@given(
    descr=st.text("<>|=iufbcOSUVMm1248", max_size=5),
    order=st.sampled_from(["True", "False"]),
    shape=st.lists(st.integers(-2, 2**70), max_size=5),
)
def test_any_claim_of_npy(
    tmp_path_factory: pytest.TempPathFactory, descr: str, order: str, shape: list[int]
) -> None:
    sizes = "".join(f"{size}, " for size in shape)
    header = f"{{'descr': '{descr}', 'fortran_order': {order}, 'shape': ({sizes}), }}"
    path = tmp_path_factory.getbasetemp() / "claim.npy"
    read_or_refuse(path, npy_with_header(header, bytes(16)))


@given(
    code=st.integers(0, 255),
    sizes=st.lists(st.integers(0, 2**32 - 1), max_size=5),
    payload=st.binary(max_size=32),
    packed=st.booleans(),
)
def test_any_claim_of_idx(
    tmp_path_factory: pytest.TempPathFactory,
    code: int,
    sizes: list[int],
    payload: bytes,
    packed: bool,
) -> None:
    content = struct.pack(f">HBB{len(sizes)}I", 0, code, len(sizes), *sizes) + payload
    path = tmp_path_factory.getbasetemp() / "claim.idx"
    read_or_refuse(path, gzip.compress(content) if packed else content)


# --- the image door -------------------------------------------------------------------------------


def answer(path: Path, content: bytes) -> None:
    """What the decoding process answers, without the process."""
    path.write_bytes(content)
    facts, pixels = _answer(str(path), None)  # a text is the reason why there are none
    assert pixels == b""
    assert facts if isinstance(facts, str) else facts.channels in (1, 3, 4)
    for plan in PLANS:
        facts, pixels = _answer(str(path), plan)
        assert isinstance(facts, str) or len(pixels) == plan.num_bytes


@pytest.fixture(autouse=True)
def pixel_limit() -> Iterator[None]:
    before = Image.MAX_IMAGE_PIXELS
    yield
    Image.MAX_IMAGE_PIXELS = before


@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::RuntimeWarning")
@pytest.mark.parametrize("form", PICTURES)
@settings(max_examples=60)
@given(where=damages)
def test_damaged_pictures(
    tmp_path_factory: pytest.TempPathFactory, form: str, where: list[tuple[int, int, str]]
) -> None:
    path = tmp_path_factory.getbasetemp() / f"damaged.{form}"
    answer(path, damaged(PICTURES[form], where))


@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::RuntimeWarning")
@given(beginning=st.sampled_from(sorted(PICTURES)), rest=st.binary(max_size=200))
def test_pictures_that_only_begin_like_one(
    tmp_path_factory: pytest.TempPathFactory, beginning: str, rest: bytes
) -> None:
    answer(tmp_path_factory.getbasetemp() / "begun", PICTURES[beginning][:16] + rest)


@given(
    width=st.integers(1, 40),
    height=st.integers(1, 40),
    mode=st.sampled_from(["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "F"]),
    side=st.integers(4, 32),
    fit=st.sampled_from(["letterbox", "crop", "stretch"]),
    channels=st.sampled_from([1, 3, 4]),
    numbers=st.sampled_from(["uint8", "uint16", "float32"]),
)
@example(31, 31, "1", 15, "crop", 1, "uint8")  # 31 / 15 * 15 is a little more than 31
def test_every_mode_becomes_every_plan(
    width: int, height: int, mode: str, side: int, fit: str, channels: int, numbers: str
) -> None:
    if mode in ("I;16", "F"):
        image = Image.fromarray(np.ones((height, width), "u2" if mode == "I;16" else "f4"))
    else:
        image = picture("RGBA", (width, height)).convert(mode if mode != "CMYK" else "RGB")
        image = image.convert(mode)
    stream = io.BytesIO()
    image.save(stream, "TIFF")
    stream.seek(0)
    facts = probe(stream)
    assert (facts.width, facts.height) == (width, height)
    stream.seek(0)
    plan = ImagePlan(
        width=side, height=side, channels=channels, numbers=numbers, fit=fit, background="white"
    )
    _, pixels = decode(stream, plan)
    assert len(pixels) == plan.num_bytes


def test_the_limit_of_pixels_is_the_documented_one(tmp_path: Path) -> None:
    picture("L", (4, 4)).save(tmp_path / "x.png")
    _answer(str(tmp_path / "x.png"), None)
    assert Image.MAX_IMAGE_PIXELS == MAX_PIXELS == 100_000_000
