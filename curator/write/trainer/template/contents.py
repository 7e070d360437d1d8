"""Where a text shows the contents of messages, found by writing them with marks around them."""

from __future__ import annotations

import re

from curator.write.trainer.chat import Chat
from curator.write.trainer.template import ChatTemplate
from curator.write.trainer.template.faults import Refused

_PRIVATE = (0xF0000, 0x100000)
"""Planes of code points that mean nothing by themselves; the marks come from one of them."""

_PLANE = 0xFFFE


def contents(template: ChatTemplate, chat: Chat, text: str) -> dict[int, tuple[int, int]]:
    """
    Find the content of each message that is no assistant's in ``text``, which shows ``chat``.

    Two marks are put around every content, and the chat is written again: without the marks that
    must be ``text``. So a word that the template writes as well is never taken for content.
    Space around a content is in its span where the template keeps it. A message that is
    left out, or written twice, has no span.
    """
    asked = [
        index
        for index, message in enumerate(chat.messages)
        if message["role"] != "assistant" and (message.get("content") or "").strip()
    ]
    base = next((base for base in _PRIVATE if not _uses(text, base)), None)
    if base is None or 2 * len(chat.messages) > _PLANE:
        return {}
    found = _try(template, chat, text, base, dict.fromkeys(asked, False))
    if found is not None:
        return found
    single: dict[int, tuple[int, int]] = {}
    for index in asked:
        for is_inner in (False, True):
            found = _try(template, chat, text, base, {index: is_inner})
            if found is not None:
                single |= found
                break
    return single


def _try(
    template: ChatTemplate, chat: Chat, text: str, base: int, inner: dict[int, bool]
) -> dict[int, tuple[int, int]] | None:
    """Write the chat with marks, inside the outer space of a content where ``inner`` says so."""
    messages = list(chat.messages)
    for index, is_inner in inner.items():
        content = messages[index]["content"]
        core = content.strip() if is_inner else content
        before, after = content.split(core, 1)
        marked = f"{before}{chr(base + 2 * index)}{core}{chr(base + 2 * index + 1)}{after}"
        messages[index] = {**messages[index], "content": marked}
    try:
        shown = template.render(Chat(messages=messages, tools=chat.tools))
    except Refused:
        return None
    marks = re.compile(f"[{chr(base)}-{chr(base + _PLANE - 1)}]")
    if marks.sub("", shown) != text:
        return None
    places: dict[int, list[int]] = {}
    for seen, match in enumerate(marks.finditer(shown)):
        places.setdefault(ord(match[0]) - base, []).append(match.start() - seen)
    return {
        index: (places[2 * index][0], places[2 * index + 1][0])
        for index in inner
        if len(places.get(2 * index, [])) == 1 == len(places.get(2 * index + 1, []))
    }


def _uses(text: str, base: int) -> bool:
    """Say whether ``text`` has a code point of a plane."""
    return max(text, default="") >= chr(base) and any(
        base <= ord(char) < base + _PLANE for char in text
    )
