"""Give what is said one spelling: Unicode NFC, plain line ends and spaces, nothing invisible."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import polars as pl

from curator.records import KEPT, message, touch

LINE_ENDS = r"\r\n|[\r\x0B\x0C\x{85}\x{2028}\x{2029}]"  # Unicode 5.8, Newline Guidelines
SPACES = r"[\x{A0}\x{2000}-\x{200A}\x{202F}\x{205F}]"  # not U+3000: Chinese and Japanese write it
# Controls, soft hyphen, zero-width space, bidi marks, invisible operators, byte order mark, tags.
_HIDDEN = (
    r"\x00-\x08\x0E-\x1F\x7F-\x{84}\x{86}-\x{9F}\x{AD}\x{61C}\x{200B}\x{200E}\x{200F}"
    r"\x{202A}-\x{202E}\x{2060}-\x{206F}\x{FEFF}\x{FFF9}-\x{FFFB}\x{E0000}-\x{E007F}"
)
_JOINERS = r"\x{200C}\x{200D}"
# A joiner stays behind a letter, mark or picture of the scripts that are written with it (Arabic,
# Indian scripts, emoji); elsewhere it only hides. Marks that may melt into a Latin letter are left
# out: what NFC makes of them must be judged the same way on a second pass.
_JOINED = (
    r"[[\p{L}\p{M}\p{So}\x{1F3FB}-\x{1F3FF}]&&[\x{590}-\x{1AAF}\x{1B00}-\x{1CFF}"
    r"\x{2190}-\x{2BFF}\x{2E80}-\x{A63F}\x{A800}-\x{10FFFF}]]"
)
_FLAG = r"\x{1F3F4}[\x{E0030}-\x{E0039}\x{E0061}-\x{E007A}]{3,6}\x{E007F}"  # Scotland, Wales
INVISIBLE = rf"({_JOINED}[{_JOINERS}]|{_FLAG})|[{_HIDDEN}{_JOINERS}]"
# A text without any of these is NFC already (UAX 15, Quick_Check): marks, Hangul letters, and the
# blocks that hold characters with a canonical spelling elsewhere.
_NOT_NFC = (
    r"\p{M}\x{340}-\x{387}\x{958}-\x{95F}\x{9DC}-\x{9DF}\x{A33}\x{A36}\x{A59}-\x{A5E}\x{B5C}"
    r"\x{B5D}\x{F43}-\x{F69}\x{1100}-\x{11FF}\x{1F00}-\x{1FFF}\x{2000}\x{2001}\x{2126}\x{212A}"
    r"\x{212B}\x{2329}\x{232A}\x{2ADC}\x{F900}-\x{FAFF}\x{FB1D}-\x{FB4E}\x{16D63}-\x{16D6A}"
    r"\x{1D100}-\x{1D1FF}\x{2F800}-\x{2FA1F}"
)
_SUSPECT = rf"[\r\x0B\x0C\x{{85}}\x{{2028}}\x{{2029}}{SPACES}{_HIDDEN}{_JOINERS}{_NOT_NFC}]"


@dataclass(frozen=True, kw_only=True)
class Options:
    """What is put in order; each may be switched off."""

    line_ends: bool = True  # CRLF, CR and their like become LF
    spaces: bool = True  # no-break and typographic spaces become plain ones
    invisible: bool = True  # zero-width, bidi and control characters go
    unicode: bool = True  # NFC
    strip: bool = True  # white space at both ends goes


KINDS: dict[str, tuple[str, Callable[[pl.Expr], pl.Expr]]] = {
    "line_ends": ("line ends", lambda text: text.str.replace_all(LINE_ENDS, "\n")),
    "spaces": ("unusual spaces", lambda text: text.str.replace_all(SPACES, " ")),
    "invisible": ("invisible characters", lambda text: text.str.replace_all(INVISIBLE, "${1}")),
    "unicode": ("unicode", lambda text: text.str.normalize("NFC")),
    "strip": ("surrounding space", lambda text: text.str.strip_chars()),
}
"""Option -> what ``changes`` calls it and how it is done, in the order in which it is done."""

TALKS = ("messages", "rejected_messages", "context")
SPOKEN = ("content", "reasoning")


def refine(records: pl.LazyFrame, options: Options) -> pl.LazyFrame:
    """
    Rewrite what kept examples say, with one entry in ``changes`` for each kind of change.

    Columns: messages, rejected_messages (content and reasoning), context. Documents were put in
             order by their readers, and their blocks point into the text.
    Keeps:   a second pass changes nothing; tool calls, names, labels and meta are never touched.
    """
    kinds = [kind for kind in KINDS if getattr(options, kind)]
    stages = ["read", *kinds]
    # Step by step, because an expression inside ``list.eval`` is computed wherever it is named.
    work = records.with_columns(
        _messages=pl.col("messages").list.eval(_weigh()),
        _rejected_messages=pl.col("rejected_messages").list.eval(_weigh()),
        _context=pl.concat_list(message(pl.lit(None), pl.col("context"))).list.eval(_weigh()),
    )
    for step in (_pick(), *(_rewrite(before, kind) for before, kind in pairwise(stages))):
        work = work.with_columns(pl.col(f"_{name}").list.eval(step) for name in TALKS)
    said = [
        pl.when(KEPT & _differs(before, kind)).then(pl.lit(f"normalize_text: {KINDS[kind][0]}"))
        for before, kind in pairwise(stages)
    ]
    none = pl.lit(None, dtype=pl.String)
    work = work.with_columns(_said=pl.concat_list(*said, none).list.drop_nulls())
    touched = pl.col("_said").list.len() > 0
    last = {name: pl.col(f"_{name}").list.eval(_unwrap(stages[-1])) for name in TALKS}
    last["context"] = last["context"].list.first().struct.field("content")
    return (
        work.with_columns(
            pl.when(touched).then(new).otherwise(name).alias(name) for name, new in last.items()
        )
        .pipe(touch, touched, pl.col("_said"))
        .drop("_said", *(f"_{name}" for name in TALKS))
    )


def _field(name: str) -> pl.Expr:
    return pl.element().struct.field(name)


def _weigh() -> pl.Expr:
    """Say beside each message which of its texts need work."""

    def suspect(text: pl.Expr) -> pl.Expr:
        bare = text.str.strip_chars().str.len_bytes()
        return (text.str.contains(_SUSPECT) | (bare != text.str.len_bytes())).fill_null(value=False)

    return pl.struct(
        pl.element().alias("message"),
        *(suspect(_field(part)).alias(f"suspect_{part}") for part in SPOKEN),
    )


def _pick() -> pl.Expr:
    """Lay out the texts that need work; the others are empty there, and cost nothing."""
    # Not null: a null hides the text from us, but string functions go through it all the same.
    return pl.element().struct.with_fields(
        pl.when(_field(f"suspect_{part}"))
        .then(_field("message").struct.field(part))
        .otherwise(pl.lit(""))
        .alias(f"read_{part}")
        for part in SPOKEN
    )


def _rewrite(before: str, kind: str) -> pl.Expr:
    rewrite = KINDS[kind][1]
    return pl.element().struct.with_fields(
        rewrite(_field(f"{before}_{part}")).alias(f"{kind}_{part}") for part in SPOKEN
    )


def _differs(before: str, kind: str) -> pl.Expr:
    differs = [_field(f"{before}_{part}") != _field(f"{kind}_{part}") for part in SPOKEN]
    return pl.any_horizontal(
        pl.col(f"_{name}").list.eval(pl.any_horizontal(differs)).list.any() for name in TALKS
    )


def _unwrap(stage: str) -> pl.Expr:
    """Put the finished texts back into their message."""
    was = _field("message").struct
    return was.with_fields(
        pl.when(_field(f"suspect_{part}"))
        .then(_field(f"{stage}_{part}"))
        .otherwise(was.field(part))
        .alias(part)
        for part in SPOKEN
    )
