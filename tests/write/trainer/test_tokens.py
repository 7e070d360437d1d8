"""Packs in reading order, some at a time, whatever the size of a block."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.write.trainer.tokens import IGNORED, Packs, Segments, blocks

EXAMPLES = st.lists(
    st.lists(st.tuples(st.integers(0, 2**31 - 1), st.integers(0, 1)), min_size=1, max_size=5),
    max_size=9,
)


def flat(examples):
    """Lay examples of (id, counts) end to end."""
    tokens = np.array([token for example in examples for token in example], np.int64).reshape(-1, 2)
    lengths = np.array([len(example) for example in examples], np.int64)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return Segments(tokens[:, 0].astype(np.int32), tokens[:, 1].astype(np.uint8), offsets)


@st.composite
def packed(draw):
    """Draw examples, and packs that hold them in some order."""
    examples = draw(EXAMPLES)
    order = draw(st.permutations(range(len(examples))))
    inner = draw(st.sets(st.integers(1, len(examples) - 1))) if len(examples) > 1 else set()
    bounds = [0, *sorted(inner), len(examples)] if examples else [0]
    return examples, Packs(np.array(bounds, np.int64), np.array(order, np.int64))


def split(values, offsets):
    return [part.tolist() for part in np.split(values, offsets[1:-1])]


@settings(deadline=None)  # the first call compiles
@given(packed(), st.integers(1, 30))
def test_blocks_joined_are_the_packs(drawn, max_tokens):
    """Pack after pack, segment after segment: ids as they were, labels where they count."""
    examples, packs = drawn
    made = list(blocks(flat(examples), packs, max_tokens))
    wanted = [[examples[s] for s in group] for group in split(packs.segments, packs.offsets)]
    wanted = wanted if examples else []
    ids = [pack for block in made for pack in split(block.ids, block.pack_offsets)]
    labels = [pack for block in made for pack in split(block.labels, block.pack_offsets)]
    lengths = [pack for block in made for pack in split(block.seq_lengths, block.seq_offsets)]
    assert ids == [[token for example in pack for token, _ in example] for pack in wanted]
    assert labels == [
        [token if counts else IGNORED for example in pack for token, counts in example]
        for pack in wanted
    ]
    assert lengths == [[len(example) for example in pack] for pack in wanted]


@settings(deadline=None)  # the first call compiles
@given(packed(), st.integers(1, 30))
def test_a_block_holds_as_many_packs_as_fit(drawn, max_tokens):
    """A block is above the limit only with a single pack, and the next pack would not have fit."""
    examples, packs = drawn
    made = list(blocks(flat(examples), packs, max_tokens))
    for block in made:
        assert block.ids.size == block.labels.size == block.pack_offsets[-1]
        assert block.ids.size <= max_tokens or block.pack_offsets.size == 2
        assert block.seq_lengths.sum() == block.ids.size
        assert block.seq_offsets[-1] == block.seq_lengths.size
        assert (block.pack_offsets[0], block.seq_offsets[0]) == (0, 0)
        assert (block.ids.dtype, block.labels.dtype) == (np.int32, np.int32)
    for block, after in pairwise(made):
        assert block.ids.size + after.pack_offsets[1] > max_tokens


@pytest.mark.parametrize(
    ("max_tokens", "sizes"), [(1, [3, 1, 2]), (3, [3, 3]), (4, [4, 2]), (99, [6])]
)
def test_packs_are_taken_in_order(max_tokens, sizes):
    """Packs of 3, 1 and 2 tokens; the first stands alone where the limit is below it."""
    segments = flat([[(7, 0), (8, 1)], [(9, 1)], [(5, 0)], [(6, 1), (4, 1)]])
    packs = Packs(np.array([0, 2, 3, 4]), np.array([0, 1, 2, 3]))
    made = list(blocks(segments, packs, max_tokens))
    assert [block.ids.size for block in made] == sizes
    assert made[0].labels[:3].tolist() == [-100, 8, 9]


def test_single_packs_hold_one_example_each():
    """Without packing, example i is pack i; without examples there is neither pack nor block."""
    segments = flat([[(1, 1)], [(2, 1), (3, 1)]])
    (block,) = blocks(segments, Packs.single(2), 99)
    assert split(block.ids, block.pack_offsets) == [[1], [2, 3]]
    assert list(blocks(flat([]), Packs.single(0), 99)) == []
    assert segments.lengths.tolist() == [1, 2]
