"""Hold one row against the rules of a pack: the plain way, and the one that others must equal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from curator.preflight import paths
from curator.preflight.checks import ROW, TOKENS, Counter, Place, text
from curator.preflight.json_rows import Row, type_of
from curator.preflight.rules import Pack, Rule


class Hit(NamedTuple):
    """A broken rule: its place in the pack, where in the row, and what was found."""

    rule: int
    path: str
    found: str


def judge(
    row: Row,
    pack: Pack,
    split: str,
    counter: Counter | None = None,
    only: frozenset[int] | None = None,
) -> list[Hit]:
    """Give what is wrong with a row, in the order of the pack's rules, by all or ``only`` some."""
    hits: list[Hit] = []
    for index, rule in enumerate(pack.rules):
        if not applies(rule, split) or (only is not None and index not in only):
            continue
        if row.fault and rule.check == row.fault.check:
            hits.append(Hit(index, "$", row.fault.found))
        elif row.value is not None:
            hits += [Hit(index, path, said) for path, said in _broken(rule, row.value, counter)]
    return hits


def applies(rule: Rule, split: str) -> bool:
    """Say whether ``rule`` is for files of ``split``."""
    return not rule.splits or split in rule.splits


def _broken(rule: Rule, row: dict[str, Any], counter: Counter | None) -> Iterator[tuple[str, str]]:
    if rule.check == TOKENS:
        yield from text.tokens(list(places(rule, row)), rule.limits, counter)
    elif rule.check in ROW:
        yield from ROW[rule.check](list(places(rule, row)), rule.limits)


def places(rule: Rule, row: dict[str, Any]) -> Iterator[Place]:
    """Give what ``rule`` looks at in a row."""
    for steps in rule.at:
        for path, value in paths.found(row, steps):
            if (rule.when or rule.unless) and not _is_meant(rule, value):
                continue
            yield from paths.found(value, rule.inner, path)


def _is_meant(rule: Rule, value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    if any(value.get(key) not in _NOTHING for key in rule.unless):
        return False
    return all(key in value and _is_in(value[key], wanted) for key, wanted in rule.when.items())


_NOTHING: tuple[Any, ...] = (None, "", [], {})


def _is_in(value: Any, wanted: tuple[Any, ...]) -> bool:
    return any(type_of(value) == type_of(each) and value == each for each in wanted)


def marks(row: dict[str, Any], pack: Pack) -> dict[int, frozenset[int]]:
    """
    Say of each rule on the whole file what this row has.

    For ``one_kind`` which of its kinds; for others 0, if it has what stands at their place.
    """
    said = {}
    for index, rule in enumerate(pack.rules):
        if rule.check in ("rows_having", "all_or_none"):
            there = any(True for _ in places(rule, row))
            said[index] = frozenset({0} if there else ())
        elif rule.check == "one_kind":
            kinds = [paths.compiled(path) for path in rule.limits["kinds"]]
            said[index] = frozenset(
                at for at, steps in enumerate(kinds) if any(True for _ in paths.found(row, steps))
            )
    return said
