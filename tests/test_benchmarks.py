"""The generated chats hold what their truth says."""

import json
import subprocess
import sys

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
