"""Word: headings by their styles, lists, tables and notes; comments and deletions left out."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import Any
from xml.parsers.expat import ExpatError

from curator.errors import MissingExtra
from curator.read.documents.archive import Archive
from curator.read.documents.document import Document
from curator.read.documents.docx import lean
from curator.read.documents.docx.markdown import markdown
from curator.read.documents.docx.numbers import number
from curator.read.documents.markdown import blocks_of
from curator.read.documents.ooxml import (
    damaged,
    element,
    is_kind,
    main_part,
    opened,
    properties,
    shown,
)
from curator.read.values import Unmappable

ENDINGS = (".docx", ".docm", ".dotx", ".dotm")

_MAIN = re.compile(
    rb"wordprocessingml\.(?:document|template)\.main\+xml|ms-word\.\w+\.macroEnabled\w*\.main"
)
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_HEADING_OF_RUN = re.compile(r"heading ([1-9]) char", re.IGNORECASE)
_NOTES = ("word/footnotes.xml", "word/endnotes.xml")
_STYLES = ("word/styles.xml", "word/numbering.xml")
_LISTS = {"bullet": "ul", "number": "ol"}
_ITEMS = ("", "", "ul|ol > li > {} > li", "ul|ol > li > ul|ol > li > {} > li")
_NAMED = {
    "title": "h1",
    "subtitle": "h2",
    "toc heading": "h2",
    **{f"heading {level}": f"h{min(level, 6)}" for level in range(1, 10)},
    **{f"list {kind} {n}": _ITEMS[n].format(tag) for n in (2, 3) for kind, tag in _LISTS.items()},
    **{f"toc {level}": "ul > li > " * (level - 1) + "ul > li" for level in range(1, 10)},
}
"""What a paragraph in one of Word's own styles becomes, in the words of mammoth."""
_DEEPEST = tuple(
    f"p:{kind}({level}) => {'ul|ol > li > ' * (level - 1)}{tag} > li:fresh"
    for level in range(6, 10)  # mammoth itself knows five
    for kind, tag in (("unordered-list", "ul"), ("ordered-list", "ol"))
)


def recognises(data: bytes) -> bool:
    """Look for the main part of a Word document among the content types."""
    return is_kind(data, _MAIN)


def parse(data: bytes, encoding: str) -> Document:  # noqa: ARG001 - XML says its own encoding
    """
    Give the words as Word shows them, as Markdown; the title is the first Title or Heading 1.

    Page headers and footers, comments and deleted revisions are left out; notes stand at the end.
    Raises: Unmappable (damaged file, encrypted, too large), MissingExtra.
    """
    try:
        import mammoth
    except ImportError as error:
        raise MissingExtra("mammoth", "docs") from error
    archive = opened(data)
    styles = [*_mapped(archive), *_DEEPEST]
    stream = io.BytesIO(_rewritten(archive))
    try:
        html = mammoth.convert_to_html(
            stream,
            style_map="\n".join(styles),
            convert_image=mammoth.images.img_element(lambda _: {}),
            transform_document=mammoth.transforms.paragraph(_promoted),
        ).value
    except RecursionError:
        raise Unmappable("too large", "its parts are nested too deep: split it") from None
    except (
        ExpatError,
        zipfile.BadZipFile,
        zlib.error,
        OSError,
        LookupError,
        ValueError,
        AttributeError,
        TypeError,
    ) as error:  # what mammoth raises on broken files
        raise damaged(str(error)) from error
    text = shown(markdown(html))
    blocks, title = blocks_of(text)
    meta = properties(archive)
    return Document(text, title or meta.get("title", ""), blocks, meta)


def _rewritten(archive: Archive) -> bytes:
    """Give the file anew: the parts that were looked through, and what mammoth would pass over."""
    from lxml import etree

    stream = io.BytesIO()
    main = main_part(archive)
    with zipfile.ZipFile(stream, "w") as container:
        for name in archive.names:
            if not name.lower().endswith((".xml", ".rels")):
                continue
            part = archive.read(name)
            if name in (main, *_NOTES, *_STYLES):
                root = element(part)
                if name == main:
                    number(root, archive)
                if name in _STYLES:
                    lean.styles(root)
                else:
                    _spell_out(root)
                    lean.body(root)
                part = etree.tostring(root)
            container.writestr(name, part)
    return stream.getvalue()


def _spell_out(root: Any) -> None:
    """Put formulas in as the letters they are made of, and take out hidden words."""
    for formula in list(root.iter(f"{_M}oMath")):
        run = formula.makeelement(f"{_W}r")
        text = run.makeelement(f"{_W}t")
        text.text = "".join(formula.itertext(f"{_M}t"))
        run.append(text)
        formula.getparent().replace(formula, run)
    for mark in list(root.iter(f"{_W}vanish")):
        run = mark.getparent().getparent()
        if run.tag == f"{_W}r" and mark.get(f"{_W}val", "1") not in ("0", "false", "off"):
            run.getparent().remove(run)


def _mapped(archive: Archive) -> list[str]:
    """Map the file's own styles by their names, or their place in the outline."""
    if "word/styles.xml" not in archive.names:
        return []
    found = element(archive.read("word/styles.xml")).iter(f"{_W}style")
    styles = {style.get(f"{_W}styleId", ""): style for style in found}
    document = archive.read(main_part(archive))
    rules = []
    for key in sorted(styles):
        if not re.fullmatch(r"[\w-]+", key, re.ASCII) or f'"{key}"'.encode() not in document:
            continue  # each rule is tried on each run: those that nothing needs cost time
        name = styles[key].find(f"{_W}name")
        place = _NAMED.get("" if name is None else name.get(f"{_W}val", "").lower())
        if place is None and (level := _level(styles, key)) is not None and level < 9:
            place = f"h{min(level + 1, 6)}"
        if place is not None:
            rules.append(f"p.{key} => {place}:fresh")
    return rules


def _level(styles: dict[str, Any], name: str) -> int | None:
    for _ in range(20):  # styles may build on one another in a circle
        style = styles.get(name)
        if style is None:
            return None
        level = style.find(f"{_W}pPr/{_W}outlineLvl")
        if level is not None and (value := level.get(f"{_W}val", "")).isdecimal():
            return int(value)
        parent = style.find(f"{_W}basedOn")
        name = "" if parent is None else parent.get(f"{_W}val", "")
    return None


def _promoted(paragraph: Any) -> Any:
    """Make a heading of a paragraph whose every word is in the character style of a heading."""
    from mammoth import documents, transforms

    runs = transforms.get_descendants_of_type(paragraph, documents.Run)
    names = {
        run.style_name or ""
        for run in runs
        if any(isinstance(child, documents.Text) and child.value.strip() for child in run.children)
    }
    found = _HEADING_OF_RUN.fullmatch(names.pop()) if len(names) == 1 else None
    if found is None or paragraph.numbering is not None:
        return paragraph
    if re.match(r"heading|title|toc", paragraph.style_name or "", re.IGNORECASE):
        return paragraph
    return paragraph.copy(style_id=None, style_name=f"heading {min(int(found[1]), 6)}")
