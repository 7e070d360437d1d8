"""CSV as spreadsheets save it, and what they must not compute."""

import csv
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.errors import ReviewError
from curator.review.worksheet.csv import _defused, _restored

COMPUTED = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


@given(st.text(alphabet=[*"'=+-@1a \t\n\r.,/\uff1d"]) | st.text())
def test_defusing_is_undone_exactly_and_leaves_nothing_to_compute(text):
    """For any text at all."""
    cell = _defused(text)
    assert _restored(cell) == text
    assert not cell.lstrip().startswith(COMPUTED)


def test_no_cell_of_the_file_is_a_formula(desk):
    """Record texts, metadata and questions alike."""
    bad = '=HYPERLINK("http://x","y")'
    path = desk.send(
        desk.item("a1", bad, why=bad, passage=bad, metadata={"source": bad, "=x": 1}), file="w.csv"
    )
    with path.open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for line in csv.reader(file) for cell in line]
    assert sum(cell == f"'{bad}" for cell in cells) == 5
    assert not [cell for cell in cells if cell.startswith(COMPUTED)]


def test_excel_is_told_that_it_is_utf8(desk):
    """By the mark at the beginning."""
    assert desk.send(file="w.csv").read_bytes().startswith(b"\xef\xbb\xbfid,why,")


@pytest.mark.parametrize(
    "text",
    [
        "007",
        "1/2",
        "1e5",
        "10:30 pm",
        "1234567890123456789",
        "Mar 4",
        "4 August 2026",
        "$5",
        "5%",
        "true",
    ],
)
def test_a_number_would_not_come_back_as_it_was(desk, text):
    """So it stands there as a text."""
    assert f",'{text}," in desk.send(desk.item("a1", text), file="w.csv").read_text()


@pytest.mark.parametrize(
    "text", ["'90s", "May I?", "'tis", "2 cards", "e", "refund", "decision", "march on"]
)
def test_words_bear_no_apostrophe_of_ours(desk, text):
    """A person who types one must not lose it."""
    assert f",{text}," in desk.send(desk.item("a1", text), file="w.csv").read_text()


def test_a_text_made_to_be_slow_is_not(desk):
    """Each place of a text is looked at in a bounded number of ways."""
    start = time.perf_counter()
    for text in (
        "maymay" * 50_000 + "!",
        "may " * 50_000 + "!",
        "1e" * 50_000 + "!",
        "'" * 100_000,
        " " * 100_000,
    ):
        assert _restored(_defused(text)) == text
    assert time.perf_counter() - start < 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_any_separator_and_mark_is_read(desk, separator, encoding):
    """As saved in another country, or with another program."""
    path = desk.send(desk.item("a1", "Grüße; bis, morgen"), file="w.csv")
    rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    rows[1][6] = "keep"
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=separator).writerows(rows)
    assert [one.values for one in desk.collect()] == [{"verdict": "keep"}]


def test_the_line_that_names_the_separator_is_no_header(desk):
    """Excel has it, and counts it as a row."""
    path = desk.send(file="w.csv")
    text = path.read_text(encoding="utf-8-sig").replace(
        ",,It is paid back.", ",maybe,It is paid back."
    )
    path.write_text("sep=,\n" + text)
    with pytest.raises(ReviewError) as caught:
        desk.collect()
    assert caught.value.violations[0].where == f"{path}!G3"


def test_a_file_in_another_encoding_is_named(desk):
    """Excel's plain CSV loses letters: it must not be guessed at."""
    path = desk.send(desk.item("a1", "Grüße"), file="w.csv")
    path.write_bytes(path.read_text(encoding="utf-8-sig").encode("cp1252"))
    with pytest.raises(ReviewError, match="this is not UTF-8, at byte") as caught:
        desk.collect()
    assert caught.value.hint == "save it from the spreadsheet as CSV UTF-8"


def test_a_long_cell_is_read(desk):
    """The standard library stops at 128 KiB, and is left as it was."""
    csv.field_size_limit(131_072)
    desk.send(desk.item("a1", "x" * 300_000), file="w.csv")
    assert desk.collect() == []
    assert csv.field_size_limit() == 131_072


def test_an_emptied_file_has_lost_its_header(desk):
    """That is no worksheet in which nobody answered."""
    desk.send(file="w.csv").write_text("")
    with pytest.raises(ReviewError) as caught:
        desk.collect()
    assert caught.value.violations[0].message == "the column 'id' is missing"
