"""Rows go out only under a licence that the publication allows."""

from __future__ import annotations

from collections import Counter
from itertools import chain
from pathlib import Path

from curator.errors import shorten
from curator.licences import key
from curator.publish.gates.gate import Gate, Named, Wanted, counted
from curator.publish.gates.rows import dataset, passages

NAME = "licence"
NONE = "none stated"
_COLUMNS = ["id", "licence"]


def gate(folder: Path, options: Wanted) -> Gate:
    """
    Find rows whose licence is not allowed, or not stated.

    A public repository needs the list of those that are; of a private one, what is there is said.
    """
    asked = options.licences
    allowed = {key(name) for name in asked or ()}
    hint = "licence: in read says it for a source; licences: in publish lists those allowed"
    found = Named(NAME, hint=hint)
    counts: Counter[str] = Counter()
    more = passages(folder, _COLUMNS) if "trainer" in options.include else ()
    for batch in chain(dataset(folder, _COLUMNS), more):
        by_name = dict(batch.rows["licence"].value_counts().iter_rows())
        counts.update({shorten(name) if name else NONE: n for name, n in by_name.items()})
        wrong = [name for name in by_name if not name or key(name) not in allowed]
        if asked is None or not wrong:
            continue
        for at in batch.rows["licence"].is_in(wrong, nulls_equal=True).arg_true():
            name = batch.rows["licence"][at]
            message = f"its licence is {shorten(name)!r}" if name else "it states no licence"
            found.add(message, where=batch.where(at), record_id=batch.rows["id"][at])
    there = counted(counts.items())
    if asked is None and not options.private:
        names = [name for name in counts if name != NONE]
        found = Named(NAME, hint=f"publish: [hub: {{licences: [{', '.join(sorted(names))}]}}]")
        found.add("a public repository needs the list of licences that rows may have")
        return found.gate(f"no list says which are allowed; the rows have: {there}")
    if found.count:
        among = ", ".join(asked or ())
        return found.gate(f"{found.count:,} rows have another licence than {among}")
    return found.gate(f"the rows have: {there}")
