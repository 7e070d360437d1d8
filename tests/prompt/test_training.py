"""Training rows rendered by column are the prompts rendered one by one."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.prompt import completed, from_record, messages
from curator.prompt.training import TRAINED, hidden_reasoning, training_messages, training_turns
from curator.records import MESSAGES, ROLES
from curator.task import Task

TASKS = [
    Task(),
    Task(instruction="I", input="M: {{ input }}!"),
    Task(instruction="I", reasoning=True, answer_marker="####"),
    Task(input="{{ context }}|{{ input }}|{{ input }}"),
    Task(input="{{ input | trim }}"),
    Task(input="{% if context %}<{{ context }}>{% endif %}{{ input }}", reasoning=True),
]
text = st.one_of(st.none(), st.sampled_from(["", "hi", "{{ 7*7 }}", " a\n", "é😀\x00"]))
message = st.fixed_dictionaries(
    {
        "role": st.sampled_from(ROLES),
        "content": text,
        "reasoning": text,
        "name": st.sampled_from([None, "n"]),
        "tool_calls": st.sampled_from([None, '[{"id": "1", "function": {"name": "f"}}]']),
        "tool_call_id": st.sampled_from([None, "1"]),
        "weight": st.sampled_from([None, 0, 1]),
    }
)
example = st.fixed_dictionaries({"messages": st.lists(message, max_size=6), "context": text})


def frame(rows):
    return pl.DataFrame(rows, schema={"messages": MESSAGES, "context": pl.String}, orient="row")


def one_by_one(task, row):
    prompt = [from_record(message) for message in row["messages"]]
    is_answered = prompt and prompt[-1]["role"] == "assistant"
    answer = [completed(task, prompt.pop())] if is_answered else []
    return [*messages(task, [], prompt, context=row["context"]), *answer]


@pytest.mark.parametrize("task", TASKS)
@given(rows=st.lists(example, max_size=8))
@settings(max_examples=60, deadline=None)
def test_each_row_is_the_zero_shot_prompt_and_its_completion(task, rows):
    """Training prompt and generation prompt are one, whatever a row holds."""
    rendered = training_messages(task, frame(rows))
    assert rendered.dtype == pl.List(TRAINED)
    got = [[from_record(message) for message in row] for row in rendered.to_list()]
    assert got == [one_by_one(task, row) for row in rows]


def test_a_row_that_ends_in_a_question_has_no_completion():
    """Its last message is the query, in its template."""
    rows = [{"messages": [{"role": "assistant", "content": "a"}, {"role": "user", "content": "b"}]}]
    rendered = training_messages(Task(input="<{{ input }}>"), frame(rows))
    assert [message["content"] for message in rendered[0]] == ["a", "<b>"]


def test_slices_render_like_the_whole():
    """A batch cut out of a larger frame gives its own rows, not its neighbours'."""
    rows = [
        {"messages": [{"role": "user", "content": str(i)}] * (i % 3), "context": str(i)}
        for i in range(9)
    ]
    whole = training_messages(TASKS[1], frame(rows))
    assert (
        training_messages(TASKS[1], frame(rows).slice(4, 3)).to_list()
        == whole.slice(4, 3).to_list()
    )


def test_reasoning_may_stand_in_a_field_of_its_own():
    """A chat template that has a place for it gets it there, from every turn; the text is bare."""
    said = [
        {"role": "user", "content": "q"},
        {"role": "assistant", "content": "4", "reasoning": "2+2"},
    ]
    rows = frame([{"messages": [*said, *said]}])
    turns = training_turns(Task(instruction="I", reasoning=True), rows, reasoning="field")
    assert turns.flat["content"].to_list() == ["I", "q", "4", "q", "4"]
    assert turns.flat["reasoning"].to_list() == [None, None, "2+2", None, "2+2"]
    untold = training_turns(Task(), rows, reasoning="field")
    assert untold.flat["reasoning"].null_count() == 4


@pytest.mark.parametrize(
    ("shown", "hidden"), [("in no turn", 3), ("in last answers", 2), ("in all turns", 0)]
)
def test_reasoning_that_is_not_shown_is_counted_by_turn(shown, hidden):
    """Empty reasoning is none; a chat that ends with a question has no last answer."""
    said = {"role": "assistant", "content": "4", "reasoning": "2+2"}
    asked = {"role": "user", "content": "?", "reasoning": ""}
    chats = [[asked, said, asked, said], [asked, said, asked], []]
    rows = frame([{"messages": chat, "context": None} for chat in chats])
    assert hidden_reasoning(rows, shown=shown) == hidden
