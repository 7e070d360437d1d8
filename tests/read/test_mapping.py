"""The map of a reader: where each part of a record comes from, and what a row lacks for it."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.read.map_grammar import parse
from curator.read.values import Unmappable

ANSWER = {
    "input": "q",
    "reasoning": {"field": "a", "before": "####"},
    "output": {"field": "a", "after": "####"},
}


def read(given_map: dict, row: dict) -> dict:
    (record,) = parse(given_map).to_records(row, {})
    return record


def why(given_map: dict, row: dict) -> str:
    with pytest.raises(Unmappable) as error:
        parse(given_map).to_records(row, {})
    return str(error.value)


def said(record: dict) -> list[tuple[str, str]]:
    return [(each["role"], each["content"]) for each in record["messages"]]


def test_fields_are_named_or_put_into_a_template():
    """A template may hold braces of its own, doubled."""
    record = read({"input": "{{{a}}}\n\n{b}", "output": "b"}, {"a": "x", "b": "y"})
    assert said(record) == [("user", "{x}\n\ny"), ("assistant", "y")]


def test_a_field_is_cut_at_its_last_marker():
    """What stands before and after it is stripped."""
    record = read(ANSWER, {"q": "1+1?", "a": "#### a heading\nTwo.\n#### 2\n"})
    assert record["messages"][1]["reasoning"] == "#### a heading\nTwo."
    assert said(record)[1] == ("assistant", "2")


def test_a_label_alone_is_the_completion():
    """Beside an output it is only the label."""
    record = read({"input": "q", "label": "l"}, {"q": "x", "l": 3})
    assert (said(record)[1], record["label"]) == (("assistant", "3"), "3")
    record = read({"input": "q", "label": "l", "output": "o"}, {"q": "x", "l": "a", "o": "b"})
    assert (said(record)[1], record["label"]) == (("assistant", "b"), "a")


def test_dotted_names_reach_into_objects_unless_a_field_is_so_named():
    """The flat name wins."""
    given_map = {"input": "q", "output": "a.b"}
    assert said(read(given_map, {"q": "x", "a": {"b": "deep"}}))[1][1] == "deep"
    assert said(read(given_map, {"q": "x", "a": {"b": "deep"}, "a.b": "flat"}))[1][1] == "flat"
    assert why(given_map, {"q": "x", "a": 1}) == "missing field | $.a.b"


def test_system_text_stands_first_and_context_beside():
    """Empty text of either counts as none."""
    given_map = {"input": "q", "output": "a", "system": "s", "context": "c"}
    record = read(given_map, {"q": "x", "a": "y", "s": "Be brief.", "c": "Timetable"})
    assert said(record)[0] == ("system", "Be brief.")
    assert record["context"] == "Timetable"
    record = read(given_map, {"q": "x", "a": "y", "s": "", "c": ""})
    assert (said(record)[0], record["context"]) == (("user", "x"), None)


def test_chats_and_pairs_can_be_mapped():
    """In either way of writing a chat."""
    chat = [{"from": "human", "value": "x"}, {"from": "gpt", "value": "y"}]
    assert said(read({"messages": "chat"}, {"chat": chat})) == [("user", "x"), ("assistant", "y")]
    text = '[{"role": "user", "content": "x"}]'
    assert said(read({"messages": "chat"}, {"chat": text})) == [("user", "x")]
    given_map = {"input": "q", "chosen": "a", "rejected": "b"}
    record = read(given_map, {"q": "x", "a": "good", "b": "bad"})
    assert said(record)[1] == ("assistant", "good")
    assert record["rejected_messages"] == [{"role": "assistant", "content": "bad"}]


def test_split_names_are_made_ours():
    """A name that is no split rejects the row."""
    given_map = {"input": "q", "output": "q", "split": "s"}
    found = [
        read(given_map, {"q": "x", "s": s})["split"] for s in ("dev", "valid", "test", "", None)
    ]
    assert found == ["validation", "validation", "test", None, None]
    assert why(given_map, {"q": "x", "s": "holdout"}) == (
        "unknown split | 'holdout' is not one of train, validation, test"
    )


@pytest.mark.parametrize(
    ("given_map", "row", "reason"),
    [
        (ANSWER, {"q": "x", "a": "no"}, "no marker | $.a has no '####'"),
        (ANSWER, {"q": None, "a": "a####b"}, "missing field | $.q"),
        (ANSWER, {"q": "x"}, "missing field | $.a"),
        ({"input": "{q}{h}", "output": "q"}, {"q": "x"}, "missing field | $.h"),
        ({"input": "q", "label": "l"}, {"q": "x", "l": ""}, "missing field | $.l"),
        (
            {"input": "q", "output": "a"},
            {"q": {}, "a": ""},
            "wrong type | $.q: an object where text is expected",
        ),
        ({"messages": "m"}, {"m": "x"}, "wrong type | $.m: a string where a list is expected"),
    ],
)
def test_a_row_that_lacks_what_is_mapped_says_what(given_map, row, reason):
    """By its path in the row."""
    assert why(given_map, row) == reason


def test_fields_that_are_used_in_part_stay_in_meta():
    """Both sides of a marker together use a field up; so does a template."""
    assert parse(ANSWER).taken() == {"q", "a"}
    assert parse({"input": "{q} {h}", "output": ANSWER["output"]}).taken() == {"q", "h"}


_text = st.none() | st.sampled_from(
    ["", "x", "a####b", "#### y ", " \t####\n####\u00a0z", "dev", "{q}"]
)
_maps = st.sampled_from(
    [
        ANSWER,
        ANSWER | {"system": "s", "split": "l"},
        {"input": "{q}: {s}", "output": "a", "context": "q", "group": "l"},
        {"input": "q", "label": "l", "reasoning": "a", "system": {"field": "s", "before": "####"}},
        {"input": "q", "label": "l", "context": {"field": "s", "after": "####"}, "licence": "{q}"},
        {"label": "l", "split": "s"},
    ]
)


@settings(max_examples=300, deadline=None)
@given(_maps, st.lists(st.tuples(_text, _text, _text, _text), max_size=6))
def test_the_frame_says_what_the_rows_say(given_map, rows):
    """Rows that cannot be records are odd, and only they; the others come out alike."""
    mapping = parse(given_map)
    raw = pl.DataFrame(rows, schema=dict.fromkeys("qasl", pl.String), orient="row")
    for fast, row in zip(mapping.to_frame(raw).to_dicts(), raw.to_dicts(), strict=True):
        try:
            slow = mapping.to_records(row, {})[0] if "input" in given_map else mapping.extras(row)
        except Unmappable:
            assert fast["is_odd"]
            continue
        for name, value in fast.items():
            if name == "messages":
                assert [(m["role"], m["content"]) for m in value] == said(slow)
                assert value[-1]["reasoning"] == slow["messages"][-1].get("reasoning")
            elif name != "is_odd":
                assert value == slow[name], name
