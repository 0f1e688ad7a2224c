"""Formats that are refused on purpose, each with the safe way to the same data.

Model files of the pickle family can run code when they are opened, and nothing in them can be
checked beforehand; so they are never opened, whatever they are called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aestudio.data.files.plain_words import printable
from aestudio.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

    from aestudio.data.files.doors import Glimpse

_PICKLE = "files of this kind can run code when they are opened, so they are never opened."
_FROM_TORCH = (
    "In the program that made it: numpy.save('data.npy', tensor.numpy()), then open data.npy."
)
_FROM_PYTHON = "In the program that made it: numpy.save('data.npy', array), then open data.npy."
_ARROW = "Arrow and Feather files are not read."
_FROM_ARROW = "Save the table as Parquet instead: in pandas, table.to_parquet('data.parquet')."
_OLD_OFFICE = "workbooks of this kind are not read."
_FROM_OFFICE = "Save it as an Excel workbook (.xlsx) or as CSV in the program that made it."
_MODEL = "this is a model, not data."
_ARCHIVE = "this is an archive, and archives of files are not unpacked."
_UNPACK = "Unpack it, then choose the folder."
_OPEN_RUN = "Open the run folder of the model instead."

_BY_SUFFIX = {
    **dict.fromkeys((".pt", ".pth", ".ckpt", ".pt2"), (_PICKLE, _FROM_TORCH)),
    **dict.fromkeys((".pkl", ".pickle", ".joblib", ".dill"), (_PICKLE, _FROM_PYTHON)),
    **dict.fromkeys((".feather", ".arrow"), (_ARROW, _FROM_ARROW)),
    **dict.fromkeys((".xls", ".xlsb", ".ods", ".numbers"), (_OLD_OFFICE, _FROM_OFFICE)),
    **dict.fromkeys((".keras", ".onnx", ".safetensors", ".tflite"), (_MODEL, _OPEN_RUN)),
}


def refuse_by_name(path: Path) -> None:
    """Raise a DataError for a file whose name alone is enough; it is not even opened."""
    found = _BY_SUFFIX.get(path.suffix.lower())
    if found is not None and path.is_file():
        raise DataError(found[0], subject=printable(path), next_step=found[1])


def refuse_by_content(glimpse: Glimpse) -> None:
    """Raise a DataError for a file whose first bytes or members say that it is refused."""
    found = None if glimpse.is_folder or glimpse.parts else _by_content(glimpse)
    if found is not None:
        raise DataError(found[0], subject=printable(glimpse.path), next_step=found[1])


def _by_content(glimpse: Glimpse) -> tuple[str, str] | None:
    head = glimpse.head
    if not head:
        return "the file is empty.", "Get or save the file again."
    # Protocols 2 to 5 begin with this opcode and the protocol's number.
    if head[0] == 0x80 and len(head) > 1 and 2 <= head[1] <= 5:
        return _PICKLE, _FROM_PYTHON
    if any(name.endswith((".pkl", ".pickle")) for name in glimpse.names):
        return _PICKLE, _FROM_TORCH
    # Arrow's IPC files, and the first version of Feather.
    if head.startswith((b"ARROW1", b"FEA1")):
        return _ARROW, _FROM_ARROW
    if head[257:262] == b"ustar":
        return _ARCHIVE, _UNPACK
    return None


def refuse_archive(glimpse: Glimpse) -> None:
    """Raise a DataError for a zip archive that no reader has recognised."""
    if glimpse.head.startswith(b"PK") and not glimpse.is_folder:
        raise DataError(_ARCHIVE, subject=printable(glimpse.path), next_step=_UNPACK)
