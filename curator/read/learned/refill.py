"""A skeleton filled again: with JSON, or with values that are watched."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from curator.read.learned.looks import Unforeseen
from curator.read.learned.watched import MARK, OF_MARKS, Box, HandedOn, Watch, mark
from curator.read.values import Digits, dumps, members

_TOKEN = re.compile(r'"([^"]*)"(:?)|-?\d[\d.eE+-]*')
_KINDS = {'"x"': "t", '" "': "b", '""': "e", "0": "n", "0e0": "w"}


class Looked(NamedTuple):
    """What skeletons of a file show: names whose values are kept, lists handed on, fields seen."""

    kept: tuple[str, ...]
    lists: tuple[str, ...]
    inside: tuple[str, ...]


def refilled(skeleton: str, looked: Looked, fill: Callable[[int, str], str]) -> str:
    """
    Put JSON into every slot of a skeleton.

    ``fill`` is told a slot's number and its kind: "t"ext, "b"lank, "e"mpty, "n"umber, or "w" for
    whole values.
    """
    slots = behind = 0
    name: str | None = None  # of the value that begins behind it

    def put(token: re.Match[str]) -> str:
        nonlocal slots, behind, name
        text, colon = token.groups()
        if colon:
            name, behind = text, token.end()
            return token[0]
        kind = _KINDS.get(token[0])
        if kind is None or (kind == "n" and name in looked.kept and token.start() == behind):
            return token[0]
        slots += 1
        return fill(slots - 1, kind)

    return _TOKEN.sub(put, skeleton)


def watched_row(
    skeleton: str, looked: Looked, watch: Watch
) -> tuple[dict[str, Any], dict[str, str]]:
    """Give a row as a reader takes it, its values being watched; also the bytes of its fields."""
    fields, raw = members(_marked(skeleton, looked, 0))
    row: dict[str, Any] = {}
    for name, value in fields.items():
        if name in looked.inside:
            row[name], raw[name] = _watched(value, name, looked, watch), _raw(value, raw[name])
        else:
            slot = _slot(value)
            row[name], raw[name] = watch.text(slot, "f"), mark(slot, "r")
    return row, raw


def watched_value(skeleton: str, looked: Looked, watch: Watch, base: int) -> Any:
    """Give the value by the empty name, the slots of the skeleton being numbered from ``base``."""
    fields, _ = members(_marked(skeleton, looked, base))
    return _watched(fields[""], "", looked, watch)


def watched_members(
    skeleton: str, looked: Looked, watch: Watch, base: int
) -> tuple[dict[str, Any], dict[str, str]]:
    """Give the members of the object by the empty name, and what stands for their bytes."""
    _, whole = members(_marked(skeleton, looked, base))
    fields, raw = members(whole[""])
    row = {name: _watched(value, name, looked, watch) for name, value in fields.items()}
    return row, {name: _raw(value, raw[name]) for name, value in fields.items()}


def _marked(skeleton: str, looked: Looked, base: int) -> str:
    if OF_MARKS.search(skeleton):
        raise Unforeseen("a name that reads like a mark")
    return refilled(skeleton, looked, lambda slot, kind: dumps(mark(base + slot, kind)))


def _slot(value: str) -> int:
    found = MARK.fullmatch(value)
    assert found
    return int(found[1])


def _watched(value: Any, name: str, looked: Looked, watch: Watch) -> Any:
    if (slot := _whole(value)) is not None:
        return Box(watch, slot) if isinstance(value, dict) else HandedOn(watch, slot)
    if isinstance(value, dict):
        return {key: _watched(inner, key, looked, watch) for key, inner in value.items()}
    if isinstance(value, list):
        return [_watched(each, "", looked, watch) for each in value]
    if (
        isinstance(value, str)
        and not isinstance(value, Digits)
        and (found := MARK.fullmatch(value))
    ):
        watch.names[int(found[1])] = name
        return "" if found[2] == "e" else watch.text(int(found[1]), found[2])
    return value


def _whole(value: Any) -> int | None:
    """Give the slot of what stands in a list or an object, if that is a slot."""
    if isinstance(value, dict) and len(value) == 1:
        value = [value.get("", "")]
    found = None
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], str):
        found = MARK.fullmatch(value[0])
    return int(found[1]) if found and found[2] == "w" else None


def _raw(value: Any, raw: str) -> str:
    """Give what stands for a value as its source writes it."""
    if isinstance(value, (dict, list)):
        slot = _whole(value)
        shown = mark(0, "f") if slot is None else mark(slot, "r")
        return f"{{{shown}}}" if isinstance(value, dict) else f"[{shown}]"
    if not (isinstance(value, str) and (found := MARK.fullmatch(value))):
        return raw
    shown = mark(int(found[1]), "r")
    return shown if found[2] == "n" else f'"{shown}"'
