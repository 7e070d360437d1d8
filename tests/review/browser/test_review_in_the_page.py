"""From a run that waits, through a page where a person clicks and types, to its artifacts."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import polars as pl
import pytest

from curator.review.people import pseudonym

pytest.importorskip("argilla", reason="make test-review installs it")
pytest.importorskip("argilla_server", reason="make test-review installs it")
Keys = pytest.importorskip("selenium.webdriver", reason="make test-review installs it").Keys

ROOT = Path(__file__).parents[3]


@dataclass
class Desk:
    """A recipe that asks for a review, in a folder of its own."""

    folder: Path
    recipe: str
    env: dict
    dataset: str
    before: dict = field(default_factory=dict)  # id -> row, as it was sent
    said: list = field(default_factory=list)  # (input, values) of each submitted record
    left: set = field(default_factory=set)  # inputs of those that were opened and not submitted

    def curator(self, *words):
        """Run a command as a person does in a shell."""
        command = [sys.executable, "-m", "curator", *words]
        return subprocess.run(
            command, cwd=self.folder, env=self.env, capture_output=True, text=True, check=False
        )

    def rows(self, name="records"):
        """Read a file of the run, with what was asked last as ``input``."""
        rows = pl.read_parquet(self.folder / "out" / f"{name}.parquet")
        users = pl.col("messages").list.eval(
            pl.element().filter(pl.element().struct.field("role") == "user")
        )
        return rows.filter(pl.col("messages").list.len() > 1).with_columns(
            input=users.list.last().struct.field("content"),
            answer=pl.col("messages").list.last().struct.field("content"),
        )

    def collected(self):
        """Read the reviews beside the recipe."""
        path = self.folder / self.recipe.replace(".yaml", ".reviews.jsonl")
        return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture(scope="module")
def sent(server, tmp_path_factory):
    """Run a recipe of ours with a review added until it waits, and send what it waits for."""
    env = {**os.environ, "ARGILLA_API_URL": server.api_url, "ARGILLA_API_KEY": server.api_key}

    def start(name, review, *changes):
        desk = Desk(tmp_path_factory.mktemp(name), f"{name}.yaml", env, f"{name}_page")
        text = (ROOT / "recipes" / desk.recipe).read_text()
        review = f"review:\n  - argilla: {{{review}, dataset: {desk.dataset}}}\nvalidate:"
        for old, new in [("validate:", review), ("samples", str(ROOT / "samples")), *changes]:
            assert old in text
            text = text.replace(old, new, 1)
        (desk.folder / desk.recipe).write_text(text)
        waits = desk.curator("run", desk.recipe, "--out", "out")
        assert waits.returncode == 5, waits.stderr
        desk.before = {row["id"]: row for row in desk.rows().iter_rows(named=True)}
        assert "rows wait for a verdict" in waits.stderr
        done = desk.curator("review", "send", desk.recipe, "--out", "out")
        assert done.returncode == 0, done.stderr
        assert f"rows are out for review: {server.api_url}" in done.stdout
        return desk

    return start


@pytest.fixture(scope="module")
def labelled(sent):
    """The passengers' messages, 595 of them, each to be given a label."""
    return sent("messages", "queue: all")


@pytest.fixture(scope="module")
def answered(sent):
    """Questions and answers from the handbook, with the passage that each is from."""
    pages = ('["${data}/handbook/*.md", "${data}/office/*"]', '"${data}/handbook/*.md"')
    return sent("handbook", "queue: sample, size: 20", pages)


@pytest.fixture(scope="module")
def reviewed(page, labelled):
    """Ann goes through six messages of the bank: four are submitted, one waits, one is left out."""
    page.open(labelled.dataset)
    page.filter("Why it is in the queue", "in the bank")
    page.picture("filtered")

    def said(**values):
        labelled.said.append((page.fields["Input"], values))

    (label,) = page.answers["label"]
    said(verdict="keep", label=label)
    page.choose("verdict", "keep")
    page.picture("keep by mouse")
    page.submit()

    other = "complaint" if page.answers["label"] != ["complaint"] else "delay"
    said(verdict="fix", label=other)
    page.choose("verdict", "fix")
    page.choose("label", other)
    page.picture("fix by mouse")
    page.submit()

    (label,) = page.answers["label"]
    said(verdict="reject", label=label, reasons=["private data"], rating=2)
    page.choose("verdict", "reject")
    page.choose("reasons", "private data")
    page.choose("rating", "2")
    page.picture("reject by mouse")
    page.submit()

    (label,) = page.answers["label"]
    said(verdict="reject", label=label, reasons=["unclear question", "other"], rating=1)
    page.keys("3")
    page.until(lambda: page.answers["verdict"] == ["reject"], "reject chosen by its key")
    page.keys(Keys.ARROW_DOWN, "2", "5")
    page.until(lambda: len(page.answers["reasons"]) == 2, "two reasons chosen by their keys")
    page.keys(Keys.ARROW_DOWN, "1")
    page.until(lambda: page.answers["rating"] == ["1"], "a rating chosen by its key")
    page.picture("reject by keyboard")
    page.and_next(lambda: page.keys(Keys.RETURN))

    labelled.left.add(page.fields["Input"])
    page.choose("verdict", "reject")
    page.keys("s", held=[Keys.CONTROL])
    page.until(lambda: page.showing(".status-tag.--draft"), "a draft")
    page.picture("draft")
    page.and_next(lambda: page.click("[aria-label='Next (→)']"))

    labelled.left.add(page.fields["Input"])
    page.choose("verdict", "reject")
    page.and_next(lambda: page.keys(Keys.BACKSPACE))
    page.picture("after a discarded one")
    return labelled


@pytest.fixture(scope="module")
def collected(reviewed):
    """Her words, brought in by the command."""
    done = reviewed.curator("review", "collect", reviewed.recipe, "--format", "json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), reviewed.collected()


@pytest.fixture(scope="module")
def finished(labelled, collected):
    """The run that goes on with them, although the others are not answered."""
    flags = ("--out", "out", "--set", "review.argilla.required=false")
    done = labelled.curator("run", labelled.recipe, *flags)
    assert done.returncode == 0, done.stderr
    return labelled


def test_collect_brings_back_what_was_submitted_and_nothing_else(labelled, collected):
    """Every verdict, label, reason and rating of its record; no draft, no discarded one."""
    told, lines = collected
    brought = [(labelled.before[one["record_id"]]["input"], one["values"]) for one in lines]
    assert sorted(brought, key=str) == sorted(labelled.said, key=str)
    assert {one["by"] for one in lines} == {pseudonym("ann")}
    assert {one["via"] for one in lines} == {f"argilla:{labelled.dataset}"}
    counts = {
        "approved": 1, "begun or discarded": 2, "corrected": 1, "not seen": 589, "rejected": 2,
    }  # fmt: skip
    assert (told["added"], told["sent"], told["status"]) == (4, 595, counts)


def test_the_records_of_the_next_run_show_her_words(finished):
    """The kept one is approved, the fixed one a new version of the old, all others as before."""
    (kept, _), (fixed, values), *_ = finished.said
    rows = {row["input"]: row for row in finished.rows().iter_rows(named=True)}
    by = pseudonym("ann")
    assert rows[kept]["review"] == {"status": "approved", "by": by, "score": None}
    assert rows[kept]["id"] in finished.before
    assert rows[fixed]["review"] == {"status": "corrected", "by": by, "score": None}
    assert (rows[fixed]["label"], rows[fixed]["answer"]) == (values["label"],) * 2
    assert finished.before[rows[fixed]["provenance"]["parent_id"]]["input"] == fixed
    assert rows[fixed]["id"] not in finished.before
    assert sum(row["review"] is not None for row in rows.values()) == 2


def test_rejected_rows_stand_aside_with_her_reasons(finished):
    """They are counted by reason, and no artifact has them."""
    rows = finished.rows("rejected").filter(pl.col("step") == "review")
    found = {row["input"]: row["reason"] for row in rows.iter_rows(named=True)}
    told = {text: values for text, values in finished.said if values["verdict"] == "reject"}
    assert found.keys() == told.keys()
    assert sorted(found.values()) == ["other, unclear question", "private data"]


def test_bank_and_dataset_show_who_was_reviewed(finished):
    """The rejected are no longer in the bank; dataset, bank and card say who has looked."""
    out = finished.folder / "out"
    lines = (out / "bank" / "exemplars.jsonl").read_text().splitlines()
    bank = {one["id"]: one for one in map(json.loads, lines)}
    rows = finished.rows().filter(pl.col("exemplar_rank").is_not_null())
    assert set(bank) == set(rows["id"])
    for row in rows.iter_rows(named=True):
        shown = {key: value for key, value in (row["review"] or {}).items() if value is not None}
        assert bank[row["id"]].get("review", {}) == shown
    status = pl.col("review").struct.field("status").drop_nulls()
    told = pl.read_parquet(out / "dataset" / "data" / "*.parquet").select(status).to_series()
    assert sorted(told) == ["approved", "corrected"]
    card = (out / "dataset" / "README.md").read_text()
    assert "People have reviewed 2 of the rows: approved 1, corrected 1." in card


def test_a_filter_lists_the_rows_of_its_label(page, labelled, reviewed):
    """As many as the run has, less those that are answered."""
    page.open(labelled.dataset)
    page.filter("Label as it stands", "pets")
    page.picture("label filter")
    done = {text for text, _ in labelled.said} | labelled.left
    rows = labelled.before.values()
    assert page.total == sum(r["label"] == "pets" and r["input"] not in done for r in rows)
    assert page.answers["label"] == ["pets"]


def test_a_split_can_be_filtered(page, labelled, reviewed):
    """Nobody has answered a test row."""
    page.open(labelled.dataset)
    page.filter("Split", "test")
    assert page.total == sum(row["split"] == "test" for row in labelled.before.values())


def test_a_search_finds_the_one_text(page, labelled, reviewed):
    """A phrase in quotes, in capitals or not."""
    tests = (row["input"] for row in labelled.before.values() if row["split"] == "test")
    text = next(text for text in tests if "\n" not in text and '"' not in text)
    page.open(labelled.dataset)
    page.search(f'"{text.upper()}"')
    page.picture("search")
    assert page.total == 1
    assert page.fields["Input"] == text


@pytest.fixture(scope="module")
def written(page, answered):
    """Ann keeps one answer as it is, and writes two: by mouse, and by keyboard alone."""
    page.open(answered.dataset)
    shown = page.fields
    answered.said.append((shown["Input"], {"verdict": "keep", "answer": page.answer}))
    page.choose("verdict", "keep")
    page.submit()

    text = "Yes, up to €8.00 a kilo: “at the café” & <b>1%</b>"
    answered.said.append((page.fields["Input"], {"verdict": "fix", "answer": text}))
    page.choose("verdict", "fix")
    page.click("[aria-label='Question: answer'] [contenteditable]")
    page.write(text)
    page.picture("an answer by mouse")
    page.submit()

    text = "Ask at the desk."
    answered.said.append((page.fields["Input"], {"verdict": "fix", "answer": text}))
    page.keys("2")
    page.until(lambda: page.answers["verdict"] == ["fix"], "fix chosen by its key")
    page.keys(Keys.RETURN, held=[Keys.SHIFT])
    page.write(text)
    page.keys(Keys.ESCAPE)
    page.picture("an answer by keyboard")
    page.and_next(lambda: page.keys(Keys.RETURN))
    return answered


def test_a_written_answer_is_what_the_model_learns(written):
    """Letter by letter, as a new version of the row that was shown."""
    done = written.curator("review", "collect", written.recipe)
    assert "approved 1, corrected 2" in done.stdout, done.stderr
    lines = written.collected()
    brought = [(written.before[one["record_id"]]["input"], one["values"]) for one in lines]
    assert sorted(brought, key=str) == sorted(written.said, key=str)
    flags = ("--out", "out", "--set", "review.argilla.required=false")
    assert written.curator("run", written.recipe, *flags).returncode == 0
    status = pl.col("review").struct.field("status")
    fixed = written.rows().filter(status == "corrected").select("input", "answer").rows()
    assert sorted(fixed) == sorted((text, values["answer"]) for text, values in written.said[1:])


def test_nothing_leaves_this_machine(server, reviewed, written, request):
    """The policy of the page stops what it asks of others; its console tells of nothing else."""
    network = request.getfixturevalue("network")  # read when all that the page did is done
    assert {urlsplit(url).netloc for url in network.asked} == {urlsplit(server.api_url).netloc}
    assert {urlsplit(url).netloc for url in network.stopped} <= {"fonts.googleapis.com"}
    wrong = [line for line in network.console if line.startswith(("SEVERE", "WARNING"))]
    assert [line for line in wrong if "fonts.googleapis.com" not in line] == []
