"""How a reader looks at texts, in words that can be asked of the texts of other rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

OPENED = "opened"
"""The look that reads a text as JSON: its answer is a skeleton, whose slots are further texts."""


ASKED = "asked"
"""The look of a question of its own, its first argument; the others are the texts it is about."""


class Unforeseen(Exception):
    """What a reader does with a text is not known of other texts."""


class Step(NamedTuple):
    """One text made of another: by a method of ``str``, and of several texts this one."""

    method: str
    arguments: tuple[Any, ...]
    item: int | None


class Source(NamedTuple):
    """Where a text comes from: slots, with literals between them, and what was made of it."""

    parts: tuple[int | str, ...]
    steps: tuple[Step, ...] = ()

    @property
    def slots(self) -> tuple[int, ...]:
        """The slots that it needs."""
        return tuple(part for part in self.parts if isinstance(part, int))

    @property
    def slot(self) -> int | None:
        """The slot that it is, if it is one as it stands."""
        whole = self.parts[0] if len(self.parts) == 1 and not self.steps else None
        return whole if isinstance(whole, int) else None

    @property
    def is_trimmed(self) -> bool:
        """Whether it is a slot but for blanks at its ends: a skeleton says whether it is empty."""
        is_kept = all(step.method.endswith("strip") and not step.arguments for step in self.steps)
        return is_kept and len(self.parts) == 1

    def text(self, texts: Mapping[int, str]) -> str:
        """Give it, ``texts`` being those of the slots."""
        return self.maker()(texts)

    def maker(self) -> Callable[[Mapping[int, str]], str]:
        """Give what makes it of the texts of slots, for many rows."""
        steps = [(getattr(str, method), arguments, item) for method, arguments, item in self.steps]
        whole, *others = self.parts

        def make(texts: Mapping[int, str]) -> str:
            if others or isinstance(whole, str):
                real = "".join(texts[p] if isinstance(p, int) else p for p in self.parts)
            else:
                real = texts[whole]
            for method, arguments, item in steps:
                found = method(real, *arguments)
                real = found if item is None else found[item]
            return real

        return make


class Look(NamedTuple):
    """A question that a reader asked of a text, and the answer that it got."""

    source: Source
    method: str
    arguments: tuple[Any, ...]  # another text is named by its source
    answer: object

    @property
    def is_opening(self) -> bool:
        """Whether it reads a text as JSON."""
        return self.method == OPENED

    @property
    def is_taking(self) -> bool:
        """Whether a text need not be shown after it: all that is needed of it is known."""
        is_same = self.method == "__eq__" and self.answer is True
        return is_same or self.method in (OPENED, ASKED)

    @property
    def is_fixing(self) -> bool:
        """Whether only one text gives the answer."""
        is_same = self.method == "__eq__" and self.answer is True
        return is_same and self.source.slot is not None and isinstance(self.arguments[0], str)

    @property
    def slots(self) -> tuple[int, ...]:
        """All slots that it needs."""
        others = (each.slots for each in self.arguments if isinstance(each, Source))
        return (*self.source.slots, *(slot for slots in others for slot in slots))

    def holds(self, texts: Mapping[int, str]) -> bool:
        """Say whether other texts give the same answer; not for what is opened."""
        return self.asker()(texts)

    def asker(self) -> Callable[[Mapping[int, str]], bool]:
        """Give what says so of many rows."""
        make, answer = self.source.maker(), self.answer
        if self.method == "__bool__":
            return lambda texts: bool(make(texts)) is answer
        if self.method == ASKED:
            question, *sources = self.arguments
            makers = [source.maker() for source in sources]
            return lambda texts: question(*(each(texts) for each in makers)) == answer
        method, others = getattr(str, self.method), self.arguments
        if any(isinstance(each, Source) for each in others):
            (other,) = (each.maker() for each in others)
            return lambda texts: method(make(texts), other(texts)) == answer
        if self.method in ("partition", "rpartition", "split", "rsplit"):
            return lambda texts: len(method(make(texts), *others)) == answer
        return lambda texts: method(make(texts), *others) == answer
