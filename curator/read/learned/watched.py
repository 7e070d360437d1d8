"""Texts that stand for those of a row, and note how a reader looks at them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self

from curator.read.values import Digits

_OPEN, _CLOSE = "\ue000", "\ue001"
MARK = re.compile(f'{_OPEN}([0-9]+)([a-z])(\\\\*)"{_CLOSE}')
"""A number, a kind, and a quote: what is before it tells how often the mark was put into JSON."""
OF_MARKS = re.compile(f"[{_OPEN}{_CLOSE}]")

_COMPARES = {"__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__hash__", "__contains__"}
_SEEKS = {"startswith", "endswith", "find", "rfind", "count"}
_ANSWERS = _COMPARES | _SEEKS | {name for name in dir(str) if name.startswith("is")}
_STRIPS = {"strip", "lstrip", "rstrip", "removeprefix", "removesuffix"}
_MAKES = _STRIPS | {"partition", "rpartition", "lower", "upper", "casefold"}
_LEFT_ALONE = {"__add__", "__format__", *dir(object)} - _ANSWERS


class Unforeseen(Exception):
    """What a reader does with a text is not known of other texts."""


class Step(NamedTuple):
    """One text made of another: by a method of ``str``, and of several texts this one."""

    method: str
    arguments: tuple[Any, ...]
    item: int | None


class Source(NamedTuple):
    """Where a text comes from: a slot, and what was made of it."""

    slot: int
    steps: tuple[Step, ...] = ()

    @property
    def is_trimmed(self) -> bool:
        """Whether it is a whole text but for blanks: a skeleton says whether it is empty."""
        return all(step.method.endswith("strip") and not step.arguments for step in self.steps)


class Look(NamedTuple):
    """A question that a reader asked of a text, and the answer that it got."""

    source: Source
    method: str
    arguments: tuple[Any, ...]  # another text is named by its source
    answer: object

    @property
    def is_fixing(self) -> bool:
        """Whether only one text gives the answer."""
        is_same = self.method == "__eq__" and self.answer is True
        return is_same and not self.source.steps and isinstance(self.arguments[0], str)

    @property
    def slots(self) -> tuple[int, ...]:
        """All slots that it needs."""
        return (self.source.slot, *(s.slot for s in self.arguments if isinstance(s, Source)))


@dataclass
class Watch:
    """All that was seen while one row was read."""

    slots: int
    looks: dict[Look, None] = field(default_factory=dict)
    made: list[Source] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)  # of the values in slots

    def text(self, real: str, slot: int, kind: str = "t") -> Watched:
        """Give what stands for the text in a slot: it answers like it, and reads like a mark."""
        made = _KINDS[kind](mark(slot, "t" if kind == "b" else kind))
        made.watch, made.source, made.real = self, Source(slot), real
        return made

    def text_made(self, real: str, source: Source) -> Watched:
        """Give what stands for a text that was made of another."""
        if source not in self.made:
            self.made.append(source)
        made = Watched(mark(self.slots + self.made.index(source), "t"))
        made.watch, made.source, made.real = self, source, real
        return made

    def note(self, source: Source, method: str, arguments: tuple[Any, ...], answer: object) -> None:
        """Remember that other rows must give the same answer."""
        self.looks[Look(source, method, arguments, answer)] = None


def mark(number: int, kind: str) -> str:
    """Give a text that is found again in whatever is made of it."""
    return f'{_OPEN}{number}{kind}"{_CLOSE}'


class Watched(str):  # noqa: SLOT000 - it has more than a text
    """
    A text that is put where it belongs as a mark, but answers like the text of a row.

    Whatever asks for more than MARK can show, or cannot be asked of other rows, is unforeseen.
    """

    watch: Watch
    source: Source
    real: str

    def __str__(self) -> Self:
        """Stay watched."""
        return self

    def __bool__(self) -> bool:
        """Say whether there is any text; no note is needed where the skeleton says it."""
        answer = bool(self.real)
        if not self.source.is_trimmed:
            self.watch.note(self.source, "__bool__", (), answer)
        return answer

    def answer(self, method: str, arguments: tuple[Any, ...]) -> Any:
        """Answer like the text, and note it."""
        others = [each for each in arguments if isinstance(each, Watched)]
        if others and method not in ("__eq__", "__ne__"):
            raise Unforeseen(f"{method} of two texts")
        asked = tuple(each.real if isinstance(each, Watched) else each for each in arguments)
        found = getattr(str, method)(self.real, *asked)
        if method == "__hash__":  # a key: it is looked up, and no other is found
            self.watch.note(self.source, "__eq__", (self.real,), True)  # noqa: FBT003
        elif arguments != ("",) or not self.source.is_trimmed:
            named = tuple(each.source if isinstance(each, Watched) else each for each in arguments)
            is_not = method == "__ne__"
            self.watch.note(
                self.source, "__eq__" if is_not else method, named, not found if is_not else found
            )
        return found

    def make(self, method: str, arguments: tuple[Any, ...]) -> Any:
        """Make another text of it that is watched too."""
        if any(isinstance(each, Watched) for each in arguments):
            raise Unforeseen(f"{method} by a text")
        found = getattr(str, method)(self.real, *arguments)
        if isinstance(found, str):
            return self._made(Step(method, arguments, None), found)
        return tuple(
            self._made(Step(method, arguments, item), part) for item, part in enumerate(found)
        )

    def _made(self, step: Step, real: str) -> Watched:
        slot, steps = self.source
        return self.watch.text_made(real, Source(slot, (*steps, step)))


class Number(Watched, Digits):
    """The same for a number, which a reader takes for the digits it is."""


class Whole(Number):
    """Stands for any values that a reader hands on without a look."""

    def __bool__(self) -> bool:
        raise Unforeseen("a look at what is handed on")

    def answer(self, method: str, arguments: tuple[Any, ...]) -> Any:  # noqa: ARG002
        """Refuse."""
        raise Unforeseen(f"{method} of what is handed on")

    make = answer


_KINDS: dict[str, type[Watched]] = {
    "t": Watched,
    "b": Watched,
    "n": Number,
    "l": Whole,
    "f": Whole,
}
"""Texts, blank ones, numbers, what stands in a list, what stands in a field."""


def _answering(name: str) -> Callable[..., Any]:
    return lambda self, *arguments: self.answer(name, arguments)


def _making(name: str) -> Callable[..., Any]:
    return lambda self, *arguments: self.make(name, arguments)


def _refusing(name: str) -> Callable[..., Any]:
    def refuse(*_: Any, **__: Any) -> Any:
        raise Unforeseen(name)

    return refuse


for _name in dir(str):
    if _name in _ANSWERS:
        setattr(Watched, _name, _answering(_name))
    elif _name in _MAKES:
        setattr(Watched, _name, _making(_name))
    elif _name not in _LEFT_ALONE:
        setattr(Watched, _name, _refusing(_name))


def made_of(real: str, steps: tuple[Step, ...]) -> str:
    """Make of a text what a reader made of another."""
    for step in steps:
        found = getattr(str, step.method)(real, *step.arguments)
        real = found if step.item is None else found[step.item]
    return real


def answered(look: Look, texts: Mapping[int, str]) -> object:
    """Ask the same of the slots of another row."""
    real = made_of(texts[look.source.slot], look.source.steps)
    if look.method == "__bool__":
        return bool(real)
    asked = (
        made_of(texts[each.slot], each.steps) if isinstance(each, Source) else each
        for each in look.arguments
    )
    return getattr(str, look.method)(real, *asked)
