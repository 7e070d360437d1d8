"""Delimited text is read as written: every good row, every other row as a reject in its place."""

import csv
import gzip
import io
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.errors import RecipeError, SourceError
from curator.read.csv import Options, _scanned, pieces, read
from curator.read.files import find
from curator.records import RECORD

MAP = {"input": "text", "label": "label"}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Work in a fresh folder, as a recipe's user does."""
    monkeypatch.chdir(tmp_path)


def rows(data: str | bytes, name: str = "a.csv", **options) -> pl.DataFrame:
    """Write one file and read it: text, label, rejected, raw, line and row of each record."""
    Path(name).write_bytes(data.encode() if isinstance(data, str) else data)
    return shown(read(Options(path=name, map=MAP, **options)).collect())


def shown(records: pl.DataFrame) -> pl.DataFrame:
    """Take the columns a test looks at."""
    origin = pl.col("provenance").struct
    text = pl.col("messages").list.first().struct.field("content").alias("text")
    return records.select(text, "label", "rejected", "raw", origin["line"], origin["row"], "meta")


def test_rows_become_records_with_their_place():
    """Each row knows its file, its number and its first line."""
    Path("a.csv").write_text("text,label\nhi,x\nyou,y\n")
    records = read(Options(path="a.csv", map=MAP, split="train", licence="mit")).collect()
    assert dict(records.schema) == dict(RECORD)
    assert records["split"].to_list() == ["train", "train"]
    place = records["provenance"].struct.unnest().select("uri", "row", "line")
    assert place.rows() == [("a.csv", 1, 2), ("a.csv", 2, 3)]
    assert records["provenance"].struct["sha256"][0] == find("a.csv")[0].sha256


def test_quoted_cells_keep_line_ends_quotes_and_delimiters():
    """What stands between quotes is text, doubled quotes are one, and lines go on counting."""
    found = rows('text,label\r\n"a\r\nb, ""c""",x\r\nd,"y"')
    assert found["text"].to_list() == ['a\r\nb, "c"', "d"]
    assert found["line"].to_list() == [2, 4]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("a,b,c", "too many cells | 3 where the header has 2"),
        ("a", "too few cells | 1 where the header has 2"),
        (
            'a,"b',
            "unterminated quote | it opens on this line and is not closed at the end of a cell",
        ),
        ('"a"b,c', "stray quote | text follows a closing quote: inside quotes, write them twice"),
        ("a\xff,b", "bad encoding | text"),
    ],
)
def test_a_bad_row_is_rejected_and_its_neighbours_stay(line, reason):
    """The reject says why and where, and keeps the text."""
    found = rows(f"text,label\nhi,x\n{line}\nyou,y\n".encode("latin-1"))
    assert found["text"].to_list() == ["hi", None, "you"]
    assert found["rejected"].to_list() == [None, f"read: {reason}", None]
    assert found["raw"][1] == line.replace("\xff", "\\xff")
    assert (found["line"].to_list(), found["row"].to_list()) == ([2, 3, 4], [1, 2, 3])


def test_an_over_long_cell_is_rejected():
    """The limit is the recipe's, in characters."""
    found = rows("text,label\nhello,x\nhelloo,x\n", max_chars=5)
    assert found["rejected"].to_list() == [
        None,
        "read: over-long field | $.text has 6 characters",
    ]


def test_an_open_quote_in_a_large_file_costs_one_row(monkeypatch):
    """A quote that stays open beyond all reason is given up before the whole file is in memory."""
    monkeypatch.setattr("curator.read.csv.LONGEST_RECORD_BYTES", 1000)
    Path("a.csv").write_text("text,label\n" + "a,b\n" * 50 + 'c,"d\n' + "e,f\n" * 5000)
    options = Options(path="a.csv", map=MAP, max_chars=250)
    source = find("a.csv")[0]
    found = shown(pl.concat(pieces(source, options, piece_bytes=100)))
    assert found.height == 5051
    assert max(len(each.data) for each in _scanned(source, options, 100)) < 1200
    assert found.filter(pl.col("rejected").is_not_null())["row"].to_list() == [51]


def test_a_mark_at_the_beginning_is_not_part_of_the_header():
    """Spreadsheets write a byte order mark."""
    assert rows("\ufefftext,label\nhi,x\n")["text"].to_list() == ["hi"]


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-16", "utf-16-le"])
def test_a_declared_encoding_is_used(encoding):
    """Text arrives as it was meant."""
    data = "text,label\ncafé,x\n".encode(encoding)
    assert rows(data, encoding=encoding)["text"].to_list() == ["café"]


def test_bytes_the_declared_encoding_does_not_know_cost_one_row():
    """Windows text has five bytes that mean nothing."""
    found = rows(b"text,label\nhi,x\nb\x81d,x\n\xe9,y\n", encoding="cp1252")
    assert found["text"].to_list() == ["hi", None, "é"]
    assert found["rejected"][1] == "read: bad encoding | text"


def test_blank_lines_are_no_rows_but_empty_cells_are_text():
    """Lines go on counting; a missing label is said."""
    found = rows('\ntext,label\n\n"",x\r\n\r\ny,\n')
    assert found["text"].to_list() == ["", None]
    assert found["line"].to_list() == [4, 6]
    assert found["rejected"][1] == "read: missing field | $.label"


def test_a_very_long_row_is_read():
    """350,000 characters in one cell are long, not wrong."""
    found = rows(f'text,label\n"{"é" * 350_000}",x\nb,y\n')
    assert found["text"].str.len_chars().to_list() == [350_000, 1]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.tsv", "text\tlabel\na,b\tx\n"),
        ("a.csv", "text;label\na,b;x\n"),
        ("a.txt", '"text"|"label, or not"|label\na,b|c|x\n'),
    ],
)
def test_the_delimiter_is_told_by_name_or_header(name, data):
    """Nobody need say what a glance tells."""
    assert rows(data, name=name)["text"].to_list() == ["a,b"]


def test_delimiter_and_quote_can_be_given():
    """Even odd ones; without a quote, quotes are text."""
    assert rows('text^label\n"a^x\n', delimiter="^", quote="")["text"].to_list() == ['"a']
    assert rows("text,label\n'a,b',x\n", quote="'")["text"].to_list() == ["a,b"]


def test_columns_not_mapped_go_to_meta():
    """In the order of the file."""
    assert rows("z,text,label,a\n1,hi,x,é\n")["meta"].to_list() == ['{"z":"1","a":"é"}']


def test_a_packed_file_is_read():
    """Packing is told by its first bytes."""
    assert rows(gzip.compress(b"text,label\nhi,x\n"))["text"].to_list() == ["hi"]


def test_a_file_with_a_header_alone_has_no_rows():
    """Nothing to read is not an error."""
    assert rows("text,label\n").height == 0


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "a.csv: the file is empty\n  hint: its first line names the columns"),
        (b"a,b,a\n", "a.csv:1: the header names 'a' twice\n  hint: rename one column"),
        (b'a,"b\nc,d\n', "a.csv:1: the quotes of the header do not pair up"),
        (
            b"a,b\r1,2\r",
            "a.csv:1: lines end in carriage returns alone\n  hint: save it with line feeds",
        ),
        (
            b"caf\xe9,b\n",
            (
                "a.csv:1: the header is not written in the declared encoding: caf\\xe9,b\n"
                "  hint: in the recipe, encoding: cp1252, or what the file is written in"
            ),
        ),
        (
            "text,label\n".encode("utf-16"),
            "a.csv: is written in UTF-16, not in utf-8\n  hint: in the recipe, encoding: utf-16",
        ),
    ],
)
def test_a_file_that_is_no_table_is_an_error(data, message):
    """Words say what is wrong with it."""
    with pytest.raises(SourceError) as caught:
        rows(data)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"encoding": "latin-9x"}, "'latin-9x' is not an encoding"),
        ({"delimiter": "||"}, "delimiter '||' is not one ASCII character"),
        ({"quote": "»"}, "quote '»' is not one ASCII character"),
    ],
)
def test_an_option_that_cannot_be_is_refused_at_once(options, message):
    """Before any row is read."""
    Path("a.csv").touch()
    with pytest.raises(RecipeError, match=message.replace("|", r"\|")):
        read(Options(path="a.csv", **options))


CELL = st.text(alphabet='aé😀,"\n\r ', max_size=6)
TABLE = st.lists(st.tuples(CELL, CELL.filter(bool)), min_size=1, max_size=8)


@settings(deadline=None, max_examples=50)
@given(TABLE, st.integers(1, 40))
def test_pieces_of_any_size_give_the_same_records(table, piece_bytes):
    """A table of text comes back whole, wherever the file is cut."""
    file = io.StringIO(newline="")
    csv.writer(file, quoting=csv.QUOTE_ALL).writerows([("text", "label"), *table])
    file.write("too few\r\n")
    Path("a.csv").write_bytes(file.getvalue().encode())
    options = Options(path="a.csv", map=MAP)
    found = shown(pl.concat(pieces(find("a.csv")[0], options, piece_bytes)))
    assert found.select("text", "label").rows() == [*table, (None, None)]
    assert found.equals(shown(read(options).collect()))


@pytest.mark.real
def test_bank_messages_are_all_read(real_data):
    """13,083 messages with 77 labels, those with line ends inside included."""
    path = tuple(str(real_data / "banking77" / f"{split}.csv") for split in ("train", "test"))
    found = read(Options(path=path, map={"input": "text", "label": "category"})).collect()
    assert (found.height, found["rejected"].null_count()) == (13_083, 13_083)
    assert found["label"].n_unique() == 77
    text = found["messages"].list.first().struct.field("content")
    expected = pl.concat(pl.read_csv(each, infer_schema=False) for each in path)["text"]
    assert text.to_list() == expected.to_list()
    assert text.str.contains("\n").any()
