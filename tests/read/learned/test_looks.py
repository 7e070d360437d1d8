"""Readers that look at their texts: rows that would be read otherwise are not read by the plan of others."""

import json
import re

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curator.read import jsonl, learned
from curator.read.files import find
from curator.read.learned import Learned, hostile
from curator.read.reading import Reading
from curator.read.values import Unmappable, asked, dumps, joined, loads, members, text_of
from curator.records import RECORD


def answer(text, **fields):
    return [{"messages": [{"role": "assistant", "content": text, **fields}]}]


def thinks(row):
    """Take what is between two tags for reasoning."""
    text = row["a"]
    if not text.startswith("<think>"):
        return answer(text)
    thought, found, said = text.removeprefix("<think>").partition("</think>")
    if not found:
        raise Unmappable("no end", "$.a")
    return answer(said.lstrip(), reasoning=thought.strip() or None)


def looks_up(row):
    """Take some texts for others."""
    return answer({"yes": "y", "no": "n"}.get(row["a"], row["a"]), name=row["b"])


def compares(row):
    """Leave out a text that says the same as another."""
    return answer(row["a"]) if row["a"] == row["b"] else [*answer(row["a"]), *answer(row["b"])]


def seeks(row):
    """Ask for what is in a text, at its end, and whether it is blank."""
    name = row["b"].strip() or None
    if "\n" in row["a"] or row["a"].endswith("b"):
        return answer(row["a"].rpartition("\n")[2], name=name)
    return answer(row["a"], name=name)


def nests(row):
    """Put one text into JSON, and that into JSON."""
    inner = dumps({"x": row["a"], "n": row["n"], "l": [row["b"]]})
    return answer(
        dumps([{"y": inner, "z": f"{row['a']}-{row['b']}"}]), name=text_of(row["n"], "$.n")
    )


def opens(row):
    """Take a text for the JSON that it holds, and write it anew."""
    return answer(dumps(loads(row["a"])), name=row["b"])


def calls(row):
    """Take a text for an object, and hand a member on as it is written, even into other JSON."""
    fields, raw = members(row["a"])
    given = fields.get("arguments")
    given = raw["arguments"] if isinstance(given, dict) else dumps(given)
    return answer(text_of(fields.get("name"), "$"), tool_calls=dumps([{"x": given}]))


def asks(row):
    """Ask a question of its own about a text and a number."""
    is_long = asked(lambda text, number: len(text) > float(number), row["a"], row["n"])
    return answer(row["a"] if is_long else row["b"], name=row["b"])


def joins(row):
    """Look at what two texts are together."""
    both = joined([row["a"], row["b"]], ": ")
    return answer(both.removeprefix("<think>") + "!" if both.startswith("<think>") else "?" + both)


READERS = {
    opens: "ab",
    calls: "a",
    asks: "abn",
    joins: "ab",
    thinks: "a",
    looks_up: "ab",
    compares: "ab",
    seeks: "ab",
    nests: "abn",
}
JSON = ['[1, "\u00e9"]', ' { "name" : "f" , "arguments" : { "a" : "\\u00e9\\n" } } ', '{"arguments":"x"}',
        '{"name":"x","arguments":[{"a":1.50}]}', '{"name":"x","arguments":{}}', '{"a":1,"a":2}', '{"a":"1"}', '{"b":"2"}', '"x"', "1.5", "{"]  # fmt: skip
_texts = st.sampled_from(
    [*JSON, *hostile.TEXTS, "", " ", "a", "b", "yes", "no", "x\ny", "x\\n", 'q"\\"']
)
_rows = st.fixed_dictionaries(
    {"a": st.just("a") | _texts, "b": st.just("a") | _texts, "n": st.sampled_from([0, 1.50, 1e30])}
)


def read(folder, rows, to_records, taken, *, is_escaped=False):
    """Read rows in both ways; fields that are not taken go to meta."""
    path = folder / "rows.jsonl"
    lines = "\n".join(map(json.dumps, rows))
    path.write_text(lines.replace("<", "\\u003c") if is_escaped else lines)
    reading = Reading(
        name="odd", taken=frozenset(taken), layout={}, to_records=to_records,
        to_frame=lambda raw: raw, only_text=frozenset(),
    )  # fmt: skip
    (source,) = find(str(path))
    plan = jsonl.Plan(source, "lines", reading, Learned(reading), "utf-8")
    options = jsonl.Options(path=str(path))
    fast = pl.concat(jsonl.frames([plan], options))
    return fast, pl.concat(jsonl.frames([plan.carefully()], options)), plan.learned


@pytest.fixture
def eager(monkeypatch):
    """Learn from every row, and use what was learned without proof."""
    monkeypatch.setattr(learned, "MIN_PIECE_ROWS", 1)
    monkeypatch.setattr(learned, "MIN_ROWS", 1)
    monkeypatch.setattr(learned, "PROVEN_ROWS", 0)


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(_rows, min_size=1, max_size=8), st.sampled_from(list(READERS)), st.booleans())
def test_every_row_is_read_as_its_texts_want_it(tmp_path, eager, rows, reader, is_escaped):
    """Whichever came first, and was learned from."""
    fast, slow, _ = read(tmp_path, rows, reader, READERS[reader], is_escaped=is_escaped)
    for column in RECORD:
        assert fast[column].to_list() == slow[column].to_list(), column


@pytest.mark.parametrize("other", ['{"b":"2"}', '{"a":2}', '{"a":"2"', "[]", '{"a":"\\u00e9"}', ""])
def test_a_text_of_other_json_is_read_as_what_it_is(tmp_path, eager, other):
    """Also where it is as long."""
    rows = [{"a": text, "b": "b", "n": 1} for text in ('{"a":"1"}', other, '{"a":"1"}')]
    fast, slow, known = read(tmp_path, rows, opens, READERS[opens])
    assert known._plans
    assert fast.equals(slow)


@pytest.mark.parametrize("reader", list(READERS))
def test_a_look_that_is_noted_keeps_no_row_from_being_learned(tmp_path, eager, reader):
    """Rows that answer alike are read by one plan."""
    text = (
        '{"name": "f", "arguments": {"b": "c"}}' if reader in (opens, calls) else "<think>a</think>"
    )
    rows = [{"a": text, "b": " a", "n": 1}] * 3
    fast, slow, known = read(tmp_path, rows, reader, READERS[reader])
    assert known._plans
    assert fast.equals(slow)


def matches(row):
    """Ask in a way that a text cannot note."""
    return answer(re.sub(r"^\s*<think>.*</think>", "", row["a"]))


def counts(row):
    """Ask how long a text is."""
    return answer(row["a"] if len(row["a"]) < 3 else "long")


def cuts(row):
    """Take a piece of a text."""
    return answer(row["a"][:3])


def drops(row):
    """Take no notice of a text."""
    return answer("other" if row["a"] else "")


def computes(row):
    """Take a number for its value."""
    return answer(str(float(row["n"])))


@pytest.mark.parametrize("reader", [matches, counts, cuts, drops, computes])
def test_a_reader_that_cannot_be_watched_reads_every_row_itself(tmp_path, eager, reader):
    """Nothing is learned of it."""
    rows = [{"a": f"a{n}", "b": "b", "n": n} for n in range(1, 30)]
    fast, slow, known = read(tmp_path, rows, reader, "n" if reader is computes else "a")
    assert not known._plans
    assert fast.equals(slow)


def test_a_plan_that_does_not_hold_is_dropped(tmp_path, monkeypatch):
    """Whatever was learned wrongly, a proof on the rows themselves finds it."""
    monkeypatch.setattr(learned, "MIN_PIECE_ROWS", 1)
    monkeypatch.setattr(hostile, "TEXTS", ())

    def wrong(row):
        return answer(re.sub("^x", "y", row["a"]), name=row["b"])

    rows = [{"a": a, "b": "b", "n": 1} for a in ["a"] * 20 + ["x" * 99] + ["a"] * 20]
    fast, slow, known = read(tmp_path, rows, wrong, "ab")
    assert known._closed
    assert fast.equals(slow)
