"""What Word, PowerPoint and Excel files share: a ZIP of XML parts, and their properties."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
import zlib
from typing import Any

from curator.errors import MissingExtra
from curator.read.documents.archive import MAX_ENTRIES, Archive, open_archive
from curator.read.values import Unmappable

MAX_PART_BYTES = 16 << 20
"""Of one XML part that becomes objects, sixty times its size; a book has five million."""

_CONTENT_TYPES = "[Content_Types].xml"
_MAX_CONTENT_TYPES_BYTES = 4 << 20
_XML = (".xml", ".rels", ".vml")
_DECLARATIONS = (b"<!DOCTYPE", b"<!ENTITY")
_PROPERTIES = {
    "author": "{http://purl.org/dc/elements/1.1/}creator",
    "title": "{http://purl.org/dc/elements/1.1/}title",
}
_NOT_SHOWN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b\ufeff\ufffe\uffff\ue000-\uf8ff]")
_BULLET = re.compile(r"^[•●▪◦‣·][ \t\u00a0]+", re.MULTILINE)
_OPENS_A_BLOCK = re.compile(
    r"^(?=#{1,6}(?:\s|$)|```|~~~|<[A-Za-z/!?]|(?:=+|-+)[ \t]*$|\[[^\]\n]+\]:)", re.MULTILINE
)


def is_kind(data: bytes, main_part: re.Pattern[bytes]) -> bool:
    """Say whether ``data`` is an office file whose list of content types names ``main_part``."""
    if not data.startswith(b"PK\x03\x04") or data.count(b"PK\x01\x02") > 2 * MAX_ENTRIES:
        return False
    try:
        with (
            zipfile.ZipFile(io.BytesIO(data)) as container,
            container.open(_CONTENT_TYPES) as part,
        ):
            listed = part.read(_MAX_CONTENT_TYPES_BYTES)
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, RuntimeError, OSError, EOFError):
        return False  # NotImplementedError is a RuntimeError
    return main_part.search(listed.replace(b"\0", b"")) is not None  # UTF-16 too


def opened(data: bytes, max_part_bytes: int = MAX_PART_BYTES) -> Archive:
    """
    Open an office file within the limits of archives, all its XML free of declarations.

    Raises: Unmappable (damaged file, encrypted, too large).
    """
    archive = open_archive(data)
    for name in archive.names:
        if not name.lower().endswith(_XML):
            continue  # settings of printers declare types, and pictures may
        part = archive.read(name)
        plain = part.replace(b"\0", b"") if b"\0" in part[:4] else part  # UTF-16
        if any(mark in plain for mark in _DECLARATIONS):
            what = f"{name} declares entities, which no office program writes"
            raise Unmappable("damaged file", f"{what}: save it anew")
        if len(part) > max_part_bytes:
            what = f"{name} has {len(part):,} bytes, more than {max_part_bytes:,}"
            raise Unmappable("too large", f"{what}: split it")
    return archive


def element(part: bytes) -> Any:
    """Give the root of one XML part. Raises: Unmappable (damaged file), MissingExtra."""
    try:
        from lxml import etree
    except ImportError as error:
        raise MissingExtra("lxml", "docs") from error
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(part, parser)
    except etree.XMLSyntaxError as error:
        raise damaged(str(error)) from error


def main_part(archive: Archive) -> str:
    """Give the name of the part that holds the document: programs call it as they like."""
    for each in element(archive.read("_rels/.rels")).iter("{*}Relationship"):
        if each.get("Type", "").endswith("/officeDocument"):
            return str(each.get("Target", "")).removeprefix("/")
    raise damaged("it does not say where its document is")


def properties(archive: Archive) -> dict[str, str]:
    """Give the author and the title that the file's properties state, where they do."""
    if "docProps/core.xml" not in archive.names:
        return {}
    root = element(archive.read("docProps/core.xml"))
    said = {key: " ".join((root.findtext(tag) or "").split()) for key, tag in _PROPERTIES.items()}
    return {key: value for key, value in said.items() if value}


def damaged(why: str) -> Unmappable:
    """Give the reject of a file that its library cannot read."""
    if "depth" in why:  # as lxml words it
        return Unmappable("too large", "its parts are nested too deep: split it")
    return Unmappable("damaged file", f"{' '.join(why.split())[:80]}: open it and save it anew")


def shown(text: str) -> str:
    """Give ``text`` in NFC as a person sees it: nothing invisible, no private symbols."""
    return unicodedata.normalize("NFC", _NOT_SHOWN.sub("", text))


def literal(paragraph: str) -> str:
    """
    Escape what would make Markdown see more than a paragraph: heading, fence, HTML, reference.

    Marks of lists stay as they are typed, and a typed bullet is one: whoever types it means a list.
    """
    return _BULLET.sub("- ", _OPENS_A_BLOCK.sub(r"\\", paragraph))
