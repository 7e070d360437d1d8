"""Personal data that is left in the rows stops them, unless it is said to be allowed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

import polars as pl

from curator.errors import RecipeError
from curator.personal_data import TYPES
from curator.personal_data.rows import found_in, masked
from curator.publish.gates.gate import Gate, Named, Wanted, counted
from curator.publish.gates.rows import Batch, dataset, exemplars, passages

NAME = "personal_data"


def gate(folder: Path, options: Wanted) -> Gate:
    """
    Find what is somebody's in every text of every row; what is found is not shown.

    Raises: RecipeError for a type to let stay that there is not.
    """
    _check(options.personal_data)
    hint = "take it out of the source, or say that it may stay: personal_data: [{}]"
    found = Named(NAME)
    counts: Counter[tuple[str, str]] = Counter()  # what becomes of it, and its type
    for batch in _batches(folder, options):
        finds = found_in(batch.rows.drop("id"))
        for kind, is_nobodys, n in finds.group_by("type", "is_nobodys").len().iter_rows():
            stays = "nobody's" if is_nobodys else "stays" if kind in options.personal_data else ""
            counts[stays, kind] += n
        wrong = finds.filter(~pl.col("is_nobodys") & ~pl.col("type").is_in(options.personal_data))
        places = wrong.group_by("row", "field", "type", maintain_order=True)
        for at, field, kind, text, n in places.agg(pl.first("text"), n=pl.len()).iter_rows():
            found.hint = hint.format(kind)
            more = f", and {n - 1:,} more in this field" if n > 1 else ""
            message = f"{kind.replace('_', ' ')} {masked(text)}{more}"
            found.add(message, where=batch.where(at, field), record_id=batch.rows["id"][at])
    return found.gate(_said(counts))


def _check(types: tuple[str, ...]) -> None:
    for name in types:
        if name not in TYPES:
            near = get_close_matches(name, TYPES, n=1)
            raise RecipeError(
                f"{name!r} is no type of personal data",
                where="publish: personal_data",
                hint=f"did you mean {near[0]!r}?" if near else f"one of: {', '.join(TYPES)}",
            )


def _batches(folder: Path, options: Wanted) -> Iterator[Batch]:
    yield from dataset(folder)
    if "bank" in options.include:
        yield from exemplars(folder)
    if "trainer" in options.include:
        yield from passages(folder, ["id", "title", "text"])


def _said(counts: Counter[tuple[str, str]]) -> str:
    parts = {
        fate: counted((kind, n) for (what, kind), n in counts.items() if what == fate)
        for fate in ("", "stays", "nobody's")
    }
    told = [f"found {parts['']}" if parts[""] else "nothing that is somebody's is left"]
    told += [f"{fate}: {parts[fate]}" for fate in ("stays", "nobody's") if parts[fate]]
    return "; ".join(told) + " (patterns only: names are not looked for)"
