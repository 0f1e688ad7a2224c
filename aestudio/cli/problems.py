"""How a command ends when something is wrong: one message, one exit code.

0    done
1    the input was sound, the work failed (StudioError tells why), or something unforeseen
2    wrong usage or unusable input
130  interrupted with Ctrl+C     143  terminated (SIGTERM)     129  terminal closed (SIGHUP)
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Sequence
from typing import Any

import typer

from aestudio.cli.output import print_json, printable
from aestudio.errors import (
    FailureError,
    InputError,
    MemoryFullError,
    SeveralDatasetsError,
    StudioError,
)

INTERRUPTED = 130


def run_guarded(command: Callable[[], int], arguments: Sequence[str]) -> int:
    """Run ``command``, which ``arguments`` asked for; turn what it raises into a message and a code."""
    as_json = "--json" in arguments
    try:
        return command()
    except SeveralDatasetsError as error:
        return _report_choice(error, arguments, as_json)
    except StudioError as error:
        return _report(error, as_json)
    except typer.TyperException as error:
        return _report_usage(error, as_json)
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except SystemExit as stop:
        # How typer ends quietly when the reader of our output has gone, as `head` does.
        return stop.code if isinstance(stop.code, int) else 1
    except MemoryError:
        return _report(
            MemoryFullError(
                "the computer has too little free memory for this.",
                subject="AE Studio",
                next_step="Close other programs, take smaller images, or fewer samples.",
            ),
            as_json,
        )
    except OSError as error:
        return _report_disk(error, as_json)
    except Exception as error:
        return _report_unforeseen(error, as_json)


def _report(error: StudioError, as_json: bool, **more: Any) -> int:
    print(printable(f"Error: {error}"), file=sys.stderr, flush=True)
    if as_json:
        print_json(
            {
                "error": {
                    "kind": type(error).__name__,
                    "subject": printable(error.subject),
                    "reason": error.reason,
                    "next_step": error.next_step,
                    **more,
                }
            }
        )
    return error.exit_code


def _report_choice(error: SeveralDatasetsError, arguments: Sequence[str], as_json: bool) -> int:
    """Add the command that would have done it for one of several data sets."""
    command = _with_first(error, arguments)
    if command:
        error.next_step += f" For example: {shlex.join(['aestudio', *command])}"
    return _report(error, as_json, choices=[printable(path) for path in error.choices])


def _with_first(error: SeveralDatasetsError, arguments: Sequence[str]) -> list[str]:
    """Return the arguments with the first choice for all, or for the folder that they are in.

    Nothing where the data was not named among the arguments but in a file.
    """
    first = os.path.realpath(error.choices[0])
    known = {os.path.realpath(choice) for choice in error.choices}
    folder = os.path.realpath(error.subject)
    places = []
    chosen = ""
    for place, argument in enumerate(arguments):
        path = os.path.realpath(argument)
        if path in known:
            chosen = chosen or argument
        elif path == folder:
            chosen = os.path.join(argument, os.path.relpath(first, folder))
        else:
            continue
        places.append(place)
    if not places:
        return []
    kept = [text for place, text in enumerate(arguments) if place not in places]
    return [*kept[: places[0]], chosen, *kept[places[0] :]]


def _report_usage(error: typer.TyperException, as_json: bool) -> int:
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "aestudio"
    message = _usage_in_words(error)
    message = message if message.endswith("?") else f"{message}."
    problem = InputError(message, subject=command, next_step=f"See '{command} --help'.")
    return _report(problem, as_json)


def _usage_in_words(error: typer.TyperException) -> str:
    # Imported here: most commands are used as they should be.
    from pydantic import ValidationError

    from aestudio.options import in_plain_words

    message = error.format_message().rstrip(".").replace("\n", " ")
    if isinstance(error.__cause__, ValidationError):
        (problem, *_) = error.__cause__.errors(include_url=False)
        return f"{message.partition(': ')[0]}: {in_plain_words(problem)}"
    return message


def _report_disk(error: OSError, as_json: bool) -> int:
    if not error.filename:
        return _report_unforeseen(error, as_json)
    problem = FailureError(
        f"{error.strerror}.",
        subject=os.fsdecode(error.filename),
        next_step="Check the path, its permissions and the free space.",
    )
    return _report(problem, as_json)


def _report_unforeseen(error: Exception, as_json: bool) -> int:
    # Imported here: it is needed only on the worst day.
    from aestudio.workflows.crash_report import write_crash_report

    report = write_crash_report(error)
    where = f"The details are in {report}." if report else "No report could be written."
    return _report(
        FailureError(
            f"something unforeseen happened: {type(error).__name__}: {error}.",
            subject="AE Studio",
            next_step=f"{where} Please send them to the developers.",
        ),
        as_json,
    )
