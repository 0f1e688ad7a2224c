"""Model files of the pickle family that run code when they are loaded, one of each kind.

All of them leave a canary; :func:`is_live` shows that they would, if anything opened them.
"""

from __future__ import annotations

import io
import os
import pickle
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

from tests.data.making import zip_bytes


def gadgets(canary: Path) -> dict[str, bytes]:
    """Return the content of every kind of gadget by its name; each would make the folder ``canary``."""
    path = os.fspath(canary).encode()
    call = b"cos\nmkdir\n(S'" + path + b"'\ntR."
    text = b"\x8c" + bytes([len(path)]) + path
    found = {f"protocol {number}": pickle.dumps(_Reduced(canary), number) for number in range(6)}
    found |= {
        "GLOBAL": call,
        "STACK_GLOBAL": b"\x80\x04\x8c\x02os\x8c\x05mkdir\x93" + text + b"\x85R.",
        "INST": b"(S'" + path + b"'\nios\nmkdir\n.",
        "OBJ": b"(cos\nmkdir\nS'" + path + b"'\no.",
        "NEWOBJ": b"\x80\x02cbuiltins\nmap\n(cos\nmkdir\n](S'"
        + path
        + b"'\net\x810cbuiltins\nlist\n"
        b"cbuiltins\nmap\n(cos\nmkdir\n](S'" + path + b"'\net\x81\x85R.",
        "BUILD": b"\x80\x02cbuiltins\nset\n)R}X\x01\0\0\0acos\nmkdir\n(S'" + path + b"'\ntRsb.",
        # Shapes that scanners of pickles have missed: something stands before or behind the call, or
        # the archive around it cannot be opened by all programs.
        "stopped and gone on": b"N." + call,
        "broken behind the call": call[:-1] + b"\xff\xff",
        "through another module": b"crunpy\n_run_code\n" + call,
        "zip": zip_bytes({"archive/data.pkl": call, "archive/version": b"3\n"}),
        "zip under another name": zip_bytes({"archive/weights.bin": call}),
        "zip in zip": zip_bytes({"inner.zip": zip_bytes({"archive/data.pkl": call})}),
        "zip with a wrong checksum": _wrong_checksum(
            zip_bytes({"a/data.pkl": call}, zipfile.ZIP_STORED)
        ),
        "tar": _tar({"sys_info": call, "pickle": call, "storages": call}),
    }
    return found


def is_live(content: bytes, canary: Path) -> bool:
    """Whether unpickling the bytes does make the canary, tried in a process of its own."""
    subprocess.run(
        [sys.executable, "-I", "-c", "import pickle,sys; pickle.load(sys.stdin.buffer)"],
        input=content,
        stderr=subprocess.DEVNULL,
        timeout=60,
    )
    is_there = canary.exists()
    if is_there:
        canary.rmdir()
    return is_there


class _Reduced:
    def __init__(self, canary: Path) -> None:
        self._canary = canary

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (os.fspath(self._canary),)


def _wrong_checksum(archive: bytes) -> bytes:
    """Change the checksum in the directory, which some programs do not compare."""
    at = archive.index(b"PK\x01\x02") + 16
    return archive[:at] + b"\0\0\0\0" + archive[at + 4 :]


def _tar(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, content in members.items():
            facts = tarfile.TarInfo(name)
            facts.size = len(content)
            archive.addfile(facts, io.BytesIO(content))
    return stream.getvalue()
