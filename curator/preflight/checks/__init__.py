"""What a rule can check of a row, by the word that rules use for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from curator.preflight.checks import order, shape, text
from curator.preflight.checks.shape import Hit, Place
from curator.preflight.checks.text import Counter

Check = Callable[[list[Place], dict[str, Any]], Iterator[Hit]]

SHAPE: dict[str, Check] = {
    "required_keys": shape.required_keys,
    "any_key": shape.any_key,
    "one_key": shape.one_key,
    "allowed_keys": shape.allowed_keys,
    "never": shape.never,
    "types": shape.types,
    "values": shape.values,
    "length": shape.length,
    "not_empty": shape.not_empty,
    "same_type": shape.same_type,
    "count": shape.count,
    "not_together": shape.not_together,
    "first_role": order.first_role,
    "last_role": order.last_role,
    "some_role": order.some_role,
    "only_first": order.only_first,
    "at_most": order.at_most,
    "no_repeat": order.no_repeat,
    "alternate": order.alternate,
    "follows": order.follows,
}
"""These say the same of all rows with the same keys, types, roles and lengths of lists."""

READ: dict[str, Check] = {
    "pattern": text.pattern,
    "json_text": text.json_text,
    "tool_replies": text.tool_replies,
    "tool_answers": text.tool_answers,
    "json_schema": text.json_schema,
}
"""These must read every row that has anything where they look."""

SEARCHED: dict[str, Check] = {"contains": text.contains, "max_chars": text.max_chars}
"""These can only be broken by a row in whose bytes something is found."""

TOKENS = "tokens"
LINE = ("encoding", "json", "row_object", "duplicate_keys")
"""What can be wrong with the text of a row, before anything else is."""

ROW = {**SHAPE, **READ, **SEARCHED}

__all__ = ["LINE", "READ", "ROW", "SEARCHED", "SHAPE", "TOKENS", "Check", "Counter", "Hit", "Place"]
