"""Reading and writing ``run.json``."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import ValidationError

from aestudio.errors import RunError
from aestudio.runs import atomic
from aestudio.runs.reading import MEBIBYTE, read_file
from aestudio.runs.schema import SCHEMA_VERSION, RunInfo, known_part

INFO_NAME = "run.json"


def read_info(root: Path) -> RunInfo:
    """Read and check the file.

    A file of a newer version is read as far as this version knows it. Raises :class:`RunError` with
    the field and the reason otherwise.
    """
    content = read_file(root, INFO_NAME, most_bytes=MEBIBYTE)
    try:
        return RunInfo.model_validate_json(content)
    except ValidationError as error:
        newer = _read_newer(content)
        if newer is not None:
            return newer
        if _is_foreign(content):
            raise RunError(
                "another program has written this file; it describes no run.",
                subject=root / INFO_NAME,
                next_step="Choose the folder of a run.",
            ) from None
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise RunError(
            f"the description of the run is damaged ({field or 'whole file'}: {first['msg']}).",
            subject=root / INFO_NAME,
            next_step="Use another copy of the run.",
        ) from None


def write_info(root: Path, info: RunInfo) -> None:
    atomic.write_text(root / INFO_NAME, info.model_dump_json(indent=1) + "\n")


def _is_foreign(content: bytes) -> bool:
    try:
        values = json.loads(content)
    except (ValueError, RecursionError):
        return False
    return not isinstance(values, dict) or not {"schema_version", "run_id"} & values.keys()


def _read_newer(content: bytes) -> RunInfo | None:
    try:
        values = json.loads(content)
        version = values["schema_version"]
        if isinstance(version, int) and version > SCHEMA_VERSION:
            return RunInfo.model_validate_json(json.dumps(known_part(RunInfo, values)))
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    return None
