"""How a reader looks at texts, in words that can be asked of the texts of other rows."""

from __future__ import annotations

from collections.abc import Mapping
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
        real = "".join(texts[part] if isinstance(part, int) else part for part in self.parts)
        for step in self.steps:
            found = getattr(str, step.method)(real, *step.arguments)
            real = found if step.item is None else found[step.item]
        return real


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
        if self.method == ASKED:
            question, *sources = self.arguments
            return bool(question(*(each.text(texts) for each in sources)) == self.answer)
        real = self.source.text(texts)
        if self.method == "__bool__":
            return bool(real) is self.answer
        asked = (each.text(texts) if isinstance(each, Source) else each for each in self.arguments)
        found = getattr(str, self.method)(real, *asked)
        return bool((len(found) if isinstance(found, (list, tuple)) else found) == self.answer)
