"""Files made to do harm end in a reject, within a stated time and memory."""

import io
import resource
import time
import zipfile
from pathlib import Path

import docx
import pytest

from curator.read.documents.foreign import refuse
from curator.read.documents.formats import FORMATS, _format, kind_of
from curator.read.documents.pool import Limits, parsed
from curator.read.files import find
from curator.read.values import Unmappable

TIME_S = 20
"""More than any file here needs on a busy machine; quadratic ones would take hours."""
MEMORY_KB = 700 << 10


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Work in a fresh folder."""
    monkeypatch.chdir(tmp_path)


def outcome(name: str, data: bytes, **limits):
    """Read one file in a worker, in time; no child process so far was larger than allowed."""
    Path(name).write_bytes(data)
    stated = {"encoding": "utf-8", "max_bytes": 10**8, "max_chars": 10**7, "max_seconds": 60}
    begin = time.monotonic()
    [found] = parsed(find(name), Limits(**{**stated, **limits}), 1)
    assert time.monotonic() - begin < TIME_S
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < MEMORY_KB
    return str(found) if isinstance(found, Unmappable) else found


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
