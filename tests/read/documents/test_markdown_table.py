"""A pipe table keeps every cell, whatever stands in it."""

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from curator.read.documents.markdown_table import table


def test_a_table_is_written_with_its_head():
    """The first row is the head; a short row is filled."""
    assert table([["a", "b"], ["1"]], header=True) == "| a | b |\n| --- | --- |\n| 1 |  |"


def test_a_table_without_head_gets_an_empty_one():
    """Markdown has no table without a head, and the first row is no head."""
    assert table([["a", "b"]], header=False) == "|  |  |\n| --- | --- |\n| a | b |"


def test_pipes_and_line_breaks_stay_inside_their_cell():
    """What would end a cell or a row is escaped or a space."""
    assert table([["a|b", "c\r\nd\u00a0e\x0bf"]], header=True).split("\n")[0] == (
        "| a\\|b | c d e f |"
    )


def test_nothing_gives_no_table():
    """Neither rows nor columns: no text, and no lone line of dashes."""
    assert table([], header=True) == table([[], []], header=False) == ""


@given(st.integers(1, 4), st.integers(1, 4), st.booleans(), st.data())
def test_every_table_is_one_table_of_that_size(height, width, header, data):
    """A reader of Markdown sees one table with as many cells as were given."""
    cell = st.text(alphabet="a|\\` \n*-#_é", max_size=8)
    row = st.lists(cell, min_size=width, max_size=width)
    rows = data.draw(st.lists(row, min_size=height, max_size=height))
    tokens = MarkdownIt("commonmark").enable("table").parse(table(rows, header=header))
    cells = [token for token in tokens if token.type in ("td_open", "th_open")]
    assert tokens[0].type == "table_open"
    assert tokens[-1].type == "table_close"
    assert len(cells) == width * (height + (not header))
