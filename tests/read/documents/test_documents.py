"""Every file becomes one document or one reject; a person understands why."""

import gzip
from pathlib import Path

import polars as pl
import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from curator.errors import RecipeError, SourceError
from curator.read.documents import Options, read
from curator.records import KEPT, RECORD


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Work in a fresh folder, as a recipe's user does."""
    monkeypatch.chdir(tmp_path)


def documents(data: str | bytes, name: str = "a.md", **options) -> pl.DataFrame:
    """Write one file and read it."""
    Path(name).write_bytes(data.encode() if isinstance(data, str) else data)
    return read(Options(path=name, **options)).collect()


def test_a_file_becomes_a_document_with_its_origin():
    """The recipe's constants hold for each."""
    found = documents("# Pets\n\nDogs may.\n", licence="cc0", language="en", split="train")
    assert dict(found.schema) == dict(RECORD)
    shown = found.select("title", "text", "licence", "language", "split", "messages", "rejected")
    assert shown.rows() == [("Pets", "# Pets\n\nDogs may.", "cc0", "en", "train", None, None)]
    assert found["provenance"].struct.unnest().select("uri", "row", "line").row(0) == (
        "a.md", 1, None,
    )  # fmt: skip


def test_a_document_has_the_language_that_its_file_states():
    """By its code, before what the recipe says of all; what is no tag states nothing."""
    html = "<!doctype html><html lang={}><title>A</title><p>Dogs may stay here."
    for page, code in (("en-GB", "en"), ("fr", "fr"), ("English", "de"), ("''", "de")):
        assert documents(html.format(page), "a.html", language="de")["language"][0] == code
    assert documents("---\nlang: pt_BR\n---\nCães", language="de")["language"][0] == "pt"
    assert documents("---\nlanguage: go\n---\nHund", language="de")["language"][0] == "de"


def test_files_stay_in_order_and_rejects_in_place():
    """Also through more files than go into one piece."""
    for at in range(150):
        Path(f"{at:03}.txt").write_text(f"Number {at}." if at != 70 else "")
    found = read(Options(path="*.txt")).collect()
    assert found["title"].to_list() == [f"{at:03}" if at != 70 else None for at in range(150)]
    assert found["rejected"].arg_min() is not None
    assert found.with_row_index().filter(~KEPT)["index"].to_list() == [70]


def test_text_is_brought_into_one_form_before_it_is_measured():
    """Byte order mark, carriage returns and loose accents are gone, and spans are true."""
    found = documents("\ufeff# Cafe\u0301\r\n\r\nOne.\rTwo.\r\n")
    text, blocks = found["text"][0], found["blocks"][0]
    assert text == "# Café\n\nOne.\nTwo."
    assert [text[block["start"] : block["end"]] for block in blocks] == ["# Café", "One.\nTwo."]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty document"),
        (b"\xef\xbb\xbf \r\n", "empty document"),
        (
            b"One.\ncaf\xe9 au lait",
            r"bad encoding | byte 9, on line 2, is not utf-8: 'One.\ncaf\\xe9 au lait'",
        ),
        ("Hi".encode("utf-16"), "bad encoding | it is written in UTF-16: encoding: utf-16"),
        (b"\x00\x80\x01\x02", "not text | it holds bytes that no text has"),
        (b"\x01\x02\x03abc", "not text | it holds characters that no text has"),
        (b"{\\rtf1 Hi}", "not a format that is read | an RTF file: save it as .docx"),
        (b"---\na: b\n---\n", "empty document | it holds front matter and nothing else"),
    ],
)
def test_what_is_no_text_is_a_reject(data, reason):
    """The name does not matter when the content says otherwise."""
    found = documents(data)
    assert found["rejected"].to_list() == [f"read: {reason}"]
    assert found["text"].to_list() == [None]


def test_a_web_page_is_one_under_any_name():
    """Its doctype is certain; as text it would be mostly markup."""
    page = "<!DOCTYPE html><title>Pets</title><h1>Pets</h1><p>Dogs may live here.</p>"
    for name in ("a", "a.txt", "a.md", "a.docx"):
        found = documents(page, name)
        assert (found["rejected"][0], found["title"][0]) == (None, "Pets")


def test_a_file_that_is_too_large_is_a_reject():
    """Also when only its unpacked bytes are."""
    reason = "read: too large | more than 5 bytes: split it"
    assert documents(b"123456", max_bytes=5)["rejected"].to_list() == [reason]
    assert documents(b"12345", max_bytes=5)["rejected"].to_list() == [None]
    packed = gzip.compress(b"1" * 99)
    limit = len(packed) + 1
    found = documents(packed, "a.gz", max_bytes=limit)["rejected"].to_list()
    assert found == [f"read: too large | more than {limit} bytes: split it"]


def test_a_damaged_packing_is_a_reject():
    """The other files of the run are read."""
    Path("b.md").write_text("Dogs may.")
    Path("a.md.gz").write_bytes(gzip.compress(b"Dogs may. " * 99)[:-20])
    found = read(Options(path=("a.md.gz", "b.md"))).collect()
    assert found["text"].to_list() == [None, "Dogs may."]
    assert found["rejected"][0].startswith("read: damaged file | the gzip archive is damaged")
    assert found["raw"][0] == ""


def test_what_is_left_out_of_a_file_is_told(caplog):
    """On the document's own record, which is counted; and pages that are scans also in words."""
    white = Image.new("RGB", (60, 80), "white")
    for name in ("a", "b"):
        canvas = Canvas(f"{name}.pdf")
        canvas.drawString(72, 700, f"Dogs may travel on the deck of ship {name}.")
        canvas.showPage()
        canvas.drawInlineImage(white, 0, 0, 500, 700)
        canvas.save()
    found = read(Options(path="*.pdf")).collect()
    change = "read: left out pages without text | page 2 needs OCR"
    assert found["changes"].to_list() == [[change], [change]]
    assert caplog.messages == [
        "documents: pages are left out, for they are scans: "
        "a.pdf (page 2 needs OCR), and pages of 1 more"
    ]


def test_an_over_long_document_is_a_reject():
    """The limit is the recipe's, in characters."""
    found = documents("é" * 6, max_chars=5)
    assert found["rejected"].to_list() == ["read: over-long document | 6 characters"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.MD", "heading"), ("a.md.gz", "heading"), ("README", "heading"), ("a.txt", "paragraph")],
)
def test_name_or_content_tells_the_format(name, kind):
    """Where the name says nothing, a heading is enough."""
    data = b"Hello,\nyou.\n\n# Title\n"
    found = documents(gzip.compress(data) if name.endswith("gz") else data, name)
    assert found["blocks"][0][-1]["kind"] == kind


def test_a_declared_encoding_is_used():
    """Old files can be read if somebody says what they are."""
    assert documents("café".encode("latin-1"), encoding="latin-1")["text"][0] == "café"


@pytest.mark.parametrize("options", [{"encoding": "rot13"}, {"split": "dev"}])
def test_an_option_that_cannot_be_is_refused_at_once(options):
    """Before any file is read."""
    with pytest.raises(RecipeError):
        documents("Hi.", **options)


def test_a_folder_is_refused_with_a_hint():
    """The pattern that was meant is shown."""
    Path("d").mkdir()
    Path("d/a.md").touch()
    with pytest.raises(SourceError, match=r"hint: name its files, for example d/\*.md"):
        read(Options(path="d"))


@pytest.mark.real
def test_a_real_handbook_is_read(real_data):
    """Every page is a document with a title, in blocks that hold its headings."""
    found = read(Options(path=str(real_data / "plain-language/docs/**/*.md"))).collect()
    kept = found.filter(KEPT)
    assert (found.height, kept.height) == (96, 95)
    assert found.filter(~KEPT)["rejected"].to_list() == [
        "read: empty document | it holds front matter and nothing else"
    ]
    kinds = kept["blocks"].explode(empty_as_null=True).struct["kind"]
    assert set(kinds) >= {"heading", "paragraph", "list", "table"}
    assert kept["title"].str.len_chars().min() > 3
