"""Buttons that unfold a part of a page are its titles: questions of an FAQ are often written so."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

_FOLD = re.compile(r"accordion|collaps|expand|faq|question|toggle", re.IGNORECASE)
_NO_TITLE = re.compile(
    r"\W*|(?:show|read|see|view|load|learn|toggle|open|close|expand|collapse|hide)\b.*"
    r"|(?:main )?menu|more|less|details|options|copy(?: \w+)?|edit|next|previous|search",
    re.IGNORECASE,
)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_MOST_LEVELS = 3  # of boxes around a button, before the part that it unfolds


class Fold(NamedTuple):
    """A button, and the part of the page that it shows and hides."""

    button: Any
    part: Any


def folds(root: Any) -> list[Fold]:
    """
    Find the buttons that are titles; one that is all a heading says becomes the heading's words.

    A button unfolds what stands next to it, or next to a box that it is in.
    """
    named = {each.get("id"): each for each in root.iter() if each.get("id")}
    found = []
    for button in list(root.iter("button")):
        said = " ".join("".join(button.itertext()).split())
        heading = next(button.iterancestors(*_HEADINGS), None)
        if heading is not None:
            if said and "".join("".join(heading.itertext()).split()) == said.replace(" ", ""):
                button.tag = "span"
            continue
        part = named.get(button.get("aria-controls"))
        beside = _beside(button)
        is_named = part is None and _FOLD.search(button.get("class") or "") is not None
        is_title = button.get("role") != "tab" and not _NO_TITLE.fullmatch(said)
        if is_title and beside is not None and (is_named or part is beside):
            found.append(Fold(button, beside))
    return found


def _beside(button: Any) -> Any:
    """Give what stands next to a button, or to the nearest box around it that has a next."""
    element = button
    for _ in range(_MOST_LEVELS):
        if element is not None and element.getnext() is None:
            element = element.getparent()
    return None if element is None else element.getnext()


def titled(root: Any, found: list[Fold]) -> list[Any]:
    """Make titles of the buttons whose part is still there and says something; give the others."""
    left = set(root.iter())
    others = []
    for button, part in found:
        if part in left and "".join(part.itertext()).strip():
            button.tag = "summary"
        elif button in left:
            others.append(button)
    return others
