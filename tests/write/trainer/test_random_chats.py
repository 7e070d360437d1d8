"""Random chats, from records to files: every token once, masks exact, no example cut by a pack."""

import json
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curator.task import Task
from curator.tokenizer import open_encoder, open_files
from curator.write import trainer

END = "<|im_end|>"
ODD = ["", " ", "\n", "\n\nyes\n", "é" * 9, "<|im_", "|>", "👩‍👩‍👧", "a\u2028b", "no " * 20]
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.sampled_from(ODD)
ANSWERS = st.fixed_dictionaries({"content": TEXTS, "weight": st.sampled_from([None, 0, 1])})
CHATS = st.lists(st.lists(st.tuples(TEXTS, ANSWERS), min_size=1, max_size=4), max_size=9)
OPTIONS = st.fixed_dictionaries(
    {
        "train_on": st.sampled_from(["completion", "assistant", "all"]),
        "overflow": st.sampled_from(["drop", "split_turns", "truncate_end"]),
        "max_length": st.sampled_from([24, 64, 512]),
        "max_segments": st.sampled_from([None, 2]),
    }
)


def messages(chat):
    """Give a chat as messages: a user's and an assistant's in turn."""
    for asked, answer in chat:
        yield {"role": "user", "content": asked}
        yield {"role": "assistant", **answer}


def written(chat, train_on):
    """Write a chat in ChatML, byte by byte, and say which bytes count."""
    text, counts = b"", []
    for turn, (asked, answer) in enumerate(chat):
        before = f"<|im_start|>user\n{asked}{END}\n<|im_start|>assistant\n".encode()
        said = f"{answer['content']}{END}".encode()
        is_asked = train_on != "completion" or turn == len(chat) - 1
        text += before + said + b"\n"
        counts += [train_on == "all"] * len(before)
        counts += [answer["weight"] != 0 and is_asked] * len(said) + [train_on == "all"]
    return text.decode(), np.array(counts)


def tokens(encoder, text, counts):
    """Give the ids of a text by the reference, and their labels."""
    ids, _ = encoder.reference([text])
    bounds = np.cumsum([0, *np.diff(encoder.spelling.offsets)[ids]])
    is_trained = [counts[a:b].all() for a, b in pairwise(bounds)]
    return ids, np.where(is_trained, ids, -100)


@pytest.fixture
def export(records, manifest, root):
    """Write chats in packs and in rows; give both, the table, the ledger, and tokens by name."""

    def write(chats, options):
        asked = trainer.Options(
            tokenizer=str(root / "samples" / "tokenizer"), template="chatml",
            formats=("packed", "unpacked"), **options,
        )  # fmt: skip
        rows = records(*({"messages": list(messages(chat))} for chat in chats))
        with TemporaryDirectory() as folder:
            out = Path(folder)
            trainer.write(rows, asked, out, task=Task(), manifest=manifest)
            ledger = json.loads((out / "trainer.json").read_text())["ledger"]
            skipped = (out / "skipped.jsonl").read_text() if ledger["dropped"] else ""
            frames = [pl.read_parquet(out / name / "*") for name in asked.formats]
            places = pl.read_parquet(out / "segments.parquet")
        encoder = open_encoder(open_files(asked.tokenizer), reference_only=True)
        every = [tokens(encoder, *written(chat, asked.train_on)) for chat in chats]
        gone = sum(json.loads(line)["tokens"] for line in skipped.splitlines())
        return *frames, places, ledger, gone, every

    return write


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(chats=CHATS, asked=OPTIONS)
def test_every_token_stands_once_and_counts_where_it_should(export, chats, asked):
    """In packs and in rows; what stands nowhere is named, and the sum closes."""
    chats = [[("q", {"content": "a", "weight": 1})], *chats]
    packed, unpacked, places, ledger, gone, every = export(chats, asked)
    left = {(row, at) for row, (ids, _) in enumerate(every) for at in range(ids.size)}
    assert len(left) == ledger["tokens"]
    segments = []
    for row, start, size in places.select("row", "start_token", "tokens").iter_rows():
        here = {(row, at) for at in range(start, start + size)}
        assert here <= left
        left -= here
        segments.append([each[start : start + size].tolist() for each in every[row]])
    assert len(left) == gone + ledger["truncated"]
    order = places.with_row_index().sort("row", "start_token")["index"]
    for number, name in enumerate(("input_ids", "labels")):
        assert packed[name].explode().to_list() == [
            one for each in segments for one in each[number]
        ]
        assert unpacked[name].to_list() == [segments[at][number] for at in order]
    lengths = packed["seq_lengths"]
    assert lengths.explode().to_list() == places["tokens"].to_list()
    assert lengths.list.sum().max() <= asked["max_length"]
    assert lengths.list.len().max() <= (asked["max_segments"] or len(segments))
