"""Ask for the cells of a table, by row and column, and which of two rows has more."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import combinations

import polars as pl

from curator.derive.chance import chance
from curator.derive.english import table_questions as ask
from curator.derive.english.grammar import is_closed
from curator.derive.english.key_questions import of_key
from curator.derive.english.wording import cased, clean, names_of, uncounted_of
from curator.derive.found import PLAIN, Found, derive_from
from curator.derive.page.bare_span import bare
from curator.derive.page.before_after import pairs_in
from curator.derive.page.source import Section, Source
from curator.derive.page.table_cells import Cell, Table, table

_MAX_HEAD_CHARS = 80
_MAX_ROWS_COMPARED = 40
_NO_ANSWER = re.compile(
    r"\W*|x|n/?a|tb[ad]|ditto|(?:as |see |refer to |cf\.? |ibid).*|same( as .*)?"
    r"|.*\b(?:above|below)\b.*|\W*(?:\.\.\.|…)\W*",
    re.IGNORECASE,
)
_VERSION = re.compile(r"v\d+(?:\.\d+)*\b")
_BAD_HEAD = re.compile(
    r"[“”|<>{}]|[.!?]\Z|\]\[|\A\W*\d[\d.,]*\W*\Z|\.\.\.|…|__|\A\W*\Z|\Ano\.?\Z"
    r"|\A(?:then|and|if|instead)\b",
    re.IGNORECASE,
)
_FEW_WORDS = 3
_FEWEST_ROWS = 2


@dataclass(frozen=True, kw_only=True)
class Options:
    """How much is asked about one table."""

    facts_per_table: int = 8
    comparisons_per_table: int = 2
    seed: int = 0


def derive(records: pl.LazyFrame, options: Options) -> pl.LazyFrame:
    """Give examples that ask for a cell of a table, or for the row that has more."""
    return derive_from(records, partial(find, options=options), step="tables")


def find(source: Source, options: Options) -> Iterator[Found]:
    """
    Yield the facts and the comparisons of each table, at most so many as the options say.

    Facts that can be asked as a person would come first; a hash chooses among equals.
    A row is named by its first cell: tables in which two rows share it, or in which most are
    numbers, make none. So do cells that are empty, a dash or point elsewhere, and questions that
    two tables of the document would answer.
    """
    if not any(block.kind == "table" for block in source.blocks):
        return
    names, uncounted = names_of(source), uncounted_of(source)
    made = []
    for section in source.sections:
        for block in section.blocks:
            cells = table(source.text, block.start, block.end) if block.kind == "table" else None
            if cells is None or len(cells.head) < _FEWEST_ROWS:
                continue
            if any(cell.words for cell in cells.head):
                made.append(_of_rows(source, section, cells, names, uncounted))
            else:
                made.append((list(_keys(source, section, cells, names)), []))
    times = Counter(each.question for pair in made for found in pair for each in found)
    for facts, comparisons in made:
        chosen = [
            *_chosen(source, facts, options.facts_per_table, options.seed, times),
            *_chosen(source, comparisons, options.comparisons_per_table, options.seed, times),
        ]
        yield from sorted(chosen, key=lambda found: (found.start, found.question))


def _chosen(
    source: Source, found: list[Found], count: int, seed: int, times: Counter[str]
) -> list[Found]:
    def lot(each: Found) -> tuple[float, float]:
        return -each.confidence, chance(seed, source.id, each.start, each.end, each.question)

    return sorted((each for each in found if times[each.question] == 1), key=lot)[:count]


def _keys(source: Source, section: Section, cells: Table, names: frozenset[str]) -> Iterator[Found]:
    """Ask for the values of a table whose first column holds keys: it has no head."""
    keys = [row[0].words for row in cells.rows]
    is_labelled = all(key.endswith(":") or len(key.split()) <= _FEW_WORDS for key in keys)
    if len(cells.head) != 2 or not is_labelled or len(set(keys)) < len(keys) or len(keys) < 2:
        return
    heading = section.heading or source.title
    for key, value in (row for row in cells.rows if _answers(row[1].words)):
        asked = of_key(key.words, heading, value.words, names)
        if asked and not _BAD_HEAD.search(key.words):
            yield _found(source, asked, value, 0.85)


def _of_rows(
    source: Source,
    section: Section,
    cells: Table,
    names: frozenset[str],
    uncounted: frozenset[str],
) -> tuple[list[Found], list[Found]]:
    heads = [cell.words for cell in cells.head]
    rows = [row for row in cells.rows if _is_name(row[0].words)]
    times = Counter(row[0].words.lower() for row in cells.rows)
    is_pairs = len(heads) == 2 and heads[1].lower() in pairs_in(
        heads[0].lower().replace("\u2019", "'")
    )
    if all(_is_code(source, cell) for row in (cells.head, *cells.rows) for cell in row):
        return [], []  # a list of names in columns: the head names nothing
    is_named = len(rows) * 2 > len(cells.rows) and max(times.values(), default=2) == 1
    if not is_named or len(rows) < _FEWEST_ROWS or is_pairs or not _is_name(heads[0]):
        return [], []
    headings = (section.heading, *reversed(section.above), source.title)
    named = ask.Naming(
        thing=ask.thing_of(cased(clean(heads[0]), names)),
        topic=ask.topic_of(headings),
        title=source.title,
        names=names,
        uncounted=uncounted,
    )
    same = Counter(heads)
    facts: list[Found] = []
    comparisons: list[Found] = []
    for at, head in list(enumerate(heads))[1:]:
        if same[head] > 1 or _BAD_HEAD.search(head) or head.endswith(":"):
            continue
        facts += _facts(source, named, head, [(row[0], row[at]) for row in rows])
        comparisons += _compared(source, named, head, [(row[0], row[at]) for row in rows])
    return facts, comparisons


def _facts(
    source: Source, named: ask.Naming, head: str, column: list[tuple[Cell, Cell]]
) -> Iterator[Found]:
    for row, cell in column:
        asked = ask.question(head, row.words, cell.words, named) if _answers(cell.words) else None
        if asked:
            yield _found(source, asked[0], cell, asked[1])


def _compared(
    source: Source, named: ask.Naming, head: str, column: list[tuple[Cell, Cell]]
) -> Iterator[Found]:
    measured = [(row, _measure(cell.words)) for row, cell in column[:_MAX_ROWS_COMPARED]]
    for (one, first), (other, second) in combinations(measured, 2):
        if first is None or second is None or first[1] != second[1] or first[0] == second[0]:
            continue
        asked = ask.higher(head, one.words, other.words, named)
        if asked:
            yield _found(source, asked, one if first[0] > second[0] else other, 0.7)


def _measure(words: str) -> tuple[float, tuple[str, str]] | None:
    match = ask.NUMBER.fullmatch(words)
    if not match:
        return None
    number = float(match[2].replace(",", "") + match[3])
    return number, (match[1].strip(), (match[4] or "").strip().lower())


def _found(source: Source, asked: str, cell: Cell, confidence: float) -> Found:
    start, end = bare(source.text, cell.start, cell.end)
    return Found(question=asked, start=start, end=end, confidence=confidence, template=PLAIN)


def _is_name(words: str) -> bool:
    return (
        bool(words)
        and not all(map(is_closed, words.split()))
        and len(words) <= _MAX_HEAD_CHARS
        and not _BAD_HEAD.search(words)
        and not words[0].isdigit()
        and not _VERSION.match(words)
    )


def _is_code(source: Source, cell: Cell) -> bool:
    return not cell.words or source.text.startswith("`", cell.start)


def _answers(words: str) -> bool:
    return not _NO_ANSWER.fullmatch(words) and "{:" not in words and "][" not in words
