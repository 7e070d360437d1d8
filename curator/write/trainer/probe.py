"""Texts that stand for the contents of a chat and note what a template does to them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple, NoReturn, Self, SupportsIndex

WHITESPACE = (
    "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006"
    "\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
"""What str.strip() strips."""

_OPEN, _CLOSE, _ZERO, _CUT = "\ue000", "\ue001", 0xE010, 0xE100
_MARK = re.compile(f"([{chr(_CUT)}-\uf8ff]?){_OPEN}([{chr(_ZERO)}-{chr(_ZERO + 9)}]+){_CLOSE}")
_OF_MARKS = re.compile(f"[{_OPEN}-{chr(_ZERO + 9)}]")


class Unforeseen(Exception):
    """Something is done to a text that cannot be foretold from the shape of its chat."""


class Cut(NamedTuple):
    """White space taken off one side of a text."""

    side: str  # "start" or "end"
    chars: str


class Slot(NamedTuple):
    """A place in a rendered text where a field of a message stands, cut in this order."""

    message: int
    field: str
    cuts: tuple[Cut, ...] = ()


Part = str | Slot


@dataclass
class Watch:
    """
    What a template does to the texts of one chat.

    A literal in ``guards`` was looked for in a field: what is seen holds for texts without it.
    """

    fields: list[tuple[int, str]] = field(default_factory=list)
    cuts: list[tuple[Cut, ...]] = field(default_factory=lambda: [()])
    guards: dict[tuple[int, str], set[str]] = field(default_factory=dict)

    def begin(self) -> None:
        """Forget what was seen: another chat begins."""
        self.fields.clear()
        del self.cuts[1:]
        self.guards.clear()

    def mark(self, slot: Slot) -> str:
        """
        Give the text that stands for ``slot``, to be found in whatever is made of it.

        The mark of a text that was cut has in it the mark of the whole.
        """
        cut, number = _index(self.cuts, slot.cuts), _index(self.fields, slot[:2])
        digits = "".join(chr(_ZERO + int(digit)) for digit in str(number))
        return f"{chr(_CUT + cut) if cut else ''}{_OPEN}{digits}{_CLOSE}"

    def parts(self, text: str) -> list[Part]:
        """Take ``text`` apart, at the marks in it."""
        parts: list[Part] = []
        pieces = _MARK.split(str.__str__(text))
        for at in range(0, len(pieces), 3):
            if _OF_MARKS.search(pieces[at]):
                raise Unforeseen("a content that was cut")
            if pieces[at]:
                parts.append(pieces[at])
            if at + 1 < len(pieces):
                parts.append(self._slot(*pieces[at + 1 : at + 3]))
        return parts

    def _slot(self, cut: str, digits: str) -> Slot:
        variant = ord(cut) - _CUT if cut else 0
        number = int("".join(str(ord(digit) - _ZERO) for digit in digits))
        if variant >= len(self.cuts) or number >= len(self.fields):
            raise Unforeseen("a text of the template that reads like a mark")
        return Slot(*self.fields[number], self.cuts[variant])

    def taint(self, value: Any) -> Any:
        """Make a text that holds marks a Probe; anything else is given back."""
        is_plain = isinstance(value, str) and not isinstance(value, Probe)
        return Probe(value, self) if is_plain and _OPEN in value else value

    def guard(self, probe: Probe, literal: object) -> None:
        """Let no content in ``probe`` have a share in a ``literal`` that is looked for in it."""
        if not isinstance(literal, str) or isinstance(literal, Probe) or not literal:
            raise Unforeseen("a content looked for, or nothing")
        parts = self.parts(probe)
        for before, after in zip(["", *parts], [*parts, ""], strict=True):
            if _may_span(literal, before, after):
                raise Unforeseen(f"{literal!r} may lie across the end of a content")
        for part in parts:
            if isinstance(part, Slot):
                self.guards.setdefault((part.message, part.field), set()).add(literal)


def is_mark(char: str) -> bool:
    """Say whether ``char`` belongs to a mark."""
    return _OPEN <= char <= "\uf8ff"


def _index(known: list[Any], item: Any) -> int:
    if item not in known:
        known.append(item)
    return known.index(item)


def _may_span(literal: str, before: Part, after: Part) -> bool:
    """Say whether an occurrence may begin before a slot's end, or start, and go on behind it."""
    splits = [(literal[:at], literal[at:]) for at in range(1, len(literal))]
    if isinstance(before, Slot):
        if isinstance(after, Slot):
            return bool(splits)
        # a literal between two slots may be wholly within
        return any(after and (after.startswith(end) or end.startswith(after)) for _, end in splits)
    if isinstance(after, Slot):
        return any(
            before and (before.endswith(start) or start.endswith(before)) for start, _ in splits
        )
    return False


class Probe(str):
    """
    A text with marks in it, each for a text that is not known but is not blank.

    What is done to it is done to the marks, and noted; what is not known here is unforeseen.
    """

    __slots__ = ("_watch",)

    def __new__(cls, text: str, watch: Watch) -> Self:
        """Wrap ``text``, which holds marks of ``watch``."""
        probe = super().__new__(cls, text)
        object.__setattr__(probe, "_watch", watch)
        return probe

    _watch: Watch

    def __str__(self) -> str:
        return self

    def __bool__(self) -> bool:
        return True

    def __add__(self, other: str) -> Any:
        return self._watch.taint(str.__add__(str.__str__(self), other))

    def __radd__(self, other: str) -> Any:
        return self._watch.taint(str.__add__(other, str.__str__(self)))

    def __contains__(self, literal: object) -> bool:
        if literal == "":
            return True
        self._watch.guard(self, literal)
        return str.__contains__(self, str(literal))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, str) or not other:
            return False
        if str.__eq__(self, other):
            return True
        self._watch.guard(self, other)
        return False

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __getitem__(self, key: Any) -> str:
        if isinstance(key, str):
            raise TypeError("string indices must be integers, not 'str'")
        raise Unforeseen("a part of a content by its place")

    def __hash__(self) -> int:
        raise Unforeseen("a content used as a key")

    def strip(self, chars: str | None = None, /) -> Any:
        """Cut both sides."""
        return self.lstrip(chars).rstrip(chars)

    def lstrip(self, chars: str | None = None, /) -> Any:
        """Cut the start."""
        return self._cut("start", chars)

    def rstrip(self, chars: str | None = None, /) -> Any:
        """Cut the end."""
        return self._cut("end", chars)

    def _cut(self, side: str, chars: str | None) -> Any:
        cut = Cut(side, WHITESPACE if chars is None else "".join(sorted(set(chars))))
        flat = str.__str__(self)
        flat = flat.lstrip(cut.chars) if side == "start" else flat.rstrip(cut.chars)
        parts = self._watch.parts(flat)
        at = 0 if side == "start" else len(parts) - 1
        edge = parts[at]
        if isinstance(edge, Slot):
            if not set(cut.chars) <= set(WHITESPACE):
                raise Unforeseen(f"{cut.chars!r} cut off a content")
            parts[at] = _with_cut(edge, cut)
        marked = (self._watch.mark(p) if isinstance(p, Slot) else p for p in parts)
        return self._watch.taint("".join(marked))

    def startswith(self, literal: Any, *span: Any) -> bool:
        """Say no where a content begins the text: texts that hold the literal are guarded."""
        return self._at_edge("startswith", literal, span)

    def endswith(self, literal: Any, *span: Any) -> bool:
        """Say no where a content ends the text: texts that hold the literal are guarded."""
        return self._at_edge("endswith", literal, span)

    def _at_edge(self, name: str, literal: Any, span: tuple[Any, ...]) -> bool:
        for one in literal if isinstance(literal, tuple) else (literal,):
            if span:
                raise Unforeseen(name)
            self._watch.guard(self, one)
        return bool(getattr(str.__str__(self), name)(literal))

    def split(self, sep: str | None = None, maxsplit: SupportsIndex = -1) -> list[Any]:
        """Split at literals of the template: texts that hold the separator are guarded."""
        self._watch.guard(self, sep)
        return [self._watch.taint(part) for part in str.__str__(self).split(sep, maxsplit)]

    def rsplit(self, sep: str | None = None, maxsplit: SupportsIndex = -1) -> list[Any]:
        """Split at literals of the template: texts that hold the separator are guarded."""
        self._watch.guard(self, sep)
        return [self._watch.taint(part) for part in str.__str__(self).rsplit(sep, maxsplit)]

    def replace(self, old: str, new: str, count: SupportsIndex = -1, /) -> Any:
        """Replace in literals of the template: texts that hold ``old`` are guarded."""
        self._watch.guard(self, old)
        return self._watch.taint(str.__str__(self).replace(old, new, count))

    def count(self, literal: str, *span: Any) -> int:
        """Count in literals of the template: texts that hold ``literal`` are guarded."""
        if span:
            raise Unforeseen("count")
        self._watch.guard(self, literal)
        return str.__str__(self).count(literal)


def _with_cut(slot: Slot, cut: Cut) -> Slot:
    """Cut once more: of two cuts on one side, the other is nothing where one takes as much."""
    same = [other for other in slot.cuts if other.side == cut.side]
    if same and set(cut.chars) <= set(same[-1].chars):
        return slot
    kept = (c for c in slot.cuts if c.side != cut.side or not set(c.chars) <= set(cut.chars))
    return slot._replace(cuts=(*kept, cut))


def _unforeseen(name: str) -> Callable[..., NoReturn]:
    def method(*_: Any, **__: Any) -> NoReturn:
        raise Unforeseen(f"{name} of a content")

    return method


_OF_EVERY_OBJECT = {
    *("__class__", "__new__", "__init__", "__init_subclass__", "__subclasshook__", "__doc__"),
    *("__getattribute__", "__setattr__", "__delattr__", "__dir__", "__sizeof__", "__len__"),
    *("__reduce__", "__reduce_ex__", "__getstate__", "__getnewargs__"),
}
for _name in {*dir(str), "__rmod__"} - {*vars(Probe), *_OF_EVERY_OBJECT}:
    setattr(Probe, _name, _unforeseen(_name))
