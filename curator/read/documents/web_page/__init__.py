"""Web pages: what a page says, without what surrounds it; tables, lists and code as Markdown."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from curator.errors import MissingExtra
from curator.read.documents.document import Document, language_code
from curator.read.documents.markdown import blocks_of
from curator.read.documents.web_page import boilerplate
from curator.read.documents.web_page.charset import decode
from curator.read.documents.web_page.inline import words
from curator.read.documents.web_page.markdown import markdown
from curator.read.values import Unmappable

ENDINGS = (".html", ".htm", ".xhtml")

_BEGINS = re.compile(
    rb"(?:\s|\xef\xbb\xbf|<!--.*?-->|<\?xml[^>]*>)*(?:<!doctype\s+html\b|<html[\s>])",
    re.IGNORECASE | re.DOTALL,
)
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>", re.IGNORECASE | re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_LONG_TAG = re.compile(r"<[A-Za-z][^<>]{50000,}")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u200b\u2060\ufeff\ufffe\uffff]")
_SPACES = str.maketrans({"\xa0": " ", "\u202f": " ", "\u2007": " ", "\r": "\n"})
_SHORT = 300  # characters: "You are being redirected ..."
MAX_CHARS = 100_000_000
MAX_ATTRIBUTES = 10_000  # of a tag
MAX_DEPTH = 200
"""Of tags inside one another; the parser itself stops at 256, and people's pages below 50."""


def recognises(data: bytes) -> bool:
    """Look for the document type, or the first tag."""
    head = data[:4096]
    return _BEGINS.match(head.replace(b"\0", b"").lstrip(b"\xff\xfe")) is not None


def parse(data: bytes, encoding: str) -> Document:
    """
    Give the content as Markdown: menus, banners, link lists and comment forms are left out.

    The title is the first heading of level one, or else what the page calls itself.
    Raises: Unmappable (bad encoding, not text, too large, nested too deep, empty document).
    """
    text, bad = decode(data, encoding)
    if len(_CONTROL.findall(text[:8192])) > max(2, len(text[:8192]) // 100):
        raise Unmappable("not text", "it holds characters that no text has")
    root = tree(text)
    meta = _meta(root)
    if bad:
        meta["unreadable_characters"] = bad
    named = _name(root)
    leads_away = _leads_away(root)
    is_scripted = next(root.iter("script"), None) is not None
    written = _content(root, text)
    if not written:
        how = "the page makes its text by script: save it from a browser once it shows the text"
        raise Unmappable("empty document", how if is_scripted else "the page says nothing")
    if leads_away and len(written) < _SHORT:
        raise Unmappable("empty document", "the page only leads to another: save that one")
    blocks, title = blocks_of(written)
    left_out = (f"unreadable characters | {bad:,}",) if bad else ()
    language = language_code(meta.get("language"))
    return Document(written, title or named, blocks, meta, left_out, language)


def tree(text: str) -> Any:
    """
    Give the root element of a page.

    Raises: Unmappable for one that is nested deeper, or holds longer texts, than any page is.
    """
    try:
        from lxml import etree
    except ImportError as error:
        raise MissingExtra("lxml", "docs") from error
    if len(text) > MAX_CHARS:
        raise Unmappable("too large", f"{len(text):,} characters: split it")
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=False
    )
    check_tags(text)
    whole = _UNSEEN.sub(_seen, without_doctype(text).replace("\f", " "))
    root = etree.fromstring(whole.encode("utf-8", "replace"), parser)
    for problem in parser.error_log:
        if "RESOURCE_LIMIT" in problem.type_name:
            if "depth" in problem.message:
                raise _too_deep()
            raise Unmappable("too large", "one tag or text of more than 10,000,000 characters")
    if root is None:
        return etree.fromstring("<html/>")
    if root.xpath(f"boolean({'/*' * (MAX_DEPTH + 1)})"):
        raise _too_deep()
    for each in root.xpath("//dt/dt | //dd/dd"):  # the parser does not end one where another begins
        each.getparent().addnext(each)
    return root


def check_tags(text: str) -> None:
    """Raise Unmappable where a tag has so many attributes that parsers compare them for hours."""
    for tag in _LONG_TAG.finditer(text):
        if tag[0].count("=") > MAX_ATTRIBUTES:
            raise Unmappable("too large", f"a tag has more than {MAX_ATTRIBUTES:,} attributes")


def _too_deep() -> Unmappable:
    return Unmappable("nested too deep", f"more than {MAX_DEPTH} tags inside one another")


def without_doctype(text: str) -> str:
    """Give a page or XML text without its document type, and so without entities of its own."""
    return _DOCTYPE.sub("", text, count=1)


def _seen(match: re.Match[str]) -> str:
    """Give the character that old editors meant by a control character, or none."""
    char = match[0]
    return bytes([ord(char)]).decode("cp1252", "ignore") if "\x80" <= char <= "\x9f" else ""


def _content(root: Any, text: str) -> str:
    for dead in list(root.iter(*boilerplate.DEAD)):
        boilerplate.drop(dead)
    body = root.find(".//body")
    body = root if body is None else body
    letters = sum(map(str.isalnum, "".join(body.itertext())))
    main = [each for each in body.iter() if each.tag == "main" or each.get("role") == "main"]
    if len(main) == 1 and 3 * sum(map(str.isalnum, "".join(main[0].itertext()))) > letters:
        body = main[0]
    boilerplate.prune(body)
    written = tidy(markdown(body))
    if all(part.startswith("#") for part in written.split("\n\n") if part):
        return tidy(markdown(tree(text)))  # all looked like menus: it is a page of links
    return written


def tidy(text: str) -> str:
    """Give text without characters that are not seen, spaces as spaces, in NFC."""
    plain = _UNSEEN.sub("", text.translate(_SPACES))
    return unicodedata.normalize("NFC", plain).strip()


def _name(root: Any) -> str:
    """Give what the page calls itself; of two names, the heading when the other begins with it."""
    said = [[words(each, is_plain=True) for each in root.iter(tag)] for tag in ("h1", "title")]
    heading, title = (next(filter(None, map(tidy, each)), "") for each in said)
    return heading if heading and title.startswith(heading) else title or heading


def _leads_away(root: Any) -> bool:
    said = ((each.get("http-equiv") or "").lower() for each in root.iter("meta"))
    return "refresh" in said


def _meta(root: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    xml_language = "{http://www.w3.org/XML/1998/namespace}lang"
    if language := (root.get("lang") or root.get(xml_language) or "").strip():
        found["language"] = language
    for each in root.iter("meta"):
        if (each.get("name") or "").lower() == "description" and (said := each.get("content")):
            found.setdefault("description", " ".join(tidy(said).split()))
    for each in root.iter("link"):
        if "canonical" in (each.get("rel") or "").lower().split() and (said := each.get("href")):
            found.setdefault("canonical", said.strip())
    return found
