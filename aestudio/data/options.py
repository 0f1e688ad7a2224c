"""How data is read and split."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from aestudio.data.images.plan import MAX_PIXELS
from aestudio.options import Options, option


def _as_text(value: Any) -> Any:
    """Return a bare number as the text that was typed, for what names columns called 1, 2, 3."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


_Names = Annotated[str, BeforeValidator(_as_text)]


class DataOptions(Options):
    """Where the data comes from, how it is read, and which part is held back."""

    source: str = option(
        "digits",
        title="Data",
        help="The file, folder or built-in sample to learn from.",
        hint="Try 'digits', or drop a folder of images on the window.",
        advanced=False,
    )
    kind: Literal["auto", "images", "table", "ratings", "sequences", "series", "tokens"] = option(
        "auto",
        title="Read as",
        help="What one sample is; 'auto' guesses from the content. Sequences are many short series; a series is one that goes on and is cut into windows. Tokens are whole numbers (samples, time) that stand for symbols: characters, words, nucleotides. Ratings are rows of user, item and rating.",
        hint="Choose another kind if the guess on the data sheet is wrong.",
    )
    padding: int | None = option(
        None,
        title="Padding symbol",
        help="The number that fills up sequences of tokens which are shorter than the longest; what it fills counts for nothing. Empty takes the symbol that is called '<pad>' or has no name.",
        hint="Often 0.",
        ge=0,
        le=65_535,
    )
    text_unit: Literal["auto", "characters", "words", "byte_pairs"] = option(
        "auto",
        title="Symbols",
        help="What texts are cut into: characters, words, or byte pairs, which are frequent pieces of words. 'auto' takes words where texts have several, else characters.",
        hint="characters for names and formulas; byte_pairs where too many words would be unknown.",
    )
    vocabulary_size: int | None = option(
        None,
        title="Vocabulary size",
        help="How many different symbols texts are written in, the most frequent ones; rarer ones count as unknown. Empty takes all characters up to 512, 2,000 words or 1,000 byte pairs.",
        hint="More words are understood and learned more slowly: each costs weights and time.",
        ge=4,
        le=65_536,
    )
    text_length: int | None = option(
        None,
        title="Longest text",
        help="Texts with more symbols than this are cut off at the end. Empty takes the longest text, up to 128 characters, 48 words or 96 byte pairs.",
        hint="Training time grows with it; keep it near what most texts need.",
        unit="symbols",
        ge=1,
        le=4096,
    )
    lowercase: bool = option(
        False,
        title="Small letters",
        help="Whether capital letters of texts are made small before anything else.",
        hint="Try it with words: 'Free', 'FREE' and 'free' are then one.",
    )
    image_size: int | None = option(
        None,
        title="Image side",
        help="Every image is brought to this many pixels in height and width; empty keeps the stored size.",
        hint="64 trains quickly and keeps recognisable detail.",
        unit="px",
        advanced=False,
        ge=4,
        le=1024,
    )
    image_fit: Literal["letterbox", "crop", "stretch"] = option(
        "letterbox",
        title="Fit images by",
        help="How an image of another shape is made square: with borders, by cutting, or by stretching.",
        hint="Borders lose nothing; cutting fills the picture.",
    )
    pages: Literal["all", "first"] = option(
        "all",
        title="Pages",
        help="Whether all pages of TIFF files are samples, or the first page of each. All are taken where the pages of all files agree in size; smaller views of a page are left out.",
        hint="first where the pages are channels or depths of one picture.",
    )
    patch_size: int | None = option(
        None,
        title="Patch side",
        help="Square patches of this many pixels are cut out of large images and learned from, instead of whole images; empty takes images as wholes.",
        hint="64 for micrographs, satellite images and textures of a thousand pixels and more.",
        unit="px",
        ge=4,
        le=1024,
    )
    patch_stride: int | None = option(
        None,
        title="Patch stride",
        help="How many pixels lie between the beginnings of neighbouring patches; empty is the side of a patch, so that patches do not overlap.",
        hint="Half the side gives four times as many patches.",
        unit="px",
        ge=1,
        le=65536,
    )
    window: int | None = option(
        None,
        title="Window",
        help="Long series are cut into windows of this many steps, and each window is a sample; empty takes a round of the clock or the calendar where there is one, such as the steps of a day.",
        hint="48 half-hours are a day. Set 'Read as' to series to cut a bare array along its first axis.",
        unit="steps",
        ge=2,
        le=65536,
    )
    window_stride: int | None = option(
        None,
        title="Window stride",
        help="How many steps lie between the beginnings of neighbouring windows; empty is the length of a window, so that windows do not overlap.",
        hint="A quarter of the length gives four times as many windows; what is held back still shares no step with what is trained on.",
        unit="steps",
        ge=1,
        le=2**31 - 1,
    )
    gaps: Literal["auto", "cut", "fill", "missing", "ignore"] = option(
        "auto",
        title="Gaps in time",
        help="What happens where steps of a series are missing: no window lies across (cut), a straight line bridges them (fill), they count as missing values (missing), or the next row is the next step (ignore); 'auto' cuts unless gaps are too frequent for that.",
        hint="fill where gaps are short; ignore for days without weekends.",
    )
    time_step: float | None = option(
        None,
        title="Time step",
        help="Series with a time are brought to even steps of this length, by means of what lies in a step or by straight lines between neighbours; empty keeps even rows as they are and brings uneven ones to their middle step.",
        hint="3600 makes hours of minutes.",
        unit="s",
        gt=0,
    )
    series_scale: Literal["shared", "own"] = option(
        "shared",
        title="Scale of series",
        help="Whether sequences and windows keep their level and size (shared), or each is brought to mean 0 and spread 1 by itself, channel by channel (own), so that only its shape counts.",
        hint="own for heartbeats and gestures, whose size says nothing; shared for what is odd by being high or low.",
    )
    time_column: str = option(
        "",
        title="Time column",
        help="The column of a table that says when each row was measured; empty finds it.",
        hint="The name that stands above it.",
        max_length=1000,
    )
    color: Literal["auto", "grey", "rgb", "rgba"] = option(
        "auto",
        title="Colour",
        help="The channels to keep; 'auto' keeps what most of the images have.",
        hint="Grey trains faster where colour carries no meaning.",
    )
    max_pixels: int = option(
        MAX_PIXELS,
        title="Most pixels",
        help="Pictures with more pixels than this are not decoded, because a small file can claim any number of them.",
        hint="Raise it for large scans and satellite images that you trust.",
        unit="px",
        ge=1,
        le=1_000_000_000,
    )
    background: Literal["white", "black"] = option(
        "white",
        title="Background",
        help="What shows through transparent pixels when alpha is not kept.",
        hint="Pictograms drawn in dark ink want white.",
    )
    array: str = option(
        "",
        title="Array",
        help="Which of several arrays in a file to learn from; empty takes the one that is called x, data or images, else the largest.",
        hint="The data sheet names the others when none of them stands out.",
        max_length=1000,
    )
    columns: _Names = option(
        "",
        title="Columns",
        help="The columns of a table to learn from, separated by commas; empty takes every column that holds numbers, categories or dates and does not just name the row.",
        hint="A name that holds a comma goes between double quotes.",
        max_length=1_000_000,
    )
    leave_out: _Names = option(
        "",
        title="Leave out columns",
        help="The columns of a table not to learn from, separated by commas.",
        hint="Leave out what would give the answer away, and what only names the row.",
        max_length=1_000_000,
    )
    label_field: _Names = option(
        "",
        title="Label field",
        help="Which of several things that are known of each sample counts as its label; empty takes the usual one.",
        hint="For the sample 'shapes': scale, rotation, x or y instead of the shape.",
        max_length=1000,
    )
    ratings_of: Literal["users", "items"] = option(
        "users",
        title="Ratings by",
        help="Whether a sample is everything that one user rated, or everything that rated one item.",
        hint="Users for recommending items; items for finding items that are alike.",
    )
    most_rated: int = option(
        5000,
        title="Most rated kept",
        help="How many of the items (or users, where a sample is an item) are kept as columns: those with the most ratings.",
        hint="Fewer train faster; what was hardly ever rated teaches little.",
        ge=2,
        le=1_000_000,
    )
    delimiter: Literal["auto", "comma", "semicolon", "tab", "pipe", "space", "colons"] = option(
        "auto",
        title="Delimiter",
        help="What stands between two cells of a line in a text file of a table; colons are '::'.",
        hint="Set it if the columns on the data sheet are not those of the file.",
    )
    decimal: Literal["auto", "point", "comma"] = option(
        "auto",
        title="Decimal mark",
        help="What stands between the whole part and the fraction of a number in a text file of a table.",
        hint="Much of Europe writes 1,5 for one and a half.",
    )
    encoding: Literal[
        "auto",
        "utf-8",
        "utf-16",
        "cp1252",
        "iso8859-15",
        "cp1250",
        "cp1251",
        "cp1253",
        "cp1254",
        "cp437",
        "cp850",
        "koi8-r",
        "shift_jis",
        "euc_jp",
        "gb18030",
        "big5",
        "euc_kr",
        "latin-1",
    ] = option(
        "auto",
        title="Encoding",
        help="How the letters of a text file are written as bytes.",
        hint="Try cp1252 or iso8859-15 for older files from western Europe.",
    )
    header: Literal["auto", "yes", "no"] = option(
        "auto",
        title="Header",
        help="Whether the first line of a table holds the names of the columns.",
        hint="Set it if a row went missing, or if the names were taken for one.",
    )
    quotes: Literal["auto", "double", "none"] = option(
        "auto",
        title="Quotes",
        help="Whether double quotes at the ends of a cell enclose it, so that it may hold delimiters and line breaks.",
        hint="Choose 'none' where quotes are plain letters, as in inches.",
    )
    skip_lines: int = option(
        0,
        title="Skip lines",
        help="How many lines to pass over before the table begins.",
        hint="For titles and notes above the header.",
        ge=0,
        le=100_000,
    )
    ragged: Literal["refuse", "skip"] = option(
        "refuse",
        title="Ragged lines",
        help="What to do about lines with more or fewer cells than the header: refuse the file and name the line, or leave these lines out.",
        hint="Leave them out once you have looked at one.",
    )
    sheet: _Names = option(
        "",
        title="Sheet",
        help="Which sheet of a workbook to read; empty takes the first that is not empty.",
        max_length=255,
    )
    max_columns: int = option(
        50_000,
        title="Most columns",
        help="A table with more columns than this is refused; every column costs memory before a row is read.",
        hint="Raise it for wide tables of measurements, such as one column per gene.",
        ge=1,
        le=10_000_000,
    )
    max_line_mib: int = option(
        16,
        title="Longest line",
        help="A text file of a table with a longer line than this is refused.",
        hint="Raise it for tables with tens of thousands of columns of long numbers.",
        unit="MiB",
        ge=1,
        le=256,
    )
    only_label: _Names = option(
        "",
        title="Only this label",
        help="Learn from the samples of one class and leave out all others; empty takes every sample.",
        hint="Train on what is normal: what the model reconstructs badly is then odd.",
        max_length=1000,
    )
    exclude: str = option(
        "",
        title="Leave out samples",
        help="The numbers of the samples not to learn from, separated by commas, as they stand in the source; the first is 0.",
        hint="A range is written 17-20. The data sheet fills this in when it offers to leave something out.",
        max_length=1_000_000,
    )
    exclude_check: str = option(
        "",
        title="Mark of what is left out",
        help="What the samples that are left out were when they were chosen; their numbers are refused where the data has changed since. The program fills it in; empty checks nothing.",
        max_length=64,
        filled_in=True,
    )
    duplicates: Literal["keep", "drop"] = option(
        "keep",
        title="Repeated samples",
        help="Whether samples that repeat an earlier one exactly are kept, or each is taken once.",
        hint="Drop them to test honestly whether the model generalises.",
    )
    validation_fraction: float = option(
        0.1,
        title="Validation share",
        help="The share of the samples that is never trained on and tells whether the model generalises.",
        hint="0.1 is common; take 0.2 when there are only a few hundred samples.",
        ge=0.0,
        le=0.9,
    )
    split_seed: int = option(
        0,
        title="Split seed",
        help="The number that decides which samples are held back.",
        hint="Keep it the same when you compare runs.",
        ge=0,
        le=2**31 - 1,
    )
