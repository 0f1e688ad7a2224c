"""What an option is, written once.

Every configurable thing owns an :class:`Options` subclass in its own file. Each field is declared
with :func:`option`: a title, one sentence of help, something to try, limits and a default. The form
in the window, ``--set`` on the command line, the experiment file, the glossary and the messages
about wrong values all read that one declaration.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self, TypeVar, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo

from aestudio.errors import OptionError

#: The next step where no better one is known; beside the option itself it goes without saying.
CHANGE_IT = "Change the value and try again."


class Options(BaseModel):
    """Frozen, keyword-only settings that refuse unknown names."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    def changed(self, **values: Any) -> Self:
        """Return a validated copy with the given fields replaced."""
        return parse_options(type(self), {**self.model_dump(), **values})


AnyOptions = TypeVar("AnyOptions", bound=Options)


def option(
    default: Any,
    *,
    title: str,
    help: str,
    hint: str = "",
    unit: str = "",
    advanced: bool = True,
    filled_in: bool = False,
    **limits: Any,
) -> Any:
    """Declare one option.

    ``help`` says in one sentence what the option does, ``hint`` what to try; ``advanced`` hides it
    behind "All settings"; ``filled_in`` says that the program knows the value, so that no form asks
    for it. ``limits`` are pydantic's ``ge``, ``gt``, ``le``, ``lt``, ``min_length``
    and ``max_length``.
    """
    return Field(
        default,
        title=title,
        description=help,
        json_schema_extra={
            "hint": hint,
            "unit": unit,
            "advanced": advanced,
            "filled_in": filled_in,
        },
        **limits,
    )


@dataclass(frozen=True, slots=True)
class OptionField:
    """One option as the form, the glossary and the command line see it."""

    key: str
    title: str
    help: str
    hint: str
    unit: str
    advanced: bool
    default: Any
    annotation: Any
    choices: tuple[str, ...]
    minimum: float | None
    maximum: float | None
    #: Set by the program from what it knows; nobody has to be asked.
    is_filled_in: bool = False

    @property
    def section(self) -> str:
        """The part of the key before the last dot: the room that owns the option."""
        return self.key.rpartition(".")[0]


def option_fields(options_class: type[Options], prefix: str = "") -> Iterator[OptionField]:
    """Yield the fields of one options class in declaration order, keys prefixed ``prefix.``."""
    for name, info in options_class.model_fields.items():
        key = f"{prefix}.{name}" if prefix else name
        if isinstance(info.annotation, type) and issubclass(info.annotation, Options):
            continue
        yield _describe(key, info)


def parse_options(
    options_class: type[AnyOptions], values: Mapping[str, Any], prefix: str = ""
) -> AnyOptions:
    """Validate ``values``; a failure becomes an :class:`OptionError` that names the dotted key."""
    try:
        return options_class.model_validate(dict(values))
    except ValidationError as error:
        raise _option_error(error, options_class, prefix) from None


def _describe(key: str, info: FieldInfo) -> OptionField:
    extra = info.json_schema_extra
    if not isinstance(extra, dict):
        extra = {}
    limits: dict[str, float] = {}
    for constraint in info.metadata:
        for name in ("ge", "gt", "le", "lt"):
            value = getattr(constraint, name, None)
            if value is not None:
                limits[name] = float(value)
    return OptionField(
        key=key,
        title=info.title or key.rpartition(".")[2].replace("_", " "),
        help=info.description or "",
        hint=str(extra.get("hint", "")),
        unit=str(extra.get("unit", "")),
        advanced=bool(extra.get("advanced", True)),
        default=info.get_default(call_default_factory=True),
        annotation=info.annotation,
        choices=_choices(info.annotation),
        minimum=limits.get("ge", limits.get("gt")),
        maximum=limits.get("le", limits.get("lt")),
        is_filled_in=bool(extra.get("filled_in", False)),
    )


def _choices(annotation: Any) -> tuple[str, ...]:
    if get_origin(annotation) is Literal:
        return tuple(str(choice) for choice in get_args(annotation))
    return ()


def _option_error(error: ValidationError, options_class: type[Options], prefix: str) -> OptionError:
    first = error.errors(include_url=False)[0]
    # Positions inside a list are for the reader of the message, not part of the option's name. A
    # file may call an option by a number, though, and that is text.
    named = [part for part in first["loc"] if isinstance(part, str)]
    key = ".".join(([prefix] if prefix else []) + named)
    if first["type"] == "extra_forbidden":
        known = _names_at(options_class, named[:-1])
        return OptionError(
            "there is no such option.",
            subject=key,
            next_step=suggest(named[-1], known, section=key.removesuffix(named[-1])),
        )
    return OptionError(f"{in_plain_words(first)}.", subject=key, next_step=CHANGE_IT)


def in_plain_words(problem: Mapping[str, Any]) -> str:
    """Return one of pydantic's errors about a value in words for a reader who does not program."""
    given = problem["input"]
    message = _PLAIN_MESSAGES.get(problem["type"], "{msg}").format(
        msg=problem["msg"].removeprefix("Value error, ").removesuffix("."),
        **problem.get("ctx", {}),
    )
    is_said = isinstance(given, str) and repr(given) in message
    shown = "" if is_said or isinstance(given, dict | Options) else f" (given: {given!r})"
    return f"{message[0].lower()}{message[1:]}{shown}"


#: Where pydantic's wording assumes that the reader programs.
_PLAIN_MESSAGES = {
    "tuple_type": "this should be a list, such as [512, 256]",
    "int_parsing": "this should be a whole number",
    "int_type": "this should be a whole number",
    "int_from_float": "this should be a whole number",
    "float_parsing": "this should be a number",
    "float_type": "this should be a number",
    "finite_number": "this should be a finite number",
    "bool_parsing": "this should be true or false",
    "bool_type": "this should be true or false",
    "string_type": "this should be a text",
    "missing": "this is needed and was not given",
    "greater_than_equal": "this should be at least {ge}",
    "greater_than": "this should be more than {gt}",
    "less_than_equal": "this should be at most {le}",
    "less_than": "this should be less than {lt}",
    "literal_error": "this should be {expected}",
}


def _names_at(options_class: type[Options], path: list[str]) -> list[str]:
    current = options_class
    for part in path:
        info = current.model_fields.get(part)
        if info is None or not isinstance(info.annotation, type):
            break
        if issubclass(info.annotation, Options):
            current = info.annotation
    return list(current.model_fields)


def suggest(name: str, known: list[str], *, section: str = "") -> str:
    """One sentence that offers the nearest known name, or lists what there is.

    ``section`` is what has to be written before the name that is offered.
    """
    nearest = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    if nearest:
        return f"Did you mean '{section}{nearest[0]}'?"
    return f"Known names: {', '.join(sorted(known))}."
