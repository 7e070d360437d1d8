"""Hold a file against the rules of vendors: one pass, every finding, in bounded memory."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from curator.errors import RecipeError
from curator.preflight.checks import Counter
from curator.preflight.desk import Desk, judge_piece, looks, row_bytes
from curator.preflight.json_rows import read
from curator.preflight.lines import Source, blocks, cut, opened
from curator.preflight.report import Held, Report, Tally
from curator.preflight.rules import Pack, named
from curator.preflight.skeletons import Judge

Split = Literal["train", "validation"]
_SEEN_ROWS = 100


@dataclass(frozen=True, kw_only=True)
class Options:
    """How a file is looked at."""

    split: Split = "train"  # vendors take other numbers of rows for validation
    tokenizer: str | None = None  # a tokenizer.json, or its folder; None: estimates, as rules say
    max_reported: int = 100  # findings of each rule that are listed; all are counted


def check(
    path: str | Path,
    vendors: str | tuple[str, ...],
    *,
    today: date,
    options: Options | None = None,
) -> Report:
    """
    Find everything that ``vendors`` would refuse, or would rather have otherwise, in one file.

    ``vendors`` are packs, vendors or ``all``; rules are as old as they are on ``today``.
    Raises: RecipeError for an unknown vendor, SourceError for a file that cannot be read.
    """
    options = options or Options()
    if options.max_reported < 0:
        raise RecipeError(
            f"max_reported is {options.max_reported}", hint="0 counts, and lists nothing"
        )
    asked = (vendors,) if isinstance(vendors, str) else vendors
    source = opened(path)
    keys = frozenset(first_keys(source))
    chosen = named(asked, keys)
    counter, counted_by = counted(options.tokenizer)
    desks = [
        Desk(
            judge=Judge(pack=pack, split=options.split, counter=counter),
            tally=Tally(pack=pack, today=today, most=options.max_reported),
        )
        for pack, _ in chosen
    ]
    rows = lines = 0
    for seen in looks(source, [desk.judge for desk in desks]):
        judge_piece(seen, desks, rows, lines)
        rows, lines = rows + len(seen.piece.starts), lines + seen.piece.line_count
    for desk in desks:
        desk.close(source, rows)
    is_any_fit = any(pack.fits(keys) for pack, _ in chosen)
    return Report(
        path=str(path),
        size_bytes=source.size_bytes,
        rows=rows,
        split=options.split,
        tokens=counted_by,
        today=today.isoformat(),
        packs=tuple(
            _held(
                pack,
                why,
                desk.tally,
                fits=pack.fits(keys),
                is_aside=is_any_fit and not pack.fits(keys) and pack.name not in asked,
            )
            for (pack, why), desk in zip(chosen, desks, strict=True)
        ),
        findings=tuple(finding for desk in desks for finding in desk.tally.listed()),
        counts={name: each for desk in desks for name, each in desk.tally.counted().items()},
    )


def _held(pack: Pack, why: str, tally: Tally, *, fits: bool, is_aside: bool) -> Held:
    return Held(
        pack=pack.name,
        vendor=pack.vendor,
        title=pack.title,
        why=why,
        fits=fits,
        is_aside=is_aside,
        counts=tally.by_severity(),
        rules=len(pack.rules),
        old_rules=sum(rule.is_old(tally.today) for rule in pack.rules),
        read_since=min(rule.read_on for rule in pack.rules).isoformat(),
    )


def counted(tokenizer: str | None) -> tuple[Counter | None, str]:
    """Open what counts tokens, if there is something, and say how they are counted."""
    if tokenizer is None:
        return None, "estimated from characters, as each rule says"
    from curator.tokenizer import counter

    made = counter(tokenizer)
    return made, made.name


def first_keys(source: Source) -> set[str]:
    """Give the fields that most of the first good rows have: they tell the shape of a file."""
    there: list[set[str]] = []
    with closing(blocks(source, 1 << 20)) as begun:
        for piece in map(cut, begun):
            for index in range(min(len(piece.starts), 2 * _SEEN_ROWS)):
                row = read(row_bytes(piece, index))
                if row.value:
                    there.append(set(row.value))
                if len(there) == _SEEN_ROWS:
                    break
            if there:
                break
    return {
        key for key in set().union(*there) if 2 * sum(key in keys for keys in there) > len(there)
    }
