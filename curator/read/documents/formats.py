"""Tell what a file is, by what it holds before how it is named, and read it as that."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import PurePath

from curator.read.documents.document import Document, Format, text_of
from curator.read.documents.foreign import refuse
from curator.read.values import Unmappable

FORMATS = (
    "pdf",
    "docx",
    "pptx",
    "xlsx",
    "epub",
    "web_page",
    "vtt",
    "mail",
    "markdown",
    "plain_text",
)
"""The files of this folder that read a format; all but the last two know their own for certain."""

TEXT = FORMATS[-2:]
_BINARY = {
    "pdf": "PDF file",
    "docx": "Word file",
    "pptx": "PowerPoint file",
    "xlsx": "Excel file",
    "epub": "EPUB book",
}


def document(data: bytes, name: str, encoding: str, max_chars: int) -> Document:
    """
    Give the document in ``data``.

    Raises: Unmappable when it is none, empty, or longer than ``max_chars``.
    """
    if not data:
        raise Unmappable("empty document")
    kind = kind_of(data, name)
    if kind in TEXT and len(data) > max_chars:  # before blocks are made of it
        _check_length(text_of(data, encoding), max_chars)
    found = _format(kind).parse(data, encoding)
    if not found.text.strip():
        raise Unmappable("empty document")
    _check_length(found.text, max_chars)
    return found


def kind_of(data: bytes, name: str) -> str:
    """
    Name the format of ``data``; text by another name is text.

    Raises: Unmappable for a kind that is not read, and for what its name promises but it is not.
    """
    for kind in FORMATS[: -len(TEXT)]:
        if _format(kind).recognises(data):
            return kind
    named = named_kind(name)
    ending = PurePath(name).suffix.lower()
    if named in _BINARY:
        raise _misnamed(data, ending, named)
    refuse(data, ending)
    if named:
        return named
    return next(kind for kind in TEXT if _format(kind).recognises(data))


def named_kind(name: str) -> str:
    """Name the format that the ending of ``name`` promises, or none."""
    endings = [ending.lower() for ending in PurePath(name).suffixes[-2:]]  # also a.md.gz
    for kind in FORMATS:
        if any(ending in _format(kind).ENDINGS for ending in endings):
            return kind
    return ""


def _misnamed(data: bytes, ending: str, named: str) -> Unmappable:
    try:
        if data.startswith(b"PK\x03\x04"):
            from curator.read.documents.archive import open_archive

            open_archive(data)
        refuse(data, ending)
    except Unmappable as why:
        if why.reason in ("damaged file", "encrypted", "too large"):
            return why
        kind = why.detail
    else:
        kind = "its content is damaged, or something else"
    return Unmappable(
        "not what its name says", f"named {ending}, but it is no {_BINARY[named]}: {kind}"
    )


def _check_length(text: str, max_chars: int) -> None:
    if len(text) > max_chars:
        raise Unmappable("over-long document", f"{len(text):,} characters")


@cache
def _format(kind: str) -> Format:
    found: Format = import_module(f"curator.read.documents.{kind}")
    return found
