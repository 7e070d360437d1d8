"""Tokens on disk while an export is made."""

import numpy as np

from curator.write.trainer.spill import Spill


def test_what_was_added_comes_back_in_order(tmp_path):
    """Two batches of segments are one run of tokens, mapped from the files."""
    with Spill(tmp_path, "train") as spill:
        spill.add(np.array([5, 6, 7], np.int32), np.array([0, 1, 1], np.uint8), np.array([2, 1]))
        spill.add(np.array([8], np.int32), np.array([0], np.uint8), np.array([1]))
    segments = spill.segments()
    assert segments.ids.tolist() == [5, 6, 7, 8]
    assert segments.mask.tolist() == [0, 1, 1, 0]
    assert segments.offsets.tolist() == [0, 2, 3, 4]


def test_a_split_without_rows_has_no_tokens(tmp_path):
    """An empty file cannot be mapped."""
    with Spill(tmp_path, "test") as spill:
        pass
    assert spill.segments().offsets.tolist() == [0]
    assert spill.segments().ids.size == 0
