"""MDS shards, read byte by byte by the layout of MosaicML's own reader."""

import itertools
import json
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from curator.write.trainer import shards
from curator.write.trainer.shards import mds

LENGTHS = st.lists(st.lists(st.integers(1, 300), min_size=1, max_size=4), min_size=1, max_size=9)
WIDTHS = {0: np.uint8, 1: np.uint16, 2: np.uint32}


def array(column):
    """Read one value: a byte with axes and width, the length, the values."""
    axes, width = column[0] >> 2, WIDTHS[column[0] & 3]
    assert axes == 1
    behind = 1 + np.dtype(width).itemsize
    (length,) = np.frombuffer(column[1:behind], width)
    values = np.frombuffer(column[behind:], np.int32)
    assert values.size == length
    return values.tolist()


def read(index):
    """Read all samples of a folder, shard by shard."""
    whole = json.loads(index.read_text())
    assert whole["version"] == 2
    for entry in whole["shards"]:
        held = (index.parent / entry["raw_data"]["basename"]).read_bytes()
        assert len(held) == entry["raw_data"]["bytes"]
        count = entry["samples"]
        assert np.frombuffer(held, np.uint32, 1).tolist() == [count]
        places = np.frombuffer(held, np.uint32, count + 1, 4).tolist()
        config = json.loads(held[4 * (count + 2) : places[0]])
        assert config.items() <= entry.items()
        assert places[-1] == len(held)
        for begin, end in itertools.pairwise(places):
            sizes = np.frombuffer(held, np.uint32, 3, begin).tolist()
            bounds = (begin + 12 + np.concatenate([[0], np.cumsum(sizes)])).tolist()
            assert bounds[-1] == end
            yield tuple(array(held[a:b]) for a, b in itertools.pairwise(bounds))


@settings(max_examples=25, deadline=None)
@given(packs=LENGTHS, shard_tokens=st.integers(40, 3_000))
@example(packs=[[255], [256], [65_535], [65_536], [1] * 256], shard_tokens=1 << 26)
def test_samples_are_the_packs(laid, packs, shard_tokens):
    """What is read is every pack in order, also where a length takes a byte more."""
    held = laid.tokens(packs, shard_tokens=shard_tokens)
    with tempfile.TemporaryDirectory() as folder:
        index, *_ = shards.write("mds", held, Path(folder))
        assert list(read(index)) == laid.rows(held)


def test_the_index_says_what_the_reader_needs(laid, tmp_path):
    """Columns, their encodings, no compression and no hashes."""
    index, shard = shards.write("mds", laid.tokens([[3]]), tmp_path)
    assert (index, shard) == (tmp_path / "train/index.json", tmp_path / "train/shard.00000.mds")
    assert json.loads(index.read_text()) == {
        "version": 2,
        "shards": [
            {
                "version": 2,
                "format": "mds",
                "column_names": ["input_ids", "labels", "seq_lengths"],
                "column_encodings": ["ndarray:int32"] * 3,
                "column_sizes": [None] * 3,
                "compression": None,
                "hashes": [],
                "size_limit": mds.SIZE_LIMIT,
                "samples": 1,
                "raw_data": {"basename": shard.name, "bytes": shard.stat().st_size, "hashes": {}},
                "zip_data": None,
            }
        ],
    }


@settings(max_examples=25, deadline=None)
@given(packs=LENGTHS, limit=st.integers(1, 9_000))
def test_a_shard_is_as_full_as_its_limit_lets_it_be(laid, packs, limit):
    """A shard is cut where the next pack would not fit, and not before."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(mds, "SIZE_LIMIT", limit)
        index, *files = shards.write("mds", laid.tokens(packs), Path(folder))
        found = [path.read_bytes() for path in files]
        entries = json.loads(index.read_text())["shards"]
    samples = [entry["samples"] for entry in entries]
    sizes = [len(held) for held in found]
    assert all(size <= limit or count == 1 for size, count in zip(sizes, samples, strict=True))
    for size, after, count in zip(sizes, found[1:], samples[1:], strict=False):
        begin, end = np.frombuffer(after, np.uint32, count + 1, 4)[:2].tolist()
        assert size + 4 + end - begin > limit


def test_the_same_tokens_give_the_same_bytes(laid, tmp_path):
    """Index and shards depend on the tokens alone."""
    held = laid.tokens([[5, 3], [1], [300]] * 20, shard_tokens=500)
    first = shards.write("mds", held, tmp_path / "first")
    second = shards.write("mds", held, tmp_path / "second")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
