"""Lines are found by their offsets, and parsed when somebody asks."""

import numpy as np
import pytest

from curator.bank import lines
from curator.bank.lines import Lines
from curator.errors import SourceError


@pytest.mark.parametrize("ending", ["\n", ""])
@pytest.mark.parametrize("piece", [1, 7, 1 << 24])
def test_every_line_is_found_wherever_the_pieces_of_the_file_end(
    tmp_path, monkeypatch, ending, piece
):
    """A line break at the edge of what is read at a time is one line break."""
    monkeypatch.setattr(lines, "PIECE_BYTES", piece)
    rows = [{"n": number, "text": "é\u2028" * number} for number in range(9)]
    import orjson

    (tmp_path / "a.jsonl").write_bytes(b"\n".join(map(orjson.dumps, rows)) + ending.encode())
    assert list(Lines(tmp_path / "a.jsonl")) == rows


def test_offsets_that_are_known_are_believed(tmp_path):
    """The file is not looked through."""
    (tmp_path / "a.jsonl").write_text('{"a":1}\n{"a":2}\n')
    np.save(tmp_path / "lines.npy", np.array([0, 8, 16]))
    told = Lines(tmp_path / "a.jsonl", tmp_path / "lines.npy")
    assert (len(told), told[1]) == (2, {"a": 2})
    with pytest.raises(IndexError):
        told[2]


@pytest.mark.parametrize("offsets", [[0, 8], [1, 16], [], [[0, 16]], [0.0, 16.0]])
def test_offsets_of_another_file_are_refused(tmp_path, offsets):
    """No line is cut where none ends."""
    (tmp_path / "a.jsonl").write_text('{"a":1}\n{"a":2}\n')
    np.save(tmp_path / "lines.npy", np.array(offsets))
    with pytest.raises(SourceError, match="does not fit the lines that it is of"):
        Lines(tmp_path / "a.jsonl", tmp_path / "lines.npy")


def test_a_file_that_is_replaced_stays_readable(tmp_path):
    """An open bank goes on with the bytes that it was opened with."""
    path = tmp_path / "a.jsonl"
    path.write_text('{"a":1}\n')
    told = Lines(path)
    path.unlink()
    path.write_text('{"a":2}\n')
    assert told[0] == {"a": 1}
