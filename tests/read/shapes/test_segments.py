"""Segments of text with their labels."""

import pytest

from curator.read.shapes import matching, segments
from curator.read.values import Unmappable

BETWEEN = (False, "\n\n")


def read(*found):
    rows = [{"label": label, "text": text} for label, text in found]
    assert matching({"segments": rows}) == "segments"
    (record,) = segments.to_records({"segments": rows}, {})
    return [(turn["role"], turn["content"], turn.get("weight")) for turn in record["messages"]]


def test_blank_lines_of_their_own_part_turns():
    """An even number of texts are questions and answers."""
    found = [(False, "a"), BETWEEN, (False, "b"), BETWEEN, (False, "c"), BETWEEN, (True, "d")]
    assert read(*found) == [
        ("user", "a", None), ("assistant", "b", 0), ("user", "c", None), ("assistant", "d", None),
    ]  # fmt: skip


def test_an_odd_number_of_turns_begins_with_system_text():
    """It stands before the first question."""
    found = [(False, "S"), BETWEEN, (False, "a"), BETWEEN, (True, "b")]
    assert [role for role, _, _ in read(*found)] == ["system", "user", "assistant"]


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ([(True, "<s>Hi\n"), (True, "there "), (False, "bye "), (True, "well</s>")],
         [("assistant", "<s>Hi\nthere "), ("user", "bye "), ("assistant", "well</s>")]),
        ([(False, "a"), (False, "b"), (True, "c")], [("user", "ab"), ("assistant", "c")]),
        ([(True, "a"), BETWEEN, (True, "b")], [("assistant", "a"), ("user", "\n\n"), ("assistant", "b")]),
        ([(True, "a")], [("assistant", "a")]),
    ],
)  # fmt: skip
def test_other_segments_are_turns_by_what_is_trained(found, said):
    """Texts that others wrote keep all their characters."""
    assert [turn[:2] for turn in read(*found)] == said


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ([], "no messages | $.segments is an empty list"),
        ([{"label": True}], "missing field | $.segments[0].text"),
        ([{"text": "a"}], "wrong type | $.segments[0].label: null where true or false is expected"),
    ],
)
def test_what_cannot_be_read_says_why(row, why):
    """Where, and what."""
    with pytest.raises(Unmappable) as caught:
        segments.to_records({"segments": row}, {})
    assert str(caught.value) == why
