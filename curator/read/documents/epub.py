"""EPUB books: the chapters in reading order as one Markdown text; tables of contents left out."""

from __future__ import annotations

import posixpath
import re
from typing import Any
from urllib.parse import unquote

from curator.errors import MissingExtra
from curator.read.documents.archive import Archive, open_archive
from curator.read.documents.document import Document, language_code
from curator.read.documents.markdown import blocks_of
from curator.read.documents.web_page import (
    MAX_CHARS,
    boilerplate,
    check_tags,
    tidy,
    tree,
    without_doctype,
)
from curator.read.documents.web_page.charset import decode
from curator.read.documents.web_page.markdown import markdown
from curator.read.values import Unmappable

ENDINGS = (".epub",)

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_FONTS_ALONE = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
"""Ways of scrambling that touch fonts and no text. Source: EPUB 3.3, OCF, font obfuscation."""
_PAGES = ("application/xhtml+xml", "text/html", "text/x-oeb1-document")
_MAX_XML_BYTES = 16 << 20


def recognises(data: bytes) -> bool:
    """Look for a container that says it is a book, or has the part that only books have."""
    if not data.startswith(b"PK\x03\x04"):
        return False
    return b"mimetypeapplication/epub+zip" in data[:256] or _CONTAINER.encode() in data


def parse(data: bytes, encoding: str) -> Document:  # noqa: ARG001 - each chapter says its own
    """
    Give the chapters in the order of the book's spine, with its title, authors and language.

    Raises: Unmappable (encrypted, damaged file, too large, nested too deep, empty document).
    """
    archive = open_archive(data)
    _refuse_locked(archive)
    package_name = _package_name(archive)
    package = _xml(archive, package_name)
    chapters: list[str] = []
    for name in _spine(package, package_name):
        page, _ = decode(archive.read(name), "utf-8")
        root = tree(page)
        if boilerplate.is_contents(root):
            continue
        if written := tidy(markdown(root)):
            chapters.append(written)
        if sum(map(len, chapters)) > MAX_CHARS:
            raise Unmappable("too large", f"more than {MAX_CHARS:,} characters: split it")
    text = "\n\n".join(chapters)
    if not text:
        raise Unmappable("empty document", "the book has no text: its pages may be pictures")
    blocks, heading = blocks_of(text)
    meta = _meta(package)
    language = language_code(meta.get("language"))
    return Document(text, meta.get("title", heading), blocks, meta, language=language)


def _refuse_locked(archive: Archive) -> None:
    if _ENCRYPTION not in archive.names:
        return
    for each in _xml(archive, _ENCRYPTION).iter("EncryptedData"):
        method = each.find("EncryptionMethod")
        if method is None or method.get("Algorithm") not in _FONTS_ALONE:
            what = "the book is locked by its seller (DRM): ask the publisher for an open copy"
            raise Unmappable("encrypted", what)


def _package_name(archive: Archive) -> str:
    for each in _xml(archive, _CONTAINER).iter("rootfile"):
        if name := each.get("full-path"):
            return str(name)
    raise Unmappable("damaged file", f"{_CONTAINER} names no book: save it anew")


def _spine(package: Any, package_name: str) -> list[str]:
    """Give the names of the chapters in reading order, each once."""
    folder = posixpath.dirname(package_name)
    contents = {
        _place(folder, each.get("href", ""))
        for each in package.iter("reference")
        if each.get("type", "").lower() == "toc"
    }
    names: dict[str, str] = {}
    for item in package.iter("item"):
        name = _place(folder, item.get("href", ""))
        is_contents = "nav" in item.get("properties", "").split() or name in contents
        if item.get("media-type", "").lower() in _PAGES and not is_contents:
            names[item.get("id", "")] = name
    found = (names.get(each.get("idref", "")) for each in package.iter("itemref"))
    return list(dict.fromkeys(name for name in found if name is not None))


def _place(folder: str, address: str) -> str:
    path = unquote(address.partition("#")[0])
    return posixpath.normpath(posixpath.join(folder, path))


def _meta(package: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, tag in (("title", "title"), ("author", "creator"), ("language", "language")):
        for inside in package.iter("metadata"):
            said = [" ".join(tidy("".join(each.itertext())).split()) for each in inside.iter(tag)]
            said = [each for each in said if each]
            if said:
                found[key] = ", ".join(said) if key == "author" else said[0]
    return found


def _xml(archive: Archive, name: str) -> Any:
    """Give the tree of a part, tags without namespace; nothing is fetched and no entity grows."""
    try:
        from lxml import etree
    except ImportError as error:
        raise MissingExtra("lxml", "docs") from error
    data = archive.read(name)
    if len(data) > _MAX_XML_BYTES:
        raise Unmappable("too large", f"{name} has {len(data):,} bytes")
    text, _ = decode(data, "utf-8")
    check_tags(text)
    text = re.sub(r"\A\s*<\?xml[^>]*\?>", "", without_doctype(text))
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        raise Unmappable("damaged file", f"{name} is no sound XML: save it anew") from error
    for element in root.iter():
        element.tag = etree.QName(element).localname
    return root
