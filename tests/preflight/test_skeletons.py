"""Judging by skeletons says what judging every row says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.preflight import Options, check
from curator.preflight.rules import load, names


@pytest.mark.parametrize("name", names())
@given(data=st.data())
def test_what_is_said_of_rows_is_what_the_plain_way_says(
    *, name, data, lines, plainly, today, tmp_path_factory
):
    """Rule by rule and row by row, whatever the rows are, and in the order of the file."""
    given_lines = [b'{"a": 1}', *data.draw(st.lists(lines, min_size=1, max_size=12))]
    path = tmp_path_factory.mktemp("rows") / "rows.jsonl"
    path.write_bytes(b"\n".join(given_lines) + b"\n")
    report = check(path, name, today=today, options=Options(max_reported=10_000))
    said = [(f.row, f.rule, f.path, f.message) for f in report.findings if f.row]
    assert sorted(said) == plainly(given_lines, load(name))
    assert [row for row, *_ in said] == sorted(row for row, *_ in said)
