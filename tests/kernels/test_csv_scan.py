"""One pass over bytes finds the records and cells that a plain reader of the same grammar finds."""

import csv
import io
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from curator.kernels.csv_scan import FINE, STRAY_QUOTE, UNTERMINATED, gather, scan

compiling = settings(deadline=None)
WILD = st.text(alphabet='ab,"\n\r', max_size=40)


def plain(text: str) -> list[tuple[int, int, list[str]]]:
    """Read by the same grammar, one character at a time: (line, flaw, cells) for each record."""
    records, at, line = [], 0, 0
    while at < len(text):
        if text[at] == "\n" or text[at:] == "\r" or text.startswith("\r\n", at):
            line, at = line + 1, at + (2 if text.startswith("\r\n", at) else 1)
            continue
        flaw, cells, end = plain_record(text, at)
        if flaw:
            end = (text.find("\n", at) + 1) or len(text)
        records.append((line, flaw, [] if flaw else cells))
        line, at = line + text.count("\n", at, end), end
    return records


def plain_record(text: str, at: int) -> tuple[int, list[str], int]:
    """Read one record: its flaw, its cells, and where the next begins."""
    start, cells = at, []
    while True:
        if text[at : at + 1] == '"':
            cell, close = "", text.find('"', at + 1)
            while close >= 0 and text[close + 1 : close + 2] == '"':
                cell, at = cell + text[at + 1 : close + 1], close + 1
                close = text.find('"', at + 1)
            if close < 0:
                return UNTERMINATED, [], at
            cell, at = cell + text[at + 1 : close], close + 1
        else:
            end = at
            while end < len(text) and text[end] not in ",\n":
                end += 1
            ends_line = end == len(text) or text[end] == "\n"
            cell = text[at:end].removesuffix("\r") if ends_line else text[at:end]
            at = at + len(cell)
        cells.append(cell)
        for line_end in ("\r\n", "\n"):
            if text.startswith(line_end, at):
                return FINE, cells, at + len(line_end)
        if text[at:] in ("", "\r"):
            return FINE, cells, len(text)
        if text[at] != ",":
            return (UNTERMINATED if "\n" in text[start:at] else STRAY_QUOTE), [], at
        at += 1


def table(data: np.ndarray, width: int, *, at_end: bool) -> list[list[str]]:
    """Give the cells of all records that have so many."""
    spans = scan(data, 44, 34, width, at_end=at_end).spans
    columns = []
    for column in range(width):
        offsets, texts = gather(data, spans, column, 34)
        ends = pairwise(offsets)
        columns.append([texts[start:end].tobytes().decode() for start, end in ends])
    return [list(row) for row in zip(*columns, strict=True)]


def scanned(text: str, piece: int = 1 << 20) -> list[tuple[int, int, list[str]]]:
    """Read with the kernel, in pieces of so many bytes."""
    rest, line, records, left = b"", 0, [], text.encode()
    while True:
        rest, left, at_end = rest + left[:piece], left[piece:], not left[:piece]
        data = np.frombuffer(rest, np.uint8)
        found = scan(data, 44, 34, 0, at_end=at_end)
        texts = {
            width: iter(table(data, width, at_end=at_end)) for width in {*found.cells.tolist()}
        }
        for first, flaw, width in zip(found.lines, found.flaws, found.cells, strict=True):
            records.append((line + int(first), int(flaw), [] if flaw else next(texts[int(width)])))
        rest, line = rest[found.consumed :], line + found.line_ends
        if at_end:
            return records


@compiling
@given(WILD)
@example('"')
@example('a,"b\n"c\n')
@example('"a""b"\r')
@example('""""\r\na\r,b\r\n')
def test_wild_text_gives_what_the_plain_reader_gives(text):
    """Quotes, commas and line ends in any order."""
    assert scanned(text) == plain(text)


@compiling
@given(WILD, st.integers(1, 5))
@example('"a"\r\n\r\n"b', 3)
def test_pieces_of_any_size_give_the_same_records(text, piece):
    """Where a text is cut never shows, lines included."""
    assert scanned(text, piece) == scanned(text)


CELL = st.text(alphabet='aé😀,;"\n\r \t', max_size=8)


@compiling
@given(st.lists(st.lists(CELL, min_size=2, max_size=2), max_size=6))
def test_a_written_table_comes_back(rows):
    """What the standard library writes is read as it was."""
    file = io.StringIO(newline="")
    csv.writer(file, quoting=csv.QUOTE_ALL).writerows(rows)
    assert [cells for _, _, cells in scanned(file.getvalue())] == rows


@pytest.mark.parametrize(
    ("text", "flaws"),
    [
        ('"a"b,c\nd,e\n', [STRAY_QUOTE, FINE]),
        ('a,"b\nc,d\n"e",f\n', [UNTERMINATED, FINE, FINE]),
        ('a,b\nc,"d', [FINE, UNTERMINATED]),
    ],
)
def test_flawed_quotes_cost_one_line(text, flaws):
    """The lines after it are read as if it had never been."""
    assert [flaw for _, flaw, _ in scanned(text)] == flaws


def test_open_quotes_are_given_up_when_told():
    """A piece that may not grow any more yields the line with the open quote."""
    data = np.frombuffer(b'a,"b\nc,d\ne,', np.uint8)
    assert scan(data, 44, 34, 2, at_end=False).consumed == 0
    found = scan(data, 44, 34, 2, at_end=False, give_up=True)
    assert (found.flaws.tolist(), found.consumed) == ([UNTERMINATED, FINE], 9)


def test_looking_again_has_a_limit():
    """Quotes that open everywhere and close nowhere do not cost the square of the text."""
    data = np.frombuffer(b'x","\n' * 10_000, np.uint8)
    found = scan(data, 44, 34, 1, at_end=True, max_rescanned=100_000)
    assert 100_000 < found.rescanned < 200_000


def test_quotes_are_text_when_there_is_no_quote():
    """A file without quoting may hold quotes anywhere."""
    found = scan(np.frombuffer(b'"a,b"\n', np.uint8), 44, -1, 2, at_end=True)
    assert found.spans.tolist() == [[0, 2, 3, 5]]
