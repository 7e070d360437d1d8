"""Write a tree of HTML as Markdown: every word that is not dead markup, in order."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from curator.read.documents.boilerplate import DEAD, HEADINGS
from curator.read.documents.html_table import rows_of
from curator.read.documents.markdown_table import table

_BREAK = "\x00"  # of a line; text holds no control characters
_BLOCKS = frozenset(
    (
        "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details",
        "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "header",
        "hgroup", "hr", "html", "legend", "li", "main", "nav", "ol", "p", "pre", "section",
        "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", *HEADINGS,
    )
)  # fmt: skip
_CODE = ("code", "kbd", "samp", "tt")
_MARKS = {"strong": "**", "b": "**", "em": "*", "i": "*", "del": "~~", "s": "~~", "strike": "~~"}
_CALL_OUT = re.compile(
    r"\b(note|tip|hint|warning|caution|danger|important|attention|admonition|callout|example"
    r"|alert|box|infobox)\b",
    re.IGNORECASE,
)
_LANGUAGE = re.compile(r"(?:^|\s)(?:lang|language|highlight|brush:\s*|sourceCode\s+)-?([\w+#.-]+)")
_NO_LANGUAGE = ("none", "plain", "plaintext", "text", "default", "source", "nohighlight")
_BACKTICKS = re.compile(r"`+")
_STARTS_BLOCK = re.compile(
    r"#{1,6}(?=\s|$)|[-+*](?=\s|$)|>|={1,}$|-{2,}$|([*_-] ?){3,}$|~~~|```|<(?=[A-Za-z/!?])"
    r"|[|:-][|: -]*$|\[[^\]]+\]:"
)
_NUMBERED = re.compile(r"(\d{1,9})([.)])(?=\s|$)")
_POWER = re.compile(r"[+\u2212-]?\d+")
_FOOTNOTE = re.compile(r"\W*(\d{1,3}|[a-z*†‡])\W*")


def markdown(root: Any) -> str:
    """
    Give the Markdown of what ``root`` holds.

    Headings keep their level, except in boxes such as notes and examples, and in lists and
    quotations, where they are bold. Definition lists are paragraphs ``**Term**: meaning``.
    """
    writer = _Writer(root)
    return "\n\n".join(writer.flow(root))


class _Writer:
    """One page on its way to Markdown."""

    def __init__(self, root: Any) -> None:
        self.level = 0  # of the last heading
        self.is_boxed = 0  # how many lists, quotations and notes stand around
        self.is_plain = False  # no marks, as in headings
        self.elements = list(root.iter())  # held, so that each keeps its identity
        self.holds_blocks: set[Any] = set()
        for element in self.elements:
            if element.tag in _BLOCKS:
                above = element.getparent()
                while above is not None and above not in self.holds_blocks:
                    self.holds_blocks.add(above)
                    above = above.getparent()

    def flow(self, element: Any) -> list[str]:
        """Give the blocks inside an element."""
        found: list[str] = []
        run = [element.text or ""]
        for child in element:
            if child.tag in DEAD:
                pass
            elif child.tag in _BLOCKS or child in self.holds_blocks:
                found += _paragraphs(run)
                found += self._block(child)
                run = []
            else:
                run.append(self.inline(child))
            run.append(child.tail or "")
        return found + _paragraphs(run)

    def _block(self, element: Any) -> list[str]:
        tag = element.tag
        if tag in HEADINGS:
            return self._heading(element, int(tag[1]))
        if tag == "pre":
            return _fence(_verbatim(element), _language(element))
        if tag in ("ul", "ol", "dir"):
            return self._list(element)
        if tag == "dl":
            return self._definitions(element)
        if tag == "table":
            return self._table(element)
        if tag == "summary":
            return self._heading(element, min(self.level + 1, 6), keeps_level=True)
        if tag == "blockquote":
            return self._quotation(element)
        if tag == "hr":
            return []
        if _is_lone_code(element) and element not in self.holds_blocks:
            return _fence(_verbatim(element), _language(element))
        if tag in ("div", "aside", "section") and _CALL_OUT.search(element.get("class") or ""):
            return self._inside(element)
        return self.flow(element)

    def _inside(self, element: Any) -> list[str]:
        self.is_boxed += 1
        found = self.flow(element)
        self.is_boxed -= 1
        return found

    def _heading(self, element: Any, level: int, *, keeps_level: bool = False) -> list[str]:
        if self.is_boxed:
            words = self.words(element, is_plain=True)
            return [f"**{words}**"] if words else []
        words = self.words(element, is_plain=True)
        if not words:
            return []
        if not keeps_level:
            self.level = level
        return [f"{'#' * level} {words}"]

    def words(self, element: Any, *, is_plain: bool = False) -> str:
        """Give what an element says on one line."""
        before, self.is_plain = self.is_plain, self.is_plain or is_plain
        text = " ".join(self.inside(element).replace(_BREAK, " ").split())
        self.is_plain = before
        return text

    def _quotation(self, element: Any) -> list[str]:
        lines = "\n\n".join(self._inside(element)).split("\n")
        return ["\n".join(f"> {line}".rstrip() for line in lines)] if lines != [""] else []

    def _list(self, element: Any) -> list[str]:
        self.is_boxed += 1
        items: list[str] = []
        start = element.get("start", "")
        number = int(start) if start.isascii() and start.isdigit() and len(start) < 7 else 1
        for child in element:
            blocks = self._block(child) if child.tag in ("ul", "ol") else self.flow(child)
            if child.tag in DEAD or not blocks:
                continue
            if child.tag in ("ul", "ol") and items:  # a list in a list, as old pages have it
                items[-1] += "\n" + _indented(blocks[0], 2 if element.tag != "ol" else 3)
                continue
            mark = f"{number}. " if element.tag == "ol" else "- "
            number += 1
            items.append(mark + _indented(_joined(blocks), len(mark)).lstrip(" "))
        self.is_boxed -= 1
        is_loose = any("\n\n" in item for item in items)
        return [("\n\n" if is_loose else "\n").join(items)] if items else []

    def _definitions(self, element: Any) -> list[str]:
        found: list[str] = []
        terms: list[str] = []
        for child in _parts(element):
            if child.tag == "dt":
                terms += [words] if (words := self.words(child, is_plain=True)) else []
                continue
            blocks = self._inside(child)
            if terms:
                head = ", ".join(f"**{term}**" for term in terms)
                is_text = blocks and not _starts_other(blocks[0])
                found.append(f"{head}: {blocks.pop(0)}" if is_text else f"{head}:")
                terms = []
            found += blocks
        return found + [f"**{term}**" for term in terms]

    def _table(self, element: Any) -> list[str]:
        found: list[str] = []
        for caption in element.iterchildren("caption"):
            found += self.flow(caption)
        inner = ("table", "pre", "dl", "blockquote", *HEADINGS)
        rows, has_header = rows_of(element)
        is_layout = next(element.iterdescendants(*inner), None) is not None
        if is_layout or max(map(len, rows), default=0) <= 1:
            for row in rows:
                for cell in row:
                    found += self.flow(cell) if cell is not None else []
            return found
        self.is_boxed += 1
        cells = [[self._cell(cell) if cell is not None else "" for cell in row] for row in rows]
        self.is_boxed -= 1
        said = [row for row in cells if any(row)]
        return [*found, table(said, has_header)] if said else found

    def _cell(self, cell: Any) -> str:
        if cell not in self.holds_blocks:
            return self.words(cell)
        blocks = self.flow(cell)
        lists = [
            re.sub(r"\n\s*(?:-|\d+\.) ", "; ", re.sub(r"^(?:-|1\.) ", "", each))
            if re.match(r"(?:-|1\.) ", each)
            else each
            for each in blocks
        ]
        return " ".join(lists)

    def inside(self, element: Any) -> str:
        """Give what stands inside an element as a part of a line."""
        parts = [element.text or ""]
        for child in element:
            parts.append("" if child.tag in DEAD else self.inline(child))
            parts.append(child.tail or "")
        return "".join(parts)

    def inline(self, element: Any) -> str:
        """Give an element as a part of a line; a line break is a mark that no text holds."""
        tag = element.tag
        if tag == "br":
            return _BREAK
        if tag == "img":
            alt = element.get("alt") or ""
            return f" {alt} " if any(map(str.isalnum, alt)) else ""
        if tag in _CODE:
            return _code("".join(_strings(element)))
        text = self.inside(element)
        if tag in _BLOCKS:
            return f" {text} "
        if tag == "a":
            return self._link(element, text)
        if tag == "sup":
            return _raised(element, text)
        if tag == "q":
            return f"“{text}”"
        if tag == "rt":
            return f"({text})"
        return _marked(text, _MARKS[tag]) if tag in _MARKS and not self.is_plain else text

    def _link(self, element: Any, text: str) -> str:
        address = (element.get("href") or "").strip()
        words = " ".join(text.replace(_BREAK, " ").split())
        if address.startswith("#") and not any(map(str.isalnum, "".join(element.itertext()))):
            return ""  # an arrow to the top
        if self.is_plain or not words or not re.match(r"https?://", address, re.IGNORECASE):
            return text
        if words in (address, re.sub(r"^https?://", "", address).rstrip("/")):
            return text
        address = re.sub(r"[\s()<>]", lambda char: f"%{ord(char[0]):02X}", address)
        words = words.replace("[", "\\[").replace("]", "\\]")
        return f"{text[: len(text) - len(text.lstrip())]}[{words}]({address})" + (
            " " if text[-1:].isspace() else ""
        )


def _parts(element: Any) -> Iterable[Any]:
    for child in element:
        if child.tag == "div":
            yield from child.iterchildren("dt", "dd")
        elif child.tag not in DEAD:
            yield child


def _paragraphs(run: Iterable[str]) -> list[str]:
    """Part a run of text where two line breaks stand together."""
    text = "".join(run)
    if not text or text.isspace():
        return []
    lines = [" ".join(line.split()) for line in text.split(_BREAK)]
    found = "\n".join(_as_text(line) for line in lines).strip("\n")
    return [each for each in re.split(r"\n{2,}", found) if each]


def _as_text(line: str) -> str:
    """Keep a line of text from being read as the beginning of something else."""
    if _STARTS_BLOCK.match(line):
        return "\\" + line
    return _NUMBERED.sub(r"\1\\\2", line, count=1) if _NUMBERED.match(line) else line


def _marked(text: str, mark: str) -> str:
    """Put marks around the words of each line, not around the spaces beside them."""
    lines = []
    for line in text.split(_BREAK):
        words = line.strip()
        if not words or not any(map(str.isalnum, words)) or words.startswith(mark[0]):
            lines.append(line)
            continue
        at = line.index(words)
        lines.append(f"{line[:at]}{mark}{words}{mark}{line[at + len(words) :]}")
    return _BREAK.join(lines)


def _code(text: str) -> str:
    words = " ".join(text.replace(_BREAK, " ").split())
    if not words:
        return " " if text else ""
    ticks = "`" * (max(map(len, _BACKTICKS.findall(words)), default=0) + 1)
    pad = " " if words[0] == "`" or words[-1] == "`" else ""
    left = " " if text[0].isspace() else ""
    right = " " if text[-1].isspace() else ""
    return f"{left}{ticks}{pad}{words}{pad}{ticks}{right}"


def _raised(element: Any, text: str) -> str:
    said = text.strip()
    if next(element.iterdescendants("a"), None) is not None and _FOOTNOTE.fullmatch(said):
        return ""
    return f"^{said}" if _POWER.fullmatch(said) else text


def _strings(element: Any) -> Iterable[str]:
    """Give the texts inside an element, a line break for each ``br``."""
    for event_text in (element.text,):
        yield event_text or ""
    for child in element:
        if child.tag == "br":
            yield _BREAK
        elif child.tag not in DEAD:
            yield from _strings(child)
        yield child.tail or ""


def _verbatim(element: Any) -> str:
    parts = []
    for child in element.iter():
        if child.tag == "br":
            parts.append(_BREAK)
    text = "".join(_strings(element)) if parts else "".join(element.itertext())
    if element.tag != "pre":  # only its breaks are lines
        text = _BREAK.join(" ".join(line.split()) for line in text.split(_BREAK))
    return text.replace(_BREAK, "\n")


def _fence(text: str, language: str) -> list[str]:
    lines = [line.rstrip() for line in text.split("\n")]
    while lines and not lines[0]:
        del lines[0]
    while lines and not lines[-1]:
        del lines[-1]
    if not lines:
        return []
    ticks = "`" * max(3, max(map(len, _BACKTICKS.findall(text)), default=0) + 1)
    return [f"{ticks}{language}\n" + "\n".join(lines) + f"\n{ticks}"]


def _language(element: Any) -> str:
    around = (element, *element.iterchildren("code"), element.getparent())
    for each in around:
        match = _LANGUAGE.search(each.get("class") or "") if each is not None else None
        if match and match[1].lower() not in _NO_LANGUAGE:
            return match[1]
    return ""


def _is_lone_code(element: Any) -> bool:
    """Say whether code with line breaks is all that a paragraph holds."""
    return (
        len(element) == 1
        and element[0].tag in _CODE
        and not (element.text or "").strip()
        and not (element[0].tail or "").strip()
        and next(element[0].iterdescendants("br"), None) is not None
    )


def _joined(blocks: list[str]) -> str:
    """Join the blocks of an item; a list right below its text stays close to it."""
    text = blocks[0]
    for block in blocks[1:]:
        is_close = re.match(r"(?:- |\d+\. )", block) is not None and "\n\n" not in block
        text += ("\n" if is_close else "\n\n") + block
    return text


def _starts_other(block: str) -> bool:
    return re.match(r"- |\d+\. |\||```|> ", block) is not None


def _indented(text: str, width: int) -> str:
    return "\n".join(" " * width + line if line else "" for line in text.split("\n"))
