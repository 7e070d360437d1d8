"""Judging by skeletons says what judging every row says."""

import json

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


CONTAINS = [rule for name in names() for rule in load(name).rules if rule.check == "contains"]


@pytest.mark.parametrize("rule", CONTAINS, ids=lambda rule: rule.name)
def test_a_forbidden_text_is_found_however_json_writes_it(rule, tmp_path, today):
    """Each of its characters may be written as an escape."""
    written = [
        json.dumps(text[:at])[1:-1] + f"\\u{ord(text[at]):04X}" + json.dumps(text[at + 1 :])[1:-1]
        for text in rule.limits["texts"]
        for at in range(len(text))
    ]
    said = '{"text": "%s"}' if rule.name.startswith("bedrock_nova") else '"%s"'
    content = f"[{said}]" if rule.name.startswith("bedrock_nova") else said
    where = f'"system": {content}, "messages": []'
    if "system" not in rule.name:
        where = f'"messages": [{{"role": "user", "content": {content}}}]'
    path = tmp_path / "a.jsonl"
    path.write_text("".join("{" + where % text + "}\n" for text in written))
    report = check(path, rule.name.split(".")[0], today=today)
    assert report.counts[rule.name].rows == len(written)
