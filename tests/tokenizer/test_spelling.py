"""The bytes of every id, where ids joined are the text."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.kernels.buffers import text_buffers
from curator.kernels.spell import spell
from curator.tokenizer import open_encoder, open_files
from curator.tokenizer.spelling import spelling

SPELLING = ("byte_level", "byte_level_with_bos", "gemma")


@pytest.fixture(scope="module")
def encoders(folders):
    """Those whose ids spell bytes, by kind."""
    return {kind: open_encoder(open_files(str(folders / kind))) for kind in SPELLING}


def word(table, number):
    return table.data[table.offsets[number] : table.offsets[number + 1]].tobytes()


@pytest.mark.parametrize("kind", SPELLING)
@given(text=st.text(max_size=12) | st.sampled_from(["<s>a</s>", "<|end|>\r\n ", " a  b 👍🏽"]))
@settings(max_examples=60)
def test_the_bytes_of_the_ids_are_the_text_and_what_decoding_gives(kind, encoders, text):
    """Also where a character is cut over tokens, none of which is a character."""
    encoder = encoders[kind]
    ids = encoder.encode([text])[0].tolist()
    spelled = b"".join(word(encoder.spelling, number) for number in ids)
    assert spelled.decode() == (text.replace("▁", " ") if kind == "gemma" else text)
    assert encoder.decode(ids) == spelled.decode()


def test_the_bytes_of_every_id_are_those_that_it_decodes_to(encoders):
    """Each id alone, where it holds whole characters."""
    encoder = encoders["byte_level"]
    for number in range(encoder.vocab_size):
        assert encoder.decode([number]) == word(encoder.spelling, number).decode(errors="replace")


def test_a_byte_is_a_byte_only_where_the_decoder_falls_back():
    """<0x41> is one token's name for a byte, or six characters."""
    vocab, parts = {"▁a": 0, "<0x41>": 1, "<s>": 2}, [{"type": "ByteFallback"}]
    space = {"type": "Replace", "pattern": {"String": "▁"}, "content": " "}
    with_bytes = spelling({"type": "Sequence", "decoders": [space, *parts]}, vocab, {2: "<s>"})
    without = spelling({"type": "Sequence", "decoders": [space]}, vocab, {2: "<s>"})
    assert [word(with_bytes, number) for number in range(3)] == [b" a", b"A", b"<s>"]
    assert word(without, 1) == b"<0x41>"


def test_an_added_token_stands_as_it_is_written():
    """Its signs are its own, whatever they stand for in other tokens."""
    table = spelling({"type": "ByteLevel"}, {"Ġa": 0, "Ġb": 1}, {1: "Ġb"})
    assert [word(table, number) for number in range(2)] == [b" a", "Ġb".encode()]


def test_ids_that_are_missing_spell_nothing():
    """A vocabulary may have holes."""
    table = spelling({"type": "ByteLevel"}, {"Ġa": 2}, {})
    assert table.offsets.tolist() == [0, 0, 0, 2]


def test_a_name_outside_the_byte_table_is_its_own_text():
    """As the decoder has it."""
    assert word(spelling({"type": "ByteLevel"}, {"a 日": 0}, {}), 0) == "a 日".encode()


@pytest.mark.parametrize(
    "decoder",
    [
        None,
        {"type": "WordPiece", "prefix": "##", "cleanup": True},
        {"type": "BPEDecoder", "suffix": "</w>"},
        {"type": "Sequence", "decoders": [{"type": "ByteFallback"}, {"type": "Fuse"}]},
        {"type": "Replace", "pattern": {"Regex": "_"}, "content": " "},
    ],
)
def test_a_decoder_that_joins_no_bytes_has_no_table(decoder):
    """Then the reference says where tokens lie."""
    assert spelling(decoder, {"a": 0}, {}) is None


def test_a_row_that_was_normalised_does_not_spell(folders):
    """A space that the tokenizer put in front, and a ligature that it took apart."""
    for kind, text in (("llama", "ferry"), ("unigram", "ﬁ")):
        encoder = open_encoder(open_files(str(folders / kind)))
        texts, table = text_buffers(pl.Series([text])), encoder.spelling
        starts, is_spelled = spell(*encoder.encode([text]), *texts, table.offsets, table.data)
        assert not is_spelled.any()
        assert np.all(starts == -1)
