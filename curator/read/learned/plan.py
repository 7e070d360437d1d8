"""What is learned of one row: how all rows of its skeleton become records."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import polars as pl

from curator.kernels import json_fill
from curator.read.learned.watched import MARK, OF_MARKS, Look, Source, Unforeseen, Watch, mark
from curator.read.reading import Reading
from curator.read.shapes import Record
from curator.read.values import Digits, dumps, members
from curator.records import MESSAGE, MESSAGES, RECORD

_TOKEN = re.compile(r'"([^"]*)"(:?)|-?\d[\d.eE+-]*')
_CLASSES = {"x": "t", " ": "b", "": "e"}
_FIELDS = tuple(field.name for field in MESSAGE.fields)


class Looked(NamedTuple):
    """What a scan looked at: which names are kept, which lists are handed on, and fields seen."""

    kept: tuple[str, ...]
    lists: tuple[str, ...]
    inside: tuple[str, ...]


class Part(NamedTuple):
    """A piece of a cell: a literal, or what stands in a slot, as ``json_fill`` has it."""

    kind: int
    literal: str = ""
    slot: int = 0
    level: int = 0


Cell = tuple[Part, ...] | None
Columns = dict[str, Any]
"""A record by column: a text, a list of texts, or messages, each a list of its fields."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Plan:
    """How a row becomes records, if it gives the same answers to the same looks."""

    looks: tuple[Look, ...]
    made: tuple[Source, ...]
    records: tuple[Columns, ...]  # of cells


def learn(reading: Reading, skeleton: str, looked: Looked, texts: Sequence[str]) -> Plan:
    """
    Learn from one row, whose slots hold ``texts``, how its like are read.

    Raises: Unforeseen where that cannot be told from it.
    """
    watch, row, raw = watched_row(skeleton, looked, texts)
    try:
        records = [columns(each) for each in reading.records(row, raw)]
    except (ValueError, TypeError, LookupError, ArithmeticError) as error:
        raise Unforeseen(f"not read: {error}") from None  # Unmappable, or a look that is not noted
    used: list[Source] = []
    found = tuple(cells(each, lambda text: _cell(text, watch, used)) for each in records)
    plan = Plan(looks=tuple(watch.looks), made=tuple(used), records=found)
    _check_nothing_is_lost(plan, texts)
    return plan


def watched_row(
    skeleton: str, looked: Looked, texts: Sequence[str]
) -> tuple[Watch, dict[str, Any], dict[str, str]]:
    """Give the row whose slots hold ``texts`` as a reader takes it, its values being watched."""
    if OF_MARKS.search(skeleton):
        raise Unforeseen("a name that reads like a mark")
    fields, raw = members(refilled(skeleton, looked, lambda slot, kind: dumps(mark(slot, kind))))
    watch = Watch(len(texts))
    row: dict[str, Any] = {}
    for name, value in fields.items():
        if name in looked.inside:
            row[name] = _watched(value, name, watch, looked, texts)
            raw[name] = _raw(value, raw[name])
        else:
            slot = _slot(value)
            row[name], raw[name] = watch.text(texts[slot], slot, "f"), mark(slot, "r")
    return watch, row, raw


def refilled(skeleton: str, looked: Looked, fill: Callable[[int, str], str]) -> str:
    """
    Put JSON into every slot of a skeleton.

    ``fill`` is told a slot's number and its kind: "t"ext, "b"lank, "e"mpty, or "n" for a number,
    which also stands for what is handed on whole.
    """
    slots = behind = 0
    name: str | None = None  # of the value that begins behind it

    def put(token: re.Match[str]) -> str:
        nonlocal slots, behind, name
        text, colon = token.groups()
        if colon:
            name, behind = text, token.end()
            return token[0]
        is_kept = name in looked.kept and token.start() == behind
        if (text not in _CLASSES) if text is not None else is_kept:
            return token[0]
        slots += 1
        return fill(slots - 1, "n" if text is None else _CLASSES[text])

    return _TOKEN.sub(put, skeleton)


def _slot(value: str) -> int:
    found = MARK.fullmatch(value)
    assert found
    return int(found[1])


def _watched(value: Any, name: str, watch: Watch, looked: Looked, texts: Sequence[str]) -> Any:
    if isinstance(value, dict):
        return {key: _watched(v, key, watch, looked, texts) for key, v in value.items()}
    if isinstance(value, list):
        if name in looked.lists and value:
            slot = _slot(value[0])
            return [watch.text(texts[slot], slot, "l")]
        return [_watched(each, "", watch, looked, texts) for each in value]
    if (
        isinstance(value, str)
        and not isinstance(value, Digits)
        and (found := MARK.fullmatch(value))
    ):
        slot, kind = int(found[1]), found[2]
        watch.names[slot] = name
        return "" if kind == "e" else watch.text(texts[slot], slot, kind)
    return value


def _raw(value: Any, raw: str) -> str:
    """Give what stands for a value as its source writes it; of lists and objects nothing can."""
    if isinstance(value, (dict, list)):
        return mark(0, "f")
    if not (isinstance(value, str) and (found := MARK.fullmatch(value))):
        return raw
    shown = mark(int(found[1]), "r")
    return shown if found[2] == "n" else f'"{shown}"'


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


def _cell(text: str | None, watch: Watch, used: list[Source]) -> Cell:
    """Take a text apart at the marks in it."""
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
            parts.append(_part(watch, used, *pieces[at + 1 : at + 4]))
    return tuple(parts)


def _part(watch: Watch, used: list[Source], number: str, kind: str, slashes: str) -> Part:
    slot, level = int(number), len(slashes).bit_length()
    if kind == "t" and slot < watch.slots:
        return Part(json_fill.TEXT, "", slot, level)
    if kind == "t":
        source = watch.made[slot - watch.slots]
        if source not in used:
            used.append(source)
        return Part(json_fill.MADE, "", used.index(source), level)
    if kind == "n" or (kind == "r" and not level):
        return Part(json_fill.RAW, "", slot)
    if kind == "l" and not level:
        return Part(json_fill.COMPACT, "", slot)
    raise Unforeseen("a value that is written anew")


def _check_nothing_is_lost(plan: Plan, texts: Sequence[str]) -> None:
    """Refuse to let a text go without a trace: who knows why this one did."""
    same = [look for look in plan.looks if (look.method, look.answer) == ("__eq__", True)]
    known = {look.source.slot for look in same}
    known |= {each.slot for look in same for each in look.arguments if isinstance(each, Source)}

    def note(cell: Cell) -> None:
        for part in cell or ():
            if part.kind != json_fill.LITERAL:
                made = part.kind == json_fill.MADE
                known.add(plan.made[part.slot].slot if made else part.slot)

    for record in plan.records:
        cells(record, note)
    if any(text and slot not in known for slot, text in enumerate(texts)):
        raise Unforeseen("a text that is left out")
