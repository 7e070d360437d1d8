"""Rules on the file as a whole: its name, its size, its encoding, how many rows of what."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from curator.preflight.lines import Source
from curator.preflight.rules import Rule

Said = tuple[str, int | None]
"""What was found, and on which line."""


@dataclass(kw_only=True)
class Marks:
    """How many rows have what a rule on the whole file asks for, and where the first ones stand."""

    counts: Counter[int] = field(default_factory=Counter)
    first_lines: dict[int, int] = field(default_factory=dict)

    def add(self, kinds: frozenset[int], line: int, rows: int = 1) -> None:
        """Count rows, the first of which begins on ``line``."""
        for kind in kinds:
            self.counts[kind] += rows
            self.first_lines[kind] = min(line, self.first_lines.get(kind, line))


def broken(rule: Rule, source: Source, rows: int, marks: Marks) -> Iterator[Said]:
    """Give what is wrong with the file by one rule; nothing for a rule on rows."""
    check = _CHECKS.get(rule.check)
    if check:
        yield from check(rule.limits, source, rows, marks)


def _file_name(limits: dict[str, Any], source: Source, _rows: int, _marks: Marks) -> Iterator[Said]:
    if source.is_packed:
        yield "a file packed with gzip", None
    elif not source.path.name.endswith(tuple(limits["suffixes"])):
        yield source.path.name, None


def _name_pattern(
    limits: dict[str, Any], source: Source, _rows: int, _marks: Marks
) -> Iterator[Said]:
    if not re.fullmatch(limits["pattern"], source.path.name, re.ASCII):
        yield source.path.name, None


def _size(limits: dict[str, Any], source: Source, _rows: int, _marks: Marks) -> Iterator[Said]:
    least, most = limits.get("min", 0), limits.get("max", source.size_bytes)
    if not source.is_packed and not least <= source.size_bytes <= most:
        yield f"{source.size_bytes:,}", None


def _rows(limits: dict[str, Any], source: Source, rows: int, _marks: Marks) -> Iterator[Said]:
    if source.has_rows and not limits.get("min", 0) <= rows <= limits.get("max", rows):
        yield f"{rows:,}", None


def _bom(limits: dict[str, Any], source: Source, _rows: int, _marks: Marks) -> Iterator[Said]:
    if source.bom != "UTF-16" and bool(source.bom) != limits["wanted"]:
        yield source.bom or "none", 1


def _encoding(_limits: dict[str, Any], source: Source, _rows: int, _marks: Marks) -> Iterator[Said]:
    if source.bom == "UTF-16":
        yield "the whole file is UTF-16", 1


def _not_lines(
    _limits: dict[str, Any], source: Source, _rows: int, _marks: Marks
) -> Iterator[Said]:
    if source.form != "lines":
        yield "one list" if source.form == "list" else "one object over several lines", 1


def _rows_having(
    limits: dict[str, Any], _source: Source, _rows: int, marks: Marks
) -> Iterator[Said]:
    if marks.counts[0] > limits["max"]:
        yield f"{marks.counts[0]:,}", None


def _all_or_none(
    _limits: dict[str, Any], _source: Source, rows: int, marks: Marks
) -> Iterator[Said]:
    if 0 < marks.counts[0] < rows:
        yield f"{marks.counts[0]:,} of {rows:,} rows", marks.first_lines[0]


def _one_kind(limits: dict[str, Any], _source: Source, _rows: int, marks: Marks) -> Iterator[Said]:
    if len(marks.counts) > 1:
        there = [
            f"{marks.counts[at]:,} rows with {limits['kinds'][at]}" for at in sorted(marks.counts)
        ]
        yield " and ".join(there), max(marks.first_lines.values())


def _closing(_limits: dict[str, Any], _source: Source, _rows: int, _marks: Marks) -> Iterator[Said]:
    yield "", None


_CHECKS = {
    "file_name": _file_name,
    "name_pattern": _name_pattern,
    "size": _size,
    "rows": _rows,
    "bom": _bom,
    "encoding": _encoding,
    "not_lines": _not_lines,
    "rows_having": _rows_having,
    "all_or_none": _all_or_none,
    "one_kind": _one_kind,
    "closing": _closing,
}
FILE = (*_CHECKS, "blank_lines")
