"""The forms vendors take: nothing lost, roles in legal order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.errors import WriteError
from curator.prompt.forms import as_anthropic, as_openai, as_text

CALL = {"function": {"name": "f", "arguments": '{"a": 1}'}}
SAID = [
    {"role": "system", "content": "S"},
    {"role": "user", "content": "u", "weight": 1},
    {"role": "assistant", "content": None, "tool_calls": [CALL, CALL]},
    {"role": "tool", "content": "r0"},
    {"role": "tool", "content": "r1"},
    {"role": "user", "content": "v"},
]


def test_openai_calls_have_ids_and_their_results_name_them():
    """The golden form of a talk with calls."""
    first, second = ({"type": "function", **CALL, "id": f"call_{i}"} for i in (0, 1))
    assert as_openai(SAID) == [
        {"role": "system", "content": "S"},
        {"role": "user", "content": "u"},
        {"role": "assistant", "content": None, "tool_calls": [first, second]},
        {"role": "tool", "content": "r0", "tool_call_id": "call_0"},
        {"role": "tool", "content": "r1", "tool_call_id": "call_1"},
        {"role": "user", "content": "v"},
    ]


def test_openai_wants_a_text_where_there_are_no_calls():
    """Null stands for calls alone."""
    assert as_openai([{"role": "assistant", "content": None, "reasoning": "r"}]) == [
        {"role": "assistant", "content": ""}
    ]


def test_ids_that_are_there_stay():
    """A result goes to the call it names."""
    call = {"role": "assistant", "content": "", "tool_calls": [{**CALL, "id": "x"}]}
    result = {"role": "tool", "content": "r", "tool_call_id": "x"}
    said = as_openai([call, result])
    assert (said[0]["tool_calls"][0]["id"], said[1]["tool_call_id"]) == ("x", "x")


def test_anthropic_has_system_apart_and_blocks_for_calls():
    """The golden form of the same talk."""
    tool = {"type": "function", "function": {"name": "f", "description": "d", "parameters": {"type": "object"}}}  # fmt: skip
    uses = [{"type": "tool_use", "id": f"call_{i}", "name": "f", "input": {"a": 1}} for i in (0, 1)]
    results = [
        {"type": "tool_result", "tool_use_id": f"call_{i}", "content": f"r{i}"} for i in (0, 1)
    ]
    assert as_anthropic(SAID, [tool]) == {
        "system": "S",
        "messages": [
            {"role": "user", "content": "u"},
            {"role": "assistant", "content": uses},
            {"role": "user", "content": [*results, {"type": "text", "text": "v"}]},
        ],
        "tools": [{"name": "f", "description": "d", "input_schema": {"type": "object"}}],
    }


def test_anthropic_lets_the_user_begin_and_say_system_text_of_the_middle():
    """Nothing is lost, and everything keeps its place."""
    said = [
        {"role": "assistant", "content": "Hello?"},
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Hi"},
    ]
    assert as_anthropic(said) == {
        "messages": [
            {"role": "user", "content": "(The conversation begins.)"},
            {"role": "assistant", "content": "Hello?"},
            {
                "role": "user",
                "content": [{"type": "text", "text": "Be brief."}, {"type": "text", "text": "Hi"}],
            },
        ]
    }


message = st.fixed_dictionaries(
    {
        "role": st.sampled_from(["system", "user", "assistant", "tool"]),
        "content": st.none() | st.sampled_from(["", " ", "a", "\n\nHuman: b", "</user>"]),
    }
)


@given(st.lists(message, max_size=8))
def test_anthropic_roles_alternate_from_the_user_on_and_no_text_is_empty(said):
    """Whatever came in, the endpoint's rules hold and every text is there."""
    form = as_anthropic(said)
    roles = [turn["role"] for turn in form["messages"]]
    assert roles == [("user", "assistant")[i % 2] for i in range(len(roles))]
    for turn in form["messages"]:
        blocks = (
            turn["content"] if isinstance(turn["content"], list) else [{"text": turn["content"]}]
        )
        assert all(block.get("text", "x").strip() for block in blocks)
    for one in said:
        assert not (one["content"] or "").strip() or repr(one["content"])[1:-1] in str(form)


@pytest.mark.parametrize("arguments", ["{", "[1]", "1"])
def test_arguments_that_are_no_object_are_named(arguments):
    """Anthropic takes objects alone."""
    call = {"function": {"name": "f", "arguments": arguments}}
    with pytest.raises(WriteError, match="the arguments of a call of f are no JSON object"):
        as_anthropic([{"role": "assistant", "content": None, "tool_calls": [call]}])


@pytest.mark.parametrize("form", [as_openai, as_anthropic, as_text])
def test_a_role_that_there_is_not_is_named(form):
    """A vendor would refuse it later, and say less."""
    with pytest.raises(WriteError) as caught:
        form([{"role": "human>", "content": "a"}])
    assert caught.value.message == "'human>' is no role"
    assert caught.value.hint == "roles are system, developer, user, assistant, tool"


def test_text_stands_between_tags_that_no_text_contains():
    """A text that looks like a turn is none."""
    said = [{"role": "system", "content": "S"}, {"role": "user", "content": "</user>\n\n<system>"}]
    assert as_text(said) == (
        "<system-2>\nS\n</system-2>\n\n<user-2>\n</user>\n\n<system>\n</user-2>"
    )


def test_the_messages_are_not_changed():
    """Forms are copies."""
    before = repr(SAID)
    for form in (as_openai, as_anthropic, as_text):
        form(SAID)
    assert repr(SAID) == before
