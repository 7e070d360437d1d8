"""Read XML files: an element is a row, and paths say which elements and attributes fill it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import Any

import polars as pl

from curator.errors import RecipeError
from curator.read import map_grammar, rows, xml_paths, xml_rows
from curator.read.decoding import shown
from curator.read.files import SourceFile, find, open_bytes
from curator.read.pieces import lazily
from curator.read.reading import SAMPLE_ROWS, Reading, recognise
from curator.read.shapes import Record, Row
from curator.read.values import Unmappable, dumps

_ROWS_A_PIECE = 2_000
_NEEDED = ("input", "output", "label")


@dataclass(frozen=True, kw_only=True)
class Options:
    """Which elements are rows, and what is in them."""

    path: str | tuple[str, ...]
    rows: str  # QAPairs/QAPair below the root, /Document/QAPairs/QAPair, or //QAPair anywhere
    map: dict[str, Any] | None = None
    split: str | None = None
    group: str | None = None  # by default the rows of one file are a group
    licence: str | None = None
    language: str | None = None
    max_chars: int = 1_000_000  # of one text

    @property
    def shape(self) -> None:
        """No shape: rows of XML have texts, and no lists of messages."""

    @property
    def roles(self) -> None:
        """No roles, for the same reason."""


def read(options: Options) -> pl.LazyFrame:
    """
    Give the rows of all files in order; a file that is damaged, or holds no row, as a reject.

    Rows before the damage are kept. Where no group is given it is the file's hash: that stays when
    a folder is moved, and is one for copies under two names.
    Raises: SourceError; RecipeError for a path that is none, or that leads to nothing in any row.
    """
    plan = _plan(options)
    return lazily(lambda: _frames(plan, options))


@dataclass(frozen=True)
class Plan:
    """How all files are read."""

    files: list[SourceFile]
    rows: xml_paths.Rows
    places: dict[str, xml_paths.Place]
    needed: tuple[str, ...]  # fields that must not be empty
    reading: Reading | None  # None: no file has a row


def _plan(options: Options) -> Plan:
    sought = xml_paths.rows_of(options.rows)
    given = map_grammar.parse(options.map).parts if options.map else {}
    named = [(target, field) for target, part in given.items() for field in part.fields]
    places = xml_paths.places_of(named)
    needed = tuple(field for target, field in named if target in _NEEDED)
    files = find(options.path)
    sample: list[Row] = []
    uri, why = "", ""
    for source in files:
        try:
            with closing(open_bytes(source)) as stream:
                found = xml_rows.rows_in(stream, sought, places)
                for _, row in islice(found, SAMPLE_ROWS - len(sample)):
                    sample.append(row)
        except Unmappable as error:
            if error.reason == "no row":
                uri, why = (uri, why) if why else (source.uri, error.detail)
        if len(sample) >= SAMPLE_ROWS:
            break
    if not sample and why:
        raise RecipeError(why, where=uri)
    uri = files[0].uri if len(files) == 1 else f"{len(files)} XML files"
    return Plan(files, sought, places, needed, recognise(sample, options, uri) if sample else None)


def _frames(plan: Plan, options: Options) -> Iterator[pl.DataFrame]:
    coming = (record for source in plan.files for record in _records(source, plan, options))
    while some := list(islice(coming, _ROWS_A_PIECE)):
        yield rows.frame(some)


def _records(source: SourceFile, plan: Plan, options: Options) -> Iterator[Record]:
    group = options.group or source.sha256
    number, line = 0, None  # a fault stands behind the last row
    with open_bytes(source) as stream:
        found = xml_rows.rows_in(stream, plan.rows, plan.places)
        try:
            for line, row in found:
                number += 1
                for record in _row(row, plan):
                    if "rejected" not in record and record.get("group") is None:
                        record["group"] = group
                    yield rows.placed(record, number, line, source)
        except Unmappable as why:
            text = f" (after {number:,} rows that were read)" if number else ""
            fault = Unmappable(why.reason, why.detail + text)
            yield rows.placed(rows.rejected(fault, _head(source)), number + 1, line, source)


def _row(row: Row, plan: Plan) -> list[Record]:
    empty = next((name for name in plan.needed if row.get(name) == ""), None)
    try:
        if empty is None and plan.reading is not None:
            return plan.reading.records(row)
        why = Unmappable("empty field", empty or "")
    except Unmappable as error:
        why = error
    return [rows.rejected(why, dumps(row))]


def _head(source: SourceFile) -> str:
    with open_bytes(source) as stream:
        return shown(stream.read(4 * rows.MAX_RAW_CHARS))
