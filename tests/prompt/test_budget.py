"""Prompts that fit: what is dropped, in which order, and what cannot be helped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.errors import RecipeError
from curator.prompt import Exemplar, messages
from curator.prompt.budget import count, fit
from curator.task import Task
from curator.tokenizer import counter

QUERY = [{"role": "user", "content": "q"}]


class Letters:
    """A tokenizer that can be read: each character is a token."""

    name, is_estimate = "letters", False

    def __call__(self, texts):
        """Count them."""
        return [len(text) for text in texts]


def exemplar(name, chars=1, **fields):
    return Exemplar(id=name, prompt=[{"role": "user", "content": name}],
                    completion={"role": "assistant", "content": "x" * chars, **fields})  # fmt: skip


def test_a_prompt_costs_its_texts_four_a_message_and_three_for_the_reply():
    """The allowance is stated, and calls and names are counted."""
    call = {"role": "assistant", "content": None, "tool_calls": [{"a": 1}]}
    result = {"role": "tool", "content": "ab", "tool_call_id": "1", "name": "f"}
    assert count([call, result], Letters()) == 9 + 2 + 1 + 1 + 2 * 4 + 3
    assert count([], Letters()) == 3


def test_exemplars_are_dropped_last_chosen_first_until_the_prompt_fits():
    """The best stay, and what had no room is named in the order in which it went."""
    three = [exemplar("a"), exemplar("b"), exemplar("c")]
    whole = count(messages(Task(), three, QUERY, "few_shot"), Letters())
    assert fit(Task(), three, QUERY, "few_shot", max_tokens=whole, counter=Letters()).dropped == ()
    made = fit(Task(), three, QUERY, "few_shot", max_tokens=whole - 11, counter=Letters())
    assert (made.shown, made.dropped, made.tokens) == (("a",), ("c", "b"), whole - 20)
    assert made.messages == messages(Task(), three[:1], QUERY, "few_shot")


def test_ranks_say_what_was_chosen_last_where_the_order_does_not():
    """A prompt that ends with the nearest loses the farthest, and keeps its order."""
    three = [exemplar("far"), exemplar("near"), exemplar("nearest")]
    fitted = fit(
        Task(), three, QUERY, "few_shot", max_tokens=42, counter=Letters(), ranks=[2, 1, 0]
    )
    assert (fitted.shown, fitted.dropped) == (("near", "nearest"), ("far",))


def test_what_a_technique_cannot_show_is_left_out_and_not_dropped():
    """Room was not what it lacked."""
    both = [exemplar("a"), exemplar("b", reasoning="r")]
    made = fit(Task(), both, QUERY, "chain_of_thought", max_tokens=500, counter=Letters())
    assert (made.shown, made.dropped) == (("b",), ())
    assert made.left_out == (("a", "it has no reasoning"),)


def test_a_technique_without_shots_drops_nothing():
    """It shows none anyway."""
    made = fit(Task(), [exemplar("a", 900)], QUERY, max_tokens=8, counter=Letters())
    assert (made.shown, made.dropped, made.tokens) == ((), (), 8)


def test_a_prompt_too_long_without_exemplars_says_by_how_much():
    """The instruction and the query are never cut."""
    with pytest.raises(RecipeError) as caught:
        fit(Task(), [exemplar("a")], QUERY, "few_shot", max_tokens=5, counter=Letters())
    assert str(caught.value) == (
        "the prompt has 8 tokens without any exemplar, 3 more than max_tokens 5\n"
        "  hint: raise max_tokens, or shorten the instruction, the query or its context"
    )
    with pytest.raises(RecipeError, match="has an estimated 8 tokens without any exemplar"):
        fit(Task(), [], QUERY, max_tokens=1, counter=counter(None))


@pytest.mark.parametrize("style", ["turns", "block"])
@given(st.lists(st.integers(0, 30), max_size=9), st.integers(8, 400), st.randoms())
def test_the_prompt_fits_and_one_exemplar_more_would_not(style, sizes, room, chance):
    """As many as there is room for, in both styles, whatever the order of choice."""
    task = Task(exemplar_style=style)
    every = [exemplar(str(i), chars) for i, chars in enumerate(sizes)]
    ranks = chance.sample(range(len(every)), len(every))
    made = fit(task, every, QUERY, "few_shot", max_tokens=room, counter=Letters(), ranks=ranks)
    assert made.tokens == count(made.messages, Letters()) <= room
    by_rank = sorted(every, key=lambda one: ranks[int(one.id)])
    kept = len(every) - len(made.dropped)
    assert [*made.dropped][::-1] == [one.id for one in by_rank[kept:]]
    more = [one for one in every if one in by_rank[: kept + 1]]
    if made.dropped:
        assert count(messages(task, more, QUERY, "few_shot"), Letters()) > room
