"""Lines of PDF pages: what repeats on most pages, hyphens at line ends, and paragraphs by guess."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

BULLETS = "•▪◦●○■□‣\u2043∙\uf0b7\uf0a7"
HYPHEN = "\ufffe"
"""What pdfium puts where a line ended in a hyphen."""

_WORD = re.compile(r"[^\W_]+")
_BROKEN = re.compile(rf"([^\W\d_]+)(?:{HYPHEN}|\xad\n?|-\n)([^\W\d_]+)")
_MAY_BREAK = re.compile(rf"{HYPHEN}|\xad|-\n")
_COMPOUND = re.compile(r"([^\W\d_]+)-(?=([^\W\d_]+))")
_ROMAN = re.compile(r"\b[ivxlc]+$")
_ITEM = re.compile(rf"(?:[{BULLETS}]|[-\u2013*](?=\s)|(?P<number>\d{{1,3}}[.)])(?=\s))\s*(?=\S)")
_HEADING = re.compile(r"(?P<number>\d{1,2}(?:\.\d{1,2})*\.?)\s+[^\W\d_].{0,78}(?<![.,;:])")
_ENDS = re.compile(r"[.!?:;…][\"'”\u2019)\]]*$")
_EDGE_LINES = 3
_FULL = 0.75  # of the width of most lines; a shorter line ends its paragraph

Words = Counter[str]


def words(text: str) -> Words:
    """Count the words of ``text`` in lower case, ligatures and raised figures as plain ones."""
    return Counter(_WORD.findall(unicodedata.normalize("NFKC", text).lower()))


def recall(reference: Words, found: Words) -> float:
    """Give what part of the reference's words was found, each as often as it stands there."""
    total = reference.total()
    return (reference & found).total() / total if total else 1.0


def mender(pages: Sequence[str], *, hyphenates: bool = True) -> Callable[[str, str], str]:
    """
    Give the way to write two parts of a word that a line end has parted.

    The text itself decides: the word as it stands elsewhere, with or without hyphen; else the
    hyphen stays where both parts are words of the text; in doubt, what most others came to, and
    else what the program that made the file does: ``hyphenates``.
    """
    whole = _BROKEN.sub(" ", "\n".join(pages))
    known = set(_WORD.findall(whole.lower()))
    compounds = {(a.lower(), b.lower()) for a, b in _COMPOUND.findall(whole)}

    def is_solid(first: str, second: str) -> bool | None:
        one, two = first.lower(), second.lower()
        if one + two in known:
            return True
        is_compound = (one, two) in compounds or {one, two} <= known or second[0].isupper()
        return False if is_compound else None

    told = [is_solid(*pair) for pair in sorted(broken(pages))]
    solid, apart = told.count(True), told.count(False)
    in_doubt = hyphenates if solid == apart else solid > apart

    def join(first: str, second: str) -> str:
        is_one = is_solid(first, second)
        return first + second if is_one or (is_one is None and in_doubt) else f"{first}-{second}"

    return join


def broken(pages: Iterable[str]) -> set[tuple[str, str]]:
    """Give the pairs of parts that line ends have parted."""
    return {pair for page in pages for pair in _BROKEN.findall(page)}


def mend(text: str, join: Callable[[str, str], str]) -> str:
    """Join the words that line ends have parted."""
    if not _MAY_BREAK.search(text):
        return text
    for _ in range(2):  # a word may be parted twice
        text = _BROKEN.sub(lambda found: _written(found, join), text)
    return text.replace(HYPHEN, "-").replace("\xad", "")


def _written(found: re.Match[str], join: Callable[[str, str], str]) -> str:
    is_address = found.start() and found.string[found.start() - 1] in "/.@"
    return f"{found[1]}-{found[2]}" if is_address else join(found[1], found[2])


def running(pages: Sequence[Sequence[str]]) -> list[set[int]]:
    """
    Give for each page the lines at its top and end that most pages repeat, numbers aside.

    Left and right pages are also counted apart. Fewer than three pages repeat nothing.
    """
    edges = [_edges(lines) for lines in pages]
    keys = [{_key(lines[at]) for at in edge} for lines, edge in zip(pages, edges, strict=True)]
    repeated: set[str] = set()
    for some in (keys, keys[::2], keys[1::2]):
        counts = Counter(key for of_page in some for key in of_page)
        repeated |= {key for key, n in counts.items() if n >= 3 and n * 2 > len(some)}
    return [
        {at for at in edge if _key(lines[at]) in repeated}
        for lines, edge in zip(pages, edges, strict=True)
    ]


def _edges(lines: Sequence[str]) -> list[int]:
    filled = [at for at, line in enumerate(lines) if line.strip()]
    return sorted({*filled[:_EDGE_LINES], *filled[-_EDGE_LINES:]})


def _key(line: str) -> str:
    return _ROMAN.sub("#", re.sub(r"\d+", "#", " ".join(line.lower().split())))


def paragraphs(lines: Sequence[str], headings: dict[str, int]) -> list[str]:
    """
    Give Markdown for the lines of a page: paragraphs joined, items and headings where they show.

    ``headings`` are the lines known as such, in lower case, with their levels.
    """
    lines = [" ".join(line.split()) for line in lines]
    lengths = sorted(len(line) for line in lines if line)
    width = lengths[len(lengths) * 4 // 5] if lengths else 0
    found: list[str] = []
    is_open = False
    for line in filter(None, lines):
        level = headings.get(line.lower()) or _guessed_level(line)
        item = _ITEM.match(line)
        if level:
            found.append(f"{'#' * level} {line}")
        elif item:
            found.append(f"{item['number'] or '-'} {line[item.end() :]}")
        elif is_open:
            found[-1] += f" {line}"
        else:
            found.append(f"\\{line}" if line[0] in "#>|" else line)
        is_full = len(line) >= _FULL * width and len(line) > 20
        is_open = not level and (is_full or (item is not None and not _ENDS.search(line)))
    return found


def _guessed_level(line: str) -> int | None:
    """Take numbers of two and more parts for headings: a lone number also opens items."""
    found = _HEADING.fullmatch(line)
    parts = found["number"].strip(".").count(".") + 1 if found else 0
    return min(parts, 6) if parts > 1 else None


def shingles(text: str) -> set[tuple[str, str, str]]:
    """Give every three words in a row."""
    said = _WORD.findall(unicodedata.normalize("NFKC", text).lower())
    return set(zip(said, said[1:], said[2:], strict=False))
