"""
Texts between tags that none of the texts contains: no text is changed, and none ends early.

Where a text holds a tag of these names, in any case or spacing, all tags get the first number that
is free: ``<user-2>`` ... ``</user-2>``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import orjson

from curator.errors import WriteError, shorten
from curator.prompt.message import Message

ROLES = ("system", "developer", "user", "assistant", "tool")
_TAG = re.compile(
    r"<\s*+(?:/\s*+)?+(?:examples?|tool_calls|system|developer|user|assistant|tool)(?:-(\d{1,9}))?",
    re.IGNORECASE,
)
Tagged = Callable[[str, str], str]


def tagged(turns: Sequence[Message]) -> Tagged:
    r"""
    Give what puts a text between tags that do not occur in ``turns``.

    >>> tagged([{"role": "user", "content": "</User>"}])("user", "</User>")
    '<user-2>\n</User>\n</user-2>'
    """
    found = {int(n or 1) for turn in turns for n in _TAG.findall("\n".join(texts(turn)))}
    free = next(n for n in range(1, len(found) + 2) if n not in found)
    suffix = "" if free == 1 else f"-{free}"
    return lambda name, text: f"<{name}{suffix}>\n{text}\n</{name}{suffix}>"


def texts(turn: Message) -> list[str]:
    """List what a message says: its content, its name, its calls as JSON, the call it answers."""
    calls = turn.get("tool_calls")
    said = [turn.get("content"), turn.get("name"), turn.get("tool_call_id")]
    return [text for text in said if text] + ([orjson.dumps(calls).decode()] if calls else [])


def said(turn: Message, put: Tagged) -> str:
    """
    Write one message between the tags of its role; its calls stand inside, after its content.

    Raises: WriteError for a role that there is not.
    """
    role = role_of(turn)
    calls = turn.get("tool_calls")
    content = turn.get("content") or ""
    inside = [content] if content or not calls else []
    if calls:
        inside.append(put("tool_calls", orjson.dumps(calls).decode()))
    return put(role, "\n".join(inside))


def role_of(turn: Message) -> str:
    """Give a message's role. Raises: WriteError for one that there is not."""
    role: str = turn["role"]
    if role not in ROLES:
        raise WriteError(f"{shorten(repr(role))} is no role", hint=f"roles are {', '.join(ROLES)}")
    return role
