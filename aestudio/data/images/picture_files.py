"""Files that may be pictures, wherever they come from: a folder, an archive, a list."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aestudio.data.dataset import Finding, Severity
from aestudio.data.files.plain_words import printable
from aestudio.data.images.folder_labels import FolderLabels
from aestudio.data.images.magic import IMAGE_SUFFIXES

#: Files named in a finding; the rest is counted.
_NAMED = 5
#: Between an archive and its member in an address; no name of a file can hold it.
_IN_ARCHIVE = "\0"

#: File and reason.
Skipped = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PictureFiles:
    """What is to be read; all sequences run in parallel."""

    #: Names for people, unique.
    names: Sequence[str]
    #: What the decoders open: a path, or what :func:`member_address` gives.
    addresses: Sequence[str]
    #: Labels and parts of the files at the given positions.
    labels: Callable[[Sequence[int]], FolderLabels]
    #: What was odd before any file was opened.
    findings: tuple[Finding, ...] = ()
    #: What to say when there are no files at all.
    none: str = "there are no files."


def member_address(archive: str, member: str) -> str:
    """Return where a member of a zip archive lies, as one text."""
    return f"{archive}{_IN_ARCHIVE}{member}"


def split_address(address: str) -> tuple[str, str]:
    """Return the path, and the member within it or nothing."""
    path, _, member = address.partition(_IN_ARCHIVE)
    return path, member


def skipping_findings(num_files: int, skipped: Skipped) -> list[Finding]:
    """Say which files were skipped, those that promise to be pictures with the reason."""
    damaged = [(file, reason) for file, reason in skipped if promises_picture(file)]
    others = [(file, "") for file, _ in skipped if not promises_picture(file)]
    findings = []
    if damaged:
        were = "was" if len(damaged) == 1 else "were"
        findings.append(
            Finding(
                Severity.WARNING,
                f"{len(damaged):,} of {num_files:,} files {were} skipped: {named(damaged)}.",
                "The rest is complete; repair or remove these files to be rid of this note.",
            )
        )
    if others:
        are = "file is no picture" if len(others) == 1 else "files are no pictures"
        text = f"{len(others):,} {are}: {named(others)}."
        findings.append(Finding(Severity.NOTE, text))
    return findings


def named(files: Skipped) -> str:
    """Return the first files in words, each with its reason, and how many more there are."""
    shown = [
        f"{printable(file)} ({reason.removesuffix('.')})" if reason else printable(file)
        for file, reason in files[:_NAMED]
    ]
    more = len(files) - len(shown)
    return ", ".join(shown) + (f" and {more:,} more" if more else "")


def promises_picture(file: str) -> bool:
    """Whether a file is named like a picture."""
    return os.path.splitext(file)[1].lower() in IMAGE_SUFFIXES
