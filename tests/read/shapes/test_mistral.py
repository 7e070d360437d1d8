"""Chats under Mistral's names."""

import pytest

from curator.read.shapes import matching, mistral
from curator.read.values import Unmappable

CHAT = [{"role": "user", "text": "a"}, {"role": "assistant", "text": "b", "weight": 0}]


@pytest.mark.parametrize(
    "row",
    [
        {"interactions": CHAT},
        {"messages": CHAT},
        {"interactions": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b", "weight": 0}]},
    ],
)  # fmt: skip
def test_both_names_of_everything_are_known(row):
    """Texts and weights are the same under each."""
    assert matching(row) == "mistral"
    (record,) = mistral.to_records(row, {})
    said = [(turn["role"], turn["content"], turn["weight"]) for turn in record["messages"]]
    assert said == [("user", "a", None), ("assistant", "b", 0)]


def test_system_prompt_and_available_tools_stand_where_others_have_them():
    """Before the chat, and beside it."""
    row = {"messages": CHAT, "system_prompt": "S", "available_tools": [{"function": {"name": "f"}}]}
    (record,) = mistral.to_records(row, {})
    assert record["messages"][0] == {"role": "system", "content": "S"}
    assert record["tools"] == '[{"function":{"name":"f"}}]'


def test_the_usual_names_are_those_of_any_chat():
    """Nothing in such a file is Mistral's own."""
    assert matching({"messages": [{"role": "user", "content": "a"}], "tools": []}) == "messages"


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"messages": CHAT, "interactions": CHAT}, "wrong type | $: both messages and interactions"),
        ({"messages": CHAT, "tools": [{}], "available_tools": [{}]}, "wrong type | $: both tools and available_tools"),
        ({"messages": [CHAT[0] | {"content": "a"}]}, "wrong type | $.messages[0]: both content and text"),
    ],
)  # fmt: skip
def test_two_names_at_once_contradict_each_other(row, why):
    """Nobody can say which of them is meant."""
    with pytest.raises(Unmappable) as caught:
        mistral.to_records(row, {})
    assert str(caught.value) == why
