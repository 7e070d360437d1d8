"""
Judge rows by their skeletons: what looks at no text is decided once for all rows that share one.

A skeleton is JSON, and is held against the rules like any row. Rows must be read one by one only
where a rule reads the texts of such rows, or where something that a rule forbids may be in their
bytes. The outcome is that of ``judge`` on every row.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from curator.kernels.distinct import distinct
from curator.kernels.json_skeleton import skeletons
from curator.kernels.needles import rows_with
from curator.preflight import paths
from curator.preflight.checks import READ, SEARCHED, TOKENS, Counter, order
from curator.preflight.json_rows import Row
from curator.preflight.judge import Hit, applies, judge, marks, places
from curator.preflight.lines import Block, Piece, cut
from curator.preflight.rules import Pack, Rule

Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]

_SLOTS = ("x", " ")
_ORDER = frozenset(vars(order))
_MOST_KNOWN = 1 << 16
_ESCAPE = b"\\u00"
_ESCAPES = tuple(_ESCAPE + b"%d" % digit for digit in range(8))
"""Any character of a forbidden text may be written so."""
_TOKENS_A_BYTE = 4
"""Far more than a tokenizer makes tokens of bytes; rows beyond are counted by it."""


class Verdict(NamedTuple):
    """What a pack says of all rows with one skeleton."""

    hits: tuple[Hit, ...]
    open: tuple[int, ...]  # rules that must read the rows themselves
    marks: dict[int, frozenset[int]]


class Look(NamedTuple):
    """A piece seen by the kernel: rows by skeleton, and those that bytes say must be read."""

    piece: Piece
    is_sound: Mask
    numbers: Numbers  # of each row's skeleton
    written: list[bytes]  # the distinct skeletons
    suspects: list[Mask]  # for each pack


def kept_names(packs: list[Pack]) -> tuple[str, ...]:
    """List the fields whose values rules compare: they stand in the skeletons."""
    names: set[str] = set()
    for rule in (rule for pack in packs for rule in pack.rules):
        names.update(rule.when)
        if rule.check in _ORDER:
            names.add(rule.limits.get("key", "role"))
        types = rule.limits.get("types", ())
        if rule.check == "values" or ("integer" in types and "number" not in types):
            ends = ((*at, *rule.inner)[-1:] for at in rule.at)
            names.update(step for end in ends for step in end if step is not None)
    return tuple(sorted(names))


def look(block: Block, kept: tuple[str, ...], gates: list[Gate]) -> Look:
    """Take the rows of a block apart; this leaves the interpreter to others."""
    piece = cut(block)
    data = np.frombuffer(piece.data, dtype=np.uint8)
    seen = skeletons(data, piece.starts, piece.ends, kept=kept, with_slots=False)
    numbers, firsts = distinct(seen.offsets, seen.data)
    begins, stops = seen.offsets[firsts], seen.offsets[firsts + 1]
    written = [seen.data[begin:stop].tobytes() for begin, stop in zip(begins, stops, strict=True)]
    return Look(piece, seen.is_sound, numbers, written, [gate.suspects(piece) for gate in gates])


@dataclass(kw_only=True)
class Judge:
    """Judges rows by one pack, and skeletons each once."""

    pack: Pack
    split: str
    counter: Counter | None
    gate: Gate = field(init=False)
    known: dict[bytes, Verdict] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.gate = Gate.of(self.pack, self.split, is_counted=self.counter is not None)

    def verdicts(self, seen: Look, at: int) -> tuple[list[Verdict | None], Mask]:
        """Give the verdict on each skeleton, and mark the rows that must be read."""
        verdicts = [self.verdict(each) if each else None for each in seen.written]
        reads = np.array([each is None or bool(each.open) for each in verdicts], dtype=np.bool_)
        return verdicts, reads[seen.numbers] | ~seen.is_sound | seen.suspects[at]

    def verdict(self, written: bytes) -> Verdict:
        """Judge one skeleton."""
        if written not in self.known:
            if len(self.known) >= _MOST_KNOWN:
                self.known.clear()  # a file of as many shapes as rows must not fill the memory
            self.known[written] = self._judged(json.loads(written))
        return self.known[written]

    def _judged(self, row: dict[str, Any]) -> Verdict:
        rules = [each for each in enumerate(self.pack.rules) if applies(each[1], self.split)]
        unsure = tuple(index for index, rule in rules if _is_unsure(rule, row))
        hits = judge(Row(row, None), self.pack, self.split)
        sure = tuple(hit for hit in hits if hit.rule not in unsure)
        return Verdict(sure, unsure, marks(row, self.pack))

    def judged(self, row: Row, verdict: Verdict | None = None) -> list[Hit]:
        """Give everything that is wrong with one row, whose skeleton's ``verdict`` may be known."""
        if verdict is None:
            return judge(row, self.pack, self.split, self.counter)
        only = self.gate.rules.union(verdict.open)
        read = judge(row, self.pack, self.split, self.counter, only)
        return sorted([*verdict.hits, *read], key=lambda hit: hit.rule)


def _is_unsure(rule: Rule, row: dict[str, Any]) -> bool:
    """Say whether texts of a row with this skeleton could change what ``rule`` says."""
    if rule.check in ("tool_replies", "tool_answers"):
        return any(_has_calls(value) for _, value in places(rule, row))
    if rule.check in READ:
        return any(isinstance(value, (str, dict)) for _, value in places(rule, row))
    return any(value in _SLOTS for value in _compared(rule, row))


def _has_calls(value: Any) -> bool:
    return isinstance(value, list) and any(
        isinstance(each, dict) and ("tool_calls" in each or each.get("role") in ("tool", *_SLOTS))
        for each in value
    )


def _compared(rule: Rule, row: dict[str, Any]) -> Iterator[Any]:
    """Give the texts that ``rule`` compares with its own."""
    for steps in rule.at if rule.when else ():
        for _, base in paths.found(row, steps):
            if isinstance(base, dict):
                yield from (base.get(key) for key in rule.when)
    if rule.check == "values":
        yield from (value for _, value in places(rule, row))
    elif rule.check in _ORDER:
        key = rule.limits.get("key", "role")
        for _, value in places(rule, row):
            for each in value if isinstance(value, list) else ():
                if isinstance(each, dict):
                    yield each.get(key)


@dataclass(frozen=True, kw_only=True)
class Gate:
    """Tells by their bytes which rows could break a rule on texts."""

    rules: frozenset[int]  # those on texts, by their place in the pack
    needles: tuple[bytes, ...]
    max_bytes: int  # of a row that is short enough for every rule

    @staticmethod
    def of(pack: Pack, split: str, *, is_counted: bool) -> Gate:
        """Make the gate for a pack; ``is_counted``: tokens are counted, not estimated."""
        rules = [rule for rule in pack.rules if applies(rule, split)]
        texts = [each for rule in rules for each in rule.limits.get("texts", ())]
        most = [rule.limits["max"] for rule in rules if rule.check == "max_chars"]
        for rule in rules:
            if rule.check == TOKENS:
                limit = rule.limits["max"]
                chars = limit * rule.limits["chars_per_token"]
                most.append(limit // _TOKENS_A_BYTE if is_counted else chars)
        return Gate(
            rules=frozenset(
                index
                for index, rule in enumerate(pack.rules)
                if rule.check in SEARCHED or rule.check == TOKENS
            ),
            needles=tuple(dict.fromkeys(_core(text) for text in texts)),
            max_bytes=min(most, default=1 << 62),
        )

    def suspects(self, piece: Piece) -> Mask:
        """Mark the rows that must be read."""
        is_long: Mask = (piece.ends - piece.starts) > self.max_bytes
        wanted = self.needles
        if wanted and _ESCAPE in piece.data:
            wanted += _ESCAPES
        data = np.frombuffer(piece.data, dtype=np.uint8)
        return is_long | rows_with(data, piece.starts, piece.ends, wanted)


def _core(text: str) -> bytes:
    """Give the longest part of ``text`` that JSON can write in no way but as it is, or escaped."""
    runs = [""]
    for char in text:
        if char.isascii() and char.isprintable() and char not in '"\\/':
            runs[-1] += char
        else:
            runs.append("")
    core = max(runs, key=len)
    if not core:
        raise ValueError(f"{text!r} has nothing to search for")
    return core.encode()
