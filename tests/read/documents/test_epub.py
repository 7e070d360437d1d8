"""A book becomes its chapters in reading order."""

import io
import time
import zipfile

import pytest

from curator.read.documents.epub import parse, recognises
from curator.read.values import Unmappable

CONTAINER = '<container><rootfiles><rootfile full-path="OEBPS/a.opf"/></rootfiles></container>'
OPF = """<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">
<metadata><dc:title>On Dogs</dc:title><dc:creator>A. Writer</dc:creator>
<dc:creator>B. Writer</dc:creator><dc:language>en</dc:language></metadata>
<manifest><item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="b" href="text/b%20b.xhtml" media-type="application/xhtml+xml"/>
<item id="a" href="text/a.xhtml" media-type="application/xhtml+xml"/>
<item id="toc" href="toc.xhtml" media-type="application/xhtml+xml"/>
<item id="pic" href="p.svg" media-type="image/svg+xml"/></manifest>
<spine><itemref idref="nav"/><itemref idref="toc"/><itemref idref="a"/><itemref idref="pic"/>
<itemref idref="b"/><itemref idref="a"/></spine></package>"""
A = """<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml">
<head><title/></head><body><h1>One</h1><p><a id="x"/>Dogs&nbsp;may.</p></body></html>"""
B = "<html><body><h2>Two</h2><nav>Kept.</nav><pre>x\n  y</pre></body></html>"
NAV = "<html><body><nav><ol><li><a href='a'>One</a></li></ol></nav></body></html>"
TOC = "<html><body><h1>Contents</h1>" + "<p><a href='a'>One</a></p>" * 4 + "</body></html>"


def book(**parts: str) -> bytes:
    """Give a book; a part given as "" is left out."""
    made = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER,
        "OEBPS/a.opf": OPF,
        "OEBPS/nav.xhtml": NAV,
        "OEBPS/toc.xhtml": TOC,
        "OEBPS/text/a.xhtml": A,
        "OEBPS/text/b b.xhtml": B,
        "OEBPS/p.svg": "<svg/>",
        **parts,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as container:
        for name, content in made.items():
            if content:
                container.writestr(name, content)
    return out.getvalue()


def refused(data: bytes) -> str:
    """Give why a book is no document."""
    with pytest.raises(Unmappable) as error:
        parse(data, "utf-8")
    return str(error.value)


def test_a_book_is_its_chapters_in_order():
    """Each once, the tables of contents left out, and nothing taken for a menu."""
    found = parse(book(), "utf-8")
    assert found.text == "# One\n\nDogs may.\n\n## Two\n\nKept.\n\n```\nx\n  y\n```"
    assert found.title == "On Dogs"
    assert found.meta == {"title": "On Dogs", "author": "A. Writer, B. Writer", "language": "en"}
    assert found.language == "en"
    said = [(b.kind, b.level, found.text[b.start : b.end]) for b in found.blocks]
    assert said[:3] == [
        ("heading", 1, "# One"), ("paragraph", None, "Dogs may."), ("heading", 2, "## Two"),
    ]  # fmt: skip


def test_a_book_without_a_title_has_its_first_heading():
    """And no meta."""
    found = parse(book(**{"OEBPS/a.opf": OPF.replace("dc:", "x-")}), "utf-8")
    assert (found.title, found.meta) == ("One", {})


def test_a_book_is_known_by_its_parts():
    """Whatever its name, and also without the part that says it."""
    assert recognises(book())
    assert recognises(book(mimetype=""))
    assert not recognises(book(mimetype="", **{"META-INF/container.xml": ""}))
    assert not recognises(b"PK\x03\x04")


def locked(algorithm: str) -> str:
    """Give the part that says what is scrambled."""
    return (
        '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"'
        ' xmlns:enc="http://www.w3.org/2001/04/xmlenc#"><enc:EncryptedData>'
        f'<enc:EncryptionMethod Algorithm="{algorithm}"/></enc:EncryptedData></encryption>'
    )


def test_a_locked_book_is_refused_and_scrambled_fonts_are_not():
    """Text is what counts."""
    fonts = locked("http://www.idpf.org/2008/embedding")
    assert parse(book(**{"META-INF/encryption.xml": fonts}), "utf-8").title == "On Dogs"
    aes = locked("http://www.w3.org/2001/04/xmlenc#aes128-cbc")
    assert refused(book(**{"META-INF/encryption.xml": aes})) == (
        "encrypted | the book is locked by its seller (DRM): ask the publisher for an open copy"
    )


BOMB = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY f SYSTEM "file:///etc/passwd">]>'
)


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"OEBPS/text/a.xhtml": ""},
         "damaged file | it holds no OEBPS/text/a.xhtml: save it anew"),
        ({"META-INF/container.xml": "<a"},
         "damaged file | META-INF/container.xml is no sound XML: save it anew"),
        ({"META-INF/container.xml": "<a/>"},
         "damaged file | META-INF/container.xml names no book: save it anew"),
        ({"OEBPS/a.opf": BOMB + OPF.split("?>")[1].replace("On Dogs", "&b;&f;")},
         "damaged file | OEBPS/a.opf is no sound XML: save it anew"),
        ({"OEBPS/a.opf": "<package/>"},
         "empty document | the book has no text: its pages may be pictures"),
        ({"OEBPS/text/a.xhtml": "<div>" * 100_000},
         "nested too deep | more than 200 tags inside one another"),
    ],
)  # fmt: skip
def test_a_damaged_or_hostile_book_is_refused_in_time(parts, reason):
    """Within ten seconds, though machines are busy: each takes less than one."""
    start = time.monotonic()
    assert refused(book(**parts)) == reason
    assert time.monotonic() - start < 10


def test_a_chapter_named_a_million_times_is_read_once():
    """A small file cannot grow through its spine."""
    opf = OPF.replace("<spine>", "<spine>" + '<itemref idref="a"/>' * 200_000)
    assert parse(book(**{"OEBPS/a.opf": opf}), "utf-8").text.count("Dogs may.") == 1


def test_entities_of_a_chapter_are_not_resolved():
    """No file of this machine gets into a document."""
    chapter = BOMB + "<html><body><p>one &b; &f;</p></body></html>"
    found = parse(book(**{"OEBPS/text/a.xhtml": chapter}), "utf-8")
    assert found.text.startswith("one &b; &f;")
