"""The grammar of ``map``: what it may say, and every mistake in it at once."""

from __future__ import annotations

import difflib
import string
from collections.abc import Collection
from typing import Any

from curator.errors import RecipeError, Violation
from curator.read.mapping import CHATS, EXTRAS, TARGETS, Mapping, Part


def parse(given: dict[str, Any]) -> Mapping:
    """
    Read a ``map``.

    Raises: RecipeError with every mistake: an unknown target, a broken template, parts that clash.
    """
    wrong: list[Violation] = []
    parts: dict[str, Part] = {}
    for target, source in given.items():
        if target not in TARGETS:
            near = difflib.get_close_matches(str(target), TARGETS, n=1)
            hint = f"did you mean {near[0]}?" if near else f"use one of {', '.join(TARGETS)}"
            wrong.append(_violation(target, "is not a part of a record", hint))
            continue
        try:
            parts[target] = _part(source)
        except ValueError as error:
            wrong.append(_violation(target, str(error)))
            continue
        if target in (*CHATS, "tools") and (parts[target].template or parts[target].before):
            wrong.append(
                _violation(target, "needs a whole field, not a template or a piece of one")
            )
    wrong += _clashes(set() if wrong else set(parts))
    if wrong:
        raise RecipeError("the map does not hold together", wrong)
    return Mapping(parts)


def _violation(target: str, message: str, hint: str = "") -> Violation:
    return Violation(rule="map", where=f"map.{target}", message=message, hint=hint)


def _clashes(targets: set[str]) -> list[Violation]:
    if not targets or targets <= set(EXTRAS):
        return []
    wrong = []
    if not targets & {"input", "messages", "chosen"}:
        wrong.append(_violation("input", "is missing", "name the field that holds the question"))
    for one, other in (("messages", "input"), ("messages", "output"), ("messages", "reasoning")):
        if {one, other} <= targets:
            wrong.append(_violation(other, f"cannot stand beside {one}", "keep one of the two"))
    if ("chosen" in targets) != ("rejected" in targets):
        wrong.append(_violation("chosen", "and rejected need each other"))
    if {"chosen", "output"} <= targets:
        wrong.append(_violation("output", "cannot stand beside chosen", "keep one of the two"))
    if "reasoning" in targets and not targets & {"output", "label"}:
        wrong.append(_violation("reasoning", "needs an output", "map output or label too"))
    return wrong


def _part(source: Any) -> Part:
    if isinstance(source, dict):
        unknown = set(source) - {"field", "before", "after"}
        if unknown or not isinstance(source.get("field"), str):
            raise ValueError("takes field, and before or after")
        markers = [source.get("before"), source.get("after")]
        if all(markers) or not any(markers) or not all(isinstance(m, str | None) for m in markers):
            raise ValueError("takes either before or after, with the marker's text")
        return Part(source["field"], source.get("before"), source.get("after"))
    if not isinstance(source, str) or not source:
        raise ValueError("is not the name of a field")
    if "{" not in source:
        return Part(source)
    template = []
    for literal, field, form, conversion in string.Formatter().parse(source):
        if form or conversion or field == "":
            raise ValueError(f"has a place that is not a field's name in {source!r}")
        template.append((literal, field))
    return Part(template=tuple(template))


def missing(mapping: Mapping, fields: Collection[str]) -> list[Violation]:
    """Name the mapped fields that no row has, each with the nearest that exists."""
    wrong = []
    for target, each in mapping.parts.items():
        for field in each.fields:
            if field in fields or field.split(".")[0] in fields:
                continue
            near = difflib.get_close_matches(field, fields, n=1)
            hint = (
                f"did you mean {near[0]}?" if near else f"it has {', '.join(sorted(fields)[:20])}"
            )
            wrong.append(_violation(target, f"no row has a field {field!r}", hint))
    return wrong
