"""Reasoning in what was said is read as reasoning, from any shape."""

import json

import pytest

from curator.read import jsonl

ASKS = "Considering the above, give your final answer."


@pytest.fixture
def read(tmp_path):
    """Read rows as JSON lines, and give the last answer of each, with what was changed."""

    def rows(*given, **options):
        path = tmp_path / "rows.jsonl"
        path.write_text("\n".join(map(json.dumps, given)))
        back = jsonl.read(jsonl.Options(path=str(path), **options)).collect()
        last = back["messages"].list.last().struct.unnest()
        return list(zip(last["reasoning"], last["content"], back["changes"].to_list(), strict=True))

    return rows


TAGGED = ["read: text between think tags read as reasoning"]


def chat(*texts):
    roles = ("user", "assistant")
    return {"messages": [{"role": roles[i % 2], "content": t} for i, t in enumerate(texts)]}


@pytest.mark.parametrize(
    "row",
    [
        chat("1+1", "<think>r</think>2"),
        {"conversations": [{"from": "human", "value": "1+1"}, {"from": "gpt", "value": "<think>\nr\n</think>\n\n2"}]},
        {"instruction": "1+1", "output": "<think>r</think>2"},
        {"prompt": "1+1", "completion": "<think>r</think>2"},
        {"question": "1+1", "answer": "<think>r</think>2"},
        {"contents": [{"role": "user", "parts": [{"text": "1+1"}]}, {"role": "model", "parts": [{"text": "<think>r</think>2"}]}]},
    ],
)  # fmt: skip
def test_what_stands_between_tags_is_reasoning_in_every_shape(read, row):
    """Other rows of the file stay as they are."""
    assert read(row) == [("r", "2", TAGGED)]


def test_a_map_that_names_the_answer_reads_it_too(read):
    """Where reasoning is mapped by itself, the answer stays whole."""
    row = {"q": "1+1", "a": "<think>r</think>2", "why": "w"}
    mapping = {"input": "q", "output": "a"}
    assert read(row, map=mapping) == [("r", "2", TAGGED)]
    found = read(row, map={**mapping, "reasoning": "why"})
    assert found == [("w", "<think>r</think>2", [])]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2", (None, "2", [])),
        ("So <think>r</think>2", (None, "So <think>r</think>2", [])),
        ("<think>r", (None, "<think>r", [])),
        ("<think>\n\n</think>\n\n2", (None, "2", ["read: think tags without a thought left out"])),
        ("<think>r</think>", ("r", "", TAGGED)),
    ],
)
def test_only_a_whole_thought_at_the_beginning_is_one(read, text, found):
    """A user who writes such tags is not thinking."""
    assert read(chat("<think>x</think>1+1", text)) == [found]


@pytest.mark.parametrize("name", ["reasoning", "reasoning_content", "thinking"])
def test_fields_of_reasoning_have_three_names(read, name):
    """None of them is a change; two at once are a contradiction."""
    row = chat("1+1", "2")
    row["messages"][1][name] = "r"
    assert read(row) == [("r", "2", [])]


def test_a_turn_of_its_own_is_joined_to_its_answer(read):
    """Wherever it stands; the request alone is a question like any other."""
    joined = ["read: reasoning in a turn of its own read as reasoning"]
    assert read(chat("1+1", "r", ASKS, "2")) == [("r", "2", joined)]
    assert read(chat(ASKS, "2")) == [(None, "2", [])]
    assert read(chat("1+1", "r", ASKS, "<think>x</think>2")) == [("x", "2", TAGGED)]


def test_a_dispreferred_answer_has_reasoning_too(tmp_path):
    """Both sides are looked at."""
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps({"prompt": "a", "chosen": "b", "rejected": "<think>r</think>c"}))
    back = jsonl.read(jsonl.Options(path=str(path))).collect()
    assert back["rejected_messages"][0][0]["reasoning"] == "r"
