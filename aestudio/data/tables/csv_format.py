"""How one text file of a table is written."""

from __future__ import annotations

from dataclasses import dataclass

#: The names of delimiters, as options have them.
DELIMITERS = {
    **{"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|", "space": " "},
    # https://files.grouplens.org/datasets/movielens/ml-1m-README.txt
    "colons": "::",
}
COLONS = DELIMITERS["colons"]
#: What a line of a single column is never cut at: a control character meant for this.
NO_DELIMITER = "\x1f"
#: Texts that stand for a cell without a value, in any mixture of capital and small letters.
_MISSING = ("na", "n/a", "nan", "null", "none", "nil", "#n/a", "#na", "missing", "<na>", "nat")
MISSING = (
    "", "?", "-", ".", "--", "*",
    *sorted({form for text in _MISSING for form in (text, text.upper(), text.title())}),
    "NaN", "NaT", "-NaN", "-nan",
)  # fmt: skip


def sign_of(delimiter: str) -> str:
    """Return the one letter at which cells are cut once :func:`with_signs` has been at the text."""
    return NO_DELIMITER if delimiter == COLONS else delimiter


def with_signs(content: bytes, delimiter: str) -> bytes:
    """Write a delimiter of two letters as one, as those who cut lines know no other."""
    if delimiter != COLONS:
        return content
    return content.replace(COLONS.encode(), NO_DELIMITER.encode())


@dataclass(frozen=True, slots=True)
class CsvFormat:
    """Everything that has to be known before the first cell is read."""

    encoding: str
    delimiter: str
    is_quoted: bool
    decimal: str
    #: Lines above the table: what the person said, comments, and ``sep=``.
    num_skipped: int
    has_header: bool
    #: One per column of the file, each different.
    names: tuple[str, ...]
    #: Every line ends with a delimiter, and so the last column is none.
    has_empty_end: bool = False

    @property
    def num_cells(self) -> int:
        """How many cells a line has."""
        return len(self.names) + self.has_empty_end

    @property
    def said(self) -> tuple[tuple[str, str], ...]:
        """The same in words."""
        delimiters = {sign: name for name, sign in DELIMITERS.items()}
        decimal = "comma" if self.decimal == "," else "point"
        header = "the first line names the columns" if self.has_header else "none"
        return (
            ("Encoding", self.encoding),
            ("Delimiter", delimiters.get(self.delimiter, "none (one column)")),
            ("Decimal mark", decimal),
            ("Header", header),
            *((("Lines passed over", f"{self.num_skipped:,}"),) if self.num_skipped else ()),
        )
