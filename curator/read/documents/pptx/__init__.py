"""PowerPoint: a heading a slide, then what it shows from top to bottom, then its notes."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from operator import itemgetter
from typing import Any, NamedTuple

from curator.errors import MissingExtra
from curator.read.documents.document import Document
from curator.read.documents.markdown import blocks_of
from curator.read.documents.markdown_table import table
from curator.read.documents.ooxml import (
    damaged,
    element,
    is_kind,
    literal,
    opened,
    properties,
    shown,
)
from curator.read.documents.pptx.placeholders import Inherited, mark_of
from curator.read.documents.pptx.text import text_of_frame, words
from curator.read.values import Unmappable

ENDINGS = (".pptx", ".pptm", ".ppsx", ".ppsm", ".potx", ".potm")

_MAIN = re.compile(
    rb"presentationml\.(?:presentation|slideshow|template)\.main\+xml"
    rb"|ms-powerpoint\.\w+\.macroEnabled\.main"
)
MAX_SLIDES = 5_000
"""A file that names one slide many times would come to any length."""
_MAX_DEPTH = 50  # of groups in groups
_ROW_SHARE = 0.05  # of a slide's height: what begins within it stands side by side
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_DGM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_SHAPES = {f"{_P}{name}" for name in ("sp", "grpSp", "graphicFrame")}
_TITLES = {"title", "ctrTitle"}
_APPARATUS = {"dt", "ftr", "hdr", "sldNum"}


class _Frame(NamedTuple):
    """What holds for all shapes of a slide."""

    part: Any
    inherited: Inherited
    row_height: int


def recognises(data: bytes) -> bool:
    """Look for the main part of a presentation among the content types."""
    return is_kind(data, _MAIN)


def parse(data: bytes, encoding: str) -> Document:  # noqa: ARG001 - XML says its own encoding
    """
    Give a heading for each slide that has a title, and what it shows, as Markdown.

    The title slide that opens a deck is of level one. Hidden slides are left out, and their numbers
    are in ``meta``; so are dates, footers and slide numbers, without a word.
    Raises: Unmappable (damaged file, empty document, encrypted, too large), MissingExtra.
    """
    try:
        from lxml import etree
        from pptx.exc import PythonPptxError
        from pptx.package import Package
    except ImportError as error:
        raise MissingExtra("python-pptx", "docs") from error
    meta: dict[str, Any] = properties(opened(data))
    try:
        deck = Package.open(io.BytesIO(data)).main_document_part.presentation
        if len(deck.slides) > MAX_SLIDES:
            raise Unmappable("too large", f"it has {len(deck.slides):,} slides: split it")
        slides = list(deck.slides)
        hidden = [at for at, slide in enumerate(slides, 1) if not _is_shown(slide)]
        known: dict[str, Inherited] = {}
        row_height = int((deck.slide_height or 0) * _ROW_SHARE)
        chunks = [
            chunk
            for at, slide in enumerate(slides)
            if _is_shown(slide)
            for chunk in _slide(slide, _frame(slide, row_height, known), is_first=at == 0)
        ]
    except RecursionError:
        raise damaged("depth") from None
    except (
        PythonPptxError,
        etree.LxmlError,
        zipfile.BadZipFile,
        zlib.error,
        OSError,
        LookupError,
        ValueError,
        AttributeError,
        TypeError,
    ) as error:  # as python-pptx fails on broken files
        if isinstance(error, Unmappable):
            raise
        raise damaged(str(error)) from error
    if hidden and len(hidden) == len(slides):
        raise Unmappable("empty document", f"all {len(slides):,} slides are hidden: show some")
    meta["slides"] = len(slides)
    if hidden:
        meta["hidden_slides"] = hidden
    text = "\n\n".join(chunks)
    blocks, title = blocks_of(text)
    left_out = (f"hidden slides | {', '.join(map(str, hidden))}",) if hidden else ()
    return Document(text, title or meta.get("title", ""), blocks, meta, left_out)


def _is_shown(slide: Any) -> bool:
    return slide.element.get("show", "1") not in ("0", "false")


def _frame(slide: Any, row_height: int, known: dict[str, Inherited]) -> _Frame:
    layout = slide.slide_layout
    name = str(layout.part.partname)
    if name not in known:
        known[name] = Inherited(layout)
    return _Frame(slide.part, known[name], row_height)


def _slide(slide: Any, frame: _Frame, *, is_first: bool) -> Iterator[str]:
    tree = slide.element.cSld.spTree
    _unwrapped(tree)
    shapes = [shape for shape in tree if shape.tag in _SHAPES]
    title = next((shape for shape in shapes if _holds(shape) in _TITLES), None)
    said = "" if title is None else " ".join(_told(title).split())
    if said:
        yield f"{'#' if is_first and _holds(title) == 'ctrTitle' else '##'} {said}"
    yield from _shapes([shape for shape in shapes if shape is not title], frame, 0)
    if slide.has_notes_slide and (notes := slide.notes_slide.notes_text_frame) is not None:
        lines = [words(paragraph._p) for paragraph in notes.paragraphs]  # noqa: SLF001
        if any(lines):
            yield literal("Notes: " + "\n".join(filter(None, lines)))


def _told(shape: Any) -> str:
    return "\n".join(words(each) for each in shape.iter(f"{_A}p"))


def _unwrapped(tree: Any) -> None:
    """Put the first choice of alternative content in its place: what a new PowerPoint shows."""
    for either in list(tree.iter(f"{_MC}AlternateContent")):
        parent, choice = either.getparent(), either.find(f"{_MC}Choice")
        if choice is not None and parent.tag in (f"{_P}spTree", f"{_P}grpSp"):
            for child in list(choice):
                either.addprevious(child)
            parent.remove(either)


def _shapes(shapes: Iterable[Any], frame: _Frame, depth: int) -> Iterator[str]:
    if depth > _MAX_DEPTH:
        raise Unmappable("too large", f"groups are nested more than {_MAX_DEPTH} deep: split it")
    for shape in _in_reading_order(shapes, frame):
        if shape.tag == f"{_P}grpSp":
            inner = [each for each in shape if each.tag in _SHAPES]
            yield from _shapes(inner, frame, depth + 1)
        elif _holds(shape) in _APPARATUS:
            continue
        elif shape.tag == f"{_P}graphicFrame":
            yield from _graphic(shape, frame.part)
        elif (body := shape.find(f"{_P}txBody")) is not None:
            yield from text_of_frame(body, frame.inherited.list_styles(shape), frame.part)


def _holds(shape: Any) -> str:
    """Say what a placeholder is for; nothing of any other shape."""
    mark = mark_of(shape)
    return "" if mark is None else str(mark.get("type", "obj"))


def _in_reading_order(shapes: Iterable[Any], frame: _Frame) -> list[Any]:
    """Sort from top to bottom; what begins at about one height, from left to right."""
    placed = [(*frame.inherited.place(shape), shape) for shape in shapes]
    rows: list[list[tuple[int, int, Any]]] = []
    for each in sorted(placed, key=itemgetter(0, 1)):
        if rows and each[0] - rows[-1][0][0] <= frame.row_height:
            rows[-1].append(each)
        else:
            rows.append([each])
    return [shape for row in rows for _, _, shape in sorted(row, key=itemgetter(1))]


def _graphic(shape: Any, part: Any) -> Iterator[str]:
    if (grid := shape.find(f".//{_A}tbl")) is not None:
        rows = [
            [_cell(cell) for cell in row.iterfind(f"{_A}tc")] for row in grid.iterfind(f"{_A}tr")
        ]
        if any(map(any, rows)):
            look = grid.find(f"{_A}tblPr")
            yield table(rows, header=look is not None and _is_on(look.get("firstRow")))
    elif (found := shape.find(f".//{_C}chart")) is not None:
        yield from _chart(part.related_part(found.get(f"{_R}id")).chart)
    elif (found := shape.find(f".//{_DGM}relIds")) is not None:
        diagram = element(part.related_part(found.get(f"{_R}dm")).blob)
        said = [words(each) for each in diagram.iterfind(f".//{_DGM}pt/{_DGM}t/{_A}p")]
        if items := [f"- {' '.join(each.split())}" for each in said if each]:
            yield "\n".join(items)


def _cell(cell: Any) -> str:
    """Give the words of a cell; nothing where another cell reaches over it."""
    if _is_on(cell.get("hMerge")) or _is_on(cell.get("vMerge")):
        return ""
    return shown(" ".join(words(each) for each in cell.iter(f"{_A}p")))


def _is_on(value: str | None) -> bool:
    return value in ("1", "true", "on")


def _chart(chart: Any) -> Iterator[str]:
    """Yield the title of a chart, and what it plots as a table, a row for each category."""
    if chart.has_title and chart.chart_title.has_text_frame:
        frame = chart.chart_title.text_frame
        if said := " ".join(words(each._p) for each in frame.paragraphs).strip():  # noqa: SLF001
            yield said
    for plot in chart.plots:
        series = list(plot.series)
        names = [shown(str(each.name)) for each in series]
        labels = [shown(str(each)) for each in plot.categories]
        columns = [list(each.values) for each in series]
        height = max([len(labels), *map(len, columns)], default=0)
        rows = [
            [
                labels[at] if at < len(labels) else "",
                *(_figure(column[at]) if at < len(column) else "" for column in columns),
            ]
            for at in range(height)
        ]
        if rows:
            yield table([["", *names], *rows], header=True)


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.15g}"
