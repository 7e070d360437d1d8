"""The Markdown that pdf-inspector makes of a page, with its known slips mended."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import dropwhile, pairwise
from typing import Any

from curator.read.documents.pdf.text_lines import BULLETS

_TOKEN = re.compile(r"[^\W_]+")
_ROMAN = re.compile(r"[ivxlc]+", re.IGNORECASE)
_EDGE = 60  # words at the top and end of a page
_TAG = re.compile(r"</?(?:u|sup|sub|b|i|s|em|strong)>")
_EMPHASIS = re.compile(r"(?<!\\)(?<![\w*])(\*{1,3})(?=[^\s*])(.{1,400}?)(?<=[^\s*\\])\1(?!\*)")
_GLUED = re.compile(r"(\*{1,3})([^\s*][^*\n]{0,400}?)\1(?!\*)")
_LEADERS = re.compile(r"[ ]?(?:\.[ ]?){5,}[ ]?")
_HEADING = re.compile(r"(#{1,6}) +(.*)")
_ORDERED = re.compile(r"(\d{1,4})([.)]) +(.*)")
_LIST = re.compile(r"[-*+] |\d{1,4}[.)] ")
_OPENS_ITEM = re.compile(rf"([{BULLETS}])\s*|(\d{{1,3}})[.)]?\s+")
_GLUED_NUMBER = re.compile(r"\d{1,3}[^\W\d_]")
_BOX = re.compile(r" (?=_{3,} )")  # to be ticked
_INLINE_BULLET = re.compile(rf"\s*[{BULLETS}]\s*")
_OPEN_END = re.compile(
    r"(?:\b(?:pp?|nos?|vol|sec|art|fig|p\.m|ed)\.|[\w,;(\u2013-])$", re.IGNORECASE
)
_FENCE = "```"


def blocks(markdown: str, lines: Sequence[str], fonts: Callable[[], Sequence[Any]]) -> list[str]:
    """
    Give the blocks of one page's Markdown.

    ``lines`` are those of the text of record, without the repeated ones; ``fonts`` gives the
    positioned text of the page, which is costly and asked for only where it decides.
    """
    found: list[str] = []
    for block in _parted(markdown):
        if block.startswith(_FENCE):
            found.append(_indented(block, fonts))
        elif heading := _HEADING.fullmatch(block):
            found += _headings(len(heading[1]), _plain(heading[2]), lines, fonts)
        elif block.startswith("|"):
            found.append(_table(block))
        else:
            found += _texts(block)
    return [one for one in _continued(found) if one.strip()]


def without(markdown: str, repeated: Iterable[str]) -> str:
    """Give the Markdown without the repeated lines of its page, at its beginning and its end."""
    markdown = _TAG.sub("", markdown)
    for line in repeated:
        start, end = _spot(markdown, line)
        markdown = f"{markdown[:start].rstrip(' ')}{markdown[end:]}"
    return markdown


def _spot(markdown: str, line: str) -> tuple[int, int]:
    """Find ``line`` by its words, because numbers, marks and line ends may have come apart."""
    said = [match[0] for match in _TOKEN.finditer(line)]
    names = [word for word in said if not word.isdigit()]
    tokens = list(_TOKEN.finditer(markdown))
    edges = tokens if len(tokens) <= 2 * _EDGE else [*tokens[:_EDGE], *tokens[-_EDGE:]]
    if not names:
        alone = [t for t in (*edges[:1], *edges[-1:]) if [t[0]] == said and _is_alone(markdown, t)]
        return (alone[-1].start(), alone[-1].end()) if alone else (0, 0)
    named = [token for token in edges if not token[0].isdigit()]
    texts = [token[0] for token in named]
    for wanted in (names, names[:-1] if _ROMAN.fullmatch(names[-1]) else []):
        for at in range(len(texts) - len(wanted), -1, -1) if wanted else ():
            if texts[at : at + len(wanted)] == wanted:
                first, last = named[at].start(), named[at + len(wanted) - 1].end()
                opening = len(said) - len(list(dropwhile(str.isdigit, said)))
                closing = len(said) - len(list(dropwhile(str.isdigit, said[::-1])))
                before = re.search(rf"(?:\d+[^\w\n]+){{0,{opening}}}$", markdown[:first][-40:])
                after = re.match(rf"(?:[^\w\n]+\d+){{0,{closing}}}[*_.)\]]*", markdown[last:])
                start = first - len(before[0] if before else "")
                marks = len(markdown[:start]) - len(markdown[:start].rstrip("#*_([ "))
                return start - marks, last + len(after[0] if after else "")
    return 0, 0


def _is_alone(markdown: str, token: re.Match[str]) -> bool:
    start, end = markdown.rfind("\n", 0, token.start()) + 1, markdown.find("\n", token.end())
    return not _TOKEN.sub("", markdown[start : end if end >= 0 else None], count=1).strip("#*_ ")


def _parted(markdown: str) -> list[str]:
    """Part blocks that stand on touching lines, too; a fence stays whole."""
    found: list[str] = []
    lines = iter(markdown.split("\n"))
    is_open = False
    for line in lines:
        if line.startswith(_FENCE):
            fence = [line]
            for inner in lines:
                fence.append(inner)
                if inner.startswith(_FENCE):
                    break
            found.append("\n".join(fence))
            is_open = False
        elif not line.strip():
            is_open = False
        elif is_open and _kind(line) == _kind(found[-1]) != "heading":
            found[-1] += f"\n{line}"
        else:
            found.append(line)
            is_open = True
    return found


def _kind(block: str) -> str:
    if _HEADING.match(block):
        return "heading"
    if block.startswith("|"):
        return "table"
    return "list" if _LIST.match(block.lstrip()) else "paragraph"


def _plain(text: str) -> str:
    """Drop emphasis, which fonts give by the piece, but not the bold that opens a paragraph."""
    lead = re.match(r"\*\*[^*\n]{1,60}\*\*(?=[ :.]|$)", text)
    kept = lead[0] if lead else ""
    rest = text[len(kept) :]
    for _ in range(3):
        rest = _GLUED.sub(r"\2", _EMPHASIS.sub(r"\2", rest))
    return kept + rest


def _table(block: str) -> str:
    """Give the table; a paragraph whose lines were taken for its rows is one again."""
    rows = [_LEADERS.sub(" … ", _plain(row)) for row in block.split("\n")]
    cells = [row.strip("|").split("|") for row in (rows[0], *rows[2:])]
    if len(cells) > 2 and all(not any(others) for _, *others in cells[1:]):
        return " ".join(cell for row in cells for cell in row if cell)
    return "\n".join(rows)


def _texts(block: str) -> list[str]:
    """Give a paragraph or list; bullets inside a line become items."""
    found: list[str] = []
    for line in block.split("\n"):
        text = _LEADERS.sub(" … ", _plain(line)).strip()
        if text.startswith("___") and len(boxes := _BOX.split(text)) > 1:
            found.append("\n".join(f"- {box}" for box in boxes))
            continue
        lead, *items = _INLINE_BULLET.split(text)
        if items and _kind(text) == "paragraph":
            found += [lead] if lead else []
            found.append("\n".join(f"- {item}" for item in items if item))
        elif found and (_kind(text) == _kind(found[-1]) == "list" or _kind(text) == "paragraph"):
            found[-1] += f"\n{text}"
        else:
            found.append(text)
    return found


def _headings(
    level: int, text: str, lines: Sequence[str], fonts: Callable[[], Sequence[Any]]
) -> list[str]:
    """Undo headings that are lists, and part those that are two."""
    text = text.replace("**", "")
    own = _lines_of(text, lines)
    marks = [_OPENS_ITEM.match(line) for line in own]
    is_glued = _GLUED_NUMBER.match(text) is not None  # "3Lock." where the line says "3 Lock."
    if own and all(marks) and (len(own) > 1 or own[0][0] in BULLETS or is_glued):
        items = []
        for line, mark in zip(own, marks, strict=True):
            number = f"{mark[2]}." if mark and mark[2] else "-"
            items.append(f"{number} {line[mark.end() if mark else 0 :]}")
        return ["\n".join(items)]
    if len(own) < 2:
        return [f"{'#' * level} {text}"]
    fonts_of = [_font(line, fonts()) for line in own]
    parts, depth = [own[0]], [0]
    for line, (before, now) in zip(own[1:], pairwise(fonts_of), strict=True):
        if before and now and (before[0] != now[0] or before[1] - now[1] > 1.45 * now[0]):
            parts.append(line)
            depth.append(depth[-1] + (before[0] > now[0]))
        else:
            parts[-1] += f" {line}"
    return [f"{'#' * min(level + at, 6)} {part}" for at, part in zip(depth, parts, strict=True)]


def _lines_of(text: str, lines: Sequence[str]) -> list[str]:
    """Give the lines in a row that make up ``text``, spaces aside; none if there are no such."""
    wanted = _squeezed(text)
    squeezed = [_squeezed(line) for line in lines]
    for first, begin in enumerate(squeezed):
        if not begin or not wanted.startswith(begin):
            continue
        said = ""
        for last in range(first, len(lines)):
            said += squeezed[last]
            if said == wanted:
                return [" ".join(line.split()) for line in lines[first : last + 1] if line.strip()]
            if not wanted.startswith(said):
                break
    return []


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _font(line: str, items: Sequence[Any]) -> tuple[float, float] | None:
    """Give the size of the font that a line begins in, and how high the line stands."""
    wanted = _squeezed(line)
    for item in items:
        said = _squeezed(item.text)
        if said and (wanted.startswith(said) or said.startswith(wanted)):
            return round(float(item.font_size), 1), float(item.y)
    return None


def _indented(block: str, fonts: Callable[[], Sequence[Any]]) -> str:
    """Give code its indentation back, measured in the width of its characters."""
    rows: dict[float, list[Any]] = defaultdict(list)
    for item in fonts():
        rows[round(item.y, 1)].append(item)
    spots: dict[str, tuple[float, float]] = {}
    for row in rows.values():
        row.sort(key=lambda item: item.x)
        first = row[0]
        wide = first.width / len(first.text) if first.text else 0
        said = "".join(item.text for item in row)
        blank = (len(said) - len(said.lstrip())) * wide
        spots.setdefault(_squeezed(said), (first.x + blank, wide))
    opening, *code, closing = block.split("\n") if block.count("\n") > 1 else (block, "")
    known = [spots.get(_squeezed(line)) for line in code]
    left = min((spot[0] for spot in known if spot), default=0.0)
    lines = []
    for line, spot in zip(code, known, strict=True):
        blank = round((spot[0] - left) / spot[1]) if spot and spot[1] > 0 else 0
        lines.append(f"{' ' * min(blank, 80)}{line.strip()}" if spot else line)
    return "\n".join([opening, *lines, closing])


def _continued(found: Sequence[str]) -> list[str]:
    """Join a lone number, which a line began with, to the sentence it was cut from."""
    made: list[str] = []
    for block in found:
        ordered = _ORDERED.match(block)
        before = made[-1] if made else ""
        if (
            ordered
            and int(ordered[1]) > 1
            and _kind(before) == "paragraph"
            and _OPEN_END.search(before)
            and "\n" not in before
        ):
            made[-1] = f"{before} {block}"
        else:
            made.append(block)
    return made
