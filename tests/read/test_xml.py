"""XML files: paths find what fills a record, and a file that cannot be read is a reject that says why."""

import gzip
import json

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.errors import RecipeError
from curator.read import xml
from curator.read.xml_paths import place_of, rows_of

PAGE = """<?xml version="1.0" encoding="UTF-8"?>
<Page id="7" url="http://ferry.example/dogs">
<Topic>Dogs</Topic>
<Pairs>
  <Pair n="1"><Q kind="rule">May dogs come ?</Q><A>Yes.
 On a lead.</A></Pair>
  <Pair n="2"><Q kind="fare">What do they pay?</Q><A/></Pair>
</Pairs>
</Page>
"""
MAP = {"input": "Q", "output": "A", "label": "Q/@kind"}


def records(folder, content, rows="Pairs/Pair", given=None, **options) -> pl.DataFrame:
    path = folder / "page.xml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return xml.read(xml.Options(path=str(path), rows=rows, map=given or MAP, **options)).collect()


def one(folder, inside, output="A", head=""):
    """Give what the reader makes of one element ``A``."""
    content = f"{head}<Page><Pairs><Pair><Q>?</Q>{inside}</Pair></Pairs></Page>"
    frame = records(folder, content, given={"input": "Q", "output": output})
    return frame["rejected"][0] or frame["messages"][0][1]["content"]


def test_rows_are_examples_with_label_meta_line_and_the_files_hash_as_group(tmp_path):
    """What the map does not take goes to meta under its path, from the page around the row too."""
    frame = records(tmp_path, PAGE)
    row = frame.row(0, named=True)
    assert [said["content"] for said in row["messages"]] == ["May dogs come ?", "Yes.\n On a lead."]
    assert (row["label"], row["provenance"]["row"], row["provenance"]["line"]) == ("rule", 1, 5)
    assert row["group"] == row["provenance"]["sha256"]
    assert json.loads(row["meta"]) == {
        "@n": "1",
        "/Page/@id": "7",
        "/Page/@url": "http://ferry.example/dogs",
        "/Page/Topic": "Dogs",
    }


def test_an_empty_answer_is_a_reject_with_its_fields(tmp_path):
    """Nobody trains on silence; a missing element is told from an empty one."""
    frame = records(tmp_path, PAGE.replace("</Pairs>", '<Pair><Q kind="x">?</Q></Pair></Pairs>'))
    assert frame["rejected"].to_list() == [
        None,
        "read: empty field | A",
        "read: missing field | $.A",
    ]
    assert json.loads(frame["raw"][1])["Q"] == "What do they pay?"


@pytest.mark.parametrize(
    "rows", ["Pairs/Pair", "/Page/Pairs/Pair", "//Pair", "//Pairs/Pair", "*/Pair", "/*/*/Pair"]
)
def test_rows_are_found_by_any_path_that_leads_to_them(tmp_path, rows):
    """Below the root, from the root, or anywhere."""
    assert records(tmp_path, PAGE, rows)["provenance"].struct.field("line").to_list() == [5, 7]


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("@n", "1"),
        ("./@n", "1"),
        ("../../Topic", "Dogs"),
        ("../../@url", "http://ferry.example/dogs"),
        ("/Page/Topic", "Dogs"),
        ("/Page/Pairs/Pair/A", "Yes.\n On a lead."),
        (".", "May dogs come ?\nYes.\n On a lead."),
        ("{Q} ({../../Topic}, {Q/@kind})", "May dogs come ? (Dogs, rule)"),
    ],
)
def test_a_field_is_a_path_seen_from_the_row(tmp_path, field, text):
    """Inside it, above it, from the root on, and in templates."""
    frame = records(tmp_path, PAGE, given={"input": field, "output": "{Q}"})
    assert frame["messages"][0][0]["content"] == text


def test_a_piece_of_a_field_is_taken_as_in_other_readers(tmp_path):
    """The text before and after a marker; only then is the field used up."""
    given = {
        "input": "Q",
        "reasoning": {"field": "A", "before": "On"},
        "output": {"field": "A", "after": "On"},
    }
    said = records(tmp_path, PAGE, given=given)["messages"][0][1]
    assert (said["reasoning"], said["content"]) == ("Yes.", "a lead.")


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        ("<A>one <b>two</b>, H<sub>2</sub>O</A>", "one two, H2O"),
        ("<A><c>one</c><c>two</c></A>", "one\ntwo"),
        ("<A><p>one</p>\n\n  <p>two</p></A>", "one\n\ntwo"),
        ("<A><b>one</b> <i>two</i></A>", "one two"),
        ("<A><b>H</b><sub>2</sub></A>", "H2"),
        ("<A>one<br/>two</A>", "one\ntwo"),
        ("<A>one</A><A>two</A>", "one\ntwo"),
        ("<A><![CDATA[<b> &unknown; &amp;]]></A>", "<b> &unknown; &amp;"),
        ("<A>one&nbsp;two &eacute; &#233; &lt;</A>", "one\u00a0two é é <"),
        ("<A>a<!-- &x; -->b<?php &x; ?></A>", "ab"),
    ],
)
def test_text_reads_as_it_is_seen(tmp_path, inside, text):
    """Marks inside a line join, parts of their own stand on lines, HTML's names are known."""
    assert one(tmp_path, inside) == text


def test_names_of_html_are_known_where_a_dtd_is_named_that_is_never_loaded(tmp_path):
    """The file may point anywhere: nothing is opened."""
    head = '<!DOCTYPE Page SYSTEM "file:///etc/hostname">'
    assert one(tmp_path, "<A x='&nbsp;'>&auml;</A>", "{A}{A/@x}.", head) == "ä\u00a0."


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (
            "<Page><Pairs><Pair></Pairs></Page>",
            "damaged XML | mismatched tag, line 1, column 22",
        ),
        ("<Page><Pairs>", "damaged XML | no element found, line 1, column 14"),
        ("", "damaged XML | no element found, line 1, column 1"),
        (
            "<!DOCTYPE Page [\n<!ENTITY a 'b'>]><Page/>",
            "entity declarations | <!ENTITY a> line 2, column 12: it may unpack to anything. If you"
            " trust the file, let xmllint --noent --dropdtd write it out",
        ),
        (
            '<!DOCTYPE Page [<!ENTITY a SYSTEM "file:///etc/passwd">]><Page>&a;</Page>',
            "entity declarations | <!ENTITY a> line 1, column 55: it may unpack to anything. If you"
            " trust the file, let xmllint --noent --dropdtd write it out",
        ),
        (
            "<Page>\n<a b='&foo;'/></Page>",
            "unknown entity | &foo; on line 2: write the character itself",
        ),
        (
            "<Page>" + "<a>" * 100_000,
            "nested too deep | more than 200 levels, line 1, column 604",
        ),
        (b'<?xml version="1.0"?>\n<Page>\xff</Page>', "bad encoding | line 2 is not utf-8"),
        (
            '<?xml version="1.0" encoding="klingon"?><Page/>',
            "bad encoding | the file says klingon, which is not known",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_one_reject_with_the_place(tmp_path, content, reason):
    """Its beginning is kept as the raw text."""
    frame = records(tmp_path, content)
    assert frame["rejected"].to_list() == [f"read: {reason}"]
    assert content.startswith(frame["raw"][0][:10] if isinstance(content, str) else b"<?xml")


def test_rows_before_the_damage_are_kept(tmp_path):
    """A file cut short loses its end, not its beginning, and says so."""
    frame = records(tmp_path, PAGE[: PAGE.index("</Pairs>")])
    assert frame["rejected"].to_list() == [
        None,
        "read: empty field | A",
        "read: damaged XML | no element found, line 8, column 1 (after 2 rows that were read)",
    ]


def test_a_file_without_a_row_is_a_reject_beside_files_with_rows(tmp_path):
    """What stands there instead is said, so that a wrong path can be told from an empty file."""
    (tmp_path / "other.xml").write_text("<page><topic/><pairs><pair/></pairs></page>")
    (tmp_path / "page.xml").write_text(PAGE)
    frame = xml.read(
        xml.Options(path=str(tmp_path / "*.xml"), rows="Pairs/Pair", map=MAP)
    ).collect()
    assert frame["rejected"][0] == (
        "read: no row | nothing at Pairs/Pair: the root is <page>, and holds <topic>, <pairs>"
    )
    assert frame.height == 3


def test_rows_that_lead_to_nothing_in_any_file_are_a_mistake_in_the_recipe(tmp_path):
    """It is said before anything is written."""
    with pytest.raises(RecipeError) as error:
        records(tmp_path, PAGE, "pairs/pair")
    assert str(error.value) == (
        f"{tmp_path / 'page.xml'}: nothing at pairs/pair: the root is <Page>, and holds <Topic>,"
        " <Pairs>"
    )


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ("Pairs//Pair", "a name is missing between two slashes"),
        ("", "a name is missing between two slashes"),
        ("//Pair[1]", "'Pair[1]': conditions and functions are not read"),
        ("Pairs/@n", "'@n': an attribute stands at the end"),
        ("../Pair", "'..' stands at the beginning"),
        ("a b", "'a b' is not a name"),
    ],
)
def test_rows_that_are_no_path_are_refused(rows, why):
    """With the reason, and what can be written."""
    with pytest.raises(RecipeError) as error:
        rows_of(rows)
    assert str(error.value) == (
        f"rows: {rows!r} is not a path of elements ({why})\n"
        "  hint: write QAPairs/QAPair (below the root), /Document/QAPairs/QAPair, or //QAPair"
    )


@pytest.mark.parametrize(
    ("field", "why"),
    [
        ("//Q", "// leads to many elements: only rows takes it"),
        ("Q/text()", "'text()': conditions and functions are not read"),
        ("Q/../A", "'..' stands at the beginning"),
        ("Q/@a/b", "'@a': an attribute stands at the end"),
        ("../..", "it names all that surrounds the row"),
        ("Q/", "a name is missing between two slashes"),
    ],
)
def test_a_field_that_is_no_path_is_refused(tmp_path, field, why):
    """With the part of the map it stands in; all mistakes at once."""
    with pytest.raises(RecipeError) as error:
        records(tmp_path, PAGE, given={"input": field, "output": field})
    line = f"{field!r} is not a path ({why})\n  hint: write Question, Question/@qtype, ../Focus, /Document/@source, or . for the row itself"
    assert str(error.value) == (
        f"the map does not hold together\nmap.input: {line}\nmap.output: {line}"
    )


def test_a_field_no_row_has_is_a_mistake_in_the_recipe(tmp_path):
    """The nearest name is offered."""
    with pytest.raises(RecipeError) as error:
        records(tmp_path, PAGE, given={"input": "Q", "output": "Q/@kint"})
    assert error.value.violations[0].hint == "did you mean Q/@kind?"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "iso-8859-1", "euc-kr", "shift_jis"])
def test_the_declared_encoding_is_honoured(tmp_path, encoding):
    """Also the marks at the beginning, and encodings of several bytes."""
    word = "표" if encoding == "euc-kr" else "表" if encoding == "shift_jis" else "é"
    name = encoding.removesuffix("-sig")
    content = PAGE.replace("UTF-8", name).replace("Yes.", word).encode(encoding)
    assert records(tmp_path, content)["messages"][0][1]["content"].startswith(word)


def test_packed_files_and_pieces_give_the_same_rows(tmp_path, monkeypatch):
    """However the bytes come."""
    whole = records(tmp_path, PAGE)
    monkeypatch.setattr("curator.read.xml_rows.PIECE_BYTES", 7)
    apart = records(tmp_path, gzip.compress(PAGE.encode(), mtime=0))
    assert apart.drop("provenance", "group").equals(whole.drop("provenance", "group"))


def test_the_nearest_text_before_a_row_is_its_own(tmp_path):
    """A section's title is not that of the section before it, and never leaks out of one."""
    content = (
        """<a><s><t>one</t><r><q>1</q></r></s><s><r><q>2</q></r><t>two</t><r><q>3</q></r></s></a>"""
    )
    frame = records(tmp_path, content, "s/r", {"input": "q", "context": "../t"})
    assert frame["context"].to_list() == ["one", None, "two"]


def test_an_element_beside_the_rows_may_be_deep_and_marked_up(tmp_path):
    """If the map names it; rows inside it are rows all the same."""
    content = "<a><h><i k='K'><j>x <b>y</b></j></i></h><r><q>1</q></r></a>"
    given = {"input": "q", "context": "/a/h/i/j", "label": "../h/i/@k"}
    row = records(tmp_path, content, "r", given).row(0, named=True)
    assert (row["context"], row["label"], row["meta"]) == ("x y", "K", None)


def test_an_element_that_holds_rows_has_no_text_of_its_own_to_give(tmp_path):
    """Half of it would be told as the whole."""
    content = "<a><s>before <r><q>1</q></r> after</s><r><q>2</q></r></a>"
    with pytest.raises(RecipeError) as error:
        records(tmp_path, content, "//r", {"input": "q", "context": "/a/s"})
    assert error.value.violations[0].message == "no row has a field '/a/s'"


def test_long_text_beside_the_rows_is_no_property_of_each(tmp_path):
    """It goes to no meta, but is there for a map."""
    content = f"<a><t>{'x' * 1001}</t><r><q>1</q></r></a>"
    assert records(tmp_path, content, "r", {"input": "q"})["meta"].to_list() == [None]
    assert (
        len(records(tmp_path, content, "r", {"input": "q", "context": "../t"})["context"][0])
        == 1001
    )


def test_only_what_is_written_is_read(tmp_path):
    """An attribute that a document type would add is not there."""
    head = '<!DOCTYPE a [<!ATTLIST r n CDATA "9">]>'
    frame = records(tmp_path, f"{head}<a><r><q>1</q></r></a>", "r", {"input": "q"})
    assert frame["meta"].to_list() == [None]


def test_a_row_too_large_for_memory_is_refused_where_it_stands(tmp_path, monkeypatch):
    """Rows before it are kept."""
    monkeypatch.setattr("curator.read.xml_rows.MAX_HELD", 2_000)
    long = PAGE.replace("</Pairs>", "<Pair>" + "<x/>" * 30 + "</Pair></Pairs>")
    assert records(tmp_path, long)["rejected"][2] == (
        "read: too large | one element holds over 2,000 characters, line 8, column 87"
        " (after 2 rows that were read)"
    )


def test_group_of_map_and_recipe_come_before_the_hash(tmp_path):
    """Who knows better says so."""
    assert records(tmp_path, PAGE, group="g")["group"].to_list()[0] == "g"
    assert records(tmp_path, PAGE, given={**MAP, "group": "@n"})["group"][0] == "1"


@given(st.text("ab\u00e9 \n<&>]'\"", max_size=30))
def test_text_comes_back_as_it_was_escaped(tmp_path_factory, text):
    """Whatever a text holds, only white space around it is lost."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    found = one(tmp_path_factory.mktemp("x"), f"<A>.{escaped}.</A>")
    assert found == f".{text}."


@given(st.lists(st.sampled_from(["a", "..", "@b", ".", "", "c:d", "*", "x[1]"]), max_size=5))
def test_a_path_is_read_or_refused(steps):
    """Never anything else."""
    try:
        place = place_of("/".join(steps))
    except ValueError:
        return
    assert place.up is None or place.up >= 0


@pytest.mark.real
def test_medquad_gives_every_pair_and_every_file_is_accounted_for(real_data):
    """2,709 pairs; 792 without an answer; 4 files of another layout; groups are the pages."""
    options = xml.Options(
        path=str(real_data / "medquad" / "*" / "*.xml"),
        rows="QAPairs/QAPair",
        map={"input": "Question", "output": "Answer", "label": "Question/@qtype"},
    )
    frame = xml.read(options).collect()
    why = frame["rejected"].str.split(" | ").list.first().value_counts().rows()
    assert dict(why) == {None: 1917, "read: empty field": 792, "read: no row": 4}
    kept = frame.filter(pl.col("rejected").is_null())
    assert (frame["provenance"].struct.field("sha256").n_unique(), kept["group"].n_unique()) == (
        523,
        420,
    )


@pytest.mark.real
def test_directives_of_a_manual_are_rows_with_attributes_and_markup(real_data):
    """Nested elements are told apart, and inner markup is text."""
    options = xml.Options(
        path=str(real_data / "httpd-docs" / "xml" / "mod_*.xml"),
        rows="//directivesynopsis",
        map={"input": "{name}: {syntax}", "output": "description", "label": "../name"},
    )
    frame = xml.read(options).collect().filter(pl.col("rejected").is_null())
    assert frame.height == 46
    said = pl.col("messages").list.first().struct.field("content")
    row = frame.filter(said.str.starts_with("DirectoryIndex: ")).row(0, named=True)
    assert row["messages"][0]["content"].endswith("disabled | local-url [local-url] ...")
    assert row["label"] == "mod_dir"
    meta = json.loads(row["meta"])
    assert meta["contextlist/context"] == [
        "server config",
        "virtual host",
        "directory",
        ".htaccess",
    ]
