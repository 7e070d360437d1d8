"""
PDF: the words are pdfium's; the structure is the file's own tags', or pdf-inspector's, or a guess.

A structure is taken only where its words agree with those of pdfium; else the text is plain.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from curator.errors import MissingExtra
from curator.read.documents import markdown
from curator.read.documents.document import NO_TEXT, Document
from curator.read.documents.pdf import text_lines
from curator.read.documents.pdf.choice import Pages, choose
from curator.read.documents.pdf.tree import Element, Trees
from curator.read.values import Unmappable

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

ENDINGS = (".pdf",)

MAX_PAGES = 3_000
MAX_CHARS = 20_000_000
_FEW_WORDS = 3  # a page with a picture and no more words than these is a scan
_MOST_UNREADABLE = 0.2  # of the characters
_NO_TITLE = re.compile(
    r"(?i)microsoft \w+ - |untitled|.*\.\w{2,5}$|\W*$|(slide|page|document) ?\d*$"
)
_SAYS_NOTHING = re.compile("[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f\x7f-\x9f\U000f0000-\U0010ffff]")
_NOBODY = {"anonymous", "(anonymous)", "unknown", "unspecified", "(unspecified)"}
_RAISED = re.compile(r"(?<=\d)\n(st|nd|rd|th)\b[\n ]?")  # pdfium gives it a line: 4th
_OFFICE = re.compile(r"\b(?:Word|PowerPoint|Writer|Excel|Google|Skia)\b")  # part no words
_LIGATURES = {
    0xFB00 + at: text for at, text in enumerate(("ff", "fi", "fl", "ffi", "ffl", "st", "st"))
}
_CONTROL = dict.fromkeys((*range(9), 11, 12, *range(14, 32), *range(127, 160)))
_ROUGH = {**_CONTROL, **_LIGATURES, 0xFEFF: None, 0x200B: None, 0x2028: "\n", 0x2029: "\n"}


def recognises(data: bytes) -> bool:
    """Look for the mark that opens every PDF file, a little rubbish before it allowed."""
    return data[:1024].lstrip(b"\xef\xbb\xbf\0 \t\r\n").startswith(b"%PDF-")


def parse(data: bytes, encoding: str) -> Document:  # noqa: ARG001 - the file says its own
    """
    Give Markdown with the file's words; meta says which structure it has, and how many words agree.

    Lines at the top and end of most pages are left out and counted; pages that hold a picture and
    no text are named. Raises: Unmappable, MissingExtra.
    """
    opened = _opened(data)
    try:
        raw, trees = _read(opened)
        told = opened.get_metadata_dict()
        levels = {mark.get_title().strip().lower(): mark.level + 1 for mark in opened.get_toc()}
        makers = f"{told.get('Creator', '')} {told.get('Producer', '')}"
        kept, repeated = _parted(raw)
        scans = _scans(opened, kept)
        if not any(map(_count, kept)):  # every page says the same
            kept, repeated = [page.split("\n") for page in raw], [[] for _ in raw]
            if not any(map(_count, kept)):
                pages = _ranges(range(1, len(raw) + 1))
                raise Unmappable("empty document", f"no text on {pages}")
    finally:
        opened.close()
    _readable(raw)
    hyphenates = _OFFICE.search(makers) is None
    chosen = choose(Pages(data, kept, repeated, trees, levels, hyphenates))
    text = _clean("\n\n".join(chosen.blocks))
    blocks, heading = markdown.blocks_of(text)
    meta = {"pages": len(raw), **chosen.meta}
    left_out = []
    if lines := sum(map(len, repeated)):
        meta["running_lines"] = lines
        left_out.append(f"lines that most pages repeat | {lines:,}")
    if scans:
        meta["pages_needing_ocr"] = scans
        left_out.append(f"{NO_TEXT} | {_ranges(scans)} need{'s' * (len(scans) == 1)} OCR")
    if (author := _clean(told.get("Author", "")).strip()) and author.lower() not in _NOBODY:
        meta["author"] = author
    first = next((text[b.start : b.end].lstrip("# ") for b in blocks if b.kind == "heading"), "")
    title = _title(told.get("Title", ""), text) or heading or first
    return Document(text, title, blocks, meta, tuple(left_out))


def _parted(raw: Sequence[str]) -> tuple[list[list[str]], list[list[str]]]:
    """Give the lines of each page that stay, and those that most pages repeat."""
    lines = [page.split("\n") for page in raw]
    both = list(zip(lines, text_lines.running(lines), strict=True))
    kept = [[line for at, line in enumerate(page) if at not in left] for page, left in both]
    return kept, [[line for at, line in enumerate(page) if at in left] for page, left in both]


def _opened(data: bytes) -> PdfDocument:
    try:
        import pypdfium2
    except ImportError:
        raise MissingExtra("pypdfium2", "docs") from None
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code in {pypdfium2.raw.FPDF_ERR_PASSWORD, pypdfium2.raw.FPDF_ERR_SECURITY}:
            raise Unmappable("encrypted", "save it without a password") from error
        raise Unmappable(
            "damaged file", "no PDF reader opens it: save or fetch it again"
        ) from error


def _read(opened: PdfDocument) -> tuple[list[str], list[Element]]:
    """Give text and tags of each page; line feeds, and a mark where a line ended in a hyphen."""
    import pypdfium2

    if not len(opened):
        raise Unmappable("empty document", "it has no pages")
    if len(opened) > MAX_PAGES:
        detail = f"{len(opened):,} pages: part it into files of {MAX_PAGES:,} at most"
        raise Unmappable("too large", detail)
    tags = Trees() if pypdfium2.raw.FPDFCatalog_IsTagged(opened) else None
    texts: list[str] = []
    trees: list[Element] = []
    chars = 0
    for number in range(len(opened)):
        try:
            page = opened[number]
            text_page = page.get_textpage()
        except pypdfium2.PdfiumError as error:
            detail = f"page {number + 1} cannot be read: save or fetch it again"
            raise Unmappable("damaged file", detail) from error
        text = text_page.get_text_range().replace("\r\n", "\n").replace("\r", "\n")
        text = _RAISED.sub(r"\1 ", text)
        if tags:
            trees.append(tags.of(page))
        text_page.close()
        page.close()
        texts.append(text)
        chars += len(text)
        if chars > MAX_CHARS:
            detail = f"more than {MAX_CHARS:,} characters: part it into files"
            raise Unmappable("too large", detail)
    return texts, trees


def _scans(opened: PdfDocument, kept: Sequence[Sequence[str]]) -> list[int]:
    """Give the pages that are pictures without text. Raises: Unmappable if that is all."""
    from pypdfium2 import raw

    found = []
    is_empty = True
    for number, lines in enumerate(kept):
        count = _count(lines)
        is_empty = is_empty and not count
        if count <= _FEW_WORDS:
            page = opened[number]
            if any(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=4)):
                found.append(number + 1)
            page.close()
    if found and (is_empty or len(found) == len(kept)):
        verb = "needs" if len(found) == 1 else "need"
        raise Unmappable("scan without a text layer", f"{_ranges(found)} {verb} OCR")
    return found


def _count(lines: Sequence[str]) -> int:
    return text_lines.words("\n".join(lines)).total()


def _ranges(pages: Sequence[int]) -> str:
    """Name pages, those in a row as ``2-5``."""
    rows = [
        [page for _, page in group] for _, group in groupby(enumerate(pages), lambda p: p[1] - p[0])
    ]
    named = [str(row[0]) if len(row) == 1 else f"{row[0]}-{row[-1]}" for row in rows]
    if len(named) > 8:
        named = [*named[:7], f"{sum(map(len, rows[7:]))} more"]
    text = f"{', '.join(named[:-1])} and {named[-1]}" if named[1:] else named[0]
    return f"page{'s' if len(pages) > 1 else ''} {text}"


def _readable(pages: Sequence[str]) -> None:
    """Raise Unmappable where the fonts do not say which letters they draw."""
    text = "".join(pages)
    bad, all_of_it = len(_SAYS_NOTHING.findall(text)), len("".join(text.split()))
    if bad > _MOST_UNREADABLE * all_of_it:
        detail = f"{bad / all_of_it:.0%} of its characters say nothing: OCR it, or save it anew"
        raise Unmappable("text layer is unreadable", detail)


def _clean(text: str) -> str:
    text = unicodedata.normalize("NFC", text.translate(_ROUGH))
    return text.strip("\n")


def _title(told: str, text: str) -> str:
    """Give the title the file states, if it is no file name and the text has half its words."""
    title = " ".join(_clean(told).split())
    if _NO_TITLE.match(title):
        return ""
    words = text_lines.words(title)
    return title if text_lines.recall(words, text_lines.words(text)) >= 0.5 else ""
