"""Whatever the format: exact spans, text in one form, and a missing library that is named."""

import io
import subprocess
import sys
import unicodedata
import zipfile
from email.message import EmailMessage
from html import escape

import docx
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pptx import Presentation
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate

from curator.read.documents.formats import document
from curator.read.values import Unmappable

ODD = "ab1é😀 ß中\u00a0|*_#-+.`<>[]()&~\\:?\u0301\u200b\u2028\ufeff\u00ad\u0085\x7f"
SAYINGS = st.lists(st.text(alphabet=ODD, min_size=1, max_size=30).map(lambda t: f"a{t}"), min_size=1, max_size=8)  # fmt: skip


def pdf(sayings):
    """Print paragraphs; the fonts at hand know Latin letters."""
    stream = io.BytesIO()
    styles = getSampleStyleSheet()
    plain = [escape("".join(c for c in each if " " <= c < "\u0100")) for each in sayings]
    story = [Paragraph(each, styles["Heading2" if at % 3 == 0 else "Normal"]) for at, each in enumerate(plain)]  # fmt: skip
    SimpleDocTemplate(stream).build(story)
    return stream.getvalue()


def word(sayings):
    """Write headings, paragraphs and a table."""
    made, stream = docx.Document(), io.BytesIO()
    for at, each in enumerate(sayings):
        made.add_paragraph(each, style=("Heading 1", None, "List Bullet")[at % 3])
    made.add_table(1, 2).rows[0].cells[0].text = sayings[0]
    made.save(stream)
    return stream.getvalue()


def deck(sayings):
    """Show a bullet of each saying below a title."""
    made, stream = Presentation(), io.BytesIO()
    slide = made.slides.add_slide(made.slide_layouts[1])
    slide.shapes.title.text = sayings[0]
    slide.placeholders[1].text = "\n".join(sayings)
    slide.notes_slide.notes_text_frame.text = sayings[-1]
    made.save(stream)
    return stream.getvalue()


def workbook(sayings):
    """Put two columns on a sheet."""
    made, stream = openpyxl.Workbook(), io.BytesIO()
    for each in sayings:
        made.active.append([each, len(each)])
    made.save(stream)
    return stream.getvalue()


def body(sayings):
    parts = [f"<h2>{escape(sayings[0])}</h2>", *(f"<p>{escape(each)}</p>" for each in sayings)]
    items = "".join(f"<li>{escape(each)}</li>" for each in sayings)
    return f"<body>{''.join(parts)}<ul>{items}</ul><pre>{escape(sayings[-1])}</pre></body>"


def web_page(sayings):
    return f"<!doctype html><meta charset=utf-8><title>t</title>{body(sayings)}".encode()


def book(sayings):
    """Bind one chapter."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        made.writestr("mimetype", "application/epub+zip")
        made.writestr(
            "META-INF/container.xml",
            '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0">'
            '<rootfiles><rootfile full-path="c.opf"/></rootfiles></container>',
        )
        made.writestr(
            "c.opf",
            '<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata/><manifest>'
            '<item id="c" href="c.xhtml" media-type="application/xhtml+xml"/></manifest>'
            '<spine><itemref idref="c"/></spine></package>',
        )
        page = f'<html xmlns="http://www.w3.org/1999/xhtml">{body(sayings)}</html>'
        made.writestr("c.xhtml", page.replace("\x7f", ""))
    return stream.getvalue()


def mail(sayings):
    made = EmailMessage()
    made["Subject"] = " ".join(sayings[0].split())
    made.set_content("\n\n".join(sayings))
    return made.as_bytes()


def subtitles(sayings):
    cues = [f"00:{at:02}.000 --> 00:{at + 1:02}.000\n{each}" for at, each in enumerate(sayings)]
    return ("WEBVTT\n\n" + "\n\n".join(cues)).encode()


def markdown(sayings):
    return ("# " + "\n\n".join(sayings)).encode()


def plain_text(sayings):
    return "\n\n".join(sayings).encode()


MADE = {
    "a.pdf": pdf,
    "a.docx": word,
    "a.pptx": deck,
    "a.xlsx": workbook,
    "a.html": web_page,
    "a.epub": book,
    "a.eml": mail,
    "a.vtt": subtitles,
    "a.md": markdown,
    "a.txt": plain_text,
}


@pytest.mark.parametrize("name", MADE)
@given(sayings=SAYINGS)
@settings(max_examples=40)
def test_every_span_is_exact_and_the_text_is_in_one_form(name, sayings):
    """Blocks are in order, apart, not empty, and begin and end in letters; no control characters."""
    try:
        found = document(MADE[name](sayings), name, "utf-8", 10**6)
    except Unmappable as why:
        assert why.reason in ("empty document", "not text")  # noqa: PT017
        return
    for text in (found.text, found.title):
        assert unicodedata.is_normalized("NFC", text)
        assert all(char in "\n\t" or unicodedata.category(char) != "Cc" for char in text)
    assert found.blocks
    end = 0
    for block in found.blocks:
        said = found.text[block.start : block.end]
        assert end <= block.start < block.end <= len(found.text)
        assert said.strip()
        assert said == said.strip("\n").rstrip()
        end = block.end


NEEDED = {
    "a.pdf": ("pypdfium2", "pdf_inspector"),
    "a.docx": ("mammoth", "lxml"),
    "a.pptx": ("pptx",),
    "a.xlsx": ("fastexcel",),
    "a.html": ("lxml",),
    "a.epub": ("lxml",),
}
ALONE = """
import sys
sys.modules[sys.argv[1]] = None
from pathlib import Path
from curator.errors import MissingExtra
from curator.read.documents.formats import document
try:
    document(Path(sys.argv[2]).read_bytes(), sys.argv[2], "utf-8", 10**6)
except MissingExtra as error:
    print(error)
"""
RECIPE = """
name: a
task: {instruction: ""}
read: [{documents: {path: a.docx}}]
select: [split]
write: [instruction_set]
"""


@pytest.mark.parametrize(
    ("name", "library"), [(name, each) for name, libraries in NEEDED.items() for each in libraries]
)
def test_a_reader_without_its_library_says_how_to_get_it(name, library, tmp_path):
    """One command brings them all."""
    (tmp_path / name).write_bytes(MADE[name](["Dogs may live here.", "Cats may not."]))
    done = subprocess.run(
        [sys.executable, "-c", ALONE, library, name],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    called = {"pdf_inspector": "pdf-inspector", "pptx": "python-pptx"}.get(library, library)
    hint = "pip install 'curator-toolkit[docs]'"
    assert done.stdout == f"{called} is not installed\n  hint: {hint}\n"


def test_a_run_without_a_library_ends_with_what_to_do(tmp_path):
    """Exit code 2, as for whatever is asked for and cannot be."""
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/mammoth.py").write_text("raise ImportError")
    (tmp_path / "a.docx").write_bytes(word(["Dogs may live here."]))
    (tmp_path / "a.yaml").write_text(RECIPE)
    code = "import sys; sys.path.insert(0, 'lib'); from curator.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "run", "a.yaml"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.endswith(
        "error: mammoth is not installed\n  hint: pip install 'curator-toolkit[docs]'\n"
    )
