"""Conditions on a row's fields, as a recipe writes them: parsed and never run."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import reduce
from operator import and_, eq, ge, gt, le, lt, ne, or_
from typing import Any, Literal

import polars as pl

from curator.errors import RecipeError, shorten
from curator.records import PROVENANCE, REVIEW, completion, text_over

GRAMMAR = "and, or, not, ==, !=, <, <=, >, >=, in, not in, is None, len(), fields, text and numbers"
MAX_CHARS = 2_000

Kind = Literal["text", "number", "list"]


@dataclass(frozen=True)
class Value:
    """One side of a comparison: a field of the row, or a constant."""

    kind: Kind
    expr: pl.Expr
    constant: Any = None
    is_constant: bool = False

    @property
    def text(self) -> pl.Expr:
        """As text; true and false are spelled as in JSON."""
        return self.expr.cast(pl.String) if self.kind == "number" else self.expr

    @property
    def number(self) -> pl.Expr:
        """As a number, read from text where need be; null where there is none in it."""
        return self.expr.cast(pl.Float64, strict=False).fill_nan(None)


def _columns() -> dict[str, Value]:
    plain = ("id", "group", "split", "language", "licence", "label", "context", "title", "text")
    said = completion().struct
    fields = {name: Value("text", pl.col(name)) for name in (*plain, "tools", "merged_into")}
    fields |= {
        "input": Value("text", text_over("input")),
        "output": Value("text", said.field("content")),
        "reasoning": Value("text", said.field("reasoning")),
        "messages": Value("list", pl.col("messages")),
        "rejected_messages": Value("list", pl.col("rejected_messages")),
    }
    for column, dtype in (("provenance", PROVENANCE), ("review", REVIEW)):
        for field in dtype.fields:
            kind: Kind = "text" if field.dtype == pl.String else "number"
            inner = pl.col(column).struct.field(field.name)
            fields[f"{column}.{field.name}"] = Value(kind, inner)
    return fields


FIELDS = _columns()
"""What an expression may name, beside ``meta`` and what is in it."""

_ORDERS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Lt: lt,
    ast.LtE: le,
    ast.Gt: gt,
    ast.GtE: ge,
}
_WORDS = {"true": True, "false": False, "null": None}


def parse(expression: str) -> pl.Expr:
    """
    Turn ``expression`` into a column of true and false; null where a missing field decides.

    The constant decides how a field is compared: with a number it is read as a number (also from
    text, as in CSV), with text as text. An order between two fields is that of their numbers.
    Raises: RecipeError saying what is not understood, and the nearest known field.
    """
    if len(expression) > MAX_CHARS:
        raise RecipeError(f"an expression is longer than {MAX_CHARS} characters", hint="shorten it")
    try:
        tree = ast.parse(f"({expression}\n)", mode="eval")  # brackets, so that it may span lines
        return _condition(tree.body)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        why = getattr(error, "msg", None) or str(error)
        raise RecipeError(
            f"{shorten(expression)!r} cannot be read: {why}", hint=f"use {GRAMMAR}"
        ) from error


def _condition(node: ast.expr) -> pl.Expr:
    match node:
        case ast.BoolOp(op=ast.And(), values=values):
            return reduce(and_, map(_condition, values))
        case ast.BoolOp(op=ast.Or(), values=values):
            return reduce(or_, map(_condition, values))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return ~_condition(operand)
        case ast.Compare(left=left, ops=ops, comparators=rest):
            sides = [left, *rest]
            links = zip(sides, ops, rest, strict=False)
            return reduce(and_, (_compare(a, op, b, node) for a, op, b in links))
        case ast.Attribute() | ast.Subscript():
            return _value(node).text.str.to_lowercase() == "true"
    raise _unknown(node, "is not a condition", 'write for example label == "refund"')


def _compare(left: ast.expr, op: ast.cmpop, right: ast.expr, node: ast.expr) -> pl.Expr:
    if isinstance(op, ast.In | ast.NotIn):
        held = _contains(left, right)
        return ~held if isinstance(op, ast.NotIn) else held
    a, b = _value(left), _value(right)
    if isinstance(op, ast.Is | ast.IsNot) or (b.is_constant and b.constant is None):
        if not (b.is_constant and b.constant is None) or type(op) in _ORDERS:
            raise _unknown(node, "compares with is", "use == for values, is None for missing ones")
        missing = a.expr.is_null()
        return missing if isinstance(op, ast.Is | ast.Eq) else ~missing
    if "list" in (a.kind, b.kind):
        raise _unknown(node, "compares a list", "compare len(messages)")
    if a.is_constant and (b.is_constant or a.constant is None):
        raise _unknown(node, "names no field", "compare a field with a value")
    orders = _ORDERS.get(type(op))
    is_text = any(side.is_constant and side.kind == "text" for side in (a, b))
    if not is_text and ("number" in (a.kind, b.kind) or orders):
        x, y = a.number, b.number
    else:
        is_truth = any(isinstance(side.constant, bool) for side in (a, b))
        x, y = (side.text.str.to_lowercase() if is_truth else side.text for side in (a, b))
    by: Callable[[Any, Any], Any] = orders or (eq if isinstance(op, ast.Eq) else ne)
    compared: pl.Expr = by(x, y)
    return compared


def _contains(left: ast.expr, right: ast.expr) -> pl.Expr:
    if not isinstance(right, ast.List | ast.Tuple | ast.Set):
        text = _value(right)
        if text.kind != "text" or text.is_constant:
            raise _unknown(right, "is neither a list of constants nor a text field", '["a", "b"]')
        return text.expr.str.contains(_value(left).text, literal=True)
    choices = [_value(choice) for choice in right.elts]
    if not choices or not all(choice.is_constant for choice in choices):
        raise _unknown(right, "is not a list of constants", 'write for example ["a", "b"]')
    equals = [ast.Compare(left, [ast.Eq()], [choice]) for choice in right.elts]
    return reduce(or_, map(_condition, equals))


def _value(node: ast.expr) -> Value:
    match node:
        case ast.Constant(value=value):
            return _constant(value, node)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)):
            return _constant(-number, node)
        case ast.Name(id=word) if word in _WORDS:
            return _constant(_WORDS[word], node)
        case ast.Call(func=ast.Name(id="len"), args=[argument], keywords=[]):
            held = _value(argument)
            if held.is_constant or held.kind == "number":
                raise _unknown(argument, "has no length", "len() takes text or messages")
            length = held.expr.list.len() if held.kind == "list" else held.expr.str.len_chars()
            return Value("number", length)
        case ast.Name() | ast.Attribute() | ast.Subscript():
            return _field(node)
    raise _unknown(node, "is not understood", f"use {GRAMMAR}")


def _constant(value: Any, node: ast.expr) -> Value:
    if isinstance(value, bool):
        return Value("text", pl.lit(json.dumps(value)), value, is_constant=True)
    if isinstance(value, int | float) and abs(value) <= 2**53:
        return Value("number", pl.lit(value, dtype=pl.Float64), value, is_constant=True)
    if isinstance(value, int):
        raise _unknown(node, "is too large to compare exactly", f'write it as text: "{value}"')
    if value is None or isinstance(value, str):
        return Value("text", pl.lit(value, dtype=pl.String), value, is_constant=True)
    raise _unknown(node, "is not a constant to compare with", "use text and numbers")


def _field(node: ast.expr) -> Value:
    first, *path = _path(node)
    if first == "meta":
        if not path:
            return Value("text", pl.col("meta"))
        steps = "".join(f"[{key}]" if isinstance(key, int) else f"['{key}']" for key in path)
        return Value("text", pl.col("meta").str.json_path_match(f"${steps}"))
    name = ".".join(map(str, (first, *path)))
    if name not in FIELDS:
        known = [*FIELDS, "meta"]
        close = get_close_matches(name, known, n=1, cutoff=0.6)
        hint = f"did you mean {close[0]!r}?" if close else f"meta.{name} is a source's own field"
        raise RecipeError(f"{shorten(name)!r} is not a field of a record", hint=hint)
    return FIELDS[name]


def _path(node: ast.expr) -> list[str | int]:
    match node:
        case ast.Name(id=name):
            return [name]
        case ast.Attribute(value=owner, attr=name):
            return [*_path(owner), name]
        case ast.Subscript(value=owner, slice=ast.Constant(value=str() | int() as key)):
            if isinstance(key, bool) or (isinstance(key, str) and set(key) & set("'\"\\")):
                raise _unknown(node, "cannot be looked up", "keys hold no quotes or backslashes")
            return [*_path(owner), key]
    raise _unknown(node, "is not a field", "write for example meta.score")


def _unknown(node: ast.expr, what: str, hint: str) -> RecipeError:
    return RecipeError(f"{shorten(ast.unparse(node))!r} {what}", hint=hint)
