"""The saved states of a run: the newest two, each one file, and a manifest written last.

A state is used only when its file has the size and the SHA-256 that the manifest names; else the
one before it is used, and a note says so. Files leave only after the manifest that no longer names
them is safe on the disk, so there is no moment without a good state once there has been one.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from aestudio.errors import RunError
from aestudio.runs import atomic
from aestudio.runs.history import Position
from aestudio.runs.reading import MEBIBYTE, inside, read_file
from aestudio.runs.schema import Count, Schema
from aestudio.runs.tensor_file import damaged, pack_tensors, unpack_tensors
from aestudio.training.checkpoint import Checkpoint

FOLDER = "checkpoints"
NUM_KEPT = 2
_MANIFEST = "manifest.json"
# The content's checksum is part of the name: a state saved again at the same step never replaces
# the file that the manifest still names.
_FILE = re.compile(r"^step-[0-9]{9,15}-[0-9a-f]{8}\.safetensors$")
_MOST_BYTES = 64 * 1024 * MEBIBYTE
#: Key in the state of a saved checkpoint: where the metrics stood.
HISTORY = "history"


class Entry(Schema):
    """One saved state, as the manifest describes it."""

    file: Annotated[str, Field(pattern=_FILE.pattern)]
    epoch: Count
    step: Count
    bytes: Annotated[int, Field(ge=8, le=_MOST_BYTES)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    history_offset: Count
    history_sequence: Count

    @property
    def history(self) -> Position:
        return Position(self.history_offset, self.history_sequence)


class Manifest(Schema):
    entries: Annotated[tuple[Entry, ...], Field(max_length=NUM_KEPT)] = ()  #: oldest first


class Checkpoints:
    """The ``checkpoints`` folder of one run."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folder = root / FOLDER
        #: What had to be passed over while reading, one sentence each.
        self.notes: tuple[str, ...] = ()

    def save(self, checkpoint: Checkpoint, history: Position) -> None:
        """Write a state that stands at ``history`` in the metrics, then let the oldest go."""
        atomic.make_folder(self._folder, exist_ok=True)
        state = {
            "epoch": checkpoint.epoch,
            "step": checkpoint.step,
            "state": {
                **checkpoint.state,
                HISTORY: {"offset": history.offset, "sequence": history.sequence},
            },
        }
        content = pack_tensors(checkpoint.tensors, state)
        sha256 = hashlib.sha256(content).hexdigest()
        name = f"step-{checkpoint.step:09d}-{sha256[:8]}.safetensors"
        atomic.write_bytes(self._folder / name, content)
        entry = Entry(
            file=name,
            epoch=checkpoint.epoch,
            step=checkpoint.step,
            bytes=len(content),
            sha256=sha256,
            history_offset=history.offset,
            history_sequence=history.sequence,
        )
        earlier = [old for old in self.entries() if old.step < checkpoint.step]
        self._keep((*earlier, entry)[-NUM_KEPT:])

    def rewind(self, step: int) -> Position:
        """Forget the states after ``step`` and return where the metrics stood at ``step``.

        Raises :class:`RunError` when no state of that step is known; step 0 needs none.
        """
        entries = tuple(entry for entry in self.entries() if entry.step <= step)
        if step == 0:
            if self._folder.is_dir():
                self._keep(())
            return Position()
        if not entries or entries[-1].step != step:
            raise RunError(
                f"the run has no saved state of step {step} to go on from.",
                subject=self._folder,
                next_step="Resume it from its folder.",
            )
        self._keep(entries)
        return entries[-1].history

    def latest(self) -> Checkpoint | None:
        """The newest state that is whole; None when none was ever saved.

        Raises :class:`RunError` that names the newest file when there are states, all damaged.
        """
        first_error: RunError | None = None
        notes: list[str] = []
        for entry in reversed(self.entries()):
            try:
                checkpoint = self._load(entry)
            except RunError as error:
                first_error = first_error or error
                notes.append(f"{error.subject}: {error.reason}")
                continue
            if notes:
                notes.append(f"The state of step {entry.step:,} is used instead.")
            self.notes = tuple(notes)
            return checkpoint
        if first_error is not None:
            raise first_error
        return None

    def entries(self) -> tuple[Entry, ...]:
        """What is saved, oldest first."""
        path = inside(self._root, f"{FOLDER}/{_MANIFEST}")
        if not path.exists():
            return ()
        content = read_file(self._root, f"{FOLDER}/{_MANIFEST}", most_bytes=MEBIBYTE)
        try:
            found = Manifest.model_validate_json(content).entries
        except ValidationError:
            return self._entries_without_manifest()
        return tuple(sorted(found, key=lambda entry: entry.step))

    def _entries_without_manifest(self) -> tuple[Entry, ...]:
        """Describe the whole files that are there, when the manifest itself is damaged."""
        found = []
        for path in sorted(self._folder.iterdir()):
            if not _FILE.fullmatch(path.name):
                continue
            try:
                found.append(self._describe(path.name))
            except RunError:
                continue
        return tuple(found)[-NUM_KEPT:]

    def _describe(self, name: str) -> Entry:
        content = read_file(self._root, f"{FOLDER}/{name}", most_bytes=_MOST_BYTES)
        path = self._folder / name
        _, state = unpack_tensors(content, path)
        try:
            history = state["state"][HISTORY]
            return Entry(
                file=name,
                epoch=state["epoch"],
                step=state["step"],
                bytes=len(content),
                sha256=hashlib.sha256(content).hexdigest(),
                history_offset=history["offset"],
                history_sequence=history["sequence"],
            )
        except (KeyError, TypeError, ValidationError) as error:
            raise damaged(path, f"{error}") from None

    def _load(self, entry: Entry) -> Checkpoint:
        path = self._folder / entry.file
        content = read_file(self._root, f"{FOLDER}/{entry.file}", most_bytes=_MOST_BYTES)
        if len(content) != entry.bytes:
            raise damaged(path, f"{len(content):,} bytes instead of {entry.bytes:,}")
        if hashlib.sha256(content).hexdigest() != entry.sha256:
            raise damaged(path, "its checksum is wrong")
        tensors, state = unpack_tensors(content, path)
        inner = state.get("state")
        if state.get("step") != entry.step or not isinstance(inner, dict):
            raise damaged(path, "it belongs to another step")
        return Checkpoint(epoch=entry.epoch, step=entry.step, tensors=tensors, state=inner)

    def _keep(self, entries: tuple[Entry, ...]) -> None:
        """Write the manifest, then remove the files that it does not name."""
        text = Manifest(entries=entries).model_dump_json(indent=1)
        atomic.write_text(self._folder / _MANIFEST, text + "\n")
        named = {entry.file for entry in entries}
        for path in sorted(self._folder.iterdir()):
            if _FILE.fullmatch(path.name) and path.name not in named:
                atomic.remove_file(path)
