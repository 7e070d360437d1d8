"""A schema held against lines of JSON: those that it cannot tell apart are judged once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import orjson

from curator.kernels.distinct import distinct
from curator.kernels.json_skeleton import skeletons
from curator.kernels.json_tokens import Bytes, Places
from curator.schemas import Gate
from curator.schemas.blind import ANY_ITEM, Path, is_blind, read_names

MIN_LINES = 16
"""Lines of a skeleton from which on it is judged: that takes as long as judging some of them."""

MAX_KNOWN = 20_000
"""Skeletons whose verdict is remembered."""


class Verdict(NamedTuple):
    """What a gate says of lines."""

    bad: int | None  # the first line that is not JSON, or breaks a rule
    fields: dict[str, int]  # names of the lines' fields, and the line in which each comes up first


class LineGate(Gate):
    """
    Gives a verdict on many lines at once.

    A line is good if its skeleton is, and the schema reads nothing of the texts and numbers that a
    skeleton leaves out but their type; all other lines are judged one by one.
    """

    def judge(self, data: Bytes, starts: Places, ends: Places) -> Verdict:
        """Judge the lines of objects that stand from ``starts`` to ``ends``."""
        found = skeletons(data, starts, ends, kept=self._kept, with_slots=False)
        numbers, firsts = distinct(found.offsets, found.data)
        is_good = np.zeros(len(firsts), dtype=np.bool_)
        fields: dict[str, int] = {}
        counts = np.bincount(numbers, minlength=len(firsts))
        for number, first in enumerate(firsts):
            skeleton = found.data[found.offsets[first] : found.offsets[first + 1]].tobytes()
            if skeleton and (counts[number] >= MIN_LINES or skeleton in self._known):
                is_good[number], names = self._judged(skeleton)
                _note(fields, names, int(first))
        bad = None
        for at in np.flatnonzero(~is_good[numbers]):
            try:
                instance = orjson.loads(data[starts[at] : ends[at]].tobytes())
            except orjson.JSONDecodeError:
                instance = None
            if instance is None or not self.is_valid(instance):
                bad = int(at)
                break
            _note(fields, tuple(instance), int(at))
        return Verdict(bad, fields)

    def covers(self, line: bytes) -> bool:
        """
        Say whether every line is good that differs from this one in filled texts alone.

        Short texts in ASCII that the schema reads are no such texts: they are as they are here.
        """
        data = np.frombuffer(line, dtype=np.uint8)
        found = skeletons(
            data, np.array([0]), np.array([len(data)]), kept=self._kept, with_slots=False
        )
        return bool(found.is_sound[0]) and self._judged(found.data.tobytes())[0]

    @cached_property
    def _kept(self) -> tuple[str, ...]:
        return tuple(sorted(read_names(self._schema, self._schema)))

    @cached_property
    def _known(self) -> dict[bytes, tuple[bool, tuple[str, ...]]]:
        return {}

    def _judged(self, skeleton: bytes) -> tuple[bool, tuple[str, ...]]:
        """Say whether all lines of a skeleton are good, and name their fields."""
        if told := self._known.get(skeleton):
            return told
        whole = json.loads(skeleton)
        if len(self._known) >= MAX_KNOWN:
            self._known.clear()
        self._known[skeleton] = told = self._are_good(whole), tuple(whole)
        return told

    def _are_good(self, whole: Any) -> bool:
        slots = list(self._slots(whole, ()))
        for path, value in slots:
            if not is_blind(self._schema, path, self._schema, is_filled=value in ("x", " ")):
                return False
        if not self.is_valid(whole):
            return False
        # what holds for 0 may not for 0.5
        has_numbers = any(not isinstance(value, str) for _, value in slots)
        return not has_numbers or self.is_valid(self._halved(whole))

    def _slots(self, value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
        """Give the values of a skeleton that stand for others."""
        if isinstance(value, dict):
            for name, inner in value.items():
                yield from self._slots(inner, (*path, name))
        elif isinstance(value, list):
            for inner in value:
                yield from self._slots(inner, (*path, ANY_ITEM))
        elif isinstance(value, str):
            if value in ("x", " ", ""):
                yield path, value
        elif value is not None and not isinstance(value, bool) and path[-1] not in self._kept:
            yield path, value

    def _halved(self, value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            return {key: self._halved(inner, key) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._halved(inner) for inner in value]
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return 0.5 if is_number and name not in self._kept else value


def _note(fields: dict[str, int], names: tuple[str, ...], line: int) -> None:
    for name in names:
        fields[name] = min(line, fields.get(name, line))
