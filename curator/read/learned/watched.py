"""Texts that stand for those of a row, and note how a reader looks at them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from curator.read.learned.looks import ASKED, Look, Source, Step, Unforeseen
from curator.read.values import Digits, Telling, Unread

_OPEN, _CLOSE = "\ue000", "\ue001"
MARK = re.compile(f'{_OPEN}([0-9]+)([a-z])(\\\\*)"{_CLOSE}')
"""A number, a kind, and a quote: what is before it tells how often the mark was put into JSON."""
OF_MARKS = re.compile(f"[{_OPEN}{_CLOSE}]")

_COMPARES = {"__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__hash__", "__contains__"}
_SEEKS = {"startswith", "endswith", "find", "rfind", "count"}
_ANSWERS = _COMPARES | _SEEKS | {name for name in dir(str) if name.startswith("is")}
_STRIPS = {"strip", "lstrip", "rstrip", "removeprefix", "removesuffix"}
_MAKES = _STRIPS | {"partition", "rpartition", "split", "rsplit", "lower", "upper", "casefold"}
_LEFT_ALONE = {"__format__", *dir(object)} - _ANSWERS


def mark(number: int, kind: str) -> str:
    """
    Give a text that is found again in whatever is made of it.

    It stands for the text in a slot ("t"; "b": a blank one), a number ("n"), the very bytes of a
    slot ("r"), what is in a list ("l"), what must not be shown ("f"), a text that was made ("m").
    """
    return f'{_OPEN}{number}{kind}"{_CLOSE}'


@dataclass
class Watch:
    """All that was seen while one row was read."""

    texts: list[str]  # what stands in its slots, those of opened texts included
    looks: dict[Look, None] = field(default_factory=dict)
    made: list[Source] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)  # of the values in slots
    as_written: set[int] = field(default_factory=set)  # slots of what is no text

    def text(self, slot: int, kind: str = "t") -> Watched:
        """Give what stands for the text in a slot: it answers like it, and reads like a mark."""
        kinds: dict[str, type[Watched]] = {"n": Number, "l": Whole, "f": Whole}
        made = kinds.get(kind, Watched)(mark(slot, kind))
        if kind in kinds:
            self.as_written.add(slot)
        made.watch, made.source, made.real = self, Source((slot,)), self.texts[slot]
        return made

    def text_made(self, source: Source, real: str) -> Watched:
        """Give what stands for a text that was made of another."""
        if source not in self.made:
            self.made.append(source)
        made = Watched(mark(self.made.index(source), "m"))
        made.watch, made.source, made.real = self, source, real
        return made

    def joined(self, texts: Sequence[str]) -> str:
        """Give what stands for several texts in one; it is watched if none of them was made."""
        if any(isinstance(text, Watched) and text.source.steps for text in texts):
            return "".join(texts)
        made = Watched("".join(texts))
        parts: list[int | str] = []
        for text in texts:
            parts += text.source.parts if isinstance(text, Watched) else (text,)
        made.watch, made.source = self, Source(tuple(parts))
        made.real = made.source.text(dict(enumerate(self.texts)))
        return made

    def loads(self, source: Source) -> Any:
        """Give the value that a text holds as JSON."""
        raise Unforeseen(f"JSON in the text of {source}")

    def members(self, source: Source) -> tuple[dict[str, Any], dict[str, str]]:
        """Give the members of the object that a text holds as JSON, and their bytes."""
        raise Unforeseen(f"JSON in the text of {source}")

    def note(self, source: Source, method: str, arguments: tuple[Any, ...], answer: object) -> None:
        """Remember that other rows must give the same answer."""
        self.looks[Look(source, method, arguments, answer)] = None


class Watched(Telling):
    """
    A text that is put where it belongs as a mark, but answers like the text of a row.

    Whatever asks for more than a mark can show, or cannot be asked of other rows, is unforeseen.
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
        if self.source.steps and not self.source.is_trimmed:
            self.watch.note(self.source, "__bool__", (), answer)
        return answer

    def __add__(self, other: str) -> str:
        return self.watch.joined([self, other])

    def __radd__(self, other: str) -> str:
        return self.watch.joined([other, self])

    def joined(self, texts: Sequence[str]) -> str:
        """Put the texts together, this being one of them."""
        return self.watch.joined(texts) if len(texts) > 1 else self

    def asked(self, question: Callable[..., bool], texts: Sequence[str]) -> bool:
        """Answer like the texts, and note it."""
        found = question(*(each.real if isinstance(each, Watched) else each for each in texts))
        sources = (each.source if isinstance(each, Watched) else Source((each,)) for each in texts)
        self.watch.note(self.source, ASKED, (question, *sources), found)
        return found

    def loads(self) -> Any:
        """Give what it holds as JSON, watched."""
        return self.watch.loads(self.source)

    def members(self) -> tuple[dict[str, Any], dict[str, str]]:
        """Give the members of the object that it holds, watched, and their bytes."""
        return self.watch.members(self.source)

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
        self.watch.note(self.source, method, arguments, len(found))
        return type(found)(
            self._made(Step(method, arguments, item), part) for item, part in enumerate(found)
        )

    def _made(self, step: Step, real: str) -> Watched:
        parts, steps = self.source
        return self.watch.text_made(Source(parts, (*steps, step)), real)


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


class HandedOn(Unread, list[Any]):
    """A list of which nothing is known but that it is not empty."""

    def __init__(self, watch: Watch, slot: int) -> None:
        """Stand for what is in ``slot``, between its brackets."""
        super().__init__()
        self._whole = watch.text(slot, "l")

    def __str__(self) -> str:
        """Give what stands for the list written anew."""
        return self._whole.joined(["[", self._whole, "]"])

    def __bool__(self) -> bool:
        return True


class Box(Unread, dict[str, Any]):
    """An object of which nothing is known but that it is not empty."""

    def __init__(self, watch: Watch, slot: int) -> None:
        """Stand for what is in ``slot``, between its braces."""
        super().__init__()
        self._whole = watch.text(slot, "l")

    def __str__(self) -> str:
        """Give what stands for the object written anew."""
        return self._whole.joined(["{", self._whole, "}"])

    def __bool__(self) -> bool:
        return True


def _answering(name: str) -> Callable[..., Any]:
    return lambda self, *arguments: self.answer(name, arguments)


def _making(name: str) -> Callable[..., Any]:
    return lambda self, *arguments: self.make(name, arguments)


def _refusing(name: str) -> Callable[..., Any]:
    def refuse(*_: Any, **__: Any) -> Any:
        raise Unforeseen(name)

    return refuse


for _kind in (list, dict):
    for _name in set(dir(_kind)) - set(dir(object)) | {"__eq__", "__hash__"}:
        setattr(HandedOn if _kind is list else Box, _name, _refusing(_name))

for _name in set(dir(str)) - {"__add__"}:
    if _name in _ANSWERS:
        setattr(Watched, _name, _answering(_name))
    elif _name in _MAKES:
        setattr(Watched, _name, _making(_name))
    elif _name not in _LEFT_ALONE:
        setattr(Watched, _name, _refusing(_name))
