"""What a header may claim, given how many bytes there are."""

from __future__ import annotations

from aestudio.data.files.doors import FREE_EXPANSION_BYTES, MAX_EXPANSION, memory_limit
from aestudio.errors import DataError


def check_claim(name: str, num_bytes: int, stored_bytes: int, *, is_stored: bool = False) -> None:
    """Raise a DataError for an array that is impossible, or a bomb, before memory is reserved.

    ``is_stored`` says that its values lie in the file as they are, to be mapped where they are large.
    """
    if num_bytes > max(FREE_EXPANSION_BYTES, MAX_EXPANSION * stored_bytes):
        raise DataError(
            f"'{name}' would unpack from {stored_bytes:,} to {num_bytes:,} bytes.",
            next_step="Save the array as a plain .npy file yourself if you trust it.",
        )
    if num_bytes > memory_limit() and not is_stored:
        raise DataError(
            f"the {num_bytes:,} bytes of '{name}' do not fit the memory.",
            next_step="Save it as a plain .npy file, which is read piece by piece.",
        )
