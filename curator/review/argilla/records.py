"""An item as Argilla's record: what is shown, what is filled in, what is filtered by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from curator.review.argilla.settings import (
    CHAT,
    FLOATS,
    INPUT,
    INTEGERS,
    METADATA_NAMES,
    PASSAGE,
    REASONING,
    STANDS,
    TERMS,
)
from curator.review.item import Item
from curator.review.questions import ANSWER, LABEL, Question

T = TypeVar("T")

MAX_RECORDS = 500
"""What the server takes at once."""
MAX_CHARS = 4_000_000  # of a batch
MAX_MESSAGES = 500
MAX_MESSAGE_CHARS = 20_000
MAX_ROLE_CHARS = 20
NOTHING = "(empty)"
_MARKUP = re.compile(r"[<&](?=[A-Za-z/!?#])")
JOINER = "\u2060"
"""
The page reads a text as HTML, hides its tags and loads what they name. A word joiner after what
would begin a tag or a character reference keeps it a text, and is not to be seen.
"""


def record(item: Item, asked: Sequence[Question], ids: Mapping[str, str]) -> dict[str, Any]:
    """
    Write an item as the server takes it; ``ids`` are those of its questions.

    Its metadata is whole each time: what is left out of a record that is sent again is lost.
    """
    return {
        "external_id": item.id,
        "fields": _fields(item),
        "metadata": _metadata(item),
        "suggestions": _suggestions(item, asked, ids),
    }


def _fields(item: Item) -> dict[str, Any]:
    asked, before = _parted(item.messages)
    fields: dict[str, Any] = {INPUT: _shown(asked)}
    if before:
        fields[CHAT] = _chat(before)
    if item.passage:
        fields[PASSAGE] = _shown(item.passage)
    if item.reasoning:
        fields[REASONING] = _shown(item.reasoning)
    if item.answer != item.label or item.calls:
        fields[STANDS] = _shown("\n\n".join(filter(None, (item.answer, item.calls))))
    return fields


def _parted(messages: Sequence[Mapping[str, str]]) -> tuple[str, Sequence[Mapping[str, str]]]:
    """Part the last words of the user from what was said before; all of it, if more came after."""
    last = len(messages) - 1
    user = next((at for at in range(last, -1, -1) if messages[at].get("role") == "user"), last)
    if user < 0:
        return "", ()
    text = messages[user].get("content") or ""
    return text, (messages[:user] if user == last else messages)


def _chat(messages: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    shown = [
        {
            "role": _text(one.get("role") or "?")[:MAX_ROLE_CHARS],
            "content": _cut(_shown(one.get("content") or "")),
        }
        for one in messages[-MAX_MESSAGES:]
    ]
    if left_out := len(messages) - len(shown):
        words = f"({left_out + 1:,} messages before this are not shown)"
        shown[0] = {"role": "system", "content": words}
    return shown


def _cut(text: str) -> str:
    if len(text) <= MAX_MESSAGE_CHARS:
        return text
    kept = MAX_MESSAGE_CHARS - 60
    return f"{text[:kept]}\n… ({len(text) - kept:,} more characters are not shown)"


def _metadata(item: Item) -> dict[str, str | int | float]:
    known = {**item.metadata}
    if item.label is not None:
        known["label"] = item.label
    if item.why:
        known["why"] = item.why
    named = {METADATA_NAMES.get(name, name): value for name, value in known.items()}
    return {
        _text(name): value
        for name, given in named.items()
        if (value := _fitting(name, given)) is not None
    }


def _fitting(name: str, value: object) -> str | int | float | None:
    """Give a value as its property takes it, or None; the server knows no NaN."""
    if name in TERMS:
        return _text(str(value)) or None
    if isinstance(value, str):
        return None if name in INTEGERS or name in FLOATS else _text(value)
    if not isinstance(value, int | float) or value != value:  # noqa: PLR0124
        return None
    if name in INTEGERS:
        return int(value)
    return float(value) if name in FLOATS else value


def _suggestions(
    item: Item, asked: Sequence[Question], ids: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Fill in what stands there now; never the verdict, since what is filled in gets submitted."""
    stands = {LABEL: item.label or "", ANSWER: item.answer}
    return [
        {"question_id": ids[question.name], "value": text, "type": "model"}
        for question in asked
        if (text := stands.get(question.name))
        # what cannot be carried as it is would come back as a change
        and text == _text(text)
        and (not question.options or text in question.options)
    ]


def _shown(text: str) -> str:
    return _MARKUP.sub(rf"\g<0>{JOINER}", _text(text)) or NOTHING


def _text(text: str) -> str:
    """Write what a JSON text or a database cannot hold as the sign for that."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")


def batches(
    records: Iterable[tuple[T, dict[str, Any]]],
) -> Iterator[tuple[T, list[dict[str, Any]]]]:
    """
    Gather records by where they go, as many as the server takes at once, in the order given.

    Keeps: at most one unfinished batch for each place is held.
    """
    open_batches: dict[T, list[dict[str, Any]]] = {}
    chars: dict[T, int] = {}
    for place, one in records:
        batch = open_batches.setdefault(place, [])
        batch.append(one)
        chars[place] = chars.get(place, 0) + _chars(one["fields"])
        if len(batch) == MAX_RECORDS or chars[place] >= MAX_CHARS:
            yield place, open_batches.pop(place)
            del chars[place]
    yield from open_batches.items()


def _chars(fields: Mapping[str, Any]) -> int:
    return sum(
        len(value) if isinstance(value, str) else sum(len(one["content"]) for one in value)
        for value in fields.values()
    )
