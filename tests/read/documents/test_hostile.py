"""Files made to do harm end in a reject, within a stated time and memory."""

import io
import json
import subprocess
import sys
import time
import zipfile
import zlib
from pathlib import Path

import docx
import openpyxl
import pytest
from pptx import Presentation

from curator.read.documents.document import Document
from curator.read.documents.foreign import refuse
from curator.read.documents.formats import FORMATS, _format, kind_of
from curator.read.values import Unmappable

TIME_S = 20
"""More than any file here needs on a busy machine; quadratic ones would take hours."""
MEMORY_KB = 700 << 10


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Work in a fresh folder."""
    monkeypatch.chdir(tmp_path)


ALONE = """\
import dataclasses, json, resource, sys
from curator.read.documents.pool import Limits, parsed
from curator.read.files import find
[found] = parsed(find(sys.argv[1]), Limits(**json.loads(sys.argv[2])), 1)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
said = str(found) if isinstance(found, Exception) else dataclasses.asdict(found)
json.dump({"said": said, "peak": peak}, sys.stdout)
"""
"""Asks from a small process: the peak of a child begins with the memory of who started it."""


def outcome(name: str, data: bytes, **limits):
    """Read one file in a worker: in time, and in no more memory than allowed."""
    Path(name).write_bytes(data)
    stated = {"encoding": "utf-8", "max_bytes": 10**8, "max_chars": 10**7, "max_seconds": 60}
    begin = time.monotonic()
    command = [sys.executable, "-c", ALONE, name, json.dumps({**stated, **limits})]
    done = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    assert time.monotonic() - begin < TIME_S
    assert done["peak"] < MEMORY_KB
    return done["said"] if isinstance(done["said"], str) else Document(**done["said"])


def packed(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Give a container of ``parts``."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as container:
        for name, data in parts.items():
            container.writestr(name, data)
    return stream.getvalue()


DEEP = {
    "lists in one line": "- " * 100_000 + "b",
    "lists, each deeper": "\n".join("  " * (at % 500) + "- x" for at in range(10_000)),
    "quotes": ">" * 100_000 + "a",
    "brackets": "# " + "[" * 100_000,
    "links": "# " + "[a](" * 100_000,
    "pictures": "# " + "![" * 100_000 + "](" * 100_000,
    "definitions": "[a\n" * 100_000,
    "one line": "x" * 9_000_000,
    "stars": "*" * 9_000_000,
    "comments": "<!--\n" * 100_000,
    "tags": "<a " * 100_000,
    "marks": "{: a}\n" * 100_000,
    "spaces": "# a" + " " * 100_000 + "b",
    "wide table": "|" + "a|" * 10_000 + "\n|" + "-|" * 10_000 + "\n" + "|\n" * 100,
    "long table": "|a|b|\n|-|-|\n" + "|1|2|\n" * 200_000,
    "front matter": "---\na: " + "[" * 100_000 + "\n---\nb",
    "aliases": "---\na: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n---\nb",
}


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
def test_markdown_made_to_be_slow_is_read_in_time(text):
    """A file of it is a document like any other."""
    found = outcome("a.md", text.encode())
    assert not isinstance(found, str), found
    assert found.text.strip()


def test_a_text_of_200_mb_is_a_reject_at_once():
    """By default it is not even opened; with room for it, no block is made of it."""
    data = b"All work and no play.\n\n" * 9_000_000
    assert outcome("a.md", data) == "too large | more than 100,000,000 bytes: split it"
    found = outcome("a.txt", data, max_bytes=10**9)
    assert found == "over-long document | 207,000,000 characters"


@pytest.mark.parametrize("name", ["a.docx", "a.xlsx", "a.pptx", "a.epub", "a.zip", "a"])
def test_a_zip_bomb_is_a_reject(name):
    """Whatever it is named."""
    bomb = packed({"[Content_Types].xml": b"<", "word/document.xml": b" " * 300_000_000})
    found = outcome(name, bomb)
    assert isinstance(found, str)
    assert found.startswith(("too large | ", "not a format that is read | "))


def test_a_bomb_in_a_bomb_is_not_lit():
    """Containers inside of containers stay shut."""
    inner = packed({"a": b"0" * 50_000_000})
    found = outcome("a.docx", packed({f"{at}.zip": inner for at in range(50)}))
    assert found == (
        "not what its name says | named .docx, but it is no Word file: "
        "a ZIP archive: unpack it, and name the files inside"
    )


def test_entities_in_a_word_file_are_not_unfolded():
    """A few lines of them stand for gigabytes; no file outside is opened either."""
    stream = io.BytesIO()
    docx.Document().save(stream)
    with zipfile.ZipFile(stream) as container:
        parts = {name: container.read(name) for name in container.namelist()}
    entities = "".join(f'<!ENTITY e{at} "{f"&e{at - 1};" * 10}">' for at in range(1, 12))
    told = f'<!DOCTYPE a [<!ENTITY e0 "ha"><!ENTITY out SYSTEM "file:///etc/passwd">{entities}]>'
    body = parts["word/document.xml"].decode().replace("?>", f"?>{told}", 1)
    body = body.replace("<w:body>", "<w:body><w:p><w:r><w:t>&e11;&out;</w:t></w:r></w:p>")
    found = outcome("a.docx", packed(parts | {"word/document.xml": body.encode()}))
    assert isinstance(found, str), found.text[:200]


def changed(file, name: str, old: bytes, new: bytes) -> bytes:
    """Give an office file with something else in one of its parts."""
    stream = io.BytesIO()
    file.save(stream)
    with zipfile.ZipFile(stream) as container:
        parts = {each: container.read(each) for each in container.namelist()}
    assert old in parts[name]
    return packed(parts | {name: parts[name].replace(old, new, 1)})


SECRET = b'<!DOCTYPE a [<!ENTITY out SYSTEM "file:///etc/passwd">]>'
EPUB = {
    "mimetype": b"application/epub+zip",
    "META-INF/container.xml": b'<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
    b'<rootfiles><rootfile full-path="c.opf"/></rootfiles></container>',
    "c.opf": b'<package xmlns="http://www.idpf.org/2007/opf"><manifest><item id="c" href="c.xhtml" '
    b'media-type="application/xhtml+xml"/></manifest><spine><itemref idref="c"/></spine></package>',
    "c.xhtml": b'<html xmlns="http://www.w3.org/1999/xhtml"><body><p>Dogs may.</p></body></html>',
}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        (
            "a.xlsx",
            changed(openpyxl.Workbook(), "xl/workbook.xml", b"<workbook", SECRET + b"<workbook"),
        ),
        (
            "a.pptx",
            changed(Presentation(), "ppt/presentation.xml", b"<p:pres", SECRET + b"<p:pres"),
        ),
        ("a.docx", changed(docx.Document(), "_rels/.rels", b"word/document.xml", b"/etc/passwd")),
        ("a.epub", packed(EPUB | {"c.opf": SECRET + EPUB["c.opf"].replace(b"c.x", b"&out;c.x")})),
        ("a.epub", packed(EPUB | {"c.opf": EPUB["c.opf"].replace(b"c.x", b"../../etc/passwd")})),
    ],
)
def test_no_file_outside_is_opened(name, data):
    """Neither by an entity nor by a path that leads out of the container."""
    found = outcome(name, data)
    assert isinstance(found, str)
    assert found.startswith("damaged file | ")


@pytest.mark.parametrize("kind", ["<!doctype html>", "Subject: a\nContent-Type: text/html\n\n"])
def test_entities_of_a_page_stay_what_they_are(kind):
    """They are shown as they are typed."""
    entities = "".join(f'<!ENTITY e{at} "{f"&e{at - 1};" * 10}">' for at in range(1, 12))
    page = f"{kind}<!DOCTYPE a [<!ENTITY e0 'ha'>{entities}]><p>Dogs &e11; may &out;.</p>"
    found = outcome("a.html" if kind[0] == "<" else "a.eml", page.encode())
    assert "Dogs &e11; may &out;." in found.text
    assert len(found.text) < 100


ATTRIBUTES = " ".join(f"a{at}=''" for at in range(1_000_000))


def test_a_tag_of_a_million_attributes_is_a_reject():
    """Each is compared with all the others."""
    reason = "too large | a tag has more than 10,000 attributes"
    assert outcome("a.html", f"<!doctype html><p {ATTRIBUTES}>Dogs may.".encode()) == reason
    page = EPUB["c.xhtml"].replace(b"<p>", f"<p {ATTRIBUTES}>".encode())
    assert outcome("a.epub", packed(EPUB | {"c.xhtml": page})) == reason


def pdf(*objects: bytes) -> bytes:
    """Give a file of these objects; the first is its root."""
    data, places = b"%PDF-1.7\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    trailer = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (count, len(data))
    return data + b"xref\n0 %d\n0000000000 65535 f \n" % count + table + trailer


CATALOG, PAGE = b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Page/Parent 2 0 R/Contents 4 0 R>>"
BOMB = zlib.compress(zlib.compress(b" " * 200_000_000, 9), 9)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (pdf(CATALOG, b"<</Type/Pages/Kids[2 0 R]/Count 1000000>>"), "too large | 1,000,000 pages"),
        (
            pdf(CATALOG, b"<</Type/Pages/Kids[%s]/Count 1000000>>" % (b"3 0 R " * 1_000_000), PAGE),
            "too large | 1,000,000 pages",
        ),
        (pdf(CATALOG, b"<</Type/Pages/Kids[3 0 R]/Count 2900>>", PAGE), "damaged file | page 2"),
        (
            pdf(
                CATALOG,
                b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
                PAGE,
                b"<</Filter[/FlateDecode/FlateDecode]/Length %d>>stream\n%s\nendstream"
                % (len(BOMB), BOMB),
            ),
            "",
        ),
    ],
    ids=["pages in a circle", "one page a million times", "pages that are not there", "a bomb"],
)
def test_a_pdf_made_to_do_harm_is_a_reject(data, reason):
    """Pages are counted before one is opened."""
    found = outcome("a.pdf", data)
    assert isinstance(found, str)
    assert found.startswith(reason)


def test_a_sheet_that_says_it_is_huge_is_read_for_what_it_holds():
    """What counts are the cells; one that stands far off is told."""
    sheet = openpyxl.Workbook()
    sheet.active.append(["Dogs", "may"])
    name, end = "xl/worksheets/sheet1.xml", b"</sheetData>"
    found = outcome("a.xlsx", changed(sheet, name, b'ref="A1:B1"', b'ref="A1:XFD1048576"'))
    assert "| Dogs | may |" in found.text
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    assert outcome("a.xlsx", changed(sheet, name, end, far + end)).startswith("too large | sheet")


def test_a_slide_named_without_end_is_a_reject():
    """A few bytes each, and each a whole slide."""
    deck = Presentation()
    deck.slides.add_slide(deck.slide_layouts[1]).shapes.title.text = "Dogs"
    mark = b'<p:sldId id="256" r:id="rId7"/>'
    data = changed(deck, "ppt/presentation.xml", mark, mark * 100_000)
    assert outcome("a.pptx", data) == "too large | it has 100,000 slides: split it"


def test_a_paragraph_of_very_many_runs_is_read_in_time():
    """So are subtitles with all lines in one cue; very many cues are refused."""
    file = docx.Document()
    file.add_paragraph("Dogs")
    run = b"<w:t>Dogs</w:t>"
    data = changed(file, "word/document.xml", run, run + b"</w:r><w:r><w:t>s</w:t>" * 50_000)
    assert outcome("a.docx", data).text == "Dogs" + "s" * 50_000
    cue = b"00:00.000 --> 00:01.000\n"
    found = outcome("a.vtt", b"WEBVTT\n\n" + cue + b"Dogs may.\n" * 100_000)
    assert found.text.startswith("Dogs may.")
    found = outcome("b.vtt", b"WEBVTT\n\n" + (cue + b"Dogs may.\n\n") * 300_000)
    assert found == "too large | more than 200,000 cues: split it"


def test_mail_in_mail_without_end_is_a_reject():
    """So is mail in parts of parts, or in very many parts."""
    head = b"From: a@b.c\nSubject: d\nMIME-Version: 1.0\n"
    inner = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (at, at)
        for at in range(10_000)
    )
    many = b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nDogs.\n" * 100_000
    letters = (head + b"Content-Type: message/rfc822\n\n") * 10_000
    for data in (head + inner + b"\nDogs.", head + many, letters):
        assert str(outcome("a.eml", data)).startswith("nested too deep | ")


def test_a_page_of_control_characters_is_a_reject():
    """It is no text, whatever it is named."""
    data = b"<!doctype html><p>" + bytes(range(1, 9)) * 100_000
    found = outcome("a.html", data)
    assert isinstance(found, str), found.text[:200]


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize(
    "piece",
    [" ", "\n", "<", "<!-- ", "<html ", "<?x ", "a: b\n", "PK\x03\x04", "PK\x01\x02", "%PDF", "\0"],
)
def test_no_format_takes_long_to_know_its_own(kind, piece):
    """They are asked about every file, some of them in the asking process."""
    data = piece.encode() * (1_000_000 // len(piece))
    begin = time.monotonic()
    _format(kind).recognises(data)
    assert time.monotonic() - begin < 2


FOREIGN = {
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"): (
        "encrypted | save it without a password"
    ),
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"): (
        "not a format that is read | an old binary Word file: convert it to .docx"
    ),
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le"): (
        "not a format that is read | an old binary Excel file: convert it to .xlsx"
    ),
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": (
        "not a format that is read | an old binary office file: convert it to .docx, .xlsx or .pptx"
    ),
    b"\x89PNG\r\n\x1a\n\0": (
        "not a format that is read | a picture: it needs OCR, which is not done here"
    ),
    b"\x7fELF\x02": "not a format that is read | a program, not a document: leave it out",
    b'\n<?xml version="1.0"?><a/>': (
        "not a format that is read | XML: read it with the step xml, which maps its elements"
    ),
    packed({"a.txt": b"x"}): (
        "not a format that is read | a ZIP archive: unpack it, and name the files inside"
    ),
    packed({"mimetype": b"application/vnd.oasis.opendocument.text"}, zipfile.ZIP_STORED): (
        "not a format that is read | an OpenDocument file: save it as .docx"
    ),
}


@pytest.mark.parametrize(("data", "reason"), FOREIGN.items())
def test_a_kind_that_is_not_read_is_told_with_the_way_out(data, reason):
    """By its content, whatever its name."""
    for name in ("a", "a.md"):
        with pytest.raises(Unmappable) as why:
            kind_of(data, name)
        assert str(why.value) == reason


@pytest.mark.parametrize(
    ("ending", "stream", "word"),
    [(".doc", "WordDocument", "Word"), (".xls", "Workbook", "Excel"), (".ppt", "x", "Word")],
)
def test_an_old_file_that_holds_another_is_told_by_its_name(ending, stream, word):
    """A Word file may hold a workbook, and the other way round."""
    streams = f"Workbook WordDocument {stream}".encode("utf-16-le")
    with pytest.raises(Unmappable, match=f"an old binary {word} file"):
        refuse(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + streams, ending)


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.docx", b"Hello.", "no Word file: its content is damaged, or something else"),
        ("a.PDF", b"Hello.", "no PDF file: its content is damaged, or something else"),
        ("a.xlsx", b"{\\rtf1", "no Excel file: an RTF file: save it as .docx"),
    ],
)
def test_a_name_that_promises_what_is_not_there_is_a_reject(name, data, kind):
    """Text is not guessed to be what somebody meant."""
    with pytest.raises(Unmappable) as why:
        kind_of(data, name)
    ending = name[1:].lower()
    assert str(why.value) == f"not what its name says | named {ending}, but it is {kind}"
