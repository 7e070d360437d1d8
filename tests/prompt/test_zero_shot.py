"""Zero-shot: instruction and query."""

from curator.prompt import messages
from curator.task import Task


def test_the_instruction_is_system_text_and_the_template_surrounds_the_query():
    """The golden zero-shot prompt."""
    task = Task(instruction="Classify.", persona="A clerk.", input="Message: {{ input }}")
    assert messages(task, [], [{"role": "user", "content": "Hi"}]) == [
        {"role": "system", "content": "Classify."},
        {"role": "user", "content": "Message: Hi"},
    ]


def test_the_source_s_own_system_text_follows_the_instruction():
    """Nothing the source said to the model is lost."""
    query = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}]
    assert messages(Task(instruction="Classify."), [], query)[0] == {
        "role": "system",
        "content": "Classify.\n\nBe brief.",
    }


def test_without_instruction_there_is_no_empty_system_message():
    """An empty system text says nothing and is not there."""
    query = [{"role": "system", "content": ""}, {"role": "user", "content": "Hi"}]
    assert messages(Task(), [], query) == [{"role": "user", "content": "Hi"}]


def test_only_the_last_user_message_goes_into_the_template():
    """Earlier turns stand as they were said, calls and weights included."""
    call = {"role": "assistant", "content": None, "tool_calls": [{"id": "1"}], "weight": 0}
    query = [{"role": "user", "content": "a"}, call, {"role": "tool", "content": "t", "tool_call_id": "1"},
             {"role": "user", "content": "b"}]  # fmt: skip
    asked = messages(Task(input="<{{ input }}>"), [], query, context="c")
    assert asked == [*query[:3], {"role": "user", "content": "c\n\n<b>"}]


def test_a_context_without_user_message_joins_the_system_text():
    """A passage that has no message to stand in is said all the same."""
    asked = messages(
        Task(instruction="I"), [], [{"role": "assistant", "content": "a"}], context="c"
    )
    assert asked[0] == {"role": "system", "content": "I\n\nc"}


def test_system_text_in_the_middle_stays_in_its_place():
    """Only leading system messages are one with the instruction."""
    query = [
        {"role": "user", "content": "a"},
        {"role": "system", "content": "s"},
        {"role": "user", "content": "b"},
    ]
    assert messages(Task(), [], query) == query


def test_the_query_is_not_changed():
    """Rendering is pure."""
    query = [{"role": "user", "content": "Hi"}]
    messages(Task(input="<{{ input }}>"), [], query)
    assert query == [{"role": "user", "content": "Hi"}]
