"""Which formats there are, and which of them can hold what."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.errors import RecipeError
from curator.write.trainer import shards
from curator.write.trainer.options import Options

TOKENS = ("mds", "megatron", "megatron_bridge", "packed", "unpacked")


def test_formats_are_named_after_their_files():
    """A file in the folder is a format."""
    assert shards.targets() == tuple(sorted((*TOKENS, "messages")))


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"formats": ("packed", "npy")}, "unknown format 'npy'\n  hint: known are mds, megatron,"),
        (
            {"formats": ("megatron",)},
            "format 'megatron' has no labels: every token of an example would be trained on\n"
            "  hint: use megatron_bridge for examples, or rows: chunks",
        ),
        (
            {"formats": ("messages",), "rows": "chunks"},
            "format 'messages' holds examples, not chunks\n  hint: use packed",
        ),
        (
            {"rows": "chunks", "overflow": "split_turns"},
            "overflow: split_turns cuts where a user speaks, and in chunks nobody does\n"
            "  hint: derive: chunks with max_tokens makes shorter ones; or drop, truncate_end",
        ),
        (
            {"formats": ("messages",), "reasoning": "field"},
            "format 'messages' has no field for reasoning\n"
            "  hint: reasoning: content, or leave the format out",
        ),
    ],
)
def test_what_a_format_cannot_hold_is_refused(asked, message):
    """The recipe is told before anything is tokenised."""
    with pytest.raises(RecipeError) as caught:
        shards.check(Options(tokenizer="t", **asked))
    assert str(caught.value).startswith(message)


def test_chunks_may_be_written_for_pre_training():
    """A form without labels is right where all tokens count."""
    shards.check(Options(tokenizer="t", rows="chunks", formats=("megatron", "packed")))


@pytest.mark.parametrize("name", TOKENS)
def test_a_split_without_examples_leaves_no_file(laid, tmp_path, name):
    """A glob over the files of a split finds none, rather than an empty one."""
    assert shards.write(name, laid.tokens([]), tmp_path) == []
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@given(sizes=st.lists(st.integers(1, 20), max_size=40), limit=st.integers(1, 30))
def test_runs_are_in_order_and_as_long_as_the_limit_lets_them(sizes, limit):
    """No item is lost, no run is too large, and none could have taken the next item."""
    found = shards.runs(np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64), limit)
    assert [i for first, last in found for i in range(first, last)] == list(range(len(sizes)))
    held = [sizes[first:last] for first, last in found]
    assert all(sum(run) <= limit or len(run) == 1 for run in held)
    assert all(sum(run) + after[0] > limit for run, after in pairwise(held))


def test_what_is_made_ahead_comes_in_order_and_fails_where_it_failed():
    """A fault in the thread is raised to whoever takes the item."""
    taken = []
    with pytest.raises(ZeroDivisionError):
        taken.extend(1 / n for n in shards.ahead(4 // n for n in (1, 2, 0)))
    assert list(shards.ahead(iter(range(1, 5)))) == [1, 2, 3, 4]
