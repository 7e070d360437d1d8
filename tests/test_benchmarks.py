"""The generated chats hold what their truth says; batches of both layouts hold the same tokens."""

import json
import subprocess
import sys
from time import sleep

import numpy as np
import pytest


@pytest.fixture(scope="module")
def generated(root, tmp_path_factory):
    """Generate so many rows; the lines and the truth."""
    folder = tmp_path_factory.mktemp("chats")

    def make(rows):
        out = folder / f"{rows}.jsonl"
        command = [sys.executable, "-m", "benchmarks.generate", "--rows", str(rows), "--out", out]
        subprocess.run(command, cwd=root, check=True, capture_output=True)
        return out.read_bytes().splitlines(), json.loads(out.with_suffix(".truth.json").read_text())

    return make


@pytest.fixture(scope="module")
def chats(generated):
    return generated(3_000)


def said(line):
    return [message["content"] for message in json.loads(line)["messages"]]


def test_fewer_rows_are_a_prefix_of_more(generated, chats):
    """The same seed gives the same bytes, however many rows are asked for."""
    lines, truth = generated(1_000)
    assert lines == chats[0][:1_000]
    assert truth["near"] == [entry for entry in chats[1]["near"] if entry[0] <= 1_000]


def test_broken_lines_are_those_named(chats):
    """Every line but the planted ones is a chat; each planted one is broken as it says."""
    lines, truth = chats
    broken = dict(truth["invalid"])
    assert {"json", "utf-8", "duplicate key", "type"} == set(broken.values())
    for number, line in enumerate(lines, 1):
        if number not in broken:
            assert said(line)
        elif broken[number] == "duplicate key":
            assert line.count(b'"topic"') == 2
        else:
            with pytest.raises((ValueError, TypeError)):
                said(line)


def test_repeats_repeat(chats):
    """Exact repeats say the same as an earlier row; conflicts do too, under another topic."""
    lines, truth = chats
    assert truth["exact"]
    assert truth["conflict"]
    for line, of in truth["exact"] + truth["conflict"]:
        assert of < line
        assert said(lines[line - 1]) == said(lines[of - 1])
        same_topic = json.loads(lines[line - 1])["topic"] == json.loads(lines[of - 1])["topic"]
        assert same_topic == ([line, of] in truth["exact"])


def test_near_repeats_are_as_alike_as_told(chats):
    """The similarity that the truth tells is the one by which curator judges."""
    import polars as pl

    from curator import similarity

    lines, truth = chats
    assert any(alike < 0.7 for *_, alike in truth["near"])
    for line, of, alike in truth["near"][:40]:
        texts = ["\n".join(said(lines[at - 1])[:-1]) for at in (of, line)]
        rows = pl.LazyFrame({"position": [0, 1], "text": texts})
        signed = rows.with_columns(bands=similarity.bands(pl.col("text"), threshold=0.2))
        found = similarity.pairs(signed, threshold=0.2).collect()["jaccard"].to_list()
        assert found == [pytest.approx(alike, abs=1e-6)]


def examples(*lengths):
    """Examples of so many tokens, the first third of each not trained on."""
    from benchmarks.train_throughput import Example

    made = []
    for number, length in enumerate(lengths):
        ids = np.arange(length) + 100 * number
        made.append(Example(ids, np.where(np.arange(length) < length // 3, -100, ids)))
    return made


def test_throughput_takes_a_folder_and_has_defaults_without_torch():
    """The command line is read before anything heavy is imported."""
    from benchmarks import train_throughput

    asked = train_throughput.arguments(["out/trainer", "--size", "toy"])
    assert (asked.folder.name, asked.split, asked.size, asked.steps) == (
        "trainer", "train", "toy", 20,
    )  # fmt: skip


def test_both_layouts_train_on_the_same_tokens():
    """Flat or padded, no first token of an example is a target, and all other labels are."""
    from benchmarks.train_throughput import flat, padded

    some = examples(5, 2, 9)
    laid, rows = flat(some), padded(some)
    assert laid.ids.shape == (1, 16)
    assert laid.position_ids[0].tolist() == [*range(5), *range(2), *range(9)]
    assert rows.ids.shape == (3, 9)
    expected = [label for example in some for label in example.labels[1:] if label != -100]
    for batch in (laid, rows):
        assert batch.labels[batch.labels != -100].tolist() == expected
        assert batch.lengths.sum() == 16


def test_a_batch_has_no_more_positions_than_asked():
    """Padding counts: rows are added while the longest times their number fits."""
    from benchmarks.train_throughput import packed_batches, padded_batches

    padded = padded_batches(examples(5, 2, 9, 3, 3), 16)
    assert [batch.ids.shape for batch in padded] == [(2, 5), (1, 9), (2, 3)]
    packed = packed_batches([examples(5, 2), examples(9), examples(3, 3)], 16)
    assert [batch.ids.shape for batch in packed] == [(1, 16), (1, 6)]


def test_layouts_of_other_examples_are_refused(tmp_path):
    """A comparison is of the same examples, or there is none."""
    import polars as pl

    from benchmarks.train_throughput import arguments, steps

    for name, extra, first in (("packed", "seq_lengths", 1), ("unpacked", "attention_mask", 2)):
        (tmp_path / name).mkdir()
        ids = [first, 2, 3]
        row = {"input_ids": [ids], "labels": [ids], extra: [[3] if first == 1 else [1, 1, 1]]}
        pl.DataFrame(row).write_parquet(tmp_path / name / "train-00000-of-00001.parquet")
    with pytest.raises(SystemExit, match="a packed example is not among the unpacked rows"):
        steps(tmp_path, arguments([str(tmp_path), "--packs", "1"]))


def test_a_share_of_the_work_counts_as_the_whole():
    """A peer that does a tenth of the rows is told ten times the time."""
    from benchmarks.timing import Comparison, measure

    def timing(scale):
        work = {"ours": lambda: None, "theirs": lambda: sleep(0.01), "at_least": 1}
        return measure(Comparison(path="", peer="", peer_scale=scale, **work), runs=1).peer_s

    assert timing(10) > 5 * timing(1)
