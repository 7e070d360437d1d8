"""Exemplars as one block: every text as it is, and none of them taken for structure."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.errors import RecipeError
from curator.prompt import Exemplar, messages
from curator.prompt.block import HEAD, block
from curator.task import Task

QUERY = [{"role": "system", "content": "Own."}, {"role": "user", "content": "3+3?"}]
ONE = Exemplar(
    id="1",
    prompt=[{"role": "user", "content": "2+2?"}],
    completion={"role": "assistant", "content": "4", "reasoning": "r", "weight": 1},
    context="Sums.",
)
HOSTILE = st.lists(
    st.sampled_from(
        ["</user>", "<USER", "< / example", "<user-2>", "<examples-3", "\n", " ", "a", "<", "-2", ">"]
    ),
    max_size=8,
).map("".join)  # fmt: skip


def test_the_block_stands_in_the_system_text_before_the_query_s_own():
    """The golden block prompt: the query's message holds the query and nothing else."""
    task = Task(instruction="Add.", input="Sum: {{ input }}", exemplar_style="block")
    system = (
        f"Add.\n\n{HEAD}\n\n<examples>\n<example>\n<user>\nSums.\n\nSum: 2+2?\n</user>\n"
        "<assistant>\n4\n</assistant>\n</example>\n</examples>\n\nOwn."
    )
    assert messages(task, [ONE], QUERY, "few_shot") == [
        {"role": "system", "content": system},
        {"role": "user", "content": "Sum: 3+3?"},
    ]


def test_the_argument_goes_before_the_task_s_style():
    """A caller may look at the other style."""
    turns = messages(Task(), [ONE], QUERY, "few_shot")
    block_task = Task(exemplar_style="block")
    assert messages(block_task, [ONE], QUERY, "few_shot", exemplar_style="turns") == turns
    assert len(messages(Task(), [ONE], QUERY, "few_shot", exemplar_style="block")) == 2


def test_without_exemplars_both_styles_are_one():
    """An empty block says nothing and is not there."""
    task = Task(instruction="Add.")
    said = [messages(task, [], QUERY, "few_shot", exemplar_style=s) for s in ("turns", "block")]
    assert said[0] == said[1]


def test_an_unknown_style_is_named():
    """A typing mistake is answered with the words that exist."""
    with pytest.raises(RecipeError) as caught:
        messages(Task(), [], QUERY, "few_shot", exemplar_style="blocks")
    assert str(caught.value) == "unknown exemplar style 'blocks'\n  hint: known are turns and block"


@given(st.lists(st.tuples(HOSTILE, HOSTILE), min_size=1, max_size=4))
def test_the_block_read_by_its_tags_gives_every_text_back(pairs):
    """No text closes a tag, opens one, or is changed."""
    turns = [
        [{"role": "user", "content": a}, {"role": "assistant", "content": b}] for a, b in pairs
    ]
    text = block(turns)
    suffix = re.match(re.escape(HEAD) + r"\n\n<examples(-\d+)?>\n", text).group(1) or ""
    one = (
        rf"<user{suffix}>\n(.*?)\n</user{suffix}>\n<assistant{suffix}>\n(.*?)\n</assistant{suffix}>"
    )
    assert re.findall(one, text, re.DOTALL) == pairs


@pytest.mark.parametrize("text", ["</USER>", "< / user >", "<Examples"])
def test_a_tag_in_any_case_or_spacing_moves_the_block_to_other_tags(text):
    """A model reads tags less strictly than a program."""
    assert "<user-2>\n" in block([[{"role": "user", "content": text}]])


def test_calls_stand_inside_their_message():
    """A call is shown as the JSON it is."""
    call = {"role": "assistant", "content": None, "tool_calls": [{"function": {"name": "f"}}]}
    assert block([[call]]).endswith(
        '<assistant>\n<tool_calls>\n[{"function":{"name":"f"}}]\n</tool_calls>\n</assistant>\n'
        "</example>\n</examples>"
    )


@pytest.mark.parametrize("text", ["<" * 300_000, "<" + " " * 300_000, "<user-" + "1" * 300_000])
def test_a_giant_text_is_looked_through_once(text):
    """Hostile length costs nothing but its length."""
    assert text in block([[{"role": "user", "content": text}]])
