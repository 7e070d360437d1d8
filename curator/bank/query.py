"""What is asked of a bank: its turns, the text that is searched for, and who its twins are."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from curator.errors import RecipeError, shorten
from curator.prompt import Message
from curator.prompt.tags import ROLES

Asked = str | Mapping[str, Any] | Sequence[Message]
"""A text; the messages of a conversation; or an example with ``messages`` or ``input``, and with
``id``, ``group`` and ``context`` where it has them."""


@dataclass(frozen=True, kw_only=True)
class Query:
    """A query as prompts and searches take it."""

    turns: tuple[Message, ...]
    text: str  # what a person would compare: no system text, no answer
    context: str | None = None
    ids: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()

    @staticmethod
    def of(asked: Asked, *, group: str | Iterable[str] | None, context: str | None) -> Query:
        """
        Read what was asked; ``group`` is added to its own, ``context`` goes before its own.

        Raises: RecipeError for what is no query.
        """
        if isinstance(asked, str):
            asked = {"input": asked}
        example: Mapping[str, Any] = asked if isinstance(asked, Mapping) else {"messages": asked}
        said = _turns(example)
        passage = context or example.get("context") or ""
        if not isinstance(passage, str):
            raise RecipeError("the context of the query is no text")
        return Query(
            turns=tuple(said),
            text=input_of(said),
            context=whole(passage) or None,
            ids=names_of(example),
            groups=group_names(group) | group_names(example.get("group")),
        )

    def twins(self, exemplars: Sequence[Mapping[str, Any]]) -> list[bool]:
        """Say of each exemplar whether it is the query, or says the same words."""
        texts = [input_of(before_answer(one["messages"])) for one in exemplars]
        return [
            says_same or bool(self.ids and self.ids & names_of(one))
            for one, says_same in zip(exemplars, same_words(self.text, texts), strict=True)
        ]


def group_names(group: str | Iterable[str] | None) -> frozenset[str]:
    """Give one group or several as a set. Raises: RecipeError for a group that is no text."""
    is_one = isinstance(group, str) or not isinstance(group, Iterable)
    names: list[Any] = [group] if is_one else list(group or ())
    if wrong := [name for name in names if not isinstance(name, str | None)]:
        raise RecipeError(
            f"the group {shorten(wrong[0])} is no text", hint="write a number in quotes"
        )
    return frozenset(name for name in names if name)


def names_of(example: Mapping[str, Any]) -> frozenset[str]:
    """Give the ids that an example goes by: its own, and the one it had before it was changed."""
    place = example.get("provenance")
    origin = place.get("parent_id") if isinstance(place, Mapping) else None
    return frozenset(name for name in (example.get("id"), origin) if name)


def input_of(turns: Sequence[Mapping[str, Any]]) -> str:
    """Join what is said before the answer, system text left out, as the index does."""
    spoken = (turn.get("content") for turn in turns if turn["role"] != "system")
    return "\n".join(text for text in spoken if text is not None)


def before_answer(messages: Sequence[Message]) -> Sequence[Message]:
    """Give the messages without the assistant's last word."""
    is_answered = bool(messages) and messages[-1]["role"] == "assistant"
    return messages[:-1] if is_answered else messages


def same_words(text: str, others: Sequence[str]) -> list[bool]:
    """
    Say of each text whether it has the words of ``text`` in their order, or equals it.

    As ``similarity.same`` says, without a frame: this is asked for every prompt.
    """
    import numpy as np

    from curator.kernels.minhash import same_words as keys

    spoken = [one.lower().encode() for one in (text, *others)]
    offsets = np.zeros(len(spoken) + 1, np.int64)
    np.cumsum([len(one) for one in spoken], out=offsets[1:])
    key = keys(offsets, np.frombuffer(b"".join(spoken), np.uint8)).tolist()
    return [
        text == other or (found != 0 and found == key[0])
        for other, found in zip(others, key[1:], strict=True)
    ]


def _turns(example: Mapping[str, Any]) -> list[Message]:
    given = example.get("messages")
    if isinstance(given, Sequence) and not isinstance(given, str | bytes):
        said = before_answer([_message(turn) for turn in given])
        if any(turn["role"] != "system" for turn in said):
            return list(said)
    for name in ("input", "text"):
        if isinstance(example.get(name), str):
            return [{"role": "user", "content": whole(example[name])}]
    raise RecipeError(
        "the query says nothing",
        hint="give a text, messages, or an example with messages or input",
    )


def _message(turn: Any) -> Message:
    """Copy a turn without what it does not say; tool calls may be a record's JSON text."""
    if not isinstance(turn, Mapping) or not isinstance(turn.get("role"), str):
        raise RecipeError("a message of the query has no role")
    if turn["role"] not in ROLES:
        raise RecipeError(
            f"{shorten(repr(turn['role']))} is no role of a message of the query",
            hint=f"roles are {', '.join(ROLES)}",
        )
    said = {key: value for key, value in turn.items() if value is not None}
    if isinstance(said.get("tool_calls"), str):
        try:
            said["tool_calls"] = json.loads(said["tool_calls"])
        except json.JSONDecodeError as error:
            raise RecipeError(f"tool calls of the query are not JSON: {error}") from error
    content = said.pop("content", None)
    if not isinstance(content, str | None):
        raise RecipeError("a message of the query has a content that is no text")
    return {"role": said.pop("role"), "content": content and whole(content), **said}


def whole(text: str) -> str:
    """Put a question mark for half a surrogate pair, which a shell makes of bytes it knows not."""
    return text.encode("utf-8", "replace").decode("utf-8")
