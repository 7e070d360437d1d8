"""What a file holds is compared with what it should hold, whatever its format."""

from dataclasses import replace

import numpy as np
import pytest

from curator.errors import WriteError
from curator.write.trainer import read_back, shards
from curator.write.trainer.stored import IN_PACKS

FORMATS = (*IN_PACKS, "unpacked")
PACKS = [[5, 3], [12], [2, 2, 4]]


def changed(held, **arrays):
    """Give the same examples with other arrays."""
    return replace(held, segments=held.segments._replace(**arrays))


@pytest.fixture
def written(laid, tmp_path):
    """Write packs in a format; give the folder."""

    def write(held, form):
        (tmp_path / form).mkdir(exist_ok=True)
        shards.write(form, held, tmp_path / form)
        return tmp_path / form

    return write


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("shard_tokens", [1 << 26, 12])
def test_files_that_hold_what_they_should(written, laid, form, shard_tokens):
    """In one file or in several."""
    held = laid.tokens(PACKS, shard_tokens=shard_tokens)
    read_back.hold(held, written(held, form))


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(("name", "what"), [("ids", "token"), ("mask", "label")])
def test_one_token_that_is_another(written, laid, form, name, what):
    """The file and the pack are named."""
    held = laid.tokens(PACKS)
    array = getattr(held.segments, name).copy()
    array[-1] ^= 1  # the last token of an example, which counts
    with pytest.raises(WriteError, match=rf"a {what} of pack \d is another") as caught:
        read_back.hold(changed(held, **{name: array}), written(held, form))
    assert "train" in caught.value.where


@pytest.mark.parametrize("form", IN_PACKS)
def test_packs_that_are_others(written, laid, form):
    """Too few, too many, or with an example that stands in the pack before its own."""
    held = laid.tokens(PACKS)
    fewer = replace(held, packs=shards.between(held.packs, 0, 2))
    moved = replace(held, packs=held.packs._replace(offsets=np.array([0, 1, 3, 6])))
    for meant, made, what in (
        (held, fewer, "train has 2 packs of 3"),
        (fewer, held, "it holds more packs than the 2 there are"),
        (held, moved, "a segment from pack 0 on has another length"),
    ):
        with pytest.raises(WriteError, match=what):
            read_back.hold(meant, written(made, form))


def test_a_file_that_cannot_be_read(written, laid):
    """It is as bad as one that holds something else."""
    held = laid.tokens(PACKS)
    (path,) = written(held, "packed").glob("*.parquet")
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(WriteError, match="train cannot be read"):
        read_back.hold(held, path.parent)


def test_passages_are_read_back_by_their_index(written, laid):
    """All of them counts."""
    held = laid.tokens(PACKS)
    held = changed(held, mask=np.ones_like(held.segments.mask))
    folder = written(held, "megatron")
    read_back.hold(held, folder)
    data = (folder / "train.bin").read_bytes()
    (folder / "train.bin").write_bytes(bytes([data[0] ^ 1]) + data[1:])
    with pytest.raises(WriteError, match="a token of pack 0 is another"):
        read_back.hold(held, folder)
