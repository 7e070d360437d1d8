"""Checks on who speaks when: each looks at the roles of one list of messages."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from curator.preflight.checks.shape import Hit, Place
from curator.preflight.json_rows import kind

Spoken = list[tuple[str, Any]]
"""Where each message stands, and its role."""


def _spoken(places: list[Place], limits: dict[str, Any]) -> Iterator[tuple[str, Spoken]]:
    """Give the roles of each list that is not empty; a message without a role has ``missing``."""
    key, missing = limits.get("key", "role"), limits.get("missing")
    for path, value in places:
        if isinstance(value, list) and value:
            roles = [each.get(key, missing) if isinstance(each, dict) else None for each in value]
            yield path, [(f"{path}[{at}]", role) for at, role in enumerate(roles)]


def _shown(role: Any) -> str:
    return role if isinstance(role, str) else "no role" if role is None else kind(role)


def first_role(places: list[Place], limits: dict[str, Any]) -> Iterator[Hit]:
    """The first message must be of ``values``; those of ``skip`` may stand before it."""
    for path, spoken in _spoken(places, limits):
        heard = [each for each in spoken if each[1] not in limits.get("skip", ())]
        at, role = heard[0] if heard else (path, None)
        if role not in limits["values"]:
            yield at, _shown(role)


def last_role(places: list[Place], limits: dict[str, Any]) -> Iterator[Hit]:
    """The last message must be of ``values``."""
    for _, spoken in _spoken(places, limits):
        at, role = spoken[-1]
        if role not in limits["values"]:
            yield at, _shown(role)


def some_role(places: list[Place], limits: dict[str, Any]) -> Iterator[Hit]:
    """One message at least must be of ``values``."""
    for path, spoken in _spoken(places, limits):
        if not any(role in limits["values"] for _, role in spoken):
            yield path, ", ".join(dict.fromkeys(_shown(role) for _, role in spoken))


def only_first(places: list[Place], limits: dict[str, Any]) -> Iterator[Hit]:
    """A message of ``values`` may only be the first."""
    for _, spoken in _spoken(places, limits):
        for at, role in spoken[1:]:
            if role in limits["values"]:
                yield at, _shown(role)


def at_most(places: list[Place], limits: dict[str, Any]) -> Iterator[Hit]:
    """At most ``max`` messages may be of ``values``."""
    for _, spoken in _spoken(places, limits):
        there = [at for at, role in spoken if role in limits["values"]]
        if len(there) > limits["max"]:
            yield there[limits["max"]], str(len(there))


def no_repeat(places: list[Place], limits: dict[str, Any]) -> Iterator[Hit]:
    """No two messages in a row may be of the same one of ``values``."""
    for _, spoken in _spoken(places, limits):
        for (_, before), (at, role) in pairwise(spoken):
            if role == before and role in limits["values"]:
                yield at, f"{_shown(role)} after {_shown(before)}"


def alternate(places: list[Place], limits: dict[str, Any]) -> Iterator[Hit]:
    """Without those of ``skip``, the two of ``pair`` must take turns, from the first on."""
    pair = limits["pair"]
    for _, spoken in _spoken(places, limits):
        heard = [each for each in spoken if each[1] not in limits.get("skip", ())]
        for index, (at, role) in enumerate(heard):
            if role != pair[index % 2]:
                yield at, f"{_shown(role)} where {pair[index % 2]} is due"
                break


def follows(places: list[Place], limits: dict[str, Any]) -> Iterator[Hit]:
    """After a role may only come those that ``after`` names for it."""
    for _, spoken in _spoken(places, limits):
        for (_, before), (at, role) in pairwise(spoken):
            allowed = limits["after"].get(before) if isinstance(before, str) else None
            if allowed is not None and role not in allowed:
                yield at, f"{_shown(role)} after {_shown(before)}"
