"""Preference pairs: the chosen answer completes the record, the rejected one stands beside it."""

import pytest

from curator.read.shapes import preference
from curator.read.values import Unmappable

ASKED = {"role": "user", "content": "q"}
GOOD = {"role": "assistant", "content": "good"}
BAD = {"role": "assistant", "content": "bad"}


@pytest.mark.parametrize(
    "row",
    [
        {"prompt": "q", "chosen": "good", "rejected": "bad"},
        {"prompt": [ASKED], "chosen": [GOOD], "rejected": [BAD]},
        {"chosen": [ASKED, GOOD], "rejected": [ASKED, BAD]},
        {"instruction": "q", "input": "", "chosen": "good", "rejected": "bad"},
        {
            "conversations": [{"from": "human", "value": "q"}],
            "chosen": {"from": "gpt", "value": "good"},
            "rejected": {"from": "gpt", "value": "bad"},
        },
        {
            "input": {"messages": [ASKED], "tools": []},
            "preferred_output": [GOOD],
            "non_preferred_output": [BAD],
        },
    ],
)
def test_all_the_ways_to_write_a_pair_are_one_record(row):
    """Prompt and chosen answer in messages, the rejected answer alone beside them."""
    assert preference.matches(row)
    (record,) = preference.to_records(row, {})
    shown = [(said["role"], said["content"]) for said in record["messages"]]
    assert shown == [("user", "q"), ("assistant", "good")]
    assert [said["content"] for said in record["rejected_messages"]] == ["bad"]
    assert record["meta"] == {}


def test_fields_that_were_not_needed_go_to_meta():
    """A prompt makes an instruction superfluous, but it is not lost."""
    row = {"prompt": "q", "instruction": "other", "chosen": "good", "rejected": "bad"}
    assert preference.to_records(row, {})[0]["meta"] == {"instruction": "other"}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (
            {"chosen": [GOOD], "rejected": [BAD]},
            "no prompt | the two answers have no beginning in common",
        ),
        ({"prompt": "q", "chosen": "good", "rejected": None}, "missing field | $.rejected"),
        (
            {"prompt": "q", "chosen": [], "rejected": "bad"},
            "no messages | $.chosen is an empty list",
        ),
    ],
)
def test_a_row_that_is_no_pair_says_why(row, reason):
    """By its path in the row."""
    with pytest.raises(Unmappable) as error:
        preference.to_records(row, {})
    assert str(error.value) == reason
