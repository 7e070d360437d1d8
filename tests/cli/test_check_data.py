"""``curator check FILE --for``: a table for people, JSON for machines, exit codes for both."""

import json
import subprocess
import sys

import pytest

from curator import schemas
from curator.preflight.rules import load

CHAT = {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}


@pytest.fixture
def desk(tmp_path):
    """A file that passes, and one that does not."""
    (tmp_path / "good.jsonl").write_text((json.dumps(CHAT) + "\n") * 3)
    rows = [CHAT, {**CHAT, "\x1b[31mid": 1}, {"messages": CHAT["messages"][:1]}]
    (tmp_path / "bad.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "recipe.yaml").write_text("name: a\nread: []\n")
    return tmp_path


def curator(folder, *arguments):
    """Run the command as a user does."""
    command = [sys.executable, "-m", "curator", "check", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_a_file_that_passes_exits_0_and_says_by_which_rules(desk):
    """Which method was taken, and why."""
    done = curator(desk, "good.jsonl", "--for", "together")
    rules = len(load("together_chat").rules)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[:2] == [  # a third says when the rules are old
        "good.jsonl: 3 rows, 264 bytes, for train",
        f"passes   together_chat         {rules} rules, nothing found (its rows have messages)",
    ]


def test_a_file_that_would_be_refused_exits_4_with_a_table(desk):
    """Each broken rule with its count, its first place, what is wrong and what to do."""
    done = curator(desk, "bad.jsonl", "--for", "together")
    assert done.returncode == 4
    for words in (
        "refused  together_chat         2 errors (its rows have messages)",
        "line 3 $.messages",
        "no message is by assistant; there is only",
        "-> leave the row out (--fix drops the row)",
        "-> leave the field out (--fix does)",
    ):
        assert words in done.stdout
    assert "\x1b[31mid" not in done.stdout


def test_of_packs_for_other_rows_only_that_is_told(desk):
    """Their findings are counted, and in JSON; a pack that is asked for alone is told of in full."""
    told = curator(desk, "bad.jsonl", "--for", "all").stdout
    assert "aside    openai_dpo            for rows with input, preferred_output" in told
    assert "openai_sft.extra_keys" in told
    assert "openai_dpo.fields_missing" not in told
    alone = curator(desk, "bad.jsonl", "--for", "openai_dpo").stdout
    assert "openai_dpo.fields_missing" in alone


def test_machines_read_json(desk):
    """As the schema of findings says, with the same exit code."""
    done = curator(desk, "bad.jsonl", "--for", "together,openai", "--format", "json")
    told = json.loads(done.stdout)
    assert done.returncode == 4
    assert list(schemas.Gate(schemas.load("findings")).errors(told)) == []
    assert [held["pack"] for held in told["packs"]] == ["together_chat", "openai_sft"]


def test_fix_says_what_it_did_and_checks_what_it_made(desk):
    """The sum closes, and the new file passes."""
    done = curator(desk, "bad.jsonl", "--for", "together", "--fix", "--out", "new.jsonl")
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert " ".join(lines[0].split()) == "mended 1 drop_key: a field that is not taken is left out"
    assert lines[4] == "read 3 = as they were 1 + mended 1 + dropped 1"
    assert lines[5].startswith("new.jsonl: 2 rows")
    told = json.loads(
        curator(desk, "bad.jsonl", "--for", "together", "--fix", "--format", "json").stdout
    )
    assert (told["fixed"]["dropped"], told["report"]["rows"]) == (1, 2)


def test_strict_fails_for_warnings_and_notices(desk):
    """A gate that lets nothing through."""
    (desk / "ten.jsonl").write_text((json.dumps(CHAT) + "\n") * 10)
    assert curator(desk, "ten.jsonl", "--for", "openai").returncode == 0
    assert curator(desk, "ten.jsonl", "--for", "openai", "--strict").returncode == 4


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["good.jsonl", "--for", "togethr"], 2, "did you mean 'together'?"),
        (["none.jsonl", "--for", "together"], 3, "cannot be read: No such file"),
        (["good.jsonl", "--for", "together", "--set", "a=1"], 2, "are for recipes"),
        (["recipe.yaml", "--strict"], 2, "--strict needs --for VENDOR"),
        (["good.jsonl", "--for", "together", "--out", "a"], 2, "--out and --force need --fix"),
        (["good.jsonl", "--for", "all", "--fix"], 2, "name one of"),
        (["good.jsonl", "--for", "together,openai", "--fix"], 2, "one vendor at a time"),
        (["good.jsonl", "--for", "together", "--tokenizer", "nowhere"], 2, "nowhere"),
    ],
)
def test_each_kind_of_mistake_has_its_exit_code_and_its_mend(desk, arguments, code, words):
    """No traceback, a place, a hint."""
    done = curator(desk, *arguments)
    assert (done.returncode, words in done.stderr, "Traceback" in done.stderr) == (
        code,
        True,
        False,
    ), done.stderr


def test_a_file_that_is_there_is_not_written_over(desk):
    """Unless it is asked for."""
    arguments = ("bad.jsonl", "--for", "together", "--fix", "--out", "new.jsonl")
    assert curator(desk, *arguments).returncode == 0
    done = curator(desk, *arguments)
    assert (done.returncode, "--force writes it anew" in done.stderr) == (6, True)
    assert curator(desk, *arguments, "--force").returncode == 0


def test_the_examples_of_the_help_run(root):
    """What the help shows is what happens."""
    done = curator(root, "--help")
    examples = [
        line.split()[2:]
        for line in done.stdout.splitlines()
        if line.startswith("    curator check ")
    ]
    assert len(examples) == 2
    assert [curator(root, *example).returncode for example in examples] == [0, 4]
