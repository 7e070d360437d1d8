"""``curator export`` on a command line."""

import json
import re

import pytest
from click.testing import CliRunner

from curator.cli import cli
from curator.cli.export import command


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A folder with a file of three rows: one is broken, one calls a function."""
    monkeypatch.chdir(tmp_path)
    chat = [{"role": "user", "content": "Late?"}, {"role": "assistant", "content": "No."}]
    rows = [{"messages": chat}, {"messages": chat, "tools": [{"name": "f"}]}]
    (tmp_path / "chats.jsonl").write_text("\n".join([*map(json.dumps, rows), "{"]))
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(cli, ["export", *arguments], catch_exceptions=False)


def test_it_ends_with_the_sum_of_all_rows(desk):
    """After the files and what they hold."""
    done = run("chats.jsonl", "--to", "alpaca", "--quiet")
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        "chats.alpaca/",
        "  dataset_info.json  how LLaMA-Factory reads the files",
        "  left_out.json      what the shape has no place for, counted",
        "  rejected.jsonl     rows that could not be read, with their reason",
        "  skipped.jsonl      rows that the shape cannot hold, with their reason",
        "  train.jsonl        1 line",
        "read 3 = written 1 + left out 1 (tools 1) + rejected 1 (broken JSON 1)",
    ]
    assert (desk / "chats.alpaca" / "train.jsonl").is_file()


def test_the_same_as_json(desk):
    """Every count by its name, words on the other stream."""
    done = run("chats.jsonl", "--to", "alpaca", "--out", "out", "--format", "json")
    told = json.loads(done.stdout)
    assert (told["folder"], told["read"], told["written"]) == ("out", 3, {"train": 1})
    assert (told["left_out"], told["rejected"]) == ({"tools": 1}, {"broken JSON": 1})
    assert "read as messages" in done.stderr


def test_its_example_runs(root):
    """What --help suggests."""
    example = re.search(r"Example:\n +curator export (.*)", command.help.replace("\b\n", "")).group(
        1
    )
    source, *rest = example.split()
    assert (root / source).is_file()
    assert rest[:2] == ["--to", "sharegpt"]


def test_its_help_names_every_shape():
    """The command line lists them itself, so that its help loads nothing."""
    from curator.write import formats

    said = re.search(r"Shapes: (.*?)\.\n\n", command.help, re.DOTALL).group(1)
    assert tuple(sorted(re.findall(r"\w+", said))) == formats.targets()


def test_conventions_are_those_of_the_formats():
    """And no other is offered."""
    from curator.cli import export
    from curator.write.formats.reasoning import CONVENTIONS

    assert sorted(export._CONVENTIONS) == sorted(CONVENTIONS)
