"""How a command ends when something is wrong: one message, one exit code.

0    done
1    the input was sound, the work failed (StudioError tells why), or something unforeseen
2    wrong usage or unusable input
130  interrupted with Ctrl+C     143  terminated (SIGTERM)     129  terminal closed (SIGHUP)
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

import typer

from aestudio.cli.output import print_json, printable
from aestudio.errors import FailureError, InputError, MemoryFullError, StudioError

INTERRUPTED = 130


def run_guarded(command: Callable[[], int], *, as_json: bool) -> int:
    """Run ``command`` and turn whatever it raises into a message and an exit code."""
    try:
        return command()
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


def _report(error: StudioError, as_json: bool) -> int:
    print(printable(f"Error: {error}"), file=sys.stderr, flush=True)
    if as_json:
        print_json(
            {
                "error": {
                    "kind": type(error).__name__,
                    "subject": printable(error.subject),
                    "reason": error.reason,
                    "next_step": error.next_step,
                }
            }
        )
    return error.exit_code


def _report_usage(error: typer.TyperException, as_json: bool) -> int:
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "aestudio"
    message = error.format_message().rstrip(".").replace("\n", " ")
    problem = InputError(f"{message}.", subject=command, next_step=f"See '{command} --help'.")
    return _report(problem, as_json)


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
