"""Megatron's data and index, read by the layout as it is documented."""

import struct

import numpy as np
import pytest

from curator.write.trainer import shards


def read(data, index):
    """Read all documents of a pair of files."""
    held = index.read_bytes()
    assert held[:9] == b"MMIDIDX\x00\x00"
    version, code, count, documents = struct.unpack("<QBQQ", held[9:34])
    assert version == 1
    kind = {4: np.int32, 8: np.uint16}[code]
    lengths = np.frombuffer(held, np.int32, count, 34)
    pointers = np.frombuffer(held, np.int64, count, 34 + 4 * count)
    bounds = np.frombuffer(held, np.int64, documents, 34 + 12 * count)
    assert len(held) == 34 + 12 * count + 8 * documents
    assert bounds.tolist() == list(range(count + 1))
    stored = data.read_bytes()
    pairs = zip(lengths, pointers, strict=True)
    return kind, [np.frombuffer(stored, kind, length, at).tolist() for length, at in pairs]


@pytest.mark.parametrize(
    ("vocab_size", "kind"), [(65_499, np.uint16), (65_500, np.int32), (152_000, np.int32)]
)
def test_each_example_is_a_document_in_reading_order(laid, tmp_path, monkeypatch, vocab_size, kind):
    """Tokens are as wide as Megatron expects for the vocabulary, and nothing is packed."""
    monkeypatch.setattr("curator.write.trainer.shards.megatron._PART_TOKENS", 7)
    held = laid.tokens([[5, 3], [1], [12]], vocab_size=vocab_size)
    paths = shards.write("megatron", held, tmp_path)
    assert [path.name for path in paths] == ["train.bin", "train.idx"]
    assert read(*paths) == (kind, [laid.example(held, index).ids for index in range(4)])


def test_the_same_tokens_give_the_same_bytes(laid, tmp_path):
    """Both files depend on the tokens alone."""
    held = laid.tokens([[5, 3], [1]])
    first = shards.write("megatron", held, tmp_path / "first")
    second = shards.write("megatron", held, tmp_path / "second")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
