"""Mails (EML): the subject, what is said, and the names of what is attached."""

from __future__ import annotations

import email.header
import email.utils
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.message import Message
from typing import Any

from curator.read.documents.document import Document, with_faq
from curator.read.documents.mail import text as mail_text
from curator.read.values import Unmappable

ENDINGS = (".eml", ".mbox", ".mht", ".mhtml")
MAX_BYTES = 200_000_000
MAX_PARTS = 1_000
MAX_DEPTH = 30

_HEADER = re.compile(rb"([!-9;-~]+):(?:[ \t]|\r?\n|$)")
_CERTAIN = frozenset({b"message-id", b"mime-version", b"received", b"return-path", b"x-mailer"})
_USUAL = _CERTAIN | {b"from", b"to", b"subject", b"date", b"content-type", b"delivered-to", b"cc"}
_NEXT_MAIL = re.compile(rb"\n\r?\nFrom [^\n]+ \d{4}\r?\n(?=[!-9;-~]+:)")
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\u200b]")
_MEANT = {"iso-8859-1": "cp1252", "us-ascii": "utf-8", "ascii": "utf-8", "gb2312": "gb18030"}
_KEPT = ("from", "to", "cc", "date", "message-id", "in-reply-to")
_SEALED = ("multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime")
_Parts = list[tuple[str, int | None, str]]


def recognises(data: bytes) -> bool:
    """Look for a head of at least three lines that mails have, one that only mails have."""
    head = data[: 1 << 16].lstrip(b"\r\n")
    if head.startswith(b"From "):
        head = head.partition(b"\n")[2]
    names = set()
    for line in head.split(b"\n"):
        if not line.strip():
            break
        if line[:1] in b" \t":
            continue
        found = _HEADER.match(line)
        if found is None:
            return False
        names.add(found[1].lower())
    return len(names & _USUAL) > 2 and bool(names & _CERTAIN)


def parse(data: bytes, encoding: str) -> Document:
    """
    Give the subject as a heading, then the body: plain text where there is one, else the page.

    Forwarded mails follow under their subjects, the names of attachments come last. ``encoding`` is
    that of parts that name none. Damaged parts are read as far as they go.
    Raises: Unmappable (several mails in one file, encrypted, too large, nested too deep).
    """
    if len(data) > MAX_BYTES:
        raise Unmappable("too large", f"{len(data):,} bytes: save its attachments elsewhere")
    if data.startswith(b"From ") and (more := len(_NEXT_MAIL.findall(data))):
        raise Unmappable("several mails in one file", f"{more + 1:,} mails: save each as .eml")
    if data.lower().count(b"boundary=") > MAX_PARTS:
        raise Unmappable("nested too deep", f"more than {MAX_PARTS:,} parts of parts")
    try:
        mail = message_from_bytes(data.lstrip(b"\r\n"), policy=policy.compat32)
    except RecursionError:
        raise Unmappable("nested too deep", "parts within parts without end") from None
    reader = _Reader(encoding)
    parts = [*reader.heading(mail, 1), *reader.said(mail, 1)]
    if reader.attachments:
        parts.append(("paragraph", None, f"Attachments: {', '.join(reader.attachments)}"))
    text, blocks = mail_text.joined(parts)
    meta: dict[str, Any] = {
        name.replace("-", "_"): value for name in _KEPT if (value := _told(mail, name))
    }
    left_out = []
    if reader.attachments:
        meta["attachments"] = reader.attachments
        left_out.append(f"attachments | {', '.join(reader.attachments)}")
    if reader.unreadable:
        meta["unreadable_characters"] = reader.unreadable
        left_out.append(f"unreadable characters | {reader.unreadable:,}")
    subject = _header(mail, "subject")
    return Document(text, subject, with_faq(text, blocks), meta, tuple(left_out))


@dataclass
class _Reader:
    encoding: str
    attachments: list[str] = field(default_factory=list)
    unreadable: int = 0
    seen: int = 0

    def heading(self, mail: Message, level: int) -> _Parts:
        subject = _header(mail, "subject")
        return [("heading", level, f"{'#' * level} {subject}")] if subject else []

    def said(self, part: Message, depth: int) -> _Parts:
        """Give the blocks of a part and of what is in it; note what is attached."""
        self.seen += 1
        if depth > MAX_DEPTH or self.seen > MAX_PARTS:
            raise Unmappable(
                "nested too deep", f"more than {MAX_DEPTH} levels or {MAX_PARTS} parts"
            )
        kind = part.get_content_type()
        if kind in _SEALED and "signed" not in str(part.get_param("smime-type") or ""):
            raise Unmappable("encrypted", "save it decrypted from the mail program")
        payload = part.get_payload()
        inside = [each for each in payload if isinstance(each, Message)]
        if kind == "message/rfc822" and inside:
            return [found for mail in inside for found in self._forwarded(mail, depth)]
        if part.is_multipart():
            return self._several(kind.partition("/")[2], inside, depth)
        name = _text(part.get_filename() or "")
        is_attached = part.get_content_disposition() == "attachment"
        if kind.startswith(("text/", "multipart/")) and not is_attached and not name:
            return self._body(part, kind)  # a multipart that is none lacks its marks
        if kind != "message/delivery-status":
            self.attachments.append(" ".join(name.split()) or f"({kind})")
        return []

    def _forwarded(self, mail: Message, depth: int) -> _Parts:
        head = [f"{n.title()}: {t}" for n in ("from", "to", "date") if (t := _header(mail, n))]
        lines: _Parts = [("paragraph", None, "\n".join(head))] if head else []
        return [*self.heading(mail, min(depth + 1, 6)), *lines, *self.said(mail, depth + 1)]

    def _several(self, kind: str, inside: list[Message], depth: int) -> _Parts:
        if kind == "alternative":
            plain_first = sorted(inside, key=lambda part: part.get_content_type() != "text/plain")
            for part in plain_first:
                if found := self.said(part, depth + 1):
                    return found
            return []
        if kind in ("related", "signed"):
            inside = inside[:1]  # the rest are its pictures, or its seal
        return [found for part in inside for found in self.said(part, depth + 1)]

    def _body(self, part: Message, kind: str) -> _Parts:
        data = part.get_payload(decode=True)
        data = data if isinstance(data, bytes) else b""
        if kind == "text/html":
            return self._page(data, part.get_content_charset())
        text = self._decoded(data, part.get_content_charset())
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        if str(part.get_param("format") or "").lower() == "flowed":
            is_delsp = str(part.get_param("delsp") or "").lower() == "yes"
            text = mail_text.unflowed(text, is_delsp=is_delsp)
        return [(found, None, said) for found, said in mail_text.blocks_of(_clean(text))]

    def _page(self, data: bytes, charset: str | None) -> _Parts:
        from curator.read.documents import markdown, web_page
        from curator.read.documents.web_page import boilerplate
        from curator.read.documents.web_page.charset import decode
        from curator.read.documents.web_page.markdown import markdown as written

        if charset is None:
            page, bad = decode(data, self.encoding)
            self.unreadable += bad
        else:
            page = self._decoded(data, charset)
        root = web_page.tree(page)
        for dead in list(root.iter(*boilerplate.DEAD)):
            boilerplate.drop(dead)
        body = root.find(".//body")
        text = web_page.tidy(written(root if body is None else body))
        blocks, _ = markdown.blocks_of(text)
        return [(each.kind, each.level, text[each.start : each.end]) for each in blocks]

    def _decoded(self, data: bytes, charset: str | None) -> str:
        for name in (charset or self.encoding, "utf-8", "cp1252"):
            try:
                return data.decode(_MEANT.get(name.lower(), name))
            except (LookupError, UnicodeError):
                continue
        text = data.decode("cp1252", "replace")
        self.unreadable += text.count("\ufffd")
        return text


def _told(mail: Message, name: str) -> str:
    value = _header(mail, name)
    if name != "date":
        return value
    try:
        when: datetime = email.utils.parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError):
        return value
    return when.isoformat()


def _header(mail: Message, name: str) -> str:
    """Give a header in words, as far as it can be read; the first where it stands twice."""
    for key, value in mail.raw_items():
        if key.lower() == name:
            return " ".join(_clean(_text(value)).split())
    return ""


def _text(raw: Any) -> str:
    """Undo encoded words, and the bytes that never were any."""
    data = str(raw).encode("utf-8", "surrogateescape")
    try:
        told = data.decode("utf-8")
    except UnicodeDecodeError:
        told = data.decode("cp1252", "replace")
    unfolded = re.sub(r"\r?\n(?=[ \t])", "", told)
    try:
        pieces = email.header.decode_header(unfolded)
    except (HeaderParseError, ValueError):
        return unfolded
    return "".join(_piece(data, charset, unfolded) for data, charset in pieces)


def _piece(data: bytes | str, charset: str | None, whole: str) -> str:
    if isinstance(data, str):
        return data
    if charset is None:
        return data.decode("raw-unicode-escape", "replace")
    for name in (charset, "utf-8", "cp1252"):
        try:
            return data.decode(_MEANT.get(name.lower(), name))
        except (LookupError, UnicodeError):
            continue
    return whole


def _clean(text: str) -> str:
    return unicodedata.normalize("NFC", _UNSEEN.sub("", text.replace("\u00a0", " ")))
