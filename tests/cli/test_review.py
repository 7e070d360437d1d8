"""From the shell: rows go out, what people say comes back, and what is missing says what to run."""

import json
import os
import subprocess
import sys

import pytest


@pytest.fixture
def desk(tmp_path):
    """Stand in a folder with a recipe that asks for reviews."""
    lines = [
        f"where is the lost {word} of row {i * 7},{'ab'[i % 2]}"
        for i, word in enumerate("pqrstuvw")
    ]
    (tmp_path / "rows.csv").write_text("text,topic\n" + "\n".join(lines) + "\n")
    (tmp_path / "desk.yaml").write_text(
        "name: desk\ntask: {output: {labels: from_data}}\n"
        "read:\n  - csv: {path: rows.csv, map: {input: text, label: topic}}\nselect: [split]\n"
        "review:\n  - worksheet: {path: asked.jsonl, queue: all}\nwrite: [instruction_set]\n"
    )
    return tmp_path


def curator(folder, *arguments):
    """Run the command as a user does."""
    command = [sys.executable, "-m", "curator", *arguments]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env=os.environ
    )


def test_the_round_trip_from_the_shell(desk):
    """Run, send, answer, collect, run: each step says what comes next."""
    waits = curator(desk, "run", "-q", "desk.yaml")
    assert waits.returncode == 5
    assert "8 of 8 rows wait for a verdict" in waits.stderr
    sent = curator(desk, "review", "send", "desk.yaml")
    assert sent.stdout.splitlines() == [
        "8 rows are out for review: asked.jsonl",
        "when people have answered: curator review collect desk.yaml",
    ]
    rows = [json.loads(line) for line in (desk / "asked.jsonl").read_text().splitlines()]
    answered = [json.dumps({**row, "verdict": "keep"}) for row in rows]
    (desk / "asked.jsonl").write_text("\n".join(answered) + "\n")
    told = json.loads(curator(desk, "review", "collect", "desk.yaml", "--format", "json").stdout)
    assert (told["added"], told["status"]) == (8, {"approved": 8})
    assert curator(desk, "run", "-q", "desk.yaml").returncode == 0


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("send",), "there are no records to review"),
        (("collect",), "nothing was sent yet"),
        (("agreement",), "there are no reviews yet"),
    ],
)
def test_what_is_missing_says_what_to_run(desk, command, words):
    """Each command needs the one before it."""
    done = curator(desk, "review", *command, "desk.yaml")
    assert done.returncode == 5
    assert words in done.stderr
    assert "hint: curator" in done.stderr


def test_flags_stand_in_for_a_recipe_that_asks_for_nothing(desk):
    """Where and which rows: the same options, from the shell."""
    text = (desk / "desk.yaml").read_text()
    (desk / "desk.yaml").write_text(
        text.replace("review:\n  - worksheet: {path: asked.jsonl, queue: all}\n", "")
    )
    assert curator(desk, "run", "-q", "desk.yaml").returncode == 0
    sent = curator(
        desk, "review", "send", "desk.yaml", "--backend", "worksheet", "--queue", "sample"
    )
    assert sent.stdout.startswith("8 rows are out for review: desk.review.xlsx")


def test_a_finished_run_can_be_reviewed_without_its_recipe(desk):
    """Its folder knows the task; what people say is kept here, where its recipe would look."""
    text = (desk / "desk.yaml").read_text()
    bare = text.replace("review:\n  - worksheet: {path: asked.jsonl, queue: all}\n", "")
    (desk / "desk.yaml").write_text(bare)
    assert curator(desk, "run", "-q", "desk.yaml").returncode == 0
    flags = ("--backend", "worksheet", "--queue", "all")
    sent = curator(desk, "review", "send", "build/desk", *flags)
    assert sent.stdout.startswith("8 rows are out for review: desk.review.xlsx")
    told = curator(desk, "review", "collect", "build/desk").stdout.splitlines()
    assert told[0] == "0 new reviews in desk.reviews.jsonl"
    assert told[-1] == "next: curator run, on a recipe that has desk.reviews.jsonl beside it"


def test_what_is_open_says_why(desk):
    """Whoever collects sees what to ask people for; a second sending counts what it sends."""
    assert curator(desk, "run", "-q", "desk.yaml").returncode == 5
    curator(desk, "review", "send", "desk.yaml")
    rows = [json.loads(line) for line in (desk / "asked.jsonl").read_text().splitlines()]
    said = [{**row, "verdict": "fix" if at < 2 else "keep"} for at, row in enumerate(rows)]
    (desk / "asked.jsonl").write_text("\n".join(map(json.dumps, said)) + "\n")
    told = curator(desk, "review", "collect", "desk.yaml").stdout.splitlines()
    assert told[1:3] == ["of 8 rows: approved 6, open 2", "  open 2: fix without a correction"]
    assert curator(desk, "run", "-q", "desk.yaml").returncode == 5
    (desk / "asked.jsonl").unlink()
    sent = curator(desk, "review", "send", "desk.yaml").stdout
    assert sent.startswith("2 rows are out for review: asked.jsonl")
