"""What is left in the skeletons of a file: the values that its reader looks up."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from typing import NamedTuple

import numpy as np

from curator.kernels.json_skeleton import skeletons
from curator.kernels.json_tokens import Bytes, Places
from curator.kernels.json_walk import MAX_KEPT_BYTES
from curator.read.learned.looks import Unforeseen
from curator.read.learned.opening import WHOLE, OpeningWatch
from curator.read.learned.plan import traced
from curator.read.learned.refill import Looked
from curator.read.learned.table import Table
from curator.read.reading import SAMPLE_ROWS, Reading

MAX_VALUES = 12
"""Values of one name that are told apart in skeletons: with more, there are too many skeletons."""

LISTS = ("tools", "available_tools", "functions")
"""Names of lists that most readers hand on as they are."""


MAX_ALIKE = 16  # rows of a skeleton that are looked at


def _can_stand(value: str) -> bool:
    """Say whether a text can stand in a skeleton, if that of other rows keeps its name."""
    return len(value) <= MAX_KEPT_BYTES and json.dumps(value) == f'"{value}"'


class _Seen(NamedTuple):
    skeletons: bytes
    values: dict[str, set[str]]  # that were looked up or left out, by the name before them
    failures: int


def looked_at(reading: Reading, data: Bytes, starts: Places, ends: Places) -> Looked:
    """Read the first rows, and see what a skeleton must show and what it may leave out."""
    starts, ends = starts[:SAMPLE_ROWS], ends[:SAMPLE_ROWS]
    heads = {name.split(".")[0] for name in reading.taken}
    inside = tuple(sorted(reading.taken | heads))
    lists: tuple[str, ...] = ()
    seen = _seen(reading, data, starts, ends, Looked((), lists, inside))
    handed_on = _seen(reading, data, starts, ends, Looked((), LISTS, inside), seen.skeletons)
    if handed_on.skeletons != seen.skeletons and handed_on.failures <= seen.failures:
        seen, lists = handed_on, LISTS
    kept = sorted(
        name
        for name, values in seen.values.items()
        if len(values) <= MAX_VALUES and any(_can_stand(value) for value in values)
    )
    return Looked(tuple(kept), lists, inside)


def _seen(  # noqa: PLR0913, PLR0917
    reading: Reading,
    data: Bytes,
    starts: Places,
    ends: Places,
    looked: Looked,
    known: bytes | None = None,
) -> _Seen:
    """Read rows whose texts note how they are looked at, unless their skeletons are ``known``."""
    found = skeletons(data, starts, ends, inside=looked.inside, lists=looked.lists)
    values: dict[str, set[str]] = defaultdict(set)
    alike: Counter[bytes] = Counter()
    failures = 0
    if (whole := found.data.tobytes()) == known:
        return _Seen(whole, {}, 0)
    for row in np.flatnonzero(found.is_sound):
        skeleton = whole[found.offsets[row] : found.offsets[row + 1]]
        alike[skeleton] += 1
        if alike[skeleton] > MAX_ALIKE:
            continue
        texts = Table.of(data, found, np.array([row])).row(0)
        watch = OpeningWatch(texts, looked, WHOLE[0])
        try:
            _, lost = traced(reading, skeleton.decode(), watch)
        except Unforeseen:
            failures += 1
            lost = set()
        lost.update(slot for look in watch.looks if look.is_fixing for slot in look.slots)
        for slot in lost:
            values[watch.names.get(slot, "")].add(watch.texts[slot])
    return _Seen(whole, {name: v for name, v in values.items() if name and v}, failures)
