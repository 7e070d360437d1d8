"""A deck becomes Markdown: a heading a slide, what it shows in reading order, its notes."""

import io
import re
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.opc.package import Part
from pptx.opc.packuri import PackURI
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls
from pptx.util import Inches

from curator.read.documents.pptx import parse, recognises
from curator.read.values import Unmappable

TITLE, BULLETS, BLANK = 0, 1, 6
WORD = st.text(alphabet="abcé😀שß中09|*_#-+.`<>[]()&~", min_size=1, max_size=6).filter(
    lambda text: any(char.isalnum() for char in text)
)


def saved(deck) -> bytes:
    """Give the file of a deck made with python-pptx."""
    stream = io.BytesIO()
    deck.save(stream)
    return stream.getvalue()


def slide_of(deck, layout, *texts):
    """Add a slide and fill its placeholders."""
    slide = deck.slides.add_slide(deck.slide_layouts[layout])
    for placeholder, text in zip(slide.placeholders, texts, strict=False):
        placeholder.text_frame.text = text
    return slide


def box(slide, text, left, top):
    shape = slide.shapes.add_textbox(Inches(left), Inches(top), Inches(2), Inches(1))
    shape.text_frame.text = text
    return shape


def text_of(deck) -> str:
    return parse(saved(deck), "utf-8").text


def test_slides_are_sections_and_bullets_are_lists():
    """The title slide is of level one; levels of bullets are nested."""
    deck = Presentation()
    slide_of(deck, TITLE, "Birds", "by R. Ruff")
    slide = slide_of(deck, BULLETS, "Waders", "Dunlin\nsmall\nKnot")
    slide.placeholders[1].text_frame.paragraphs[1].level = 1
    read = parse(saved(deck), "utf-8")
    assert read.text == "# Birds\n\nby R. Ruff\n\n## Waders\n\n- Dunlin\n  - small\n- Knot"
    assert read.title == "Birds"
    assert [block.kind for block in read.blocks] == ["heading", "paragraph", "heading", "list"]


def test_numbered_and_unmarked_lines_are_told_apart():
    """A line whose bullet was taken away is a paragraph; numbers go on within a list."""
    deck = Presentation()
    slide = slide_of(deck, BULLETS, "Steps", "First:\nopen\nclose")
    marks = ["<a:buNone {}/>", '<a:buAutoNum {} type="arabicPeriod"/>'] * 2
    for paragraph, mark in zip(
        slide.placeholders[1].text_frame.paragraphs, [marks[0], marks[1], marks[1]], strict=True
    ):
        paragraph._p.get_or_add_pPr().append(parse_xml(mark.format(nsdecls("a"))))
    assert text_of(deck) == "## Steps\n\nFirst:\n\n1. open\n2. close"


def test_boxes_are_read_from_top_to_bottom_and_left_to_right():
    """Whatever the order in which they were drawn; a little higher is not above."""
    deck = Presentation()
    slide = slide_of(deck, BLANK)
    for text, left, top in [("low", 1, 5), ("right", 5, 1), ("left", 1, 1.1)]:
        box(slide, text, left, top)
    assert text_of(deck) == "left\n\nright\n\nlow"


def test_a_shape_that_shares_its_number_with_the_title_is_read():
    """Numbers are to be told apart, but copied slides repeat them."""
    deck = Presentation()
    slide = slide_of(deck, BULLETS, "Waders", "Dunlin")
    slide.placeholders[1].element.nvSpPr.cNvPr.set("id", str(slide.shapes.title.shape_id))
    assert text_of(deck) == "## Waders\n\n- Dunlin"


def test_groups_are_read_and_slides_without_a_title_get_none():
    """Shapes in groups in groups; no heading is made up."""
    deck = Presentation()
    group = slide_of(deck, BLANK).shapes.add_group_shape().shapes.add_group_shape()
    group.shapes.add_textbox(0, 0, 1, 1).text_frame.text = "inside"
    assert text_of(deck) == "inside"


def test_groups_without_end_are_refused():
    """Both where the limit is ours and where it is the XML library's."""
    for depth, why in [
        (52, "groups are nested more than 50 deep"),
        (300, "its parts are nested too deep"),
    ]:
        deck = Presentation()
        slide_of(deck, BLANK)
        group = (
            f"<p:grpSp {nsdecls('p', 'a')}><p:nvGrpSpPr/><p:grpSpPr/>"
            if depth < 100
            else "<p:grpSp>"
        )
        start, end = group.encode(), b"</p:grpSp>"
        data = rewritten(
            saved(deck),
            "ppt/slides/slide1.xml",
            lambda part, n=depth, s=start, e=end: part.replace(
                b"</p:spTree>", s * n + e * n + b"</p:spTree>"
            ),
        )
        with pytest.raises(Unmappable) as refused:
            parse(data, "utf-8")
        assert str(refused.value) == f"too large | {why}: split it"


def rewritten(data, name, change) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", 8) as new:
        for each in old.namelist():
            part = old.read(each)
            new.writestr(each, change(part) if each == name else part)
    return stream.getvalue()


def test_tables_and_charts_are_tables():
    """A merged cell is filled once; a chart gives its title and what it plots."""
    deck = Presentation()
    slide = slide_of(deck, BLANK)
    grid = slide.shapes.add_table(2, 2, 0, 0, Inches(2), Inches(1)).table
    grid.cell(0, 0).merge(grid.cell(0, 1))
    grid.cell(0, 0).text, grid.cell(1, 1).text = "a|b", "c"
    data = CategoryChartData()
    data.categories = ["Dunlin", "Knot"]
    data.add_series("count", (1.5, 2))
    frame = slide.shapes.add_chart(XL_CHART_TYPE.PIE, 0, Inches(3), Inches(3), Inches(3), data)
    frame.chart.chart_title.text_frame.text = "Seen"
    assert text_of(deck) == (
        "| a\\|b |  |\n| --- | --- |\n|  | c |\n\nSeen\n\n"
        "|  | count |\n| --- | --- |\n| Dunlin | 1.5 |\n| Knot | 2 |"
    )


def test_notes_follow_their_slide():
    """As one paragraph that says what it is."""
    deck = Presentation()
    slide = slide_of(deck, BULLETS, "Waders", "")
    slide.notes_slide.notes_text_frame.text = "Wait.\n\n```\nGo on."
    assert text_of(deck) == "## Waders\n\nNotes: Wait.\n\\```\nGo on."


def test_numbers_dates_and_footers_of_slides_are_left_out():
    """They stand on every slide and say nothing of it."""
    deck = Presentation()
    slide = slide_of(deck, BLANK)
    body = f'<p:sp {nsdecls("p", "a")}><p:nvSpPr><p:cNvPr id="9" name="n"/><p:cNvSpPr/><p:nvPr>{{}}</p:nvPr></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/><a:p>{{}}</a:p></p:txBody></p:sp>'
    field = (
        '<a:fld id="{00000000-0000-0000-0000-000000000000}" type="slidenum"><a:t>7</a:t></a:fld>'
    )
    for place, said in [
        ("", field),
        ('<p:ph type="ftr"/>', "<a:r><a:t>foot</a:t></a:r>"),
        ("", "<a:r><a:t>said</a:t></a:r>"),
    ]:
        slide.shapes._spTree.append(parse_xml(body.format(place, said)))
    assert text_of(deck) == "said"


def test_hidden_slides_are_left_out_and_told():
    """Who shows the deck does not show them; a deck of nothing else is empty."""
    deck = Presentation()
    slide_of(deck, BULLETS, "Draft", "old").element.set("show", "0")
    data = saved(deck)
    with pytest.raises(Unmappable) as refused:
        parse(data, "utf-8")
    assert str(refused.value) == "empty document | all 1 slides are hidden: show some"
    slide_of(deck, BULLETS, "Final", "new")
    read = parse(saved(deck), "utf-8")
    assert read.text == "## Final\n\n- new"
    assert (read.meta["slides"], read.meta["hidden_slides"]) == (2, [1])
    assert read.left_out == ("hidden slides | 1",)


def test_newer_shapes_and_diagrams_are_read():
    """Shapes with an older stand-in, and the points of a diagram, which is a part of its own."""
    deck = Presentation()
    slide = slide_of(deck, BLANK)
    either = '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice/></mc:AlternateContent>'
    slide.shapes._spTree.append(parse_xml(either))
    slide.shapes._spTree[-1][0].append(box(slide, "new shape", 1, 1)._element)
    space = 'xmlns:d="http://schemas.openxmlformats.org/drawingml/2006/diagram"'
    points = "".join(
        f"<d:pt><d:t><a:p><a:r><a:t>{said}</a:t></a:r></a:p></d:t></d:pt>"
        for said in ["plan", "do"]
    )
    model = f"<d:dataModel {space} {nsdecls('a')}><d:ptLst>{points}</d:ptLst></d:dataModel>"
    part = Part(
        PackURI("/ppt/diagrams/data1.xml"), "application/xml", deck.part.package, model.encode()
    )
    key = slide.part.relate_to(
        part, "http://schemas.openxmlformats.org/officeDocument/2006/relationships/diagramData"
    )
    frame = slide.shapes.add_table(1, 1, 0, Inches(4), Inches(1), Inches(1))._element
    data = frame.find(".//{*}graphicData")
    data.remove(data[0])
    data.set("uri", "http://schemas.openxmlformats.org/drawingml/2006/diagram")
    data.append(parse_xml(f'<d:relIds {space} {nsdecls("r")} r:dm="{key}"/>'))
    assert text_of(deck) == "new shape\n\n- plan\n- do"


def test_a_link_keeps_words_and_address():
    """The address of a link is not among the words of a slide."""
    deck = Presentation()
    run = box(slide_of(deck, BLANK), "the page", 1, 1).text_frame.paragraphs[0].runs[0]
    run.hyperlink.address = "https://a.org/x"
    assert text_of(deck) == "[the page](https://a.org/x)"


def test_a_line_broken_by_hand_goes_on():
    """Small letters after a word go on; a capital begins a new paragraph."""
    deck = Presentation()
    box(slide_of(deck, BLANK), "You were admitted as a\nvisitor.\nNext", 1, 1)
    assert text_of(deck) == "You were admitted as a\nvisitor.\n\nNext"


@settings(deadline=None, max_examples=20)
@given(
    st.lists(
        st.tuples(
            st.lists(WORD, max_size=3), st.lists(WORD, max_size=4), st.lists(WORD, max_size=3)
        ),
        max_size=3,
    )
)
def test_every_word_is_kept_once_and_every_span_is_exact(slides):
    """Of titles, bullets and notes."""
    deck = Presentation()
    for title, body, notes in slides:
        slide = slide_of(deck, BULLETS, " ".join(title), "\n".join(body))
        slide.notes_slide.notes_text_frame.text = " ".join(notes)
    read = parse(saved(deck), "utf-8")
    blocks = " ".join(read.text[block.start : block.end] for block in read.blocks)
    said = "".join("".join((*title, *body, *notes)) for title, body, notes in slides)
    letters = sorted(char for char in said if char.isalpha())
    assert sorted(char for char in blocks.replace("Notes: ", "") if char.isalpha()) == letters
    plain = blocks.replace("\\", "")
    assert all(word in plain for slide in slides for part in slide for word in part)


def test_entities_are_refused():
    """A bomb of entities is never given to a library."""
    bomb = b'<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><'
    deck = Presentation()
    slide_of(deck, BLANK)
    name = "ppt/slides/slide1.xml"
    data = rewritten(saved(deck), name, lambda part: part.replace(b"<p:sld", bomb + b"p:sld", 1))
    with pytest.raises(Unmappable) as refused:
        parse(data, "utf-8")
    assert str(refused.value) == (
        f"damaged file | {name} declares entities, which no office program writes: save it anew"
    )


def test_a_broken_slide_is_damaged():
    """The message says what to do."""
    deck = Presentation()
    slide_of(deck, BLANK)
    data = rewritten(saved(deck), "ppt/slides/slide1.xml", lambda part: part[:400])
    with pytest.raises(Unmappable, match=r"^damaged file \| .*: open it and save it anew$"):
        parse(data, "utf-8")


def test_only_decks_are_recognised():
    """By what the file says it holds."""
    assert recognises(saved(Presentation()))
    assert not recognises(b"PK\x03\x04 and no more")


@pytest.mark.real
def test_the_training_deck_gives_every_title(real_data):
    """70 slides: each title is a heading, in order, and nothing else is."""
    data = (real_data / "plain-language" / "files" / "PLAIN_Principles.pptx").read_bytes()
    read = parse(data, "utf-8")
    titles = []
    for slide in Presentation(io.BytesIO(data)).slides:
        kinds = {shape.placeholder_format.type: shape for shape in slide.placeholders}
        shape = next(
            (kinds[kind] for kind in kinds if "TITLE" in str(kind) and "SUB" not in str(kind)), None
        )
        if shape is not None and shape.text_frame.text.strip():
            titles.append(" ".join(shape.text_frame.text.replace("\v", " ").split()))
    assert re.findall(r"^#+ (.*)", read.text, re.MULTILINE) == titles
    assert (read.meta["slides"], read.title) == (70, "Principles of Plain Language")
