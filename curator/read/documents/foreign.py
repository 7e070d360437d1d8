"""Files that are certainly of a kind not read here, each with the way out."""

from __future__ import annotations

import re

from curator.read.values import Unmappable

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_STREAMS = {  # by ending where there is one: a Word file may hold a workbook
    ".doc": ("WordDocument", "an old binary Word file: convert it to .docx"),
    ".ppt": ("PowerPoint Document", "an old binary PowerPoint file: convert it to .pptx"),
    ".xls": ("Workbook", "an old binary Excel file: convert it to .xlsx"),
    ".msg": ("__substg1.0", "an Outlook message: save it as .eml"),
}
_OPEN_DOCUMENT = b"mimetypeapplication/vnd.oasis.opendocument."
_OPEN_KINDS = {b"text": ".docx", b"spreadsheet": ".xlsx", b"presentation": ".pptx"}
_PICTURE = "a picture: it needs OCR, which is not done here"
_PACKED = "unpack it, and name the files inside"
_FILM = "a sound or a film: give its transcript, such as .vtt"
_PROGRAM = "a program, not a document: leave it out"
_XML = "XML: read it with the step xml, which maps its elements"
_HEADS = (
    (rb"\{\\rtf", "an RTF file: save it as .docx"),
    (rb"\x89PNG|\xff\xd8\xff|GIF8[79]a|II\*\0|MM\0\*|BM.{4}\0\0\0\0|RIFF.{4}WEBP", _PICTURE),
    (rb"ID3|OggS|fLaC|RIFF.{4}(?:WAVE|AVI )|.{4}ftyp|\x1aE\xdf\xa3", _FILM),
    (rb"\x7fELF|MZ.{58}|\xcf\xfa\xed\xfe|\xca\xfe\xba\xbe|\0asm", _PROGRAM),
    (rb"7z\xbc\xaf\x27\x1c|Rar!\x1a\x07|.{257}ustar", f"an archive: {_PACKED}"),
    (rb"BZh[1-9]1AY|\xfd7zXZ\0|\x1f\x8b|\x28\xb5\x2f\xfd", f"a packed file: {_PACKED}"),
    (rb"PAR1", "a Parquet file: read it with the step parquet"),
    (rb"SQLite format 3\0", "a database: export its tables, as CSV for example"),
    (rb"%!PS", "a PostScript file: convert it to PDF"),
    (rb"(?:\xef\xbb\xbf)?\s{0,99}<\?xml\s", _XML),
    (rb"\xff\xfe<\0\?\0x\0|\xfe\xff\0<\0\?\0x", _XML),
)


def refuse(data: bytes, ending: str) -> None:
    """Let data pass that may be text. Raises: Unmappable for any kind whose content is certain."""
    if data.startswith(_OLE):
        raise _old_office(data, ending)
    if data.startswith(b"PK\x03\x04"):
        raise _container(data)
    for head, kind in _HEADS:
        if re.match(head, data[:512], re.DOTALL):
            raise _unread(kind)


def _old_office(data: bytes, ending: str) -> Unmappable:
    def holds(stream: str) -> bool:
        return stream.encode("utf-16-le") in data

    if holds("EncryptedPackage"):
        return Unmappable("encrypted", "save it without a password")
    told = _OLE_STREAMS.get(ending)
    if told is not None and holds(told[0]):
        return _unread(told[1])
    for stream, kind in _OLE_STREAMS.values():
        if holds(stream):
            return _unread(kind)
    return _unread("an old binary office file: convert it to .docx, .xlsx or .pptx")


def _container(data: bytes) -> Unmappable:
    told = data[30 : 30 + 200]
    if told.startswith(_OPEN_DOCUMENT):
        kind = re.match(rb"[a-z]*", told.removeprefix(_OPEN_DOCUMENT))
        better = _OPEN_KINDS.get(kind[0] if kind else b"", ".docx or PDF")
        return _unread(f"an OpenDocument file: save it as {better}")
    if b"Index/Document.iwa" in data or b"Index.zip" in data:
        return _unread("an Apple document: export it as .docx, .xlsx or .pptx")
    if b"[Content_Types].xml" in data:
        return _unread("an office file of another kind: save it as .docx, .xlsx or .pptx")
    return _unread(f"a ZIP archive: {_PACKED}")


def _unread(kind: str) -> Unmappable:
    return Unmappable("not a format that is read", kind)
