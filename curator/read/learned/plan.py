"""What is learned of one row: how all rows of its skeleton become records."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from curator.kernels import json_fill
from curator.read.learned.cells import Cell, Part
from curator.read.learned.looks import Look, Source, Unforeseen
from curator.read.learned.opening import WHOLE, OpeningWatch
from curator.read.learned.refill import Looked, watched_row
from curator.read.learned.watched import MARK, OF_MARKS
from curator.read.reading import Reading
from curator.read.shapes import Record
from curator.records import MESSAGE, MESSAGES, RECORD

FAULTS = (ValueError, TypeError, LookupError, ArithmeticError)
"""What a reader raises for a row that is none, or for a text that is none."""

_FIELDS = tuple(field.name for field in MESSAGE.fields)


Columns = dict[str, Any]
"""A record by column: a text, a list of texts, or messages, each a list of its fields."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Plan:
    """How a row becomes records, if it gives the same answers to the same looks."""

    skeleton: str
    looked: Looked
    slots: int  # of the row, without those of texts that are opened
    looks: tuple[Look, ...]
    made: tuple[Source, ...]
    records: tuple[Columns, ...]  # of cells
    marked: tuple[Columns, ...]  # of texts with marks in them
    marks: tuple[Source, ...]  # what marks of made texts stand for


def learn(reading: Reading, skeleton: str, looked: Looked, texts: Sequence[str]) -> Plan:
    """
    Learn from one row, whose slots hold ``texts``, how its like are read.

    Raises: Unforeseen where that cannot be told from it.
    """
    for depth in WHOLE:
        try:
            plan, lost = traced(reading, skeleton, OpeningWatch(texts, looked, depth))
        except Unforeseen:
            if depth == WHOLE[-1]:
                raise
        else:
            break
    if lost:
        raise Unforeseen("a text that is left out")  # without a look: who knows why
    return plan


def traced(reading: Reading, skeleton: str, watch: OpeningWatch) -> tuple[Plan, set[int]]:
    """
    Read the row that ``watch`` watches.

    Gives the plan, and the slots whose texts are in no column and were not looked up either.

    Raises: Unforeseen, also where the row is none.
    """
    own = len(watch.texts)
    row, raw = watched_row(skeleton, watch.looked, watch)
    try:
        records = [columns(each) for each in reading.records(row, raw)]
    except FAULTS as error:
        raise Unforeseen(f"not read: {error}") from None
    made: list[Source] = []
    found = tuple(cells(each, lambda text: cell_of(text, watch.made, made)) for each in records)
    plan = Plan(
        skeleton=skeleton,
        looked=watch.looked,
        slots=own,
        looks=tuple(watch.looks),
        made=tuple(made),
        records=found,
        marked=tuple(cells(each, _plain) for each in records),
        marks=tuple(watch.made),
    )
    known = _known(plan)
    return plan, {slot for slot in range(own) if watch.texts[slot] and slot not in known}


def columns(record: Record) -> Columns:
    """Lay a record out by column: texts, lists of them, messages as lists; the rest is null."""
    found: Columns = {}
    for name, dtype in RECORD.items():
        value = record.get(name)
        if value is None or name == "changes":
            continue
        if dtype == MESSAGES:
            found[name] = [[_text(said.get(field)) for field in _FIELDS] for said in value]
        elif dtype == pl.String:
            found[name] = _text(value)
        else:
            raise Unforeseen(f"a value of {name}")
    found["changes"] = list(record.get("changes") or ())
    return found


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else str(value)


def cells(found: Columns, cell: Callable[[Any], Any]) -> Columns:
    """Do the same to every text of a record."""
    return {name: _each(value, cell) for name, value in found.items()}


def _each(value: Any, cell: Callable[[Any], Any]) -> Any:
    return [_each(v, cell) for v in value] if isinstance(value, list) else cell(value)


def _plain(text: str | None) -> str | None:
    return None if text is None else str.__str__(text)[:]


def cell_of(text: str | None, marks: Sequence[Source], made: list[Source]) -> Cell:
    """
    Take a text apart at the marks in it.

    ``made`` takes what is needed of what ``marks`` of made texts stand for. Raises: Unforeseen.
    """
    if text is None:
        return None
    parts: list[Part] = []
    pieces = MARK.split(str.__str__(text))
    for at in range(0, len(pieces), 4):
        if OF_MARKS.search(pieces[at]):
            raise Unforeseen("a part of a text")
        if pieces[at]:
            parts.append(Part(json_fill.LITERAL, pieces[at]))
        if at + 1 < len(pieces):
            number, kind, slashes = pieces[at + 1 : at + 4]
            parts.append(_part(int(number), kind, len(slashes).bit_length()))
            if kind == "m":
                source = marks[int(number)]
                if source not in made:
                    made.append(source)
                parts[-1] = parts[-1]._replace(slot=made.index(source))
    return tuple(parts)


def _part(at: int, kind: str, level: int) -> Part:
    if kind in "tb":
        return Part(json_fill.TEXT, "", at, level)
    if kind == "m":
        return Part(json_fill.MADE, "", at, level)
    if kind == "n":
        return Part(json_fill.RAW, "", at)
    if kind == "r":
        return Part(json_fill.RAW, "", at, level)
    if kind == "l" and not level:
        return Part(json_fill.COMPACT, "", at)
    raise Unforeseen("a value that is written anew")


def _known(plan: Plan) -> set[int]:
    """Give the slots that are shown, or that a look took."""
    found: set[int] = set()

    def note(cell: Cell) -> None:
        for part in cell or ():
            if part.kind == json_fill.MADE:
                found.update(plan.made[part.slot].slots)
            elif part.kind != json_fill.LITERAL:
                found.add(part.slot)

    for record in plan.records:
        cells(record, note)
    for look in plan.looks:
        if look.is_taking:
            found.update(look.slots)
    return found
