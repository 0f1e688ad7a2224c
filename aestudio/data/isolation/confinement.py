"""What a decoding process may not do, whatever the file makes it try."""

from __future__ import annotations

import sys

#: Beginnings of the names of audit events (Python's library reference, "Audit events table") that
#: no decoding needs: a network, another program, and looking up code named in a pickle.
_FORBIDDEN = (
    "socket.connect", "socket.bind", "socket.getaddrinfo", "socket.gethost", "socket.send",
    "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.startfile",
    "pickle.find_class", "webbrowser.open",
)  # fmt: skip


def confine(max_memory_bytes: int) -> None:
    """Limit the memory of this process, and forbid it a network, other programs and pickles.

    Call it after the decoder has been imported; it cannot be undone.
    """
    _limit_memory(max_memory_bytes)
    sys.addaudithook(_refuse)


def _refuse(event: str, args: tuple[object, ...]) -> None:
    if event.startswith(_FORBIDDEN):
        raise PermissionError(f"a decoder may not do this ({event})")


def _limit_memory(max_memory_bytes: int) -> None:
    try:
        import resource
    except ImportError:
        return  # Windows has no such limit; what headers may claim is still bounded there.
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = max_memory_bytes if hard == resource.RLIM_INFINITY else min(hard, max_memory_bytes)
    try:
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    except (ValueError, OSError):
        return  # macOS refuses limits below what it has already mapped.
