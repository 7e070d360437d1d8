"""
Personal data that patterns and check digits can tell: no model, no names, no street addresses.

A type is a file: what it ``NEEDS`` and its ``GATES`` (one of them) are cheap regular expressions
that every text with a find passes; its ``spans`` look closely.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType, ModuleType

import polars as pl

from curator.personal_data import (
    api_key,
    crypto_address,
    email,
    iban,
    ip_address,
    mac_address,
    passport,
    payment_card,
    phone,
    private_key,
    uk_nhs_number,
    uk_nino,
    url_password,
    us_ssn,
)
from curator.personal_data.span import DIGIT, LONG_NUMBER, TEXT, Span

__all__ = ["FOUND", "TYPES", "Span", "found"]

_BY_TYPE: Mapping[str, ModuleType] = MappingProxyType(
    {
        module.__name__.rpartition(".")[2]: module
        for module in (  # where two finds overlap, the one that is further up here stands
            private_key,
            api_key,
            url_password,
            email,
            iban,
            payment_card,
            crypto_address,
            passport,
            us_ssn,
            uk_nino,
            uk_nhs_number,
            ip_address,
            mac_address,
            phone,
        )
    }
)
TYPES = tuple(sorted(_BY_TYPE))
"""What is looked for, by name."""
FOUND = {
    "row": pl.UInt32(),
    "type": pl.String(),
    "start": pl.UInt32(),
    "end": pl.UInt32(),
    "is_nobodys": pl.Boolean(),
}
"""The columns of what was found."""


def found(texts: pl.Series, types: Iterable[str] = TYPES) -> pl.DataFrame:
    """
    Find personal data of some types.

    Columns: row (place in ``texts``), type, start and end (half-open, in code points), is_nobodys
             (kept for examples by a standard, or known to everybody).
    Keeps:   order by row and place; no two finds of a text overlap; a null has none.
    """
    wanted = [name for name in _BY_TYPE if name in set(types)]
    hits: dict[int, list[tuple[str, Span]]] = {}
    for name, rows in sorted(_gated(texts, wanted), key=lambda gated: wanted.index(gated[0])):
        spans = _BY_TYPE[name].spans
        for row, text in zip(rows, texts.gather(rows), strict=True):
            if of_text := [(name, span) for span in spans(text)]:
                hits.setdefault(row, []).extend(of_text)
    lines = [(row, name, *span) for row in sorted(hits) for name, span in _apart(hits[row])]
    return pl.DataFrame(lines, schema=FOUND, orient="row")


def _gated(texts: pl.Series, wanted: list[str]) -> Iterator[tuple[str, pl.Series]]:
    """Give for each type the rows that pass its gate; each need leaves fewer rows to look at."""
    rows = texts.to_frame("text").with_row_index("row")
    for need in (TEXT, DIGIT, LONG_NUMBER):
        rows = rows.filter(pl.col("text").str.contains(need)) if need else rows
        own = [name for name in wanted if need == _BY_TYPE[name].NEEDS]
        passed = rows.select("row", *map(_gate, own))
        for name in own:
            yield name, passed.filter(name)["row"]


def _gate(name: str) -> pl.Expr:
    ways = [pl.col("text").str.contains(way) for way in _BY_TYPE[name].GATES]
    return pl.any_horizontal(ways).fill_null(value=False).alias(name)


def _apart(finds: list[tuple[str, Span]]) -> list[tuple[str, Span]]:
    """Keep of overlapping finds the one of the stronger type, which comes first; sort by place."""
    kept: list[tuple[Span, str]] = []
    for name, span in finds:
        at = bisect(kept, (span, name))
        is_free = at == 0 or kept[at - 1][0].end <= span.start
        if is_free and (at == len(kept) or span.end <= kept[at][0].start):
            kept.insert(at, (span, name))
    return [(name, span) for span, name in kept]
