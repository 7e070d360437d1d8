"""PowerPoint: a heading a slide, then what it shows from top to bottom, then its notes."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

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
from curator.read.documents.pptx.text import text_of_frame, words
from curator.read.values import Unmappable

ENDINGS = (".pptx", ".pptm", ".ppsx", ".ppsm", ".potx", ".potm")

_MAIN = re.compile(
    rb"presentationml\.(?:presentation|slideshow|template)\.main\+xml"
    rb"|ms-powerpoint\.\w+\.macroEnabled\.main"
)
_MAX_DEPTH = 50  # of groups in groups
_ROW_SHARE = 0.05  # of a slide's height: what begins within it stands side by side
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_DGM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_TITLES = {"title", "ctrTitle"}
_APPARATUS = {"dt", "ftr", "hdr", "sldNum"}


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
        slides = list(deck.slides)
        hidden = [at for at, slide in enumerate(slides, 1) if not _is_shown(slide)]
        row_height = int((deck.slide_height or 0) * _ROW_SHARE)
        chunks = [
            chunk
            for at, slide in enumerate(slides)
            if _is_shown(slide)
            for chunk in _slide(slide, row_height, is_first=at == 0)
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
    return Document(text, title or meta.get("title", ""), blocks, meta)


def _is_shown(slide: Any) -> bool:
    return slide.element.get("show", "1") not in ("0", "false")


def _slide(slide: Any, row_height: int, *, is_first: bool) -> Iterator[str]:
    tree = slide.shapes._spTree  # noqa: SLF001 - python-pptx passes over newer shapes
    _unwrapped(tree)
    title = next((shape for shape in slide.placeholders if _holds(shape) in _TITLES), None)
    said = " ".join(_told(title).split()) if title is not None else ""
    if said:
        yield f"{'#' if is_first and _holds(title) == 'ctrTitle' else '##'} {said}"
    rest = (shape for shape in slide.shapes if title is None or shape.shape_id != title.shape_id)
    yield from _shapes(rest, row_height, 0)
    if slide.has_notes_slide and (frame := slide.notes_slide.notes_text_frame) is not None:
        notes = [words(paragraph._p) for paragraph in frame.paragraphs]  # noqa: SLF001
        if any(notes):
            yield literal("Notes: " + "\n".join(filter(None, notes)))


def _told(shape: Any) -> str:
    return "\n".join(words(each) for each in shape.element.iter(f"{_A}p"))


def _unwrapped(tree: Any) -> None:
    """Put the first choice of alternative content in its place: what a new PowerPoint shows."""
    for either in list(tree.iter(f"{_MC}AlternateContent")):
        parent, choice = either.getparent(), either.find(f"{_MC}Choice")
        if choice is not None and parent.tag in (f"{_P}spTree", f"{_P}grpSp"):
            for child in list(choice):
                either.addprevious(child)
            parent.remove(either)


def _shapes(shapes: Iterable[Any], row_height: int, depth: int) -> Iterator[str]:
    if depth > _MAX_DEPTH:
        raise Unmappable("too large", f"groups are nested more than {_MAX_DEPTH} deep: split it")
    for shape in _in_reading_order(list(shapes), row_height):
        if shape.element.tag == f"{_P}grpSp":
            yield from _shapes(shape.shapes, row_height, depth + 1)
        elif shape.is_placeholder and _holds(shape) in _APPARATUS:
            continue
        elif shape.element.tag == f"{_P}graphicFrame":
            yield from _graphic(shape)
        elif (body := shape.element.find(f"{_P}txBody")) is not None:
            yield from text_of_frame(shape, body)


def _holds(shape: Any) -> str:
    return str(shape.element.find(f".//{_P}ph").get("type", "obj"))


def _in_reading_order(shapes: list[Any], row_height: int) -> list[Any]:
    """Sort from top to bottom; what begins at about one height, from left to right."""
    rows: list[list[Any]] = []
    for shape in sorted(shapes, key=lambda each: (each.top or 0, each.left or 0)):
        if rows and (shape.top or 0) - (rows[-1][0].top or 0) <= row_height:
            rows[-1].append(shape)
        else:
            rows.append([shape])
    return [shape for row in rows for shape in sorted(row, key=lambda each: each.left or 0)]


def _graphic(shape: Any) -> Iterator[str]:
    if shape.has_table:
        grid = shape.table
        rows = [
            ["" if cell.is_spanned else shown(_cell(cell)) for cell in row.cells]
            for row in grid.rows
        ]
        if any(map(any, rows)):
            yield table(rows, header=bool(grid.first_row))
    elif shape.has_chart:
        yield from _chart(shape.chart)
    elif (found := shape.element.find(f".//{_DGM}relIds")) is not None:
        diagram = element(shape.part.related_part(found.get(f"{_R}dm")).blob)
        said = [words(each) for each in diagram.iterfind(f".//{_DGM}pt/{_DGM}t/{_A}p")]
        if items := [f"- {' '.join(each.split())}" for each in said if each]:
            yield "\n".join(items)


def _cell(cell: Any) -> str:
    return " ".join(words(each) for each in cell._tc.iter(f"{_A}p"))  # noqa: SLF001


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
