"""Give what is said one spelling: Unicode NFC, plain line ends and spaces, nothing invisible."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl

from curator.records import KEPT, touch

LINE_ENDS = r"\r\n|[\r\x0B\x0C\x{85}\x{2028}\x{2029}]"  # Unicode 5.8, Newline Guidelines
SPACES = r"[\x{A0}\x{2000}-\x{200A}\x{202F}\x{205F}]"  # not U+3000: Chinese and Japanese write it
# Controls, soft hyphen, zero-width space, bidi marks, invisible operators, byte order mark, tags.
_HIDDEN = (
    r"\x00-\x08\x0E-\x1F\x7F-\x{84}\x{86}-\x{9F}\x{AD}\x{61C}\x{200B}\x{200E}\x{200F}"
    r"\x{202A}-\x{202E}\x{2060}-\x{206F}\x{FEFF}\x{FFF9}-\x{FFFB}\x{E0000}-\x{E007F}"
)
_JOINERS = r"\x{200C}\x{200D}"
# A joiner stays behind a letter, mark or picture of the scripts that are written with it (Arabic,
# Indian scripts, emoji), whatever marks stand between; elsewhere it only hides. NFC puts marks into
# another order and melts some into a Latin letter: a second pass must judge the same way.
_JOINED = (
    r"[[\p{L}\p{M}\p{So}\x{1F3FB}-\x{1F3FF}]&&[\x{590}-\x{1AAF}\x{1B00}-\x{1CFF}"
    r"\x{2190}-\x{2BFF}\x{2E80}-\x{A63F}\x{A800}-\x{10FFFF}]]"
)
_FLAG = r"\x{1F3F4}[\x{E0030}-\x{E0039}\x{E0061}-\x{E007A}]{3,6}\x{E007F}"  # Scotland, Wales
INVISIBLE = rf"({_JOINED}\p{{M}}*[{_JOINERS}]|{_FLAG})|[{_HIDDEN}{_JOINERS}]"
# A text without any of these is NFC already (UAX 15, Quick_Check): marks, Hangul letters, and the
# blocks that hold characters with a canonical spelling elsewhere.
_NOT_NFC = (
    r"\p{M}\x{340}-\x{387}\x{958}-\x{95F}\x{9DC}-\x{9DF}\x{A33}\x{A36}\x{A59}-\x{A5E}\x{B5C}"
    r"\x{B5D}\x{F43}-\x{F69}\x{1100}-\x{11FF}\x{1F00}-\x{1FFF}\x{2000}\x{2001}\x{2126}\x{212A}"
    r"\x{212B}\x{2329}\x{232A}\x{2ADC}\x{F900}-\x{FAFF}\x{FB1D}-\x{FB4E}\x{16D63}-\x{16D6A}"
    r"\x{1D100}-\x{1D1FF}\x{2F800}-\x{2FA1F}"
)
_SUSPECT = rf"[\r\x0B\x0C\x{{85}}\x{{2028}}\x{{2029}}{SPACES}{_HIDDEN}{_JOINERS}{_NOT_NFC}]"

_ODD = np.zeros(256, np.uint8)
"""1 for the bytes that begin, in UTF-8, a character of _SUSPECT (and some others)."""
_ODD[[*range(9), *range(11, 32), 0x7F, 0xC2, 0xCC, 0xCD, 0xCE, 0xD2, *range(0xD4, 0xE4)]] = 1
_ODD[[0xEA, *range(0xEE, 0x100)]] = 1


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
    aside = pl.when(pl.col("context").is_not_null()).then(
        pl.struct(content="context", reasoning=pl.lit(None, dtype=pl.String))
    )
    # Step by step, because an expression inside ``list.eval`` is computed wherever it is named.
    work = records.with_columns(
        _messages=pl.col("messages").list.eval(_weigh()),
        _rejected_messages=pl.col("rejected_messages").list.eval(_weigh()),
        _context=pl.concat_list(aside).list.drop_nulls().list.eval(_weigh()),
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
        odd = text.map_batches(_glance, return_dtype=pl.Boolean, is_elementwise=True)
        looked_at = pl.when(odd).then(text).otherwise(pl.lit(""))
        bare = text.str.strip_chars().str.len_bytes()
        differs = looked_at.str.contains(_SUSPECT) | (bare != text.str.len_bytes())
        return differs.fill_null(value=False)

    return pl.struct(
        pl.element().alias("message"),
        *(suspect(_field(part)).alias(f"suspect_{part}") for part in SPOKEN),
    )


def _glance(texts: pl.Series) -> pl.Series:
    """Say which texts hold a byte that plain English, and most of Europe, writes without."""
    from curator.kernels.buffers import text_buffers
    from curator.kernels.glance import holding

    if texts.null_count() == len(texts):
        return pl.repeat(False, len(texts), eager=True).alias(texts.name)  # noqa: FBT003
    return pl.Series(texts.name, holding(*text_buffers(texts), _ODD))


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
