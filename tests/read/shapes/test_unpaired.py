"""Answers with a tag: good ones are answers, bad ones are dispreferred answers."""

import pytest

from curator.read.shapes import matching, unpaired
from curator.read.values import Unmappable

CHAT = [{"from": "human", "value": "a"}, {"from": "gpt", "value": "b"}]


def read(**row):
    (record,) = unpaired.to_records(row, {})
    better, worse = (record.get(name) or [] for name in ("messages", "rejected_messages"))
    return [turn["content"] for turn in better], [turn["content"] for turn in worse], record


@pytest.mark.parametrize(
    "row",
    [
        {"prompt": "a", "completion": "b", "label": True},
        {"prompt": [{"role": "user", "content": "a"}], "completion": [{"role": "assistant", "content": "b"}], "label": True},
        {"conversations": CHAT, "kto_tag": True},
        {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}], "kto_tag": True},
        {"instruction": "a", "input": "", "output": "b", "kto_tag": True},
    ],
)  # fmt: skip
def test_every_form_is_known_by_its_tag(row):
    """A false tag moves the answer to the other side."""
    assert matching(row) == "unpaired"
    assert read(**row)[:2] == (["a", "b"], [])
    tag = "label" if "label" in row else "kto_tag"
    assert read(**row | {tag: False})[:2] == (["a"], ["b"])


def test_system_text_and_functions_belong_to_the_prompt():
    """They stand beside the conversation."""
    _, _, record = read(conversations=CHAT, kto_tag=False, system="S", tools='[{"name": "f"}]')
    assert [turn["role"] for turn in record["messages"]] == ["system", "user"]
    assert record["tools"] == '[{"name": "f"}]'


def test_a_label_that_is_a_word_is_a_class_and_no_tag():
    """Classification data has such columns too."""
    assert matching({"prompt": "a", "completion": "b", "label": "spam"}) == "prompt_completion"
    assert read(prompt="a", completion="b", label="False")[1] == ["b"]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"prompt": "a", "completion": "b", "label": None}, "missing field | $.label"),
        ({"prompt": "a", "completion": "b", "label": "perhaps"}, "wrong type | $.label: a string where true or false is expected"),
        ({"conversations": CHAT[:1], "kto_tag": True}, "no answer | $.conversations does not end in an assistant's message"),
        ({"conversations": CHAT[1:], "kto_tag": False}, "no prompt | $"),
        ({"instruction": "a", "kto_tag": True}, "missing field | $.output"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_why(row, why):
    """Where, and what."""
    with pytest.raises(Unmappable) as caught:
        read(**row)
    assert str(caught.value) == why


def test_fields_of_another_form_go_to_meta():
    """A prompt beside a conversation is not this row's."""
    assert read(conversations=CHAT, kto_tag=True, output="x")[2]["meta"] == {"output": "x"}
