"""Write what stands in a line of a web page as Markdown: marks, links, code, powers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from curator.read.documents.web_page.boilerplate import DEAD, HEADINGS
from curator.read.documents.web_page.code import BREAK, CODE, span, strings

BLOCKS = frozenset(
    (
        "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details",
        "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "header",
        "hgroup", "hr", "html", "legend", "li", "main", "nav", "ol", "p", "pre", "section",
        "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", *HEADINGS,
    )
)  # fmt: skip
_MARKS = {"strong": "**", "b": "**", "em": "*", "i": "*", "del": "~~", "s": "~~", "strike": "~~"}
_AROUND = {"q": ("“", "”"), "rt": ("(", ")")}
_STARTS_BLOCK = re.compile(
    r"#{1,6}(?=\s|$)|[-+*](?=\s|$)|>|={1,}$|-{2,}$|([*_-] ?){3,}$|~~~|`{3,}[^`]*$|<(?=[A-Za-z/!?])"
    r"|[|:-][|: -]*$|\[[^\]]+\]:"
)
_NUMBERED = re.compile(r"(\d{1,9})([.)])(?=\s|$)")
_POWER = re.compile(r"[+\u2212-]?\w{1,3}(\s*[+\u2212/*-]\s*\w{1,3})*")
_ORDINAL = re.compile(r"st|nd|rd|th|e|er|re|ère|ème|nde?|o|a|º|ª|tm|sm|r|c", re.IGNORECASE)
_FOOTNOTE = re.compile(r"\W*(\d{1,3}|[a-z*†‡])\W*")


def words(element: Any, *, is_plain: bool = False) -> str:
    """Give what an element says on one line; ``is_plain`` leaves out marks and addresses."""
    return " ".join(inside(element, is_plain=is_plain).replace(BREAK, " ").split())


def paragraphs(run: Iterable[str]) -> list[str]:
    """Part a run of text where two line breaks stand together."""
    text = "".join(run)
    if not text or text.isspace():
        return []
    lines = [" ".join(line.split()) for line in text.split(BREAK)]
    found = "\n".join(_as_text(line) for line in lines).strip("\n")
    return [each for each in re.split(r"\n{2,}", found) if each]


def _as_text(line: str) -> str:
    """Keep a line of text from being read as the beginning of something else."""
    if _STARTS_BLOCK.match(line):
        return "\\" + line
    return _NUMBERED.sub(r"\1\\\2", line, count=1) if _NUMBERED.match(line) else line


def inside(element: Any, *, is_plain: bool) -> str:
    """Give what stands inside an element as a part of a line."""
    parts = [element.text or ""]
    for child in element:
        parts.append("" if child.tag in DEAD else inline(child, is_plain=is_plain))
        parts.append(child.tail or "")
    return "".join(parts)


def inline(element: Any, *, is_plain: bool = False) -> str:
    """Give an element as a part of a line; a line break is a mark that no text holds."""
    tag = element.tag
    if tag == "br":
        return BREAK
    if tag == "img":
        alt = element.get("alt") or ""
        return f" {alt} " if any(map(str.isalnum, alt)) else ""
    if tag in CODE:
        return span("".join(strings(element)))
    text = inside(element, is_plain=is_plain)
    if tag == "a":
        text = _link(element, text, is_plain=is_plain)
    elif tag == "sup":
        text = _raised(element, text)
    elif tag in _MARKS and not is_plain and not _is_in_word(element):
        text = _marked(text, _MARKS[tag])
    left, right = (" ", " ") if tag in BLOCKS else _AROUND.get(tag, ("", ""))
    return f"{left}{text}{right}"


def _link(element: Any, text: str, *, is_plain: bool) -> str:
    address = (element.get("href") or "").strip()
    words = " ".join(text.replace(BREAK, " ").split())
    if address.startswith("#") and not any(map(str.isalnum, "".join(element.itertext()))):
        return ""  # an arrow to the top
    if is_plain or not words or not re.match(r"https?://", address, re.IGNORECASE):
        return text
    if words in (address, re.sub(r"^https?://", "", address).rstrip("/")):
        return text
    address = re.sub(r"[\s()<>]", lambda char: f"%{ord(char[0]):02X}", address)
    words = words.replace("[", "\\[").replace("]", "\\]")
    return f"{text[: len(text) - len(text.lstrip())]}[{words}]({address})" + (
        " " if text[-1:].isspace() else ""
    )


def _marked(text: str, mark: str) -> str:
    """Put marks around the words of each line, not around the spaces beside them."""
    lines = []
    for line in text.split(BREAK):
        words = line.strip()
        if not words or not any(map(str.isalnum, words)) or words.startswith(mark[0]):
            lines.append(line)
            continue
        at = line.index(words)
        lines.append(f"{line[:at]}{mark}{words}{mark}{line[at + len(words) :]}")
    return BREAK.join(lines)


def _is_in_word(element: Any) -> bool:
    """Say whether letters touch it, as where an abbreviation's letters are bold: no mark fits."""
    sibling = element.getprevious()
    before = element.getparent().text if sibling is None else sibling.tail
    touches = sibling is not None and not before and sibling.tag in _MARKS
    return touches or (before or "")[-1:].isalnum() or (element.tail or "")[:1].isalnum()


def _raised(element: Any, text: str) -> str:
    said = text.strip()
    if next(element.iterdescendants("a"), None) is not None and _FOOTNOTE.fullmatch(said):
        return ""
    if not _POWER.fullmatch(said) or _ORDINAL.fullmatch(said):
        return text
    return f"^{said}" if re.fullmatch(r"\W?\w+", said) else f"^({said})"
