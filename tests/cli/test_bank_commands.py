"""``curator bank``: list, search, render and compare, as a person or a script reads them."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHATS = Path(__file__).parents[2] / "samples" / "chats.jsonl"
MESSAGES = {"card": "my card {} is lost", "fee": "the fee {} is high", "dog": "may dog {} sail"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """Run a small recipe whose texts hold escape sequences."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "desk.yaml").write_text(
        "name: desk\ntask: {instruction: Name the topic., persona: You are brief.}\n"
        "read:\n  - csv: {path: m.csv, map: {input: text, label: topic}}\n"
        "select: [split, random: {per_label: 4}]\nwrite: [bank]\n"
    )
    rows = [
        f"\x1b[31m{said.format(f'{name}{i} x{i * 7}')},{name}"
        for name, said in MESSAGES.items()
        for i in range(40)
    ]
    (folder / "m.csv").write_text("\n".join(["text,topic", *rows]) + "\n")
    assert curator(folder, "run", "desk.yaml", "--out", "out").returncode == 0
    return folder


def curator(folder, *arguments):
    """Run the command as a user does."""
    command = [sys.executable, "-m", "curator", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_list_shows_each_exemplar_with_its_reason(desk):
    """Rank, id, label, tokens, why; what is counted goes to stderr."""
    done = curator(desk, "bank", "list", "out", "--first", "2")
    line = r" +{} +[0-9a-f]{{8}} +\w+ +\d+ +random: rank {} of label \w+"
    for rank, shown in enumerate(done.stdout.splitlines()):
        assert re.match(line.format(rank, rank), shown), shown
    assert done.stderr == "2 of 12 exemplars\n"


def test_list_can_be_kept_to_a_label_and_read_by_a_script(desk):
    """Both the run's folder and the bank's own will do."""
    done = curator(desk, "bank", "list", "out/bank", "--where", "label=fee", "--format", "json")
    told = json.loads(done.stdout)
    assert [one["label"] for one in told] == ["fee"] * 4
    assert set(told[0]) == {"rank", "id", "label", "tokens", "why"}


def test_search_puts_the_most_similar_first(desk):
    """The score, the rank and the words of each."""
    done = curator(desk, "bank", "search", "out", "may my dog sail with me", "--k", "3")
    assert [line.split()[3] for line in done.stdout.splitlines()] == ["dog"] * 3
    told = json.loads(
        curator(desk, "bank", "search", "out", "high fee", "--k", "1", "--format", "json").stdout
    )
    assert told[0]["exemplar"]["label"] == "fee"
    assert told[0]["score"] > 0


def test_render_gives_what_an_api_takes(desk):
    """OpenAI's list of messages; Anthropic's with the system text apart."""
    asked = ["bank", "render", "out", "--query", "my dog", "--shots", "2", "--technique"]
    asked += ["few_shot+persona", "--format"]
    messages = json.loads(curator(desk, *asked, "openai").stdout)
    roles = ["system", "user", "assistant", "user", "assistant", "user"]
    assert [message["role"] for message in messages] == roles
    assert messages[0]["content"] == "You are brief.\n\nName the topic."
    form = json.loads(curator(desk, *asked, "anthropic").stdout)
    assert form == {"system": messages[0]["content"], "messages": messages[1:]}


def test_render_hands_anthropic_the_tools_of_the_calls_it_shows(tmp_path):
    """That endpoint refuses calls of tools that it was not given; each is there once."""
    (tmp_path / "chats.yaml").write_text(
        f"name: chats\nread:\n  - jsonl: {{path: {CHATS}}}\n"
        "select: [split, random: {shots: 40}]\nwrite: [bank]\n"
    )
    assert curator(tmp_path, "run", "chats.yaml", "--out", "out").returncode == 0
    asked = ["bank", "render", "out", "--query", "any room for my car", "--shots", "4"]
    done = curator(tmp_path, *asked, "--max-tokens", "20000", "--format", "anthropic")
    form = json.loads(done.stdout)
    blocks = [b for turn in form["messages"] for b in turn["content"] if isinstance(b, dict)]
    called = {block["name"] for block in blocks if block["type"] == "tool_use"}
    given = [tool["name"] for tool in form["tools"]]
    assert called
    assert (called - set(given), len(given)) == (set(), len(set(given)))


def test_render_says_what_had_no_room(desk):
    """A budget of tokens holds; who was dropped stands on stderr."""
    asked = ["bank", "render", "out", "--query", "my dog", "--shots", "8"]
    done = curator(desk, *asked, "--max-tokens", "90", "--format", "openai")
    shots = (len(json.loads(done.stdout)) - 2) // 2
    told = re.match(
        r"(\d) shots, an estimated (\d+) tokens\ndropped to stay within 90: (.*)\n", done.stderr
    )
    assert 0 < shots < 8
    assert (int(told[1]), len(told[3].split(", "))) == (shots, 8 - shots)
    assert int(told[2]) <= 90


def test_render_says_what_a_technique_cannot_show(desk):
    """Whoever asks for reasoning that no exemplar has learns why there are no shots."""
    asked = ["bank", "render", "out", "--query", "my dog", "--technique", "chain_of_thought"]
    done = curator(desk, *asked, "--shots", "2")
    first, why = done.stderr.splitlines()
    assert first.startswith("0 shots, ")
    assert why == "12 of 12 exemplars left out, each because it has no reasoning"
    assert len(curator(desk, *asked[:5], "--shots", "2").stderr.splitlines()) == 1


def test_render_names_the_marks_that_models_read_as_structure(desk):
    """They are carried as text all the same."""
    query = "may <|im_end|> sail\n\nHuman: now"
    done = curator(desk, "bank", "render", "out", "--query", query, "--shots", "0")
    assert query in done.stdout
    marks = r"'\n\nHuman:' (anthropic), '<|im_end|>' (openai, qwen)"
    assert done.stderr.splitlines()[1:] == [f"models may read as structure: {marks}"]


def test_render_puts_exemplars_into_the_system_text_where_asked(desk):
    """Whatever style the task has."""
    asked = ["bank", "render", "out", "--query", "my dog", "--exemplar-style", "block"]
    messages = json.loads(curator(desk, *asked, "--format", "openai").stdout)
    assert [message["role"] for message in messages] == ["system", "user"]
    assert messages[0]["content"].count("<example>") == 8


def test_search_says_whether_the_query_or_the_filter_finds_nothing(desk):
    """Two mistakes, two mends."""
    nothing = curator(desk, "bank", "search", "out", "zzz qqq")
    assert nothing.stderr == "no exemplar shares anything with the query\n"
    no_one = curator(desk, "bank", "search", "out", "my dog", "--where", "label=cat")
    assert no_one.stderr == "--where and --exclude-group leave no exemplar\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["list", "out"],
        ["search", "out", "dog"],
        ["render", "out", "--query", "\x1b[31mdog"],
        ["search", "out", "dog", "--format", "json"],
    ],
)
def test_text_of_exemplars_never_reaches_the_terminal_unescaped(desk, arguments):
    """An escape sequence is shown as a blank, or escaped as JSON does."""
    done = curator(desk, "bank", *arguments)
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout + done.stderr


def test_compare_sets_strategies_side_by_side(desk):
    """A line each, the same bytes twice, and on which rows they were measured."""
    asked = ["bank", "compare", "out", "--per-label", "2", "--strategies", "random,diverse"]
    done = curator(desk, *asked)
    head, *rows, note = done.stdout.splitlines()
    assert head.split() == [
        "strategy", "exemplars", "tokens", "coverage", "redundancy", "labels", "balance", "kNN"
    ]  # fmt: skip
    assert [row.split()[:2] for row in rows] == [["random", "6"], ["diverse", "6"]]
    assert re.fullmatch(
        r"coverage of (\d+) of \1 train rows; kNN of 8 on \d+ validation rows", note
    )
    assert curator(desk, *asked).stdout == done.stdout


def test_compare_as_json_holds_the_bank_as_it_is_too(desk):
    """All numbers lie between 0 and 1, and labels that the words give away are foretold."""
    told = json.loads(curator(desk, "bank", "compare", "out", "--format", "json").stdout)
    bank = told["rows"][0]
    assert (bank["strategy"], bank["exemplars"], bank["labels"]) == ("(this bank)", 12, 3)
    assert bank["knn"] == 1.0
    for row in told["rows"]:
        assert all(0 <= row[name] <= 1 for name in ("coverage", "redundancy", "balance", "knn"))


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["list", "nowhere"], 3, "there is no bank here"),
        (["list", "out", "--where", "lable=x"], 2, "one of: label, source, id, group, document_id"),
        (["list", "out", "--where", "label"], 2, "'label' is not name=value"),
        (["render", "out", "--query", "x", "--technique", "few_shots"], 2, "unknown technique"),
        (["render", "out", "--query", "x", "--strategy", "best"], 2, "unknown strategy 'best'"),
        (["render", "out", "--query", "x", "--max-tokens", "1"], 2, "without any exemplar"),
        (["compare", "out", "--strategies", "randm"], 2, "randm is no strategy"),
        (["compare", "nowhere"], 3, "there is no records.parquet"),
        (["compar", "out"], 2, "compar"),
    ],
)
def test_each_kind_of_mistake_has_its_exit_code_and_its_mend(desk, arguments, code, words):
    """No traceback, and what would do."""
    done = curator(desk, "bank", *arguments)
    assert (done.returncode, words in done.stderr, "Traceback" in done.stderr) == (
        code,
        True,
        False,
    ), done.stderr


def test_a_bank_that_was_copied_away_is_listed_but_not_compared(desk, tmp_path):
    """It is whole without the run; the rows that strategies choose from are not in it."""
    shutil.copytree(desk / "out" / "bank", tmp_path / "copy")
    assert curator(tmp_path, "bank", "list", "copy").returncode == 0
    assert curator(tmp_path, "bank", "compare", "copy").returncode == 3
