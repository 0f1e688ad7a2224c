"""The tree of errors.

Every error says three things: the *subject* (the file, option or run it is about), the *reason*
(what is wrong with it) and the *next step* (what the person can do now).

    StudioError
    ├── InputError            the person gave something unusable; exit code 2
    │   ├── DataError         a file or folder that cannot be read as data
    │   │   └── SeveralDatasetsError   files that are no one data set; one of them has to be chosen
    │   ├── OptionError       an option with an unknown name or an impossible value
    │   ├── RunError          a folder that is not a usable run, or a run in the wrong state
    │   └── OutputError       a place where the result cannot be written
    └── FailureError          the input was sound, the work failed; exit code 1
        ├── DivergedError     the loss or a gradient stopped being a finite number
        ├── MemoryFullError   the device or the computer has too little memory
        ├── StorageError      the disk refused a write in the middle of the work
        ├── HelperError       a helper process died or did not answer in time
        └── ExportError       an exported file does not compute what the model computes
"""

from __future__ import annotations

import os


class StudioError(Exception):
    """Base of every error that AE Studio raises on purpose."""

    exit_code = 1

    def __init__(
        self, reason: str, *, subject: str | os.PathLike[str] = "", next_step: str = ""
    ) -> None:
        self.reason = reason
        self.subject = os.fspath(subject)
        self.next_step = next_step
        super().__init__(reason)

    def __str__(self) -> str:
        message = f"{self.subject}: {self.reason}" if self.subject else self.reason
        return f"{message} {self.next_step}".strip()


class InputError(StudioError):
    """The person gave something unusable."""

    exit_code = 2


class DataError(InputError):
    """A file or folder that cannot be read as data."""


class SeveralDatasetsError(DataError):
    """Files that hold unrelated data: one of them has to be chosen."""

    def __init__(
        self, reason: str, *, subject: str, next_step: str, choices: tuple[str, ...]
    ) -> None:
        super().__init__(reason, subject=subject, next_step=next_step)
        #: The paths to choose from.
        self.choices = choices


class OptionError(InputError):
    """An option with an unknown name or an impossible value; the subject is its dotted name."""


class RunError(InputError):
    """A folder that is not a usable run, or a run in a state that does not allow the request."""


class OutputError(InputError):
    """A place where the result cannot be written."""


class FailureError(StudioError):
    """The input was sound but the work failed."""


class DivergedError(FailureError):
    """The loss or a gradient stopped being a finite number; the subject is the loss term."""


class MemoryFullError(FailureError):
    """The device or the computer has too little memory for the request."""


class StorageError(FailureError):
    """The disk refused a write in the middle of the work."""


class HelperError(FailureError):
    """A helper process died or did not answer in time."""


class ExportError(FailureError):
    """An exported file does not compute what the model computes."""
