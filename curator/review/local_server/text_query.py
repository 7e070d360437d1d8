"""
The words of a search box, held against the fields of a record.

    tea milk       both            "tea with milk"   these words in this order
    tea | milk     either          mil*              words that begin so
    -milk          not             (tea | coffee) -milk
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

MAX_DEPTH = 20

# Han and Hiragana stand without spaces: each character is a word, as in Argilla's own index.
_LONE = "\u3040-\u309f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ffff"
_WORD = re.compile(rf"[{_LONE}]|(?:(?![{_LONE}])\w)+")
_ASCII_WORD = re.compile(r"\w+", re.ASCII)  # the same for such text, in a third of the time
_PART = re.compile(r'"([^"]*)"?|([()|+]|-(?=["(]))|([^\s()|"]+)')
_BETWEEN_FIELDS = " \x00 "


class Term(NamedTuple):
    """What must stand in the text; ``text`` is words with a space on both sides."""

    text: str
    wanted: bool = True


class Either(NamedTuple):
    """Alternatives, each a list of terms that must all hold."""

    choices: tuple[tuple[Term | Either, ...], ...]
    wanted: bool = True


def matches(fields: str | None, query: str, field: str | None) -> bool:
    """Tell whether a record's ``fields`` (JSON), or one field of them, fit ``query``."""
    wanted = parse(query)
    if not wanted.choices:
        return True
    values = json.loads(fields or "{}")
    texts = [values.get(field)] if field else values.values()
    return _holds(wanted, _BETWEEN_FIELDS.join(_spaced(text) for text in _strings(list(texts))))


@lru_cache(maxsize=64)
def parse(query: str) -> Either:
    """Read a search box; whatever it holds can be read."""
    parts = [found.groups() for found in _PART.finditer(query)]
    return _either(parts[::-1], depth=0)


def _either(parts: list[tuple[str | None, ...]], depth: int, *, wanted: bool = True) -> Either:
    """Take parts from the end of the reversed list, up to the parenthesis that closes this one."""
    choices: list[tuple[Term | Either, ...]] = []
    terms: list[Term | Either] = []
    negated = False
    while parts:
        phrase, sign, word = parts.pop()
        if sign == ")" and depth:
            break
        if sign == "|" or word == "OR":
            choices.append(tuple(terms))
            terms = []
        elif sign == "(" and depth < MAX_DEPTH:
            inner = _either(parts, depth + 1, wanted=not negated)
            terms += [inner] if inner.choices else []
        elif phrase is not None:
            terms += _term(phrase, wanted=not negated)
        elif sign == "-":
            negated = True
            continue
        elif word is not None and word != "AND":
            minus = word.startswith("-") or negated
            terms += _term(word.lstrip("-"), wanted=not minus)
        negated = False
    choices.append(tuple(terms))
    return Either(tuple(choice for choice in choices if choice), wanted)


def _term(written: str, *, wanted: bool) -> list[Term]:
    words = _spaced(written)
    if not words.strip():
        return []
    begins = written.endswith("*")
    return [Term(words.rstrip(" ") if begins else words, wanted)]


def _holds(node: Term | Either, text: str) -> bool:
    if isinstance(node, Term):
        return (node.text in text) is node.wanted
    found = any(all(_holds(term, text) for term in choice) for choice in node.choices)
    return found is node.wanted


def _spaced(text: str) -> str:
    """Give the words of ``text`` as they compare, each between spaces."""
    if text.isascii():
        words = _ASCII_WORD.findall(text.lower())
    else:
        words = _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
    return f" {' '.join(words)} "


def _strings(value: Any) -> Iterator[str]:
    """Walk over all text of a field: a chat is a list of messages, a custom field any JSON."""
    todo = [value]
    while todo:
        value = todo.pop()
        if isinstance(value, str):
            if not value.startswith("data:"):  # an image
                yield value
        elif isinstance(value, dict):
            is_message = {"role", "content"} <= value.keys()
            todo += [value["content"]] if is_message else reversed(value.values())
        elif isinstance(value, list):
            todo += reversed(value)
        elif value is not None:
            yield str(value)
