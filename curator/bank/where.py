"""Which exemplars a search may give: those of a label, a source or an id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from curator.errors import RecipeError, shorten

FIELDS = ("label", "source", "id", "group", "document_id")
Where = Mapping[str, Any]
"""Field -> the value it must have, or several of which it must have one; None: it has no value."""


def wanted(where: Where | None) -> dict[str, list[str | None]]:
    """
    Give every field the list of its values.

    Raises: RecipeError for a field that exemplars cannot be kept by, or a value that is no text.
    """
    if not isinstance(where, Mapping | None):
        raise RecipeError(
            f"where is {shorten(where)}", hint="give fields and values: where={'label': 'refund'}"
        )
    if strange := sorted(set(where or ()) - set(FIELDS)):
        raise RecipeError(
            f"exemplars are not kept by {shorten(strange[0])!r}",
            hint=f"one of: {', '.join(FIELDS)}",
        )
    kept = {
        name: list(value) if isinstance(value, list | tuple | set | frozenset) else [value]
        for name, value in (where or {}).items()
    }
    for name, values in kept.items():
        if wrong := [value for value in values if not isinstance(value, str | None)]:
            raise RecipeError(
                f"{name} is {shorten(wrong[0])}, which is no text",
                hint="every field of an exemplar is text: write numbers in quotes",
            )
    return kept


def value_of(line: Mapping[str, Any], name: str) -> str | None:
    """Give the value of one of FIELDS, as an index holds it."""
    place = line.get("provenance") or {}
    places = {"source": place.get("uri"), "document_id": place.get("document_id")}
    value = places[name] if name in places else line.get(name)
    return None if value is None else str(value)
