"""PDF files become Markdown with pdfium's words, or a reject that says what to do."""

import sys
from io import BytesIO

import pytest
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Frame,
    ListFlowable,
    PageTemplate,
    Paragraph,
    Preformatted,
    SimpleDocTemplate,
    Table,
)

from curator.read.documents import docx, pdf
from curator.read.documents.document import Document
from curator.read.documents.pdf import text_lines
from curator.read.values import Unmappable

STYLES = getSampleStyleSheet()


def told(text: str, style: str = "Normal") -> Paragraph:
    """Give a paragraph in one of the usual styles."""
    return Paragraph(text, STYLES[style])


def laid_out(*story, template=SimpleDocTemplate, **options) -> bytes:
    """Make a PDF file of flowing text."""
    made = BytesIO()
    template(made, **options).build(list(story))
    return made.getvalue()


def drawn(*pages: list[str], encrypt=None, picture=()) -> bytes:
    """Make a PDF file of pages of lines, some of them (from 1) with a picture."""
    made = BytesIO()
    canvas = Canvas(made, encrypt=encrypt)
    white = ImageReader(Image.new("RGB", (60, 80), "white"))
    for number, lines in enumerate(pages, 1):
        if number in picture:
            canvas.drawImage(white, 0, 0, 500, 700)
        for at, line in enumerate(lines):
            canvas.drawString(72, 750 - 14 * at, line)
        canvas.showPage()
    canvas.save()
    return made.getvalue()


def read(data: bytes) -> Document:
    return pdf.parse(data, "utf-8")


def blocks(document: Document) -> list[tuple[str, str]]:
    """Give kind and text of each block."""
    return [(block.kind, document.text[block.start : block.end]) for block in document.blocks]


def refused(data: bytes) -> str:
    with pytest.raises(Unmappable) as why:
        read(data)
    return str(why.value)


def test_headings_lists_code_and_tables_are_told():
    """A title is not merged with the heading below it, bullets are no heading, code keeps its indentation."""
    items = [told(text) for text in ("Bring a lead.", "Bring water.", "Bring a towel.")]
    steps = [told(text) for text in ("Open.", "Close.")]
    document = read(
        laid_out(
            told("Ferry handbook", "Title"),
            told("Before you sail", "Heading1"),
            told("Dogs may travel on the open deck if they are kept on a short lead. " * 3),
            ListFlowable(items, bulletType="bullet"),
            told("Set the clock", "Heading2"),
            Preformatted("def clock(now):\n    if now > 3:\n        return 0", STYLES["Code"]),
            Table(
                [["Who", "Fare"], ["Adult", "12.50"], ["Child", "6.00"]],
                style=[("GRID", (0, 0), (-1, -1), 1, 0)],
            ),
            ListFlowable(steps, bulletType="1"),
        )
    )
    assert blocks(document) == [
        ("heading", "# Ferry handbook"),
        ("heading", "# Before you sail"),
        (
            "paragraph",
            ("Dogs may travel on the open deck if they are kept on a short lead. " * 3).strip(),
        ),
        ("list", "- Bring a lead.\n- Bring water.\n- Bring a towel."),
        ("heading", "## Set the clock"),
        ("code", "```\ndef clock(now):\n    if now > 3:\n        return 0\n```"),
        ("table", "|Who|Fare|\n|---|---|\n|Adult|12.50|\n|Child|6.00|"),
        ("list", "1. Open.\n2. Close."),
    ]
    assert document.title == "Ferry handbook"
    assert document.meta == {"pages": 1, "structure": "pdf-inspector", "word_recall": 1.0}


def test_two_columns_are_read_one_after_the_other():
    """The last line of the left column comes before the first of the right one."""
    frames = [Frame(50, 50, 230, 700), Frame(310, 50, 230, 700)]

    def template(made):
        return BaseDocTemplate(made, pageTemplates=PageTemplate(frames=frames))

    rows = [f"sentence {n} tells of ships and of the harbours they sail to." for n in range(40)]
    document = read(laid_out(*map(told, rows), template=template))
    found = [document.text.replace("\n", " ").find(f"sentence {n} tells") for n in range(40)]
    assert found == sorted(found)
    assert found[0] >= 0


BODY = ["The ferry leaves at nine and comes back", "at ten, with mail for the island."]


def test_lines_that_most_pages_repeat_are_left_out_and_counted():
    """Numbers in them may differ; other lines stay."""
    told_apart = ["about dogs", "about cats", "about bicycles", "about mail"]
    pages = [
        [f"Ferry rules (page {n})", f"This page is {what}.", *[f"{line} {what}" for line in BODY]]
        for n, what in enumerate(told_apart, 1)
    ]
    document = read(drawn(*pages))
    assert "Ferry rules" not in document.text
    assert document.text.startswith("This page is about dogs.")
    assert all(f"for the island. {what}" in document.text for what in told_apart)
    assert document.meta["running_lines"] == 4
    assert document.left_out == ("lines that most pages repeat | 4",)


def test_a_line_on_two_pages_stays():
    """Fewer than three pages repeat nothing."""
    assert (
        read(drawn(["Ferry rules", *BODY], ["Ferry rules", *BODY])).text.count("Ferry rules") == 2
    )


def test_pages_that_all_say_the_same_keep_their_lines():
    """Else nothing would be left."""
    document = read(drawn(BODY, BODY, BODY))
    assert document.text.count("mail for the island") == 3
    assert "running_lines" not in document.meta


@pytest.mark.parametrize(
    ("page", "mended"),
    [
        ("an exam\ufffeple of it", "an example of it"),
        ("user\ufffefriendly, or user-friendly", "user-friendly, or user-friendly"),
        ("data\ufffebase is a database", "database is a database"),
        ("a well\ufffeknown well, known here", "a well-known well, known here"),
        ("COVID\ufffe19", "COVID-19"),
        ("see a.org/text\ufffeidx here", "see a.org/text-idx here"),
    ],
)
def test_words_parted_by_a_line_end_are_joined(page, mended):
    """The hyphen stays in compounds and addresses, as far as the text itself tells."""
    assert text_lines.mend(page, text_lines.mender([page])) == mended


def test_in_doubt_a_hyphen_stays_where_the_program_parts_no_words():
    """What other line ends say comes first."""
    doubtful = "an exam\ufffeple"
    assert (
        text_lines.mend(doubtful, text_lines.mender([doubtful], hyphenates=False)) == "an exam-ple"
    )
    text = f"{doubtful} in a data\ufffebase, a database"
    mended = text_lines.mend(text, text_lines.mender([text], hyphenates=False))
    assert mended == "an example in a database, a database"


def test_plain_lines_become_paragraphs_items_and_headings():
    """Lines as wide as most go on; bookmarks and numbers of two parts say headings."""
    lines = [
        "2.1 When it sails",
        "The ferry sails at nine and at ten if",
        "the wind allows.",
        "• one lead",
        "2) a towel",
        "Notes",
    ]
    assert text_lines.paragraphs(lines, {"notes": 1}) == [
        "## 2.1 When it sails",
        "The ferry sails at nine and at ten if the wind allows.",
        "- one lead",
        "2) a towel",
        "# Notes",
    ]


def test_a_structure_that_loses_words_is_not_taken(monkeypatch):
    """Then the words stand in plain lines, all of them."""
    monkeypatch.setattr("curator.read.documents.pdf.choice.LEAST_RECALL", 1.01)
    document = read(drawn(BODY))
    assert document.meta == {"pages": 1, "structure": "plain", "word_recall": 1.0}
    assert document.text == " ".join(BODY)


def test_pages_without_text_are_named():
    """A file with some scanned pages is read."""
    document = read(drawn(BODY, [], BODY, [], [], picture={2, 4, 5}))
    assert document.meta["pages_needing_ocr"] == [2, 4, 5]
    assert "pages without text | pages 2 and 4-5 need OCR" in document.left_out
    assert "mail for the island" in document.text


def test_a_scan_is_refused():
    """The pages are named as a person would; a stamp on every page is no text layer."""
    want = "scan without a text layer | pages 1-3 need OCR"
    assert refused(drawn([], [], [], picture={1, 2, 3})) == want
    assert refused(drawn(*[["Scanned by the harbour office"]] * 3, picture={1, 2, 3})) == want
    assert refused(drawn([], picture={1})) == "scan without a text layer | page 1 needs OCR"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (
            drawn(BODY, encrypt=StandardEncryption("secret")),
            "encrypted | save it without a password",
        ),
        (drawn(BODY)[:400], "damaged file | no PDF reader opens it: save or fetch it again"),
        (drawn([]), "empty document | no text on page 1"),
        (
            drawn(*[["x"]] * 3_001),
            "too large | 3,001 pages: part it into files of 3,000 at most",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_way_out(data, why):
    """Reasons are few, details say what to do."""
    assert refused(data) == why


def test_a_file_that_only_its_owner_may_change_is_read():
    """An owner's password keeps nobody from reading."""
    locked = drawn(BODY, encrypt=StandardEncryption("", ownerPassword="secret"))
    assert "mail for the island" in read(locked).text


def test_unreadable_letters_are_refused():
    """Fonts that do not say which letters they draw give characters without meaning."""
    with pytest.raises(Unmappable) as why:
        pdf._readable(["abc \ue001\ue002\ufffd"])
    assert str(why.value) == (
        "text layer is unreadable | 50% of its characters say nothing: OCR it, or save it anew"
    )


@pytest.mark.parametrize(
    ("data", "is_pdf"), [(b"%PDF-1.7\n", True), (b"\r\n%PDF-1.4", True), (b"About %PDF-", False)]
)
def test_the_mark_tells_the_format(data, is_pdf):
    """A text that speaks of the mark is none."""
    assert pdf.recognises(data) is is_pdf


def test_the_title_of_a_program_is_none():
    """A file name is no title, and neither is what the text does not know."""
    assert pdf._title("Microsoft Word - rules.doc", "rules of the ferry") == ""
    assert pdf._title("Quarterly report", "rules of the ferry") == ""
    assert pdf._title(" Rules of the  ferry", "The rules of the ferry") == "Rules of the ferry"


@pytest.mark.real
def test_the_guidelines_read_as_pdf_and_as_docx_are_one_text(real_data, capsys):
    """118 tagged pages: words overlap by 95 % and more, rows of three words by 0.9 and more."""
    files = real_data / "plain-language" / "files"
    document = read((files / "FederalPLGuidelines.pdf").read_bytes())
    other = docx.parse((files / "FederalPLGuidelines.docx").read_bytes(), "utf-8").text
    ours, theirs = text_lines.words(document.text), text_lines.words(other)
    overlap = text_lines.recall(theirs, ours)
    ours_3, theirs_3 = text_lines.shingles(document.text), text_lines.shingles(other)
    jaccard = len(ours_3 & theirs_3) / len(ours_3 | theirs_3)
    with capsys.disabled():
        sys.stdout.write(
            f"\nguidelines as PDF and DOCX: words {overlap:.3f}, Jaccard {jaccard:.3f}\n"
        )
    assert (document.title, document.meta["pages"]) == ("Federal Plain Language Guidelines", 118)
    assert (document.meta["structure"], document.meta["running_lines"]) == ("tags", 234)
    assert overlap >= 0.95
    assert jaccard >= 0.9
    assert sum(block.kind == "table" for block in document.blocks) == 68


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "pages", "title"),
    [
        ("exercises_all_writing_classes", 16, "Principles of Plain Language Exercises"),
        ("addendum_web_classes", 1, "Plain Language Webpage Checklist"),
        ("class_evaluation_form", 1, "EVALUATION FORM"),
    ],
)
def test_the_other_files_are_read(real_data, name, pages, title):
    """Their words are kept, and their spans are in order and not empty."""
    document = read((real_data / "plain-language" / "files" / f"{name}.pdf").read_bytes())
    assert (document.meta["pages"], document.title) == (pages, title)
    assert document.meta["word_recall"] >= 0.99
    ends = [0, *(block.end for block in document.blocks)]
    assert all(
        end <= block.start < block.end for end, block in zip(ends, document.blocks, strict=False)
    )
