"""A Word file becomes Markdown with the words that Word shows, each once."""

import io
import re
import zipfile
from collections import Counter

import docx
import pytest
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.read.documents.docx import parse, recognises
from curator.read.values import Unmappable

WORD = st.text(alphabet="abcé😀שß中09|*_#-+.`<>[]()&~", min_size=1, max_size=6).filter(
    lambda text: any(char.isalnum() for char in text)
)


def saved(document) -> bytes:
    """Give the file of a document made with python-docx."""
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def text_of(document) -> str:
    return parse(saved(document), "utf-8").text


def with_part(data: bytes, name: str, change) -> bytes:
    """Give the file with one part changed."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", 8) as new:
        for each in old.namelist():
            part = old.read(each)
            new.writestr(each, change(part) if each == name else part)
    return stream.getvalue()


def test_title_and_headings_are_told_by_their_styles():
    """Title is of level one, Subtitle of level two; a bold line is no heading."""
    document = docx.Document()
    document.add_paragraph("Birds", style="Title")
    document.add_paragraph("A guide", style="Subtitle")
    document.add_heading("Waders", 2)
    document.add_paragraph().add_run("Dunlin").bold = True
    read = parse(saved(document), "utf-8")
    assert read.text == "# Birds\n\n## A guide\n\n## Waders\n\n**Dunlin**"
    assert read.title == "Birds"
    assert [block.kind for block in read.blocks] == ["heading"] * 3 + ["paragraph"]


def test_a_style_that_builds_on_a_heading_is_one():
    """So companies make their own headings; the outline level is inherited."""
    document = docx.Document()
    style = document.styles.add_style("House", docx.enum.style.WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles["Heading 3"]
    document.add_paragraph("Nests", style="House")
    assert text_of(document) == "### Nests"


def test_a_list_goes_on_after_what_interrupts_it():
    """Numbers are those that Word shows, not those of a list that begins anew."""
    document = docx.Document()
    for words, style in [
        ("Open.", "List Number"),
        ("Wait.", "Normal"),
        ("Close.", "List Number"),
        ("quietly", "List Bullet"),
    ]:
        document.add_paragraph(words, style=style)
    assert text_of(document) == "1. Open.\n\nWait.\n\n2. Close.\n\n- quietly"


def test_lists_stand_inside_lists():
    """The level of a numbered paragraph is its depth; so is the number of a list style."""
    document = docx.Document()
    level = '<w:lvl w:ilvl="{}"><w:start w:val="{}"/><w:numFmt w:val="{}"/></w:lvl>'
    levels = level.format(0, 3, "decimal") + level.format(1, 1, "bullet")
    for xml in [
        f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{levels}</w:abstractNum>',
        f'<w:num {nsdecls("w")} w:numId="88"><w:abstractNumId w:val="77"/></w:num>',
    ]:
        document.part.numbering_part.element.append(parse_xml(xml))
    for words, depth in [("a", 0), ("b", 1), ("c", 0)]:
        place = document.add_paragraph(words)._p.get_or_add_pPr().get_or_add_numPr()
        place.get_or_add_numId().val, place.get_or_add_ilvl().val = 88, depth
    document.add_paragraph("d", style="List Bullet 2")
    assert text_of(document) == "3. a\n   - b\n4. c\n   - d"


def test_merged_cells_are_filled_once():
    """What a merged cell covers is empty, and pipes do not part cells."""
    document = docx.Document()
    table = document.add_table(3, 3)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "size"
    table.cell(0, 2).text = "a|b"
    table.cell(1, 2).merge(table.cell(2, 2)).text = "both"
    table.cell(1, 0).text = "1\n2"
    assert text_of(document) == (
        "| size |  | a\\|b |\n| --- | --- | --- |\n| 1 2 |  | both |\n|  |  |  |"
    )


def test_what_spans_the_top_of_a_table_stands_above_it():
    """It names the table; the row below it is the head."""
    document = docx.Document()
    table = document.add_table(3, 2)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "Counts"
    for at, words in enumerate(["bird", "n", "Knot", "2"], 2):
        table.cell(at // 2, at % 2).text = words
    assert text_of(document) == "Counts\n\n| bird | n |\n| --- | --- |\n| Knot | 2 |"


def test_a_box_is_no_table():
    """A table of one column is there for its frame."""
    document = docx.Document()
    cell = document.add_table(1, 1).cell(0, 0)
    cell.text = "Mind this."
    cell.add_paragraph("And that.")
    assert text_of(document) == "Mind this.\n\nAnd that."


def test_a_first_row_that_begins_with_a_figure_is_no_head():
    """Two columns of numbers and names have no head, unless Word says so."""
    document = docx.Document()
    table = document.add_table(2, 2)
    for at, words in enumerate(["745.84", "Scope", "745.85", "Terms"]):
        table.cell(at // 2, at % 2).text = words
    assert text_of(document).startswith("|  |  |\n| --- | --- |\n| 745.84 | Scope |")


def test_emphasis_never_breaks_a_word():
    """Marks stand close to whole words; half a word in bold is a word."""
    document = docx.Document()
    paragraph = document.add_paragraph("Use ")
    paragraph.add_run(" both ").bold = True
    paragraph.add_run("and w")
    paragraph.add_run("or").italic = True
    paragraph.add_run("ds")
    paragraph.add_run(", re")
    paragraph.add_run("do").bold = True
    paragraph.add_run("  ").bold = True
    assert text_of(document) == "Use **both** and words, redo"


def test_words_stored_in_pieces_of_many_looks_read_as_if_in_one():
    """Colours, sizes, languages and marks of saving part no word, and emphasis stays whole."""
    document = docx.Document()
    paragraph = document.add_paragraph()
    for at, piece in enumerate(["Ta", "ke ", "ca", "re", "\t", "now", "."]):
        run = paragraph.add_run(piece)
        run.bold = piece in ("ca", "re")
        run.font.size = docx.shared.Pt(9 + at)
        run._r.set(qn("w:rsidR"), f"00{at}")
        run._r.addnext(OxmlElement("w:proofErr"))
    assert text_of(document) == "Take **care** now."


def test_a_link_keeps_words_and_address():
    """Word keeps the address of a link outside the text."""
    document = docx.Document()
    paragraph = document.add_paragraph("See ")
    key = document.part.relate_to(
        "https://a.org/x y", docx.opc.constants.RELATIONSHIP_TYPE.HYPERLINK, is_external=True
    )
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), key)
    link.append(paragraph.add_run("the page")._r)
    paragraph._p.append(link)
    assert text_of(document) == "See [the page](https://a.org/x%20y)"


def test_what_word_does_not_show_is_left_out():
    """Deleted words, comments, page headers; inserted words stay."""
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "page header"
    paragraph = document.add_paragraph("Kept ")
    run = "<w:r><w:{0} xml:space='preserve'>{1}</w:{0}></w:r>"
    for tag, inside in [("del", run.format("delText", "gone ")), ("ins", run.format("t", "new"))]:
        paragraph._p.append(parse_xml(f"<w:{tag} {nsdecls('w')}>{inside}</w:{tag}>"))
    document.add_comment(paragraph.runs[0], "why?")
    assert text_of(document) == "Kept new"


def test_formulas_keep_their_letters_and_hidden_words_go():
    """Mammoth alone would drop the one and show the other."""
    document = docx.Document()
    formula = "<m:oMath {}><m:r><m:t>E=mc²</m:t></m:r></m:oMath>"
    space = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    document.add_paragraph("So ")._p.append(parse_xml(formula.format(space)))
    document.paragraphs[0].add_run("secret").font.hidden = True
    document.paragraphs[0].add_run(" holds.")
    assert text_of(document) == "So E=mc² holds."


def test_notes_stand_at_the_end_behind_their_numbers():
    """The text refers to them by the same number."""
    document = docx.Document()
    run = document.add_paragraph("Claim.").add_run()
    run._r.append(parse_xml(f'<w:footnoteReference {nsdecls("w")} w:id="7"/>'))
    note = "<w:footnote w:id='7'><w:p><w:r><w:t>Proof.</w:t></w:r></w:p></w:footnote>"
    notes = f"<w:footnotes {nsdecls('w')}>{note}</w:footnotes>".encode()
    name, kind = (
        docx.opc.packuri.PackURI("/word/footnotes.xml"),
        docx.opc.constants.RELATIONSHIP_TYPE.FOOTNOTES,
    )
    part = docx.opc.part.Part(name, "application/xml", notes, document.part.package)
    document.part.relate_to(part, kind)
    document.add_paragraph("More.")
    assert text_of(document) == "Claim.[1]\n\nMore.\n\n[1] Proof."


def test_a_paragraph_that_looks_like_markdown_stays_a_paragraph():
    """A hash, a fence or a tag that someone typed opens nothing; a typed bullet is a list."""
    document = docx.Document()
    for words in ["# a", "```", "<div> b", "• c"]:
        document.add_paragraph(words)
    read = parse(saved(document), "utf-8")
    assert read.text == "\\# a\n\n\\```\n\n\\<div> b\n\n- c"
    assert [block.kind for block in read.blocks] == ["paragraph"] * 3 + ["list"]


def test_spaces_and_line_breaks_are_plain():
    """Runs of spaces, hard spaces and tabs are one space; a line break stays."""
    document = docx.Document()
    document.add_paragraph("March  \u00a02011\tand\non \u00adwards ")
    assert text_of(document) == "March 2011 and\non wards"


def test_the_properties_go_to_meta():
    """Who wrote it, and a title where the text has none."""
    document = docx.Document()
    document.core_properties.author, document.core_properties.title = "R. Ruff", "Waders"
    document.add_paragraph("x")
    read = parse(saved(document), "utf-8")
    assert (read.meta, read.title) == ({"author": "R. Ruff", "title": "Waders"}, "Waders")


@settings(deadline=None, max_examples=25)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Normal", "Heading 1", "List Bullet", "List Number", "table"]),
            st.lists(WORD, min_size=1, max_size=4),
        ),
        max_size=6,
    )
)
def test_every_word_is_kept_and_every_span_is_exact(parts):
    """Whatever stands in paragraphs, headings, lists and tables."""
    document = docx.Document()
    for style, words in parts:
        if style == "table":
            document.add_table(2, 2).cell(1, 1).text = " ".join(words)
        else:
            document.add_paragraph(" ".join(words), style=style)
    read = parse(saved(document), "utf-8")
    blocks = [read.text[block.start : block.end] for block in read.blocks]
    letters = Counter(char for _, words in parts for char in "".join(words) if char.isalpha())
    assert Counter(char for char in "".join(blocks) if char.isalpha()) == letters
    plain = read.text.replace("\\", "")
    assert all(word in plain for _, words in parts for word in words)


@pytest.mark.parametrize("name", ["word/document.xml", "word/styles.xml", "docProps/core.xml"])
def test_entities_are_refused(name):
    """A bomb of entities is never given to a library."""
    bomb = b'<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    data = with_part(
        saved(docx.Document()), name, lambda part: part.replace(b"?>", b"?>" + bomb, 1)
    )
    with pytest.raises(Unmappable) as refused:
        parse(data, "utf-8")
    assert str(refused.value) == (
        f"damaged file | {name} declares entities, which no office program writes: save it anew"
    )


def test_a_zip_bomb_is_refused():
    """A part that unpacks to far more than the file is not unpacked."""
    data = with_part(saved(docx.Document()), "word/document.xml", lambda _: bytes(600 << 20))
    with pytest.raises(Unmappable, match=r"^too large"):
        parse(data, "utf-8")


@pytest.mark.parametrize("depth", [60, 5_000])
def test_tables_in_tables_without_end_are_refused(depth):
    """Nesting is read or refused, and never ends the process."""
    start, end = b"<w:tbl><w:tr><w:tc>", b"<w:p/></w:tc></w:tr></w:tbl>"

    def nested(part):
        return part.replace(b"<w:body>", b"<w:body>" + start * depth + end * depth)

    data = with_part(saved(docx.Document()), "word/document.xml", nested)
    with pytest.raises(Unmappable) as refused:
        parse(data, "utf-8")
    assert str(refused.value) == "too large | its parts are nested too deep: split it"


def test_a_span_of_a_billion_columns_is_refused():
    """What a cell says of its width is measured before it is believed."""
    document = docx.Document()
    cell = document.add_table(1, 2).cell(0, 0)
    cell.text = "x"
    cell._tc.get_or_add_tcPr().get_or_add_gridSpan().val = 10**9
    with pytest.raises(Unmappable) as refused:
        parse(saved(document), "utf-8")
    assert str(refused.value) == "too large | a table has more than 200,000 cells: split it"


def test_only_word_files_are_recognised():
    """By what the file says it holds, never by luck."""
    assert recognises(saved(docx.Document()))
    assert not recognises(b"PK\x03\x04 and no more")
    assert not recognises(b"")


def test_the_main_part_may_have_another_name():
    """Office on the web calls it document2.xml; the file says where it is."""
    document = docx.Document()
    document.add_paragraph("one", style="List Number")
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(document))) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            part = old.read(name).replace(b"word/document.xml", b"word/document2.xml")
            new.writestr(name.replace("document.xml", "document2.xml"), part)
    assert recognises(stream.getvalue())
    assert parse(stream.getvalue(), "utf-8").text == "1. one"


def test_an_empty_row_of_a_table_does_no_harm():
    """Word writes none, and other programs do."""
    document = docx.Document()
    table = document.add_table(3, 2)
    table.cell(2, 1).text = "x"
    for cell in list(table.rows[0]._tr.tc_lst):
        table.rows[0]._tr.remove(cell)
    assert text_of(document).split("\n")[-1] == "|  | x |"


def test_a_file_without_its_main_part_is_damaged():
    """The message says what to do."""
    data = saved(docx.Document())
    broken = with_part(data, "word/document.xml", lambda _: b"<w:document")
    with pytest.raises(Unmappable, match=r"^damaged file \| .*: open it and save it anew$"):
        parse(broken, "utf-8")


@pytest.mark.real
def test_the_guidelines_read_as_their_pdf_does(real_data):
    """Words of the DOCX against those of the PDF, whose 117 page headers are left out."""
    pdfium = pytest.importorskip("pypdfium2")
    files = real_data / "plain-language" / "files"
    read = parse((files / "FederalPLGuidelines.docx").read_bytes(), "utf-8")
    pages = [
        page.get_textpage().get_text_range()
        for page in pdfium.PdfDocument(files / "FederalPLGuidelines.pdf")
    ]
    header = re.compile(r"Federal Plain Language Guidelines,? +March 2011,? +Rev\. 1, May 2011")
    ours, theirs = (
        Counter(re.findall(r"\w+", text.lower()))
        for text in (read.text, header.sub("", " ".join(pages).replace("\r\n", " ")))
    )
    recall = (ours & theirs).total() / theirs.total()
    print(f"word recall of the DOCX against the PDF: {recall:.4f} of {theirs.total():,} words")  # noqa: T201
    assert recall >= 0.95
    assert read.title == "Federal Plain Language Guidelines"
    assert {"II. Organize", "a. Use lists", "V. Test"} & set(
        re.findall(r"^#+ (.*)", read.text, re.MULTILINE)
    )
