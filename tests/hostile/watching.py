"""A plugin of pytest that fails what a hostile file may never bring about (``-p``).

Beside what every test of reading listens for, no program but Python's own may be started.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pytest

heard: list[str] = []
#: Programs that tests themselves may start: this Python, as decoder or as a process to be watched.
_OWN = {os.path.realpath(sys.executable)}
#: What Python's own ``platform`` starts when it is asked for the processor, as torch does.
_ASKED_BY_PYTHON = ["uname", "-p"]


def _listen(event: str, args: tuple[object, ...]) -> None:
    if event == "subprocess.Popen" and not _is_own(args[0], args[1]):
        heard.append(f"started {args[0]!r} {args[1]!r}")
    elif event in ("pickle.find_class", "os.system", "socket.connect", "socket.getaddrinfo"):
        heard.append(f"{event} {args!r}")


def _is_own(program: object, arguments: object) -> bool:
    if arguments == _ASKED_BY_PYTHON:
        return True
    if program is None and isinstance(arguments, list | tuple) and arguments:
        program = arguments[0]
    return isinstance(program, str) and os.path.realpath(program) in _OWN


sys.addaudithook(_listen)


@pytest.fixture(autouse=True)
def nothing_of_the_files_acts(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail the test in which a program was started, a pickle looked up or a network used."""
    heard.clear()
    yield
    # A trap that is to catch programs has to be tried once.
    if heard and not request.node.get_closest_marker("starts_programs"):
        pytest.fail(f"a file has acted: {'; '.join(heard)}", pytrace=False)
