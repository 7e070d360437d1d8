"""Write code of a web page as Markdown: spans in a line, and fenced blocks word for word."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from curator.read.documents.web_page.boilerplate import DEAD

BREAK = "\x00"
"""The end of a line where the page makes one; text holds no control characters."""
CODE = ("code", "kbd", "samp", "tt")

_LISTING = re.compile(r"\b(example|listing|code|console|terminal)\b", re.IGNORECASE)
_LANGUAGE = re.compile(r"(?:^|\s)(?:lang-|language-|highlight-|brush:\s*|sourceCode\s+)([\w+#.-]+)")
_NO_LANGUAGE = ("none", "plain", "plaintext", "text", "default", "source", "nohighlight")
_BACKTICKS = re.compile(r"`+")


def span(text: str) -> str:
    """Give code as a part of a line, the spaces beside it kept."""
    words = " ".join(text.replace(BREAK, " ").split())
    if not words:
        return " " if text else ""
    ticks = "`" * (max(map(len, _BACKTICKS.findall(words)), default=0) + 1)
    pad = " " if words[0] == "`" or words[-1] == "`" else ""
    left = " " if text[0].isspace() else ""
    right = " " if text[-1].isspace() else ""
    return f"{left}{ticks}{pad}{words}{pad}{ticks}{right}"


def strings(element: Any) -> Iterable[str]:
    """Give the texts inside an element, a line break for each ``br``."""
    yield element.text or ""
    for child in element:
        if child.tag == "br":
            yield BREAK
        elif child.tag not in DEAD:
            yield from strings(child)
        yield child.tail or ""


def verbatim(element: Any) -> str:
    """Give the lines of code as they are."""
    text = "".join(strings(element))
    if element.tag != "pre":  # only its breaks are lines
        text = BREAK.join(" ".join(line.split()) for line in text.split(BREAK))
    return text.replace(BREAK, "\n")


def fence(text: str, language: str) -> list[str]:
    """Give the block of code, none where there is no code; empty lines around it are left out."""
    lines = "\n".join(line.rstrip() for line in text.split("\n")).strip("\n")
    if not lines:
        return []
    ticks = "`" * max(3, max(map(len, _BACKTICKS.findall(text)), default=0) + 1)
    return [f"{ticks}{language}\n" + lines + f"\n{ticks}"]


def language_of(element: Any) -> str:
    """Give the language that the class of the code, or of the box around it, names."""
    around = (element, *element.iterchildren("code"), element.getparent())
    for each in around:
        match = _LANGUAGE.search(each.get("class") or "") if each is not None else None
        if match and match[1].lower() not in _NO_LANGUAGE:
            return match[1]
    return ""


def is_lone(element: Any) -> bool:
    """Say whether code with line breaks, or in a box for code, is all that a paragraph holds."""
    if len(element) != 1 or element[0].tag not in CODE:
        return False
    if (element.text or "").strip() or (element[0].tail or "").strip():
        return False
    if next(element[0].iterdescendants("br"), None) is not None:
        return True
    parent = element.getparent()
    return parent is not None and bool(_LISTING.search(parent.get("class") or ""))
