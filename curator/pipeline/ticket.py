"""What was sent to people, and where to: a file beside the recipe, replaced in one step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from curator.errors import ReviewError, shorten
from curator.recipe import Recipe

FILE, VERSION = "review.json", 1
EMPTY: Mapping[str, Any] = {"version": VERSION, "sent": {}}
_OF_TICKET = ("version", "earlier", "sent", "going")
_PLACE = ("backend", "path", "api_url", "workspace", "dataset")


def begin(recipe: Recipe, going: Mapping[str, Any]) -> Mapping[str, Any]:
    """
    Note which rows are ``going`` out, and give the ticket as it was before.

    Whatever ends this process then, an answer to a row that has arrived is known.
    """
    before = read(recipe) if recipe.beside(FILE).is_file() else EMPTY
    _write(recipe, {**before, "going": {**before.get("going", {}), **going}})
    return before


def finish(
    recipe: Recipe, before: Mapping[str, Any], place: Mapping[str, Any], sent: Mapping[str, Any]
) -> dict[str, Any]:
    """Note that they have arrived at ``place``; what earlier sendings have noted stays."""
    going = before.get("going", {})
    ticket = {
        "version": VERSION,
        **place,
        "earlier": [one for one in places(before) if not _is_same(one, place)],
        "sent": {**before["sent"], **sent},
        "going": {name: one for name, one in going.items() if name not in sent},
    }
    _write(recipe, ticket)
    return ticket


def places(ticket: Mapping[str, Any]) -> list[dict[str, Any]]:
    """List the places that rows were sent to, the last one last."""
    last = {name: value for name, value in ticket.items() if name not in _OF_TICKET}
    return [*ticket.get("earlier", ()), *([last] if last else ())]


def where(ticket: Mapping[str, Any], rows: Iterable[str]) -> str:
    """Name the files or addresses to open if all ``rows`` went out; empty if one did not."""
    if not ticket["sent"].keys() >= set(rows):
        return ""
    return ", ".join(address(place) for place in places(ticket)[::-1])


def address(place: Mapping[str, Any]) -> str:
    """Name the file, or the addresses to open."""
    return str(place.get("path") or ", ".join(one["open"] for one in place["datasets"]))


def _is_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return all(one.get(name) == other.get(name) for name in _PLACE)


def _write(recipe: Recipe, ticket: Mapping[str, Any]) -> None:
    path = recipe.beside(FILE)
    partial = path.with_name(f"{path.name}.partial")
    partial.write_bytes(orjson.dumps(ticket, option=orjson.OPT_INDENT_2))
    partial.replace(path)


def read(recipe: Recipe) -> Mapping[str, Any]:
    """
    Read the ticket of a recipe.

    Raises: ReviewError where there is none, or a file that is none.
    """
    path = recipe.beside(FILE)
    hint = f"curator review send {recipe.path}"
    try:
        ticket: dict[str, Any] = orjson.loads(path.read_bytes())
    except FileNotFoundError as error:
        raise ReviewError("nothing was sent yet", where=str(path), hint=hint) from error
    except orjson.JSONDecodeError as error:
        words = f"this is no ticket: {shorten(str(error))}"
        raise ReviewError(words, where=str(path), hint=f"move it away, then: {hint}") from error
    if not isinstance(ticket, dict) or ticket.get("version") != VERSION:
        words = "this is no ticket of this version"
        raise ReviewError(words, where=str(path), hint=f"move it away, then: {hint}")
    return ticket
