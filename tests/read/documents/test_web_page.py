"""A web page becomes what it says, without what surrounds it."""

import re
import time
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from curator.read.documents.web_page import parse, recognises
from curator.read.values import Unmappable

AROUND = """<!DOCTYPE html><html lang="en"><head><title>The site: {title}</title>
<meta name="description" content=" All about  it. "><link rel="canonical" href="https://a.b/c">
<style>p {{}}</style><script>var x = "scripted";</script></head><body class="menu">
<header><a href="/">Logo</a> Slogan of the site</header><nav><ul><li><a href="/x">Menu</a></ul></nav>
<div id="cookie-banner">We use cookies. <button>Accept</button></div>
<div class="breadcrumb"><a href="/">Home</a> &gt; <a href="/y">Here</a></div>
<p><span>Available Languages: </span><a href="/en">en</a> | <a hreflang=fr href="/fr">fr</a>
| <a hreflang=de href="/de">de</a></p>
<div class="toc"><h3>Contents</h3><ul><li><a href="#a">Part one</a><li><a href="#b">Two</a></ul></div>
<div id="content">{body}</div>
<aside><h3>Related</h3><p>Other stories you may like.</p></aside>
<div class="section"><h2><a id="comments_section">Comments</a></h2><p>Notice: be kind.</p></div>
<form><label>Your name</label><input name=q></form><footer>Copyright 2020 Somebody</footer>
</body></html>"""


def page(body: str, title: str = "T") -> bytes:
    """Put an article into a page as they are."""
    return AROUND.format(body=body, title=title).encode()


def refused(data: bytes) -> str:
    """Give why a page is no document."""
    with pytest.raises(Unmappable) as error:
        parse(data, "utf-8")
    return str(error.value)


def test_a_page_is_its_content():
    """Menus, banners, links to languages, contents, comments, forms and footers are not."""
    found = parse(page("<h1>Dogs</h1><p>They <b>may</b>.</p><h2 id=menu>Menus</h2><p>x"), "utf-8")
    assert found.text == "# Dogs\n\nThey **may**.\n\n## Menus\n\nx"
    assert found.title == "Dogs"
    assert found.meta == {
        "language": "en", "description": "All about it.", "canonical": "https://a.b/c",
    }  # fmt: skip
    assert [(b.kind, b.level) for b in found.blocks] == [
        ("heading", 1), ("paragraph", None), ("heading", 2), ("paragraph", None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<section id=cookies><h2>Cookies</h2><p>They crumble.</section>",
         "## Cookies\n\nThey crumble."),
        ("<h2>Comments</h2><p>Begin with #.<h2>End</h2><p>x",
         "## Comments\n\nBegin with #.\n\n## End\n\nx"),
        ("<p>x<h2>Parts</h2><ul><li><a href=a>One</a><li><a href=b>Two</a></ul>",
         "x\n\n## Parts\n\n- One\n- Two"),
        ("<p>Read these:</p><ul><li><a href='#a'>One</a><li><a href='#b'>Two</a></ul>",
         "Read these:\n\n- One\n- Two"),
        ("<table><tr><td><a href=a>One</a><td><a href=b>Two</a></table><p>x",
         "|  |  |\n| --- | --- |\n| One | Two |\n\nx"),
        ("<pre><span class=comment># why</span>\nx</pre>", "```\n# why\nx\n```"),
        ("<h2>A<a class=headerlink href='#a'>¶</a></h2><p>x", "## A\n\nx"),
        ("<button aria-controls=q>Why?</button><div hidden id=q>So.</div><p hidden>No.</p>",
         "## Why?\n\nSo."),
        ("<h2>A</h2><h3><button>Why?</button></h3><p>So.", "## A\n\n### Why?\n\nSo."),
        ("<h2>A</h2><div><b><button class=accordion>Why me?</button></b></div><div class=b>So.</div>"
         "<button class=accordion>Who?</button><div class=panel><p>You.</div>",
         "## A\n\n### Why me?\n\nSo.\n\n### Who?\n\nYou."),
        ("<h2>A <button>Copy</button></h2><p>A pier.<button aria-controls=m>Menu</button><ul id=m>"
         "<li>A long rope</ul>", "## A\n\nA pier.\n\n- A long rope"),
        ("<button aria-controls=n>Places</button><nav id=n><a href=x>x</a></nav><p>y", "y"),
        ("<p>" + "word " * 30 + "<div class=section-header><h2>A</h2></div><header><h3>B</h3></header>x",
         ("word " * 30).strip() + "\n\n## A\n\n### B\n\nx"),
        ("<div class=header><h2>The site</h2></div><p>" + "word " * 30, ("word " * 30).strip()),
        ("<form><p>" + "word " * 80 + "</p><input></form>", ("word " * 80).strip()),
        ("<aside class=note>Mind the step.</aside>", "Mind the step."),
    ],
)  # fmt: skip
def test_content_that_looks_like_a_menu_stays(body, text):
    """Sections about them, lists in running text, code, notes, pages that are one form."""
    assert parse(f"<body>{body}".encode(), "utf-8").text == text


def test_a_page_of_links_is_kept():
    """Where all would go, nothing does."""
    data = b"<div><ul><li><a href=a>One</a><li><a href=b>Two</a><li><a href=c>Three</a></ul></div>"
    assert parse(data, "utf-8").text == "- One\n- Two\n- Three"


def test_main_is_all_that_counts_and_the_title_may_stand_outside():
    """A heading outside names it when the page's name begins with it: it may name the site."""
    for name, title in (("Dogs - The site", "Dogs"), ("Cats", "Cats"), ("", "Dogs")):
        data = f"<title>{name}</title><h1>Dogs</h1><p>Login</p><main><p>They may.</p></main>"
        found = parse(data.encode(), "utf-8")
        assert (found.text, found.title) == ("They may.", title)


def test_characters_are_what_they_mean():
    """NFC, plain spaces, no soft hyphens, no control characters; old quotes are quotes."""
    found = parse("<p>Cafe\u0301\xa0a\xadb&#147;c&#148;\x07&#1;&nbsp;\u200bd".encode(), "utf-8")
    assert found.text == "Café ab“c” d"


def test_the_encoding_is_the_page_s_own():
    """And a bad byte is counted."""
    data = "<meta charset=shift_jis><p>休暇のお知らせ".encode("cp932")
    assert parse(data, "utf-8").text == "休暇のお知らせ"
    bad = b"<meta charset=utf-8><p>" + "été ".encode() * 20 + b"\xff"
    assert parse(bad, "utf-8").meta == {"unreadable_characters": 1}
    assert parse(bad, "utf-8").left_out == ("unreadable characters | 1",)


@pytest.mark.parametrize(
    ("data", "is_page"),
    [
        (b"\xef\xbb\xbf \n<!DOCTYPE HTML><p>", True),
        (b"<?xml version='1.0'?><!-- x --><html xmlns='y'>", True),
        ("<!doctype html>".encode("utf-16"), True),
        (b"<htmlx>", False),
        (b"<?xml version='1.0'?><doc/>", False),
        (b"# A <html> tag", False),
    ],
)
def test_a_page_is_known_by_its_beginning(data, is_page):
    """Document type or first tag."""
    assert recognises(data) is is_page


LEADING = "the page only leads to another: save that one"
SCRIPTED = "the page makes its text by script: save it from a browser once it shows the text"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty document | the page says nothing"),
        (b"<html><body> &nbsp; </body></html>", "empty document | the page says nothing"),
        (
            b"<title>A</title><div id=root></div><script>go()</script>",
            f"empty document | {SCRIPTED}",
        ),
        (
            b"<meta http-equiv=Refresh content='0;url=x'><p>Redirecting to <a href=x>x</a>.",
            f"empty document | {LEADING}",
        ),
        (b"<html>\x01\x02\x03", "not text | it holds characters that no text has"),
    ],
)
def test_a_page_without_text_is_refused(data, reason):
    """And says what to do."""
    assert refused(data) == reason


DEEP = "nested too deep | more than 200 tags inside one another"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        *((tag * 100_000 + "hi", DEEP) for tag in ("<div>", "<ul><li>", "<blockquote>", "<b>")),
        ("<table><tr><td>" * 100_000 + "hi", DEEP),
        ("<div>" * 199 + "hi", DEEP),
        (f"<p title='{'x' * 50_000_000}'>", "too large | one tag or text of more than 10,000,000 characters"),
        ("<table><tr>" + "<td>x" * 2000 + "<tr><td>y" * 2000, "too large | a table of more than 2,000,000 cells: split it"),
    ],
)  # fmt: skip
def test_hostile_pages_end_in_time(data, reason):
    """Within ten seconds, though machines are busy: each takes less than one."""
    start = time.monotonic()
    assert refused(data.encode()) == reason
    assert time.monotonic() - start < 10


@pytest.mark.parametrize(
    "data",
    [
        "<div>" * 190 + "hi",
        "<blockquote>" * 190 + "hi",
        "<ul><li>" * 95 + "hi",
        "<table><tr><td>a<td>" * 60 + "hi",
        "<pre>" + "\n" * 200_000 + "hi",
        "<p>" + "x<br>" * 30_000 + "hi",
        "<p><a href=#a>x</a>" * 10_000 + "hi",
        "<h2 id=comments>x</h2>" * 10_000 + "hi",
        "<p>one<b><i><a href='x'>two<table><tr><td>hi<!-- never",
        '<!DOCTYPE html [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><p>hi &b;',
    ],
)
def test_broken_pages_are_read_in_time(data):
    """Nothing grows, nothing breaks off, and the last word is there."""
    start = time.monotonic()
    assert "hi" in parse(data.encode(), "utf-8").text
    assert time.monotonic() - start < 10


TAGS = ["p", "div", "ul", "li", "table", "tr", "td", "dl", "dt", "dd", "pre", "code", "b", "a", "br", "h2", "details", "summary", "nav", "section"]  # fmt: skip
SOUP = st.lists(
    st.one_of(
        st.sampled_from(TAGS).map("<{}>".format),
        st.sampled_from(TAGS).map("</{}>".format),
        st.sampled_from(["a ", "# b", "- c\n", "| d |", "`", "1. e", "&lt;f>", "<", "é"]),
    ),
    max_size=30,
)


@given(SOUP.map("".join))
def test_any_tag_soup_is_text_in_blocks_or_is_refused(soup):
    """No letter is outside every block."""
    try:
        found = parse(soup.encode(), "utf-8")
    except Unmappable as error:
        assert error.reason == "empty document"  # noqa: PT017
        return
    ends = [0, *(block.end for block in found.blocks)]
    starts = [*(block.start for block in found.blocks), len(found.text)]
    for end, start in zip(ends, starts, strict=True):
        assert end <= start
        assert not re.search(r"\w", found.text[end:start])


WORDS = st.lists(st.text("abcdeé안", min_size=1, max_size=8), min_size=1, max_size=6).map(" ".join)
INLINE = st.one_of(
    WORDS,
    WORDS.map("see <a href='x'>{}</a>".format),
    st.tuples(st.sampled_from(["b", "em", "code", "span"]), WORDS).map(
        lambda pair: f" <{pair[0]}>{pair[1]}</{pair[0]}> "
    ),
)
LINE = st.lists(INLINE, min_size=1, max_size=4).map(" ".join)
PART = st.recursive(
    st.one_of(
        LINE.map("<p>{}</p>".format),
        LINE.map("<h2>{}</h2>".format),
        WORDS.map("<pre>{}</pre>".format),
        st.lists(LINE, min_size=2, max_size=4).map(
            lambda cells: "<table><tr><td>" + "<tr><td>z<td>".join(cells) + "</table>"
        ),
        st.tuples(LINE, LINE).map("<dl><dt>{0[0]}<dd>{0[1]}</dl>".format),
    ),
    lambda parts: st.one_of(
        st.lists(parts, min_size=1, max_size=3).map(lambda e: f"<ul><li>{'<li>'.join(e)}</ul>"),
        st.lists(parts, min_size=1, max_size=3).map(lambda e: f"<div>{''.join(e)}</div>"),
        parts.map("<blockquote>{}</blockquote>".format),
    ),
    max_leaves=8,
)


@given(st.lists(PART, min_size=1, max_size=5).map("".join))
def test_every_word_of_an_article_is_kept_and_nothing_from_around_it(body):
    """In order, and the same each time; every block is an exact span."""
    lead = "<p>" + "lead " * 20 + "</p>"
    data = page(lead + body)
    found = parse(data, "utf-8")
    said = re.findall(
        r"\w+", " ".join(etree.fromstring(f"<x>{lead}{body}</x>", etree.HTMLParser()).itertext())
    )
    assert re.findall(r"\w+", found.text) == said
    end = 0
    for block in found.blocks:
        assert end <= block.start < block.end <= len(found.text)
        assert not re.search(r"\w", found.text[end : block.start])
        end = block.end
    assert parse(data, "utf-8") == found


def source(path) -> etree._Element:
    """Give the XML that a manual page was made from; its document type is elsewhere."""
    text = re.sub(r"<!DOCTYPE[^>]*>", "", path.read_text()).replace("&nbsp;", "\xa0")
    return etree.fromstring(text.encode(), etree.XMLParser(remove_comments=True, remove_pis=True))


def one_line(element: etree._Element | None) -> str:
    """Give the words of an element."""
    return "" if element is None else " ".join("".join(element.itertext()).split())


def directives(text: str, blocks) -> dict[str, tuple[str, str, str]]:
    """Read syntax, default and context of each directive from text and blocks alone."""
    found = {}
    for head, below in pairwise(blocks):
        name = re.fullmatch(r"## (\S+) Directive", text[head.start : head.end])
        if name and below.kind == "table":
            rows = [
                re.split(r"(?<!\\)\|", line) for line in text[below.start : below.end].split("\n")
            ]
            told = {row[1].strip(): row[2].strip().strip("`").replace("\\|", "|") for row in rows}
            found[name[1]] = tuple(told.get(key, "") for key in ("Syntax:", "Default:", "Context:"))
    return found


@pytest.mark.real
def test_the_directives_of_a_real_manual_are_those_of_its_source(real_data):
    """All 46, with syntax, default and context, from the document alone."""
    folder, compared = real_data / "httpd-docs", 0
    for path in sorted(folder.glob("xml/*.xml")):
        document = parse((folder / "html" / f"{path.stem}.html").read_bytes(), "utf-8")
        told = {
            one_line(each.find("name")): (
                one_line(each.find("syntax")),
                one_line(each.find("default")),
                ", ".join(map(one_line, each.iter("context"))),
            )
            for each in source(path).iter("directivesynopsis")
            if each.get("location") is None
        }
        assert directives(document.text, document.blocks) == told, path.stem
        compared += len(told)
    assert compared == 46


@pytest.mark.real
def test_a_real_manual_is_read_without_its_menus(real_data):
    """Nothing from around a page is in it, and all code is, word for word."""
    around = r"Available Languages|Comments\b|Sitemap|Copyright|Apache Server at|Permanent link|¶"
    for path in sorted((real_data / "httpd-docs/html").glob("*.html")):
        document = parse(path.read_bytes(), "utf-8")
        assert not re.search(around, document.text), path.stem
        assert document.text.startswith(f"# {document.title}\n")
        page = etree.fromstring(path.read_bytes(), etree.HTMLParser(encoding="utf-8"))
        lines = [line.strip() for line in document.text.split("\n")]
        for code in page.iter("pre"):
            said = "".join(code.itertext()).strip("\n").split("\n")
            assert all(line.strip() in lines for line in said)


@pytest.mark.real
def test_the_words_of_a_real_manual_are_those_of_its_source(real_data):
    """At least 98 of 100 words of the XML are in the text, and few others."""
    kept = asked = given = 0
    for path in sorted((real_data / "httpd-docs/xml").glob("*.xml")):
        html = real_data / "httpd-docs/html" / f"{path.stem}.html"
        mine = Counter(re.findall(r"\w+", parse(html.read_bytes(), "utf-8").text))
        root = source(path)
        for each in root.xpath("//seealso | //name[not(parent::directivesynopsis)] | //override"):
            each.getparent().remove(each)
        theirs = Counter(re.findall(r"\w+", " ".join(root.itertext())))
        kept, asked, given = (
            kept + (mine & theirs).total(),
            asked + theirs.total(),
            given + mine.total(),
        )
    print(f"recall {kept / asked:.4f}, precision {kept / given:.4f}")  # noqa: T201
    assert kept / asked > 0.98
