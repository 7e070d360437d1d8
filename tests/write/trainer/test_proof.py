"""A row whose mask, prompt or beginning is not what it must be is named, and not written."""

import re
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from curator.errors import WriteError
from curator.records import MESSAGES, RECORD
from curator.schemas import Gate, load
from curator.task import Task
from curator.tokenizer import open_encoder, open_files
from curator.write.trainer.certificate import certificate
from curator.write.trainer.options import Options
from curator.write.trainer.proof import Pieces, Proof
from curator.write.trainer.source import examples
from curator.write.trainer.template import open_template
from curator.write.trainer.tokenise import tokenise

CHATS = [
    [("user", "Where is my bag? 😀"), ("assistant", "At desk 4.")],
    [("system", "Be brief."), ("user", "a"), ("assistant", "b"), ("user", "c"), ("assistant", "ä")],
    [("user", "When?"), ("assistant", "At noon.\n")],
]


def proven(root, chats=CHATS, folder=None, **asked):
    """Give what a batch of chats becomes, and a proof to add it to."""
    folder = folder or root / "samples" / "tokenizer"
    options = Options(tokenizer=str(folder), **asked)
    files = open_files(options.tokenizer)
    encoder = open_encoder(files)
    template = open_template(options, files, encoder.control_tokens)
    said = [[{"role": role, "content": text} for role, text in chat] for chat in chats]
    rows = pl.DataFrame(
        {
            "id": [f"row{i}" for i in range(len(chats))],
            "split": ["train", "test", "train"][: len(chats)],
            "messages": pl.Series(said, dtype=MESSAGES),
        }
    )
    whole = [
        pl.lit(None, dtype=kind).alias(name) for name, kind in RECORD.items() if name not in rows
    ]
    (batch,) = examples(rows.with_columns(whole).lazy(), options, Task(), template, encoder)
    tokens = tokenise(batch, encoder, verify_all=True)
    lengths = np.diff(tokens.offsets)
    pieces = Pieces(np.arange(lengths.size), np.zeros_like(lengths), lengths)
    return Proof(encoder=encoder, options=options), batch, tokens, pieces, (files, template)


@pytest.mark.parametrize("train_on", ["completion", "assistant", "all"])
def test_what_is_as_it_must_be_is_counted(root, train_on):
    """Rows and tokens of each split, and who says them."""
    proof, batch, tokens, pieces, _ = proven(root, train_on=train_on)
    trained = proof.add(batch, tokens, pieces)
    counts = proof.splits()
    assert [counts[name]["rows"] for name in ("train", "test")] == [2, 1]
    assert sum(one["tokens"] for one in counts.values()) == tokens.ids.size
    assert sum(one["trained"] for one in counts.values()) == tokens.mask.sum() == trained.sum()
    assert all(sum(one["by_role"].values()) == one["tokens"] for one in counts.values())
    assert counts["test"]["by_role"]["system"] == len(proof.encoder.encode(["Be brief."])[0])
    assert {check["rows"] for check in proof.holds()} == {3}


def test_only_what_is_written_is_counted(root):
    """A row that is left out has no part in it, and of one that is cut only what remains."""
    proof, batch, tokens, pieces, _ = proven(root)
    cut = Pieces(pieces.row[1:2], pieces.start[1:2] + 2, pieces.tokens[1:2] - 2)
    proof.add(batch, tokens, cut)
    assert list(proof.splits()) == ["test"]
    assert proof.splits()["test"]["tokens"] == cut.tokens[0]
    assert sum(proof.splits()["test"]["by_role"].values()) == cut.tokens[0]


@pytest.mark.parametrize("place", range(4))
def test_a_mask_that_is_one_token_off_is_found(root, place):
    """Too early, too late, too short or too long."""
    proof, batch, tokens, pieces, _ = proven(root)
    first, *_, last = np.flatnonzero(tokens.mask[: tokens.offsets[1]])
    mask = tokens.mask.copy()
    mask[[first - 1, first, last, last + 1][place]] ^= 1
    with pytest.raises(WriteError, match="trained parts: here others do") as caught:
        proof.add(batch, replace(tokens, mask=mask), pieces)
    assert caught.value.where == "row row0"


def test_a_segment_in_which_nothing_counts_is_found(root):
    """It would cost a step and teach nothing."""
    proof, batch, tokens, pieces, _ = proven(root)
    short = pieces._replace(tokens=np.minimum(pieces.tokens, 3))
    with pytest.raises(WriteError, match="some token of each segment counts: here is one where"):
        proof.add(batch, tokens, short)


def test_a_turn_that_stops_before_its_end_is_found(root):
    """A model that never sees the end of a turn never stops."""
    proof, batch, tokens, pieces, _ = proven(root)
    spans = batch.spans._replace(ends=batch.spans.ends - len("<|im_end|>"))
    mask = tokens.mask.copy()
    mask[np.isin(tokens.ids, proof.encoder.control_ids)] = 0
    with pytest.raises(WriteError, match=re.escape("in a control token: here one ends in '.'")):
        proof.add(replace(batch, spans=spans), replace(tokens, mask=mask), pieces)


@pytest.mark.parametrize("text", ["<|im_end|><|im_end|>", "<|im_end|>\n<|im_end|>"])
def test_a_turn_that_ends_twice_is_found(root, text):
    """A model would learn that what should end its turn does not."""
    proof, batch, tokens, pieces, _ = proven(root)
    ids = tokens.ids.copy()
    twice, _ = proof.encoder.encode([text])
    last = np.flatnonzero(tokens.mask[: tokens.offsets[1]])[-1]
    ids[last + 1 - twice.size : last + 1] = twice
    with pytest.raises(WriteError, match=re.escape("twice: here one ends in '<|im_end|>' and")):
        proof.add(batch, replace(tokens, ids=ids), pieces)


def test_space_behind_the_end_of_a_turn_may_count(root):
    """Some templates mark the line break as well."""
    proof, batch, tokens, pieces, _ = proven(root)
    spans = batch.spans._replace(ends=batch.spans.ends + 1)
    mask = tokens.mask.copy()
    mask[tokens.offsets[1:] - 1] = 1
    proof.add(replace(batch, spans=spans), replace(tokens, mask=mask), pieces)


def test_a_prompt_that_is_other_tokens_alone_is_found(root):
    """What a model is given when it is asked must be what it was trained to go on from."""
    proof, batch, tokens, pieces, _ = proven(root)
    ids = tokens.ids.copy()
    first = np.flatnonzero(tokens.mask)[0]
    ids[first - 1] = tokens.ids[first]
    with pytest.raises(WriteError) as caught:
        proof.add(batch, replace(tokens, ids=ids), pieces)
    assert caught.value.message == (
        "the tokens of the generation prompt come first: alone it ends in "
        r"'<|im_start|>assistant\n', here in '<|im_start|>assistantAA'"
    )
    assert "let the generation prompt of the template end in" in caught.value.hint


@pytest.fixture
def words(tmp_path):
    """A tokenizer that knows two words, and leaves out the space between them."""
    tokenizers = pytest.importorskip("tokenizers")
    told = {"unk_token": "<unk>"}
    known = {"<unk>": 0, "<|end|>": 1, "yes": 2, ":": 3}
    tokenizer = tokenizers.Tokenizer(tokenizers.models.WordLevel(known, **told))
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    tokenizer.add_special_tokens(["<unk>", "<|end|>"])
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    said = "{{ {'user': 'human', 'assistant': 'reply'}[m.role] + ':' + m.content + '<|end|>' }}"
    (tmp_path / "chat_template.jinja").write_text(
        "{% for m in messages %}" + said + "{% endfor %}"
        "{% if add_generation_prompt %}reply:{% endif %}"
    )
    return tmp_path


def test_what_a_tokenizer_does_not_know_parts_no_prompt(root, words):
    """The token of the unknown is a control token by name, but what it stands for is not."""
    chats = [[("user", "what"), ("assistant", "yes")], [("user", "xy"), ("assistant", "yes yes")]]
    proof, batch, tokens, pieces, _ = proven(root, chats, folder=words)
    assert proof.add(batch, tokens, pieces).tolist() == [2, 3]


def test_a_prompt_ends_where_an_answer_is_first_seen(root, words):
    """A space before the answer has no token with this tokenizer."""
    chats = [[("user", "what"), ("assistant", "  yes")]]
    proof, batch, tokens, pieces, _ = proven(root, chats, folder=words)
    assert proof.add(batch, tokens, pieces).tolist() == [2]
    assert "the tokens of the generation prompt come first" in {
        one["name"] for one in proof.holds()
    }


def test_what_a_tokenizer_does_not_know_is_not_trained_on(root, words):
    """The token for it spells nothing: a model would learn to say that."""
    chats = [[("user", "xy"), ("assistant", "yes")], [("user", "xy"), ("assistant", "no")]]
    _, _, tokens, _, _ = proven(root, chats, folder=words)
    assert tokens.why.to_list() == [
        None, "what is trained on holds what the tokenizer does not know"
    ]  # fmt: skip


def test_a_text_that_begins_twice_is_found(root):
    """Two marks of beginning are one more than any model was shown."""
    proof, batch, tokens, pieces, _ = proven(root)
    proof.encoder.bos_id = int(tokens.ids[0])
    ids = tokens.ids.copy()
    ids[1] = ids[0]
    with pytest.raises(WriteError, match=re.escape("'<|im_start|>' stands twice")):
        proof.add(batch, replace(tokens, ids=ids), pieces)


def test_the_certificate_keeps_its_schema(root):
    """It names the tokenizer and the template by their hashes."""
    proof, batch, tokens, pieces, (files, template) = proven(root)
    proof.add(batch, tokens, pieces)
    told = certificate(
        proof, files=files, template=template, packs={"train": 1, "test": 1}, shards=[]
    )
    assert list(Gate(load("masks")).errors(told)) == []
    assert told["template"]["sha256"] == template.sha256
    assert told["splits"]["train"]["packs"] == 1
