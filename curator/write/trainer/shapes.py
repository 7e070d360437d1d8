"""What a template puts around the texts of all chats that have the same shape."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from curator.records import ROLES
from curator.write.trainer.chat import Chat
from curator.write.trainer.options import TrainOn
from curator.write.trainer.probe import (
    WHITESPACE,
    Part,
    Slot,
    Unforeseen,
    is_mark,
)
from curator.write.trainer.template.faults import Refused
from curator.write.trainer.watched import WatchedTemplate
from curator.write.trainer.written import Region, written

_READ_AS = {
    "content": "content",
    "reasoning_content": "reasoning",
    "thinking": "reasoning",
    "name": "name",
}
"""Fields of a message as a template reads them, and the columns they come from."""


class Place(NamedTuple):
    """A place in the texts of a shape: behind so many slots, and so many bytes of literals."""

    slots: int
    size_bytes: int


class Area(NamedTuple):
    """Where the texts of a shape show a message."""

    message: int
    role: int  # index in records.ROLES
    start: Place
    end: Place


@dataclass(frozen=True, kw_only=True)
class Shape:
    """How every chat of a shape is written, unless a field holds a literal that it must not."""

    parts: tuple[Part, ...]
    prompt: Place | None
    areas: tuple[Area, ...]
    guards: tuple[tuple[int, str, tuple[str, ...]], ...]  # message, column, literals

    @property
    def slots(self) -> list[Slot]:
        """The slots in the order of the text."""
        return [part for part in self.parts if isinstance(part, Slot)]


def learn(template: WatchedTemplate, chat: Chat, train_on: TrainOn) -> Shape:
    """
    Learn from one chat how all are written that have its shape; none of its texts is blank.

    Raises: Unforeseen, TemplateFault or Refused where this cannot be learned.
    """
    watch = template.watch
    watch.begin()
    marked = Chat(
        messages=[_marked(template, index, said) for index, said in enumerate(chat.messages)],
        tools=chat.tools,
    )
    found = written(template, marked, train_on)
    parts = watch.parts(found.text)
    answers = [region for region in found.regions if region.role == "assistant"]
    _check_left_out(template, marked, found.text, {region.message for region in answers})
    regions = sorted(answers + _contents(template, marked, parts), key=lambda r: (r.start, r.end))
    if any(after.start < before.end for before, after in pairwise(regions)):
        raise Unforeseen("regions that overlap")
    place = _places(template, parts)
    return Shape(
        parts=tuple(parts),
        prompt=None if found.prompt_chars < 0 else place(found.prompt_chars),
        areas=tuple(
            Area(r.message, ROLES.index(r.role), place(r.start), place(r.end)) for r in regions
        ),
        guards=tuple(
            (message, column, tuple(sorted(literals)))
            for (message, column), literals in sorted(watch.guards.items())
        ),
    )


def _marked(template: WatchedTemplate, index: int, said: dict[str, Any]) -> dict[str, Any]:
    """Let marks stand for the texts of a message."""
    return {
        name: template.watch.mark(Slot(index, _READ_AS[name]))
        if name in _READ_AS and value
        else value
        for name, value in said.items()
    }


def _check_left_out(template: WatchedTemplate, chat: Chat, text: str, shown: set[int]) -> None:
    """Let an answer that could not be proven be one that can be in no chat of this shape."""
    for index, message in enumerate(chat.messages):
        if message["role"] != "assistant" or index in shown:
            continue
        if template.marks_generation:
            raise Unforeseen(f"answer {index} is not proven")
        try:
            prompt = template.render(chat, messages=index, add_generation_prompt=True)
            whole = template.render(chat, messages=index + 1).rstrip()
        except Refused:
            continue
        if not (_must_differ(template, prompt, text) or _must_differ(template, whole, text)):
            raise Unforeseen(f"answer {index} is not proven for every content")


def _must_differ(template: WatchedTemplate, alone: str, text: str) -> bool:
    """
    Say whether ``text`` never begins with ``alone``, whatever their contents are.

    Where a literal stands against a content, a content without the first letter of it is meant.
    """
    pairs = enumerate(zip(alone, text, strict=False))
    at = next((at for at, (one, other) in pairs if one != other), None)
    if at is None:
        return len(alone) > len(text)
    literals = [side[at] for side in (alone, text) if not is_mark(side[at])]
    for side in (alone, text):
        if is_mark(side[at]) and literals:
            slot = template.watch.parts(side[at:])[0]
            assert isinstance(slot, Slot)
            template.watch.guards.setdefault((slot.message, slot.field), set()).add(literals[0])
    return bool(literals)


def _contents(template: WatchedTemplate, chat: Chat, parts: list[Part]) -> list[Region]:
    """Find the contents of messages that no assistant wrote; each is shown once, or has none."""
    spans: dict[int, list[tuple[int, int, Slot]]] = {}
    at = 0
    for part in parts:
        size = len(_text(template, part))
        if isinstance(part, Slot) and part.field == "content":
            spans.setdefault(part.message, []).append((at, at + size, part))
        at += size
    regions = []
    for index, found in spans.items():
        role = chat.messages[index]["role"]
        if role == "assistant" or len(found) > 1:
            continue
        start, end, slot = found[0]
        cut = {(cut.side, cut.chars) for cut in slot.cuts}
        if cut and cut != {("start", WHITESPACE), ("end", WHITESPACE)}:
            raise Unforeseen(f"message {index} is cut in a way of its own")
        regions.append(Region(index, role, start, end))
    return regions


def _text(template: WatchedTemplate, part: Part) -> str:
    return template.watch.mark(part) if isinstance(part, Slot) else part


def _places(template: WatchedTemplate, parts: list[Part]) -> Any:
    """Give what turns a code point of the marked text into a place."""

    def place(at: int) -> Place:
        slots = size_bytes = 0
        for part in parts:
            if at == 0:
                break
            size = len(_text(template, part))
            if isinstance(part, Slot):
                if at < size:
                    raise Unforeseen("a region that begins or ends within a content")
                slots += 1
            else:
                size_bytes += len(part[:at].encode())
            at -= min(at, size)
        return Place(slots, size_bytes)

    return place
