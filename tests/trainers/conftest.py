"""Tokenizers, exports, and what trainers make of them; make test-trainers installs these."""

import json
import os
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from itertools import compress
from pathlib import Path
from typing import NamedTuple

import polars as pl
import pytest

from curator.engine import polars as engine
from curator.pipeline.run import Run
from curator.recipe import load
from curator.task import Task

HERE = Path(__file__).parent


def pytest_configure(config):
    """Know the mark of these tests."""
    config.addinivalue_line("markers", "trainers: needs TRL and torch (make test-trainers)")


@pytest.fixture(scope="session")
def trainers():
    """Where the trainers are installed."""
    folder = os.environ.get("CURATOR_TRAINERS")
    if not folder:
        pytest.skip("CURATOR_TRAINERS names no folder of trainers: make test-trainers")
    return Path(folder).resolve()


@pytest.fixture(scope="session")
def ask(trainers):
    """Run a script of this folder in an environment of trainers; give what it answers."""

    def run(script, question, *, environment="python"):
        program = trainers / environment / "bin" / "python"
        if not program.is_file():
            pytest.skip(f"there is no {program}")
        quiet = {
            "HF_HUB_OFFLINE": "1",
            "TRANSFORMERS_VERBOSITY": "error",
            "CUDA_VISIBLE_DEVICES": "",
            "OMP_NUM_THREADS": "1",  # small models: threads would wait for each other
        }
        done = subprocess.run(
            [program, "-W", "ignore", HERE / f"{script}.py"],
            input=json.dumps(question, default=str),
            env={**os.environ, **quiet},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout)

    return run


RECIPE = """\
name: chats
task: {instruction: Answer., reasoning: true}
read:
  - jsonl: {path: "SAMPLES/chats.jsonl"}
REAL
select: [{split: {train: 1.0, validation: 0.0, test: 0.0}}]
write: [{formats: {targets: [messages]}}]
"""
REAL = """\
  - jsonl: {path: "DATA/airline-function-chats/gpt-4o-airline.json", map: {messages: traj}}
  - csv:
      path: [DATA/banking77/train.csv, DATA/banking77/test.csv]
      map: {input: text, output: category}
  - jsonl:
      path: [DATA/gsm8k/train.jsonl, DATA/gsm8k/test.jsonl]
      map:
        input: question
        reasoning: {field: answer, before: "####"}
        output: {field: answer, after: "####"}
"""
DESK = """\
name: desk
task: {instruction: Say what the message is about.}
read: [{csv: {path: SAMPLES/messages.csv, map: {input: message, output: topic}}}]
select: [{split: {train: 0.9, validation: 0.1, test: 0.0}}]
write:
  - trainer:
      tokenizer: SAMPLES/tokenizer
      train_on: assistant
      max_length: 512
      formats: [packed, unpacked, mds, messages]
  - formats: {targets: [messages]}
"""
PAGES = """\
name: pages
task: {instruction: ""}
read: [{documents: {path: ["SAMPLES/handbook/*.md"]}}]
derive: [chunks]
select: [{split: {train: 0.9, validation: 0.1, test: 0.0}}]
write: [{trainer: {tokenizer: SAMPLES/tokenizer, rows: chunks, formats: [packed, megatron]}}]
"""


class Chats(NamedTuple):
    """The same chats twice: the records that an export is made of, and JSON lines for trainers."""

    records: pl.DataFrame
    task: Task
    lines: Path

    @property
    def messages(self):
        """The messages of each chat."""
        with self.lines.open(encoding="utf-8") as file:  # not splitlines: texts have U+2028
            return [json.loads(line)["messages"] for line in file]

    def where(self, is_taken, lines):
        """Take some of the chats; their lines are written to a file of their own."""
        with self.lines.open(encoding="utf-8") as file:
            lines.write_text("".join(compress(file, is_taken)), "utf-8")
        return Chats(self.records.filter(pl.Series(is_taken)), self.task, lines)


@pytest.fixture(scope="session")
def every_chat(root, tmp_path_factory):
    """The samples' chats with tools and, where they are, airline chats, banking77 and gsm8k."""
    home = tmp_path_factory.mktemp("chats")
    data = Path(os.environ.get("CURATOR_REAL_DATA", root.parent / "shared" / "data")).resolve()
    real = REAL.replace("DATA", str(data)) if data.is_dir() else ""
    text = RECIPE.replace("SAMPLES", str(root / "samples")).replace("REAL\n", real)
    (home / "chats.yaml").write_text(text, "utf-8")
    recipe = load(home / "chats.yaml")
    Run(recipe=recipe, out=home / "out", engine=engine).run()
    lines = home / "out" / "formats" / "messages" / "train.jsonl"
    return Chats(pl.read_parquet(home / "out" / "records.parquet"), recipe.task, lines)


@pytest.fixture(scope="session")
def plain_chats(every_chat, tmp_path_factory):
    """Those chats in which nothing is called: some templates write no calls."""
    calls = [any("tool_calls" in turn for turn in chat) for chat in every_chat.messages]
    lines = tmp_path_factory.mktemp("plain") / "chats.jsonl"
    return every_chat.where([not called for called in calls], lines)


@pytest.fixture(scope="session")
def run(root, tmp_path_factory):
    """Run a recipe over the samples by the command line; give the folder of its artifacts."""

    def make(recipe):
        home = tmp_path_factory.mktemp("run")
        (home / "recipe.yaml").write_text(recipe.replace("SAMPLES", str(root / "samples")), "utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "curator", "run", "recipe.yaml", "--out", "out", "--quiet"],
            cwd=home, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return home / "out"

    return make


@pytest.fixture(scope="session")
def desk(run):
    """The samples' messages in every form of examples."""
    return run(DESK)


@pytest.fixture(scope="session")
def pages(run):
    """The samples' pages, cut into chunks."""
    return run(PAGES)


@pytest.fixture(scope="session")
def tokenizers(root, tmp_path_factory):
    """The folder of each family's tokenizer, trained on the samples."""
    home, samples, toy = tmp_path_factory.mktemp("tokenizers"), root / "samples", _toy()
    texts = [page.read_text("utf-8") for page in sorted((samples / "handbook").rglob("*.md"))]
    texts.append((samples / "chats.jsonl").read_text("utf-8", "ignore"))
    return {name: toy.save(family, texts, home / name) for name, family in toy.FAMILIES.items()}


def _toy():
    """The file beside this one: tests are no package."""
    spec = spec_from_file_location("toy", HERE / "toy.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
