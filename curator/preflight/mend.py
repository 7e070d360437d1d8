"""Make a file that passes: every edit is said, and rows that cannot be mended stand beside."""

from __future__ import annotations

import copy
import json
import math
import re
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np

from curator.errors import RecipeError, WriteError, shorten
from curator.preflight.check import Split, counted, first_keys
from curator.preflight.desk import looks, read_row, row_bytes
from curator.preflight.edits import EDITS
from curator.preflight.json_rows import Row
from curator.preflight.judge import Hit
from curator.preflight.lines import Source, opened
from curator.preflight.paths import reached, read
from curator.preflight.report import worded
from curator.preflight.rules import Pack, named
from curator.preflight.skeletons import Judge, Look

_MOST_ROUNDS = 100
_EACH = {
    "drop_key",
    "rename_value",
    "replace_texts",
    "set_value",
    "add_key",
    "wrap_text",
    "wrap_list",
    "join_parts",
    "to_json_text",
    "weight_number",
    "drop_inner",
}
"""Edits that are made in all places at once where a rule is broken; others change the places."""

_SHOWN_CHARS = 200


class Change(NamedTuple):
    """One edit of one row."""

    rule: str
    edit: str
    path: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class Fixed:
    """What was made, and a sum that closes: rows = as they were + mended + dropped."""

    pack: str
    rows: int
    as_they_were: int
    mended: int
    dropped: int
    edits: dict[str, int]  # rows by kind of edit
    reasons: dict[str, int]  # dropped rows by the first rule that they break
    out: Path
    changes: Path | None  # a line for every edit
    left_out: Path | None  # a line for every row that was dropped


@dataclass(frozen=True, kw_only=True)
class Options:
    """How a file is mended."""

    split: Split = "train"
    tokenizer: str | None = None
    out: Path | None = None  # None: beside the file, with the name of the rules in its own
    is_strict: bool = False  # mends what is only warned of too
    overwrites: bool = False


def fix(path: str | Path, vendor: str, options: Options | None = None) -> Fixed:
    """
    Write the rows of ``path`` anew so that no rule on rows is broken.

    Rows that break none are copied byte for byte. Every edit goes to ``OUT.changes.jsonl``, every
    row that cannot be mended to ``OUT.dropped.jsonl``.

    Raises: RecipeError where more than one pack is asked for, WriteError where a file is there.
    """
    options = options or Options()
    source = opened(path)
    chosen = named((vendor,), frozenset(first_keys(source)))
    if len(chosen) > 1:
        names = ", ".join(pack.name for pack, _ in chosen)
        raise RecipeError(
            f"{vendor!r} is more than one set of rules, and each wants other edits",
            hint=f"name one of {names}",
        )
    if not source.has_rows:
        raise RecipeError(
            "there are no rows to mend", where=str(path), hint="write the file as UTF-8 JSON lines"
        )
    counter, _ = counted(options.tokenizer)
    judge = Judge(pack=chosen[0][0], split=options.split, counter=counter)
    mender = _Mender(source=source, judge=judge, is_strict=options.is_strict)
    return mender.write(options.out or _beside(source, judge.pack), overwrites=options.overwrites)


def _beside(source: Source, pack: Pack) -> Path:
    stem = source.path.name
    for suffix in (".gz", ".jsonl", ".json"):
        stem = stem.removesuffix(suffix)
    return source.path.with_name(f"{re.sub(r'[^A-Za-z0-9_.-]', '_', stem)}.{pack.name}.jsonl")


@dataclass(kw_only=True)
class _Mender:
    """Goes over a file once, and writes three."""

    source: Source
    judge: Judge
    is_strict: bool
    edits: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    rows: int = 0
    mended: int = 0

    def write(self, out: Path, *, overwrites: bool) -> Fixed:
        """Write the files; each gets its name only when it is whole."""
        others = {kind: _sibling(out, kind) for kind in ("changes", "dropped")}
        if out.exists() and out.samefile(self.source.path):
            raise WriteError("is the file that is read", where=str(out), hint="name another --out")
        for path in (out, *others.values()):
            if path.exists() and not overwrites:
                raise WriteError("is there already", where=str(path), hint="--force writes it anew")
        lines = 0
        with ExitStack() as files:
            made: dict[str, IO[bytes]] = {
                kind: files.enter_context(_partial(path).open("wb"))
                for kind, path in (("out", out), *others.items())
            }
            for seen in looks(self.source, [self.judge]):
                self._piece(seen, self.rows, lines, made)
                self.rows += len(seen.piece.starts)
                lines += seen.piece.line_count
        dropped = self.reasons.total()
        _partial(out).replace(out)
        for kind, is_needed in (("changes", self.mended > 0), ("dropped", dropped > 0)):
            if is_needed:
                _partial(others[kind]).replace(others[kind])
            else:
                _partial(others[kind]).unlink()
                others[kind].unlink(missing_ok=True)
        return Fixed(
            pack=self.judge.pack.name,
            rows=self.rows,
            as_they_were=self.rows - self.mended - dropped,
            mended=self.mended,
            dropped=dropped,
            edits=dict(self.edits.most_common()),
            reasons=dict(self.reasons.most_common()),
            out=out,
            changes=others["changes"] if self.mended else None,
            left_out=others["dropped"] if dropped else None,
        )

    def _piece(self, seen: Look, rows: int, lines: int, made: dict[str, IO[bytes]]) -> None:
        verdicts, must_read = self.judge.verdicts(seen, 0)
        is_broken = np.array(
            [each is not None and bool(self._counted(each.hits)) for each in verdicts], dtype=bool
        )
        looked_at = np.flatnonzero(must_read | is_broken[seen.numbers]).tolist()
        copied = 0
        for index in looked_at:
            self._copy(seen, copied, index, made["out"])
            copied = index + 1
            place = {"row": rows + index + 1, "line": int(seen.piece.numbers[index]) + lines + 1}
            self._row(seen, index, place, made)
        self._copy(seen, copied, len(seen.numbers), made["out"])

    def _copy(self, seen: Look, first: int, stop: int, out: IO[bytes]) -> None:
        piece = seen.piece
        if first == stop:
            return
        if self.source.form == "lines" and not len(piece.blank):
            out.write(piece.data[piece.starts[first] : piece.ends[stop - 1]] + b"\n")
            return
        rows = (row_bytes(piece, index) for index in range(first, stop))
        out.writelines(row.replace(b"\n", b" ") + b"\n" for row in rows)

    def _row(
        self, seen: Look, index: int, place: dict[str, int], made: dict[str, IO[bytes]]
    ) -> None:
        row = read_row(seen.piece, index)
        found = self.judge.judged(row)
        hits = self._counted(found)
        if not hits:
            self._copy(seen, index, index + 1, made["out"])
            return
        hits += [hit for hit in found if self._is_of_fault(hit, row) and hit not in hits]
        new, changes, last = self._mended(row, hits)
        if new is None:
            self.reasons[self.judge.pack.rules[last].name] += 1
            broken = [
                {
                    "rule": self.judge.pack.rules[hit.rule].name,
                    "path": hit.path,
                    "message": worded(self.judge.pack.rules[hit.rule], hit.found),
                }
                for hit in hits
            ]
            raw = row_bytes(seen.piece, index).decode("utf-8", "backslashreplace")
            _write(made["dropped"], {**place, "broken": broken, "raw": raw})
            return
        self.mended += 1
        self.edits.update(dict.fromkeys((change.edit for change in changes), 1))
        for change in changes:
            _write(made["changes"], {**place, **change._asdict()})
        _write(made["out"], new)

    def _is_of_fault(self, hit: Hit, row: Row) -> bool:
        return row.fault is not None and self.judge.pack.rules[hit.rule].check == row.fault.check

    def _counted(self, hits: list[Hit] | tuple[Hit, ...]) -> list[Hit]:
        severities = ("error", "warning") if self.is_strict else ("error",)
        return [hit for hit in hits if self.judge.pack.rules[hit.rule].severity in severities]

    def _mended(self, row: Row, hits: list[Hit]) -> tuple[dict[str, Any] | None, list[Change], int]:
        """
        Apply the edits of the rules that are broken, one at a time, until none is.

        Where that cannot be, there is no row, and the last number is of the rule that stands.
        """
        changes: list[Change] = []
        if row.value is None or row.fault or not _is_finite(row.value):
            why = next((hit for hit in hits if self._is_of_fault(hit, row)), hits[0])
            return None, [], why.rule  # written anew, it would not be what it was
        new = copy.deepcopy(row.value)
        for _ in range(_MOST_ROUNDS):
            if not hits:
                break
            made = self._edited(new, hits)
            if not made:
                break
            changes += made
            hits = self._counted(self.judge.judged(Row(new, None)))
        return (None, [], hits[0].rule) if hits else (new, changes, -1)

    def _edited(self, row: dict[str, Any], hits: list[Hit]) -> list[Change]:
        """Edit ``row`` where the first rule of ``hits`` is broken; nothing if that cannot be."""
        rule = self.judge.pack.rules[hits[0].rule]
        if rule.edit is None:
            return []
        kind, changes = rule.edit["kind"], []
        places = [hit for hit in hits if hit.rule == hits[0].rule] if kind in _EACH else hits[:1]
        for hit in reversed(places):  # from the end: what is before a place stays where it is
            keys = read(hit.path)
            before = _shown(row, keys)
            if not EDITS[kind](row, keys, hit.found, rule.edit):
                return []
            changes.append(Change(rule.name, kind, hit.path, before, _shown(row, keys)))
        return changes[::-1]


def _sibling(out: Path, kind: str) -> Path:
    return out.with_name(f"{out.name.removesuffix('.jsonl')}.{kind}.jsonl")


def _partial(path: Path) -> Path:
    return path.with_name(f".{path.name}.partial")


def _write(stream: IO[bytes], value: dict[str, Any]) -> None:
    stream.write(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")


def _shown(row: dict[str, Any], keys: list[str | int]) -> str:
    try:
        value = reached(row, keys)
    except (KeyError, IndexError, TypeError):
        return ""
    return shorten(
        value if isinstance(value, str) else json.dumps(value, ensure_ascii=False), _SHOWN_CHARS
    )


def _is_finite(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return all(map(_is_finite, inner))
