"""Texts as ids: two engines, one result, and where each token lies."""

import json
import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.errors import MissingExtra, RecipeError
from curator.tokenizer import open_encoder, open_files

KINDS = ("byte_level", "byte_level_with_bos", "gemma", "llama", "unigram", "wordpiece", "samples")
ODD = ["<s>", "</s>", "<|end|>", "<|im_end|>", "<|im_start|>", "<0x41>", "<0x0A>", "<unk>", "▁"]
ODD += [
    "\r\n",
    "\n",
    "\t",
    "  ",
    " ",
    "é",
    "e\u0301",
    "👍🏽",
    "👨‍👩‍👧",
    "日本",
    "ﬁ",
    "\ufeff",
    "\x00",
    "\x85",
]
TEXTS = st.lists(
    st.lists(st.sampled_from([*ODD, "ferry", " the", "12"]) | st.text(max_size=4)).map("".join)
)


@pytest.fixture(scope="module")
def encoders(folders, root):
    """One for each of KINDS."""
    found = {kind: open_files(str(folders / kind)) for kind in KINDS[:-1]}
    found["samples"] = open_files(str(root / "samples" / "tokenizer"))
    return {kind: open_encoder(files) for kind, files in found.items()}


@pytest.fixture(scope="module")
def sample(encoders):
    """The samples' own tokenizer."""
    return encoders["samples"]


def same(one, other):
    return all(np.array_equal(a, b) and a.dtype == b.dtype for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("kind", KINDS)
def test_both_engines_read_every_sample_alike(kind, encoders, pages, root):
    """Whatever the tokenizer is, the fast engine gives the reference's ids."""
    lines = (root / "samples" / "chats.jsonl").read_text("utf-8", errors="replace").splitlines()
    texts = [*pages, *lines, "<|im_start|>user\nHi<|im_end|>\n<s>Hi</s>", ""]
    assert same(encoders[kind].encode(texts), encoders[kind].reference(texts))


@pytest.mark.parametrize("kind", KINDS)
@given(texts=TEXTS)
@settings(max_examples=60)
def test_both_engines_read_any_text_alike(kind, encoders, texts):
    """Control tokens, emoji, combining marks, line ends, and bytes written out as text."""
    assert same(encoders[kind].encode(texts), encoders[kind].reference(texts))


def test_the_fast_engine_covers_what_chat_models_use(encoders):
    """Byte-level BPE and BPE with byte fallback; the rest is the reference's."""
    pytest.importorskip("fastokens", exc_type=ImportError)
    fast = {kind for kind, encoder in encoders.items() if encoder.engine.startswith("fastokens ")}
    assert fast == set(KINDS) - {"unigram", "wordpiece"}
    assert encoders["unigram"].engine.startswith("tokenizers 0.23")


def test_nothing_is_put_around_a_text(encoders):
    """A tokenizer whose post-processor writes <s> first does not, and a written one is read."""
    encoder = encoders["byte_level_with_bos"]
    ids, offsets = encoder.encode(["<s>a", "a"])
    assert offsets.tolist() == [0, 2, 3]
    assert encoder.decode(ids.tolist()) == "<s>aa"


def test_control_tokens_and_named_ones_are_known(sample):
    """What the config names, as ids; a token that it does not name is None."""
    assert sample.control_tokens == ("<|endoftext|>", "<|im_end|>", "<|im_start|>")
    assert sample.control_ids.tolist() == [0, 1, 2]
    assert (sample.bos_id, sample.eos_id) == (None, 2)
    assert sample.vocab_size == 2_000


def test_ids_are_flat_and_decode_to_the_texts(sample):
    """Empty texts have a place; control tokens come back as they were written."""
    texts = ["<|im_start|>user\nHé 👍<|im_end|>\n", "", "日本"]
    ids, offsets = sample.encode(texts)
    rows = [sample.decode(ids[a:b].tolist()) for a, b in pairwise(offsets)]
    assert rows == texts


@pytest.mark.parametrize("kind", KINDS)
@given(texts=TEXTS)
@settings(max_examples=30)
def test_token_spans_are_the_references_offsets_in_bytes(kind, encoders, texts):
    """A span cuts the same characters out of the bytes as the offsets out of the text."""
    encoder = encoders[kind]
    starts, ends = encoder.token_spans(texts)
    ids, offsets = encoder.reference(texts)
    assert starts.size == ends.size == ids.size
    tokenizer = open_tokenizer(encoder)
    expected = [
        (len(text[:start].encode()), len(text[:end].encode()))
        for text in texts
        for start, end in tokenizer.encode(text, add_special_tokens=False).offsets
    ]
    assert list(zip(starts.tolist(), ends.tolist(), strict=True)) == expected
    assert offsets[-1] == len(expected)


def open_tokenizer(encoder):
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_str(encoder._reference.to_str())
    tokenizer.post_processor = None
    return tokenizer


def test_a_space_belongs_to_the_token_that_holds_it(root, tmp_path):
    """A post-processor that trims spaces from offsets has no say."""
    told = json.loads((root / "samples/tokenizer/tokenizer.json").read_text("utf-8"))
    told["post_processor"] = told["decoder"] | {"trim_offsets": True}
    (tmp_path / "tokenizer.json").write_text(json.dumps(told))
    starts, ends = open_encoder(open_files(str(tmp_path))).token_spans(["é the"])
    assert (starts[-1], ends[-1]) == (2, 6)


def test_a_tokenizer_that_cuts_or_pads_gives_all_and_no_more(root, tmp_path):
    """Its settings are for another use; neither engine keeps to them."""
    told = json.loads((root / "samples/tokenizer/tokenizer.json").read_text("utf-8"))
    told["truncation"] = {
        "direction": "Right", "max_length": 3, "strategy": "LongestFirst", "stride": 0,
    }  # fmt: skip
    told["padding"] = {
        "strategy": {"Fixed": 50}, "direction": "Right", "pad_to_multiple_of": None,
        "pad_id": 0, "pad_type_id": 0, "pad_token": "<|endoftext|>",
    }  # fmt: skip
    (tmp_path / "tokenizer.json").write_text(json.dumps(told))
    encoder = open_encoder(open_files(str(tmp_path)))
    texts = ["one two three four five six", ""]
    assert same(encoder.encode(texts), encoder.reference(texts))
    assert encoder.decode(encoder.encode(texts)[0].tolist()) == texts[0]


def test_tokens_that_only_the_config_names_are_read(root, tmp_path):
    """A trainer adds them, and takes the config's word for how one is matched; so do we."""
    told = json.loads((root / "samples/tokenizer/tokenizer.json").read_text("utf-8"))
    config = {
        "eos_token": "<|done|>",
        "added_tokens_decoder": {
            "2": {"content": "<|im_end|>", "rstrip": True, "special": True},
            "2000": {"content": "<|done|>", "special": False},
        },
        "extra_special_tokens": ["<|call|>"],
    }
    (tmp_path / "tokenizer.json").write_text(json.dumps(told))
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(config))
    encoder = open_encoder(open_files(str(tmp_path)))
    ids = encoder.encode(["<|im_end|> \n<|done|><|call|>"])[0]
    assert ids.tolist() == [2, 2000, 2001]
    assert same(encoder.encode(["a<|im_end|> b"]), encoder.reference(["a<|im_end|> b"]))
    assert (encoder.eos_id, encoder.vocab_size) == (2000, 2002)
    assert "<|done|>" in encoder.control_tokens


def test_a_config_whose_tokens_are_none_is_named(root, tmp_path):
    """It is refused before a text is read."""
    (tmp_path / "tokenizer.json").write_bytes(
        (root / "samples/tokenizer/tokenizer.json").read_bytes()
    )
    (tmp_path / "tokenizer_config.json").write_text('{"added_tokens_decoder": {"2": "<x>"}}')
    with pytest.raises(RecipeError, match="has added_tokens_decoder that are no tokens"):
        open_encoder(open_files(str(tmp_path)))


def test_the_reference_alone_is_asked_for(root):
    """Then it is the engine."""
    files = open_files(str(root / "samples" / "tokenizer"))
    assert open_encoder(files, reference_only=True).engine.startswith("tokenizers 0.23")


def test_without_the_fast_engine_the_reference_reads(root, monkeypatch):
    """It is no condition."""
    monkeypatch.setitem(sys.modules, "fastokens", None)
    files = open_files(str(root / "samples" / "tokenizer"))
    assert open_encoder(files).engine.startswith("tokenizers 0.23")


def test_without_the_reference_the_extra_is_named(root, monkeypatch):
    """The message is the command that helps."""
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(MissingExtra) as caught:
        open_encoder(open_files(str(root / "samples" / "tokenizer")))
    assert str(caught.value) == (
        "tokenizers is not installed\n  hint: pip install 'curator-toolkit[train]'"
    )


def test_what_is_no_tokenizer_is_named(tmp_path):
    """A file that holds something else."""
    (tmp_path / "tokenizer.json").write_text('{"a": 1}')
    with pytest.raises(RecipeError, match="is not a tokenizer: "):
        open_encoder(open_files(str(tmp_path)))


def test_the_samples_tokenizer_is_what_its_script_gives(root, tmp_path):
    """The same samples, the same bytes, with one thread or many."""
    pytest.importorskip("tokenizers", exc_type=ImportError)
    folder = root / "samples" / "tokenizer"
    out = tmp_path / "tokenizer.json"
    subprocess.run([sys.executable, folder / "train.py", out], check=True)
    assert out.read_bytes() == (folder / "tokenizer.json").read_bytes()
