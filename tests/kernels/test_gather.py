"""Stretches are copied in the order asked for, ids and mask alike."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.kernels.gather import gather, gather_labels


@settings(deadline=None)  # the first call compiles
@given(st.lists(st.lists(st.integers(0, 255), max_size=5), min_size=1, max_size=8), st.data())
def test_equals_the_plain_version(stretches, data):
    """Some stretches, in any order, also twice or empty: as joining lists."""
    order = data.draw(st.lists(st.integers(0, len(stretches) - 1), max_size=10))
    flat = np.array([token for stretch in stretches for token in stretch], np.int32)
    offsets = np.concatenate([[0], np.cumsum([len(stretch) for stretch in stretches])])
    mask = (255 - flat).astype(np.uint8)
    ids, copied = gather(flat, mask, offsets.astype(np.int64), np.array(order, np.int64))
    assert ids.tolist() == [token for i in order for token in stretches[i]]
    assert copied.tolist() == (255 - ids).tolist()
    assert (ids.dtype, copied.dtype) == (np.int32, np.uint8)
    same, labels = gather_labels(
        flat, (flat % 2).astype(np.uint8), offsets.astype(np.int64), np.array(order, np.int64), -100
    )
    assert same.tolist() == ids.tolist()
    assert labels.tolist() == np.where(ids % 2, ids, -100).tolist()
    assert labels.dtype == np.int32


def test_a_mapped_file_is_read_as_it_lies(tmp_path):
    """Arrays that cannot be written to, as a file mapped for reading gives, are copied too."""
    np.arange(6, dtype=np.int32).tofile(tmp_path / "ids")
    ids = np.asarray(np.memmap(tmp_path / "ids", np.int32, "r"))
    copied, _ = gather(ids, ids.astype(np.uint8), np.array([0, 2, 6]), np.array([1, 0]))
    assert not ids.flags.writeable
    assert copied.tolist() == [2, 3, 4, 5, 0, 1]
