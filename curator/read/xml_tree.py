"""What a row of an XML file holds: its elements as fields, and their text as a person reads it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from curator.read.xml_paths import Place

MAX_NEAR_CHARS = 1_000
"""A text beside the rows that is longer is no property of them, and is read where mapped."""
MAX_NEAR = 100
"""So many values of one element around a row are kept without being mapped."""
_SPACE = " \t\r\n"
_INLINE = frozenset(
    {"a", "abbr", "b", "cite", "code", "del", "dfn", "em", "font", "i", "ins", "kbd", "mark"}
    | {"q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "tt", "u", "var"}
)


class Element:
    """An element while it is read; ``parts`` is None where its text is not kept."""

    __slots__ = ("attributes", "is_wanted", "line", "name", "near", "parts", "size")

    def __init__(self, name: str, attributes: dict[str, str], line: int) -> None:
        """Begin on ``line``."""
        self.name, self.attributes, self.line = name, attributes, line
        self.parts: list[str | Element] | None = []
        self.near: dict[str, str] = {}  # closed elements inside it that are no rows, by path
        self.is_wanted = False  # the map names it, outside of rows
        self.size = 0

    def take(self, part: str | Element) -> None:
        """Keep what stands in it, where its text is kept."""
        if self.parts is not None:
            self.parts.append(part)

    def children(self) -> Iterator[Element]:
        """Give the elements in it."""
        return (part for part in self.parts or () if isinstance(part, Element))

    def own_text(self) -> bool:
        """Say whether text stands directly in it."""
        return any(isinstance(part, str) and part.strip(_SPACE) for part in self.parts or ())


def text_of(element: Element) -> str:
    """
    Give all text in ``element`` as written, without white space around it.

    Where an element holds elements and no text of its own, each of them is a line, unless they are
    marks inside a line (``<b>``, ``<sub>``) or stand on one.
    """
    return _text(element).strip(_SPACE)


def _text(element: Element) -> str:
    parts = element.parts or []
    if element.own_text() or not any(element.children()):
        return "".join(part if isinstance(part, str) else _inner(part) for part in parts)
    said, gap, before = "", "", None
    for part in parts:
        if isinstance(part, str):
            gap += part
            continue
        text = _inner(part) if part.name in _INLINE else _inner(part).strip(_SPACE)
        if text and said:
            is_inline = part.name in _INLINE and before in _INLINE
            lines = gap.count("\n")
            between = gap if (gap and not lines) or is_inline else "\n\n" if lines > 1 else "\n"
            said += between
        if text:
            said, gap, before = said + text, "", part.name
    return said


def _inner(element: Element) -> str:
    return "\n" if element.name == "br" and not element.parts else _text(element)


def fields(row: Element, around: Sequence[Element], places: dict[str, Place]) -> dict[str, Any]:
    """
    Give the fields of ``row``: those of the map as text, then what is left for meta.

    ``around`` are the elements it stands in, the root first. What is left are attributes, elements
    without elements, and elements with text of their own; names that repeat give a list. Of what
    surrounds the row: attributes, and the nearest text before it of elements beside its ancestors.
    """
    found: dict[str, Any] = {}
    used: set[str] = set()
    for field, place in places.items():
        values, names = _values(row, around, place)
        if values:
            found[field] = "\n".join(values)
        used |= names
    for name, value in _left(row, "", used):
        before = found.get(name)
        found[name] = (
            value
            if before is None
            else [*(before if isinstance(before, list) else [before]), value]
        )
    path = ""
    for element in around:
        path = f"{path}/{element.name}"
        beside = {f"{path}/@{name}": value for name, value in element.attributes.items()}
        beside |= {
            f"{path}/{name}": value for name, value in element.near.items() if "/" not in name
        }
        shown = {n: v for n, v in beside.items() if n not in used and len(v) <= MAX_NEAR_CHARS}
        found |= dict(list(shown.items())[:MAX_NEAR])
    return found


def _values(row: Element, around: Sequence[Element], place: Place) -> tuple[list[str], set[str]]:
    """Give the texts at ``place``, and the names under which they are used up."""
    chain = [*around, row]
    if place.up is None:
        if chain[0].name != place.steps[0]:
            return [], set()
        at, steps = 0, place.steps[1:]
    else:
        at, steps = len(chain) - 1 - place.up, place.steps
        if at < 0:
            return [], set()
    while steps and at + 1 < len(chain) and chain[at + 1].name == steps[0]:
        at, steps = at + 1, steps[1:]
    start = chain[at]
    tail = "/".join([*steps, *([f"@{place.attribute}"] if place.attribute else [])])
    if at == len(chain) - 1:
        reached = [start]
        for step in steps:
            reached = [
                child for element in reached for child in element.children() if child.name == step
            ]
        if place.attribute is None:
            return [text_of(element) for element in reached], {tail or "."}
        texts = [element.attributes.get(place.attribute) for element in reached]
        return [text for text in texts if text is not None], {tail}
    path = "/" + "/".join(element.name for element in chain[: at + 1])
    value = start.near.get(tail) if steps else start.attributes.get(place.attribute or "")
    return ([] if value is None else [value]), {f"{path}/{tail}"}


def _left(element: Element, path: str, used: set[str]) -> Iterator[tuple[str, str]]:
    """Yield what no field has taken, by path."""
    for name, value in element.attributes.items():
        if (field := f"{path}@{name}") not in used:
            yield field, value
    name = path.removesuffix("/") or "."
    if name in used:
        return
    if element.own_text() or not any(element.children()):
        if text := text_of(element):
            yield name, text
        return
    for child in element.children():
        yield from _left(child, f"{path}{child.name}/", used)
