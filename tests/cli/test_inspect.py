"""A pack is shown as it stands in the file: who is in it, and which words are trained on."""

import json
import os
import subprocess
import sys

import pytest

CHATS = [
    ("Where is my \x1b[31mbag?", "At desk ⟦4⟧."),
    ("When do we sail?", "At noon."),
    ("May my dog come?", "Yes."),
]


def curator(folder, *arguments, **environment):
    """Run the command as a user does."""
    command = [sys.executable, "-m", "curator", *arguments]
    return subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | environment,
    )


@pytest.fixture(scope="module")
def desk(tmp_path_factory, root):
    """Make an export of three chats, all of them in one pack."""
    folder = tmp_path_factory.mktemp("desk")
    lines = [json.dumps({"input": asked, "output": said}) for asked, said in CHATS]
    (folder / "chats.jsonl").write_text("\n".join(lines) + "\n")
    (folder / "desk.yaml").write_text(
        "name: desk\nread:\n  - jsonl: {path: chats.jsonl, map: {input: input, output: output}}\n"
        f"write:\n  - trainer: {{tokenizer: {root / 'samples' / 'tokenizer'}, max_length: 128,"
        " formats: [packed, unpacked, megatron_bridge, mds]}\n"
    )
    done = curator(folder, "run", "desk.yaml", "--out", "run")
    assert done.returncode == 0, done.stderr
    return folder


def test_what_is_trained_on_stands_between_marks_where_there_is_no_colour(desk):
    """Control characters are blanked, and marks in the text are not ours."""
    shown = curator(desk, "inspect", "run").stdout
    assert shown.startswith("train, pack 0 of 1\npacked/train-00000-of-00001.parquet: 3 segments, ")
    assert "what is trained on stands between ⟦ and ⟧" in shown
    assert "<|im_start|>assistant\n⟦At noon.<|im_end|>⟧\n" in shown
    assert "<|im_start|>assistant\n⟦At desk [[4]].<|im_end|>⟧\n" in shown
    assert "Where is my  [31mbag?<|im_end|>\n" in shown


def test_a_terminal_shows_it_in_colour(desk):
    """What is trained on is bright, what is only read is dim."""
    shown = curator(desk, "inspect", "run", FORCE_COLOR="1", TERM="xterm").stdout
    assert "\x1b[1;32mAt noon.<|im_end|>\x1b[0m" in shown
    assert "\x1b[2m<|im_start|>user\x1b[0m" in shown
    assert "⟦" not in shown


@pytest.mark.parametrize("files", ["packed", "megatron_bridge", "mds"])
def test_json_gives_ids_labels_and_the_text_of_each_token(desk, files):
    """A script sees the same, whatever the format of the files."""
    told = json.loads(curator(desk, "inspect", "run", "--files", files, "--format", "json").stdout)
    assert (told["split"], told["pack"], told["packs"], len(told["segments"])) == ("train", 0, 1, 3)
    for segment in told["segments"]:
        pairs = zip(segment["labels"], segment["ids"], strict=True)
        assert all(label in (-100, one) for label, one in pairs)
        answers = [run["text"] for run in segment["runs"] if run["is_trained"]]
        assert answers[0] in {f"{said}<|im_end|>" for _, said in CHATS}
        assert len(segment["texts"]) == segment["tokens"]
        assert segment["trained"] == sum(label != -100 for label in segment["labels"])


def test_a_row_of_unpacked_files_is_shown_alone(desk):
    """They are in reading order."""
    asked = ["inspect", "run", "--files", "unpacked", "--pack", "2", "--format", "json"]
    told = json.loads(curator(desk, *asked).stdout)
    assert told["packs"] == 3
    assert "".join(told["segments"][0]["texts"]).endswith("Yes.<|im_end|>\n")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["run", "--pack", "7"], 2, "error: train has no pack 7\n  hint: packs 0 to 0\n"),
        (["run", "--split", "test"], 2, "error: test has no rows\n  hint: --split train\n"),
        (
            ["run", "--files", "megatron"],
            2,
            "error: there are no megatron files\n  hint: there are ",
        ),
        (["."], 3, "error: .: there is no trainer export here\n  hint: put trainer under write: "),
    ],
)
def test_what_is_not_there_is_refused_with_a_hint(desk, arguments, code, words):
    """Nobody is left to guess which packs there are."""
    done = curator(desk, "inspect", *arguments)
    assert done.returncode == code
    assert done.stderr.startswith(words)


def test_a_table_that_tells_of_another_pack_is_no_guide(desk, tmp_path):
    """Names are not put to tokens that are not theirs."""
    import shutil

    import polars as pl

    path = shutil.copytree(desk / "run", tmp_path / "run") / "trainer" / "segments.parquet"
    rows = pl.read_parquet(path)
    rows.with_columns(tokens=pl.col("tokens") + 1).write_parquet(path)
    done = curator(tmp_path, "inspect", "run")
    assert done.returncode == 3
    assert "pack 0 of packed is not the one that segments.parquet tells of" in done.stderr


def test_explain_says_in_which_pack_a_row_stands(desk):
    """From a row to its tokens and back."""
    told = json.loads(curator(desk, "inspect", "run", "--format", "json").stdout)
    for place, segment in enumerate(told["segments"]):
        counts = f"{segment['tokens']} tokens, {segment['trained']} trained"
        line = f"in        trainer/: pack 0 of train, place {place}: {counts}\n"
        assert line in curator(desk, "explain", "run", segment["id"]).stdout
