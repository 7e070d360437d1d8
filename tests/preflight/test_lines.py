"""Files as their bytes are: marks, blank lines, lists, packing, lines without end."""

import gzip
import json

import pytest

from curator.errors import SourceError
from curator.preflight import check, lines
from curator.preflight.lines import blocks, cut, opened

ROW = b'{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}'


def _rows(path, block_bytes=1 << 20):
    found, rows, passed = [], 0, 0
    for piece in map(cut, blocks(opened(path), block_bytes)):
        for index in range(len(piece.starts)):
            text = piece.data[piece.starts[index] : piece.ends[index]]
            found.append((passed + int(piece.numbers[index]) + 1, text.strip()))
        rows, passed = rows + len(piece.starts), passed + piece.line_count
    return found


@pytest.mark.parametrize("block_bytes", [7, 64, 1 << 20])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_rows_keep_their_lines_however_the_file_is_read(tmp_path, block_bytes, pack):
    """Blank lines count as lines and are no rows; the last line needs no end."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(pack(b"\xef\xbb\xbf" + ROW + b"\r\n\r\n  \n" + ROW + b"\n\n" + ROW))
    assert _rows(path, block_bytes) == [(1, ROW), (4, ROW), (6, ROW)]


@pytest.mark.parametrize("block_bytes", [7, 64, 1 << 20])
def test_the_elements_of_a_list_are_rows(tmp_path, block_bytes):
    """Each on the line on which it begins; what follows the list is one more."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\n[\n " + ROW + b",\n\n" + ROW + b"\n]\n oh")
    assert _rows(path, block_bytes) == [(3, ROW), (5, ROW), (7, b"oh")]


def test_a_list_is_one_finding_and_its_rows_are_judged(tmp_path, today):
    """Not a broken row for every line of it."""
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps([json.loads(ROW), {"messages": []}], indent=1))
    report = check(path, "together", today=today)
    found = {each.rule: each.line for each in report.findings}
    assert found == {"together_chat.json_lines": 1, "together_chat.messages_empty": 14}


def test_an_object_over_several_lines_is_one_finding(tmp_path, today):
    """A whole document that was pretty-printed has no rows."""
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"a": json.loads(ROW)}, indent=1))
    report = check(path, "together", today=today)
    assert [each.rule for each in report.findings] == ["together_chat.json_lines"]


def test_utf_16_is_one_finding(tmp_path, today):
    """It is named, not decoded."""
    path = tmp_path / "a.jsonl"
    path.write_text(ROW.decode(), encoding="utf-16")
    messages = [each.message for each in check(path, "together", today=today).findings]
    assert messages[0] == "is not UTF-8: the whole file is UTF-16"


def test_a_packed_file_is_read_and_its_name_is_a_finding(tmp_path, today):
    """Receivers take it unpacked."""
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(ROW + b"\n"))
    report = check(path, "together", today=today)
    assert (report.rows, [each.rule for each in report.findings]) == (
        1,
        ["together_chat.file_name"],
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read"),
        (b"PAR1....", "is a Parquet file"),
        (b"PK\x03\x04....", "is a zip archive"),
        (gzip.compress(ROW * 1000)[:60], "is a damaged gzip file"),
    ],
)
def test_what_is_no_file_of_rows_is_refused(tmp_path, today, content, words):
    """With what it is, and what makes one."""
    path = tmp_path / "a.jsonl"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SourceError, match=words):
        check(path, "together", today=today)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize("last", [ROW + b"\n", b""])
def test_a_line_without_end_is_counted_and_not_held(tmp_path, monkeypatch, pack, last):
    """Its neighbours are judged."""
    monkeypatch.setattr(lines, "MAX_ROW_BYTES", 200)
    path = tmp_path / "a.jsonl"
    path.write_bytes(pack(ROW + b"\n" + b"x" * 3000 + b"\n" + last))
    pieces = [cut(block) for block in blocks(opened(path), 100)]
    assert [piece.is_too_long for piece in pieces] == [False, True, False][: 3 if last else 2]
    assert sum(piece.line_count for piece in pieces) == len(pieces)
    assert max(len(piece.data) for piece in pieces) < 1000


@pytest.mark.parametrize("content", [b"", b"\n\n \n", b"[]", b"\xef\xbb\xbf"])
def test_a_file_without_rows_has_too_few(tmp_path, today, content):
    """It is no error to look at it."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(content)
    report = check(path, "openai", today=today)
    assert "openai_sft.too_few_rows" in report.counts


def test_brackets_without_end_end_nothing(tmp_path, today):
    """What they would hold is told to be broken."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"[" * 200_000 + b"\n" + ROW + b"\n")
    found = {each.rule for each in check(path, "together", today=today).findings}
    assert found == {"together_chat.json_lines", "together_chat.json"}
