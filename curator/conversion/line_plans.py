"""How the rows that one plan reads become lines, learned from the marks of their texts."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from curator.conversion.rendering import Outcome, Renderer
from curator.kernels.json_fill import LITERAL, TEXT
from curator.read import rows
from curator.read.learned import hostile
from curator.read.learned.cells import Cell
from curator.read.learned.hostile import Like
from curator.read.learned.looks import Source, Unforeseen
from curator.read.learned.plan import FAULTS, Columns, Plan, cell_of
from curator.read.reading import Reading
from curator.read.shapes import Record
from curator.read.values import members
from curator.records import MESSAGE
from curator.schemas.lines import LineGate

log = logging.getLogger("curator.write")


@dataclass(frozen=True, kw_only=True, eq=False)
class LinePlan:
    """The lines of every row that a plan reads."""

    lines: tuple[tuple[str, Cell], ...]  # by split
    made: tuple[Source, ...]
    outcomes: tuple[Outcome, ...]  # of the row's records, without their lines
    fields: tuple[tuple[str, ...], ...]  # of each line
    is_covered: bool  # no line need be held against the schema


@dataclass(frozen=True)
class Candidate:
    """A plan, and what stands in the slots of a row that it reads."""

    plan: Plan
    texts: Sequence[str]


def learn(
    candidates: Sequence[Candidate], reading: Reading, renderer: Renderer, gate: LineGate
) -> list[LinePlan | None]:
    """
    Learn how the rows of each candidate become lines: nothing where that depends on their texts.

    All that is needed for it is rendered at once: rendering a few records takes as long as one.
    """
    try:
        return _learn(candidates, reading, renderer, gate)
    except (
        *FAULTS,
        pl.exceptions.PolarsError,
    ) as error:  # of a mark that is taken for what it stands for
        log.debug("lines are not learned: %s", error)
    if len(candidates) == 1:
        return [None]
    return [plan for each in candidates for plan in learn([each], reading, renderer, gate)]


def _learn(
    candidates: Sequence[Candidate], reading: Reading, renderer: Renderer, gate: LineGate
) -> list[LinePlan | None]:
    given: list[Record] = []
    lots: list[tuple[list[Like], list[int]]] = []
    for candidate in candidates:
        likes = list(hostile.likes(candidate.plan, candidate.texts))
        records = [[_record(each) for each in candidate.plan.marked]]
        records += [reading.records(*members(like.row)) for like in likes]
        lots.append((likes, [len(each) for each in records]))
        given += [record for each in records for record in each]
    told = iter(renderer.outcomes(rows.frame(given)))
    found: list[LinePlan | None] = []
    for candidate, (likes, counts) in zip(candidates, lots, strict=True):
        marked, *others = [[next(told) for _ in range(count)] for count in counts]
        try:
            plan = _line_plan(candidate.plan, marked, others[0], gate)
            for like, expected in zip(likes, others, strict=True):
                _check(plan, marked, like, expected)
        except Unforeseen as error:
            log.debug("lines are not learned: %s", error)
            found.append(None)
        else:
            found.append(plan)
    return found


def _line_plan(
    plan: Plan, marked: Sequence[Outcome], own: Sequence[Outcome], gate: LineGate
) -> LinePlan:
    """Find the marks in the lines; its ``own`` show their fields. Raises: Unforeseen."""
    made: list[Source] = []
    lines = [(outcome.split, line) for outcome in marked for line in outcome.lines]
    cells = tuple((split, cell_of(f"{line}\n", plan.marks, made)) for split, line in lines)
    parts = (part.kind for _, cell in cells for part in cell or ())
    is_plain = set(parts) <= {LITERAL, TEXT}
    return LinePlan(
        lines=cells,
        made=tuple(made),
        outcomes=tuple(replace(outcome, lines=()) for outcome in marked),
        fields=tuple(tuple(json.loads(line)) for outcome in own for line in outcome.lines),
        is_covered=is_plain and all(gate.covers(line.encode()) for _, line in lines),
    )


def _check(
    plan: LinePlan, marked: Sequence[Outcome], like: Like, expected: Sequence[Outcome]
) -> None:
    """Raise Unforeseen where another row becomes other lines than the plan has for it."""
    cells = iter(plan.lines)
    for outcome, other in zip(marked, expected, strict=True):
        lines = tuple((like.write(next(cells)[1], plan.made) or "")[:-1] for _ in outcome.lines)
        if replace(outcome, lines=lines) != other:
            raise Unforeseen(f"written in another way: {like.row}")


def _record(columns: Columns) -> Record:
    """Give a record of texts by column as a reader gives it."""
    record = dict(columns)
    for name in ("messages", "rejected_messages"):
        if name in record:
            record[name] = [_message(said) for said in record[name]]
    return record


def _message(said: Sequence[str | None]) -> Record:
    return {
        field.name: text if text is None or field.dtype == pl.String else int(text)
        for field, text in zip(MESSAGE.fields, said, strict=True)
    }
