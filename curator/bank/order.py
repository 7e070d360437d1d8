"""In which order exemplars stand in a prompt, whatever the order in which they were chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from curator.errors import RecipeError

ORDERS = ("as_chosen", "short_first", "nearest_last", "label_interleaved")


def ordered(exemplars: Sequence[Mapping[str, Any]], order: str) -> list[int]:
    """
    Give the places of ``exemplars`` (first chosen first) in the order in which they are shown.

    ``nearest_last`` puts the first chosen next to the query; ``label_interleaved`` takes each
    label's first, then each label's second. Ties keep the order of choice.

    Raises: RecipeError for an order that is not known.

    >>> ordered([{"label": "a"}, {"label": "a"}, {"label": "b"}], "label_interleaved")
    [0, 2, 1]
    """
    places = list(range(len(exemplars)))
    if order == "as_chosen":
        return places
    if order == "nearest_last":
        return places[::-1]
    if order == "short_first":
        return sorted(places, key=lambda place: _chars(exemplars[place]))
    if order == "label_interleaved":
        seen: dict[Any, int] = {}
        turn = []
        for one in exemplars:
            label = one.get("label")
            turn.append(seen.get(label, 0))
            seen[label] = turn[-1] + 1
        return sorted(places, key=lambda place: turn[place])
    raise RecipeError(f"unknown order {order!r}", hint=f"one of: {', '.join(ORDERS)}")


def _chars(exemplar: Mapping[str, Any]) -> int:
    said = (turn.get("content") or "" for turn in exemplar["messages"])
    return sum(map(len, said)) + len(exemplar.get("context") or "")
