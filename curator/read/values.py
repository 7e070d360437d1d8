"""What a source value may become: text, JSON text, or a reason why not."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Sequence
from functools import lru_cache, wraps
from typing import Any, NoReturn

MAX_DEPTH = 200
"""Lists and objects nested deeper are rejected: later readers of JSON would fail on them."""

MAX_DIGITS = 4300
"""Numbers with more characters are rejected: this is where Python's own reader of JSON stops."""

_SPACE = " \t\n\r"
_LONE_HALF = re.compile(r"[\ud800-\udfff]")
_MAY_BE_HALF = re.compile(r"\\u[dD][89a-fA-F]")


class Unmappable(ValueError):
    """This row cannot be a record: a short fixed ``reason``, and where and what in ``detail``."""

    def __init__(self, reason: str, detail: str = "") -> None:
        """Keep both; the reason is counted, the detail is shown."""
        super().__init__(reason, detail)
        self.reason, self.detail = reason, detail

    def __str__(self) -> str:
        """Read as ``reason | detail``."""
        return f"{self.reason} | {self.detail}" if self.detail else self.reason


class Digits(str):
    """A JSON number as the source writes it: nothing computes with it, so nothing is rounded."""

    __slots__ = ()


class Telling(str):
    """A text that says itself what it holds, because it stands for those of many rows."""

    __slots__ = ()

    def loads(self) -> Any:
        """Do what ``loads`` does."""
        raise NotImplementedError

    def members(self) -> tuple[dict[str, Any], dict[str, str]]:
        """Do what ``members`` does."""
        raise NotImplementedError

    def joined(self, texts: Sequence[str]) -> str:
        """Put ``texts`` together, of which it is one."""
        raise NotImplementedError

    def asked(self, question: Callable[..., bool], texts: Sequence[str]) -> bool:
        """Answer a question about ``texts``, of which it is one."""
        raise NotImplementedError


class Unread:
    """A list or an object that tells no more than that it is not empty, and its JSON as text."""


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise Unmappable("duplicate key", twice)
    return found


def _constant(name: str) -> NoReturn:
    raise Unmappable("not a number JSON allows", name)


def _digits(text: str) -> Digits:
    if len(text) > MAX_DIGITS:
        raise Unmappable("over-long number", f"{len(text)} digits")
    return Digits(text)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_pairs, parse_constant=_constant, parse_int=_digits, parse_float=_digits
)
_scan: Callable[[str, int], tuple[Any, int]] = _DECODER.raw_decode


def _broken(message: str, at: int) -> Unmappable:
    return Unmappable("broken JSON", f"{message.removesuffix(' at')} at character {at + 1}")


def _value(text: str, at: int) -> tuple[Any, int]:
    try:
        return _scan(text, at)
    except json.JSONDecodeError as error:
        raise _broken(error.msg, error.pos) from None
    except RecursionError:
        raise _too_deep() from None


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in _SPACE:
        at += 1
    return at


def _sound(text: str, value: Any) -> None:
    """Refuse what Python's reader lets through: half surrogate pairs, and nesting without end."""
    if text.count("[") + text.count("{") > MAX_DEPTH and _is_too_deep(value):
        raise _too_deep()
    if _MAY_BE_HALF.search(text) and _half(value):
        raise Unmappable("bad encoding", "half a surrogate pair")


def _too_deep() -> Unmappable:
    return Unmappable("nested too deep", f"more than {MAX_DEPTH} levels")


def _half(value: Any) -> bool:
    if isinstance(value, str):
        return _LONE_HALF.search(value) is not None
    if isinstance(value, dict):
        return any(_half(key) or _half(inner) for key, inner in value.items())
    return isinstance(value, list) and any(map(_half, value))


def _is_too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        boxes = [each for each in level if isinstance(each, (dict, list))]
        if not boxes:
            return False
        level = [
            inner for box in boxes for inner in (box.values() if isinstance(box, dict) else box)
        ]
    return True


def loads(text: str) -> Any:
    """Read one JSON value, with numbers as Digits. Raises Unmappable for anything JSON forbids."""
    if isinstance(text, Telling):
        return text.loads()
    value, end = _value(text, _skip(text, 0))
    if (end := _skip(text, end)) < len(text):
        raise _broken("Extra data", end)
    _sound(text, value)
    return value


def members(text: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Read one JSON object: its values, and the same values as the source writes them."""
    if isinstance(text, Telling):
        return text.members()
    at = _skip(text, 0)
    if text[at : at + 1] != "{":
        raise Unmappable("wrong type", f"$: {kind(loads(text))} where an object is expected")
    value: dict[str, Any] = {}
    raw: dict[str, str] = {}
    at = _skip(text, at + 1)
    while text[at : at + 1] != "}" or value:
        if text[at : at + 1] != '"':
            raise _broken("Expecting property name enclosed in double quotes", at)
        key, after_key = _value(text, at)
        if key in value:
            raise Unmappable("duplicate key", key)
        colon = _skip(text, after_key)
        if text[colon : colon + 1] != ":":
            raise _broken("Expecting ':' delimiter", colon)
        start = _skip(text, colon + 1)
        value[key], end = _value(text, start)
        raw[key] = text[start:end]
        at = _skip(text, end)
        if text[at : at + 1] == "}":
            break
        if text[at : at + 1] != ",":
            raise _broken("Expecting ',' delimiter", at)
        at = _skip(text, at + 1)
    if (end := _skip(text, at + 1)) < len(text):
        raise _broken("Extra data", end)
    _sound(text, value)
    return value, raw


def remembered(function: Callable[[str], str]) -> Callable[[str], str]:
    """Make a function of a text remember what it gave for the texts it had last."""
    known = lru_cache(maxsize=256)(function)

    @wraps(function)
    def ask(text: str) -> str:
        return function(text) if isinstance(text, Telling) else known(text)

    return ask


def asked(question: Callable[..., bool], *texts: str) -> bool:
    """Answer a question that is about texts or numbers and nothing else, and changes nothing."""
    telling = next((text for text in texts if isinstance(text, Telling)), None)
    return question(*texts) if telling is None else telling.asked(question, texts)


def joined(texts: Sequence[str], between: str = "") -> str:
    """Put texts together."""
    telling = next((text for text in texts if isinstance(text, Telling)), None)
    if telling is None:
        return between.join(texts)
    return telling.joined([part for text in texts for part in (between, text)][1:])


def located(path: str, error: Unmappable) -> Unmappable:
    """Say where in the row ``error`` was found."""
    return Unmappable(error.reason, f"{path}: {error.detail}")


def dumps(value: Any) -> str:
    """Write compact JSON: non-ASCII as it is, Digits verbatim."""
    if isinstance(value, (Digits, Unread)):
        return str(value)
    if isinstance(value, dict):
        inner = (f"{json.dumps(str(k), ensure_ascii=False)}:{dumps(v)}" for k, v in value.items())
        return f"{{{','.join(inner)}}}"
    if isinstance(value, (list, tuple)):
        return f"[{','.join(map(dumps, value))}]"
    if value is None or isinstance(value, (bool, int, str)):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, float) and math.isfinite(value):
        return json.dumps(value)
    return json.dumps(str(value), ensure_ascii=False)  # NaN, dates and the like, from typed columns


def kind(value: Any) -> str:
    """Name the JSON type of ``value`` for a message."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, (Digits, int, float)):
        return "a number"
    if isinstance(value, dict):
        return "an object"
    return "a list" if isinstance(value, (list, tuple)) else "a string"


def text_of(value: Any, path: str) -> str | None:
    """Give text as it is, numbers and booleans as JSON writes them. Raises Unmappable."""
    if value is None or (isinstance(value, str) and not isinstance(value, Digits)):
        return value
    if isinstance(value, (dict, list, tuple)):
        raise Unmappable("wrong type", f"{path}: {kind(value)} where text is expected")
    return dumps(value) if isinstance(value, (Digits, bool, int, float)) else str(value)


def only_text(value: Any, path: str) -> str | None:
    """Give text as it is; a number or boolean is the wrong type too. Raises Unmappable."""
    if isinstance(value, (Digits, bool, int, float)):
        raise Unmappable("wrong type", f"{path}: {kind(value)} where text is expected")
    return text_of(value, path)


def needed(value: Any, path: str, take: Callable[[Any, str], str | None] = text_of) -> str:
    """Give ``value`` as ``take`` does. Raises Unmappable also where it is missing or null."""
    text = take(value, path)
    if text is None:
        raise Unmappable("missing field", path)
    return text


def objects(value: Any, path: str) -> list[dict[str, Any]]:
    """Give ``value`` as a list of objects, also from JSON text. Raises Unmappable."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        value = loads(value)
    if value is None:
        raise Unmappable("missing field", path)
    if not isinstance(value, list):
        raise Unmappable("wrong type", f"{path}: {kind(value)} where a list is expected")
    for at, inner in enumerate(value):
        if not isinstance(inner, dict):
            raise Unmappable(
                "wrong type", f"{path}[{at}]: {kind(inner)} where an object is expected"
            )
    return value
