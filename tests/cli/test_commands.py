"""The shell: results on stdout, words on stderr, exit codes by what went wrong."""

import json
import subprocess
import sys

import pytest


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """Stand a small recipe and its source in a folder."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "desk.yaml").write_text(
        "name: desk\n"
        "vars: {data: {default: messages.csv}}\n"
        "read:\n  - csv: {path: '${data}', map: {input: text, label: topic}}\n"
        "refine: [exact_duplicates]\nselect: [split]\nwrite: [instruction_set]\n"
    )
    lines = [f"\x1b[31m{i} {i * i} ferry {i * 13} {i**3},topic {i % 2}" for i in range(40)]
    (folder / "messages.csv").write_text("\n".join(["text,topic", *lines, lines[3]]) + "\n")
    return folder


def curator(folder, *arguments):
    """Run the command as a user does."""
    command = [sys.executable, "-m", "curator", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def made(desk):
    """Run the recipe once."""
    done = curator(desk, "run", "desk.yaml")
    assert done.returncode == 0, done.stderr
    return done


def test_run_ends_with_the_sum_that_closes(made):
    """The last line of stdout is the ledger; progress went to stderr."""
    assert made.stdout.splitlines()[-1] == "read 41 = kept 40 + rejected 1 (exact_duplicates 1)"
    assert made.stdout.startswith("build/desk/\n  dataset/ ")
    assert "read" in made.stderr


def test_run_prints_the_manifest_as_json(desk, made):
    """A script can read every count."""
    done = curator(desk, "run", "desk.yaml", "--format", "json", "--quiet", "--out", "other")
    told = json.loads(done.stdout)
    assert (told["ledger"]["kept"], told["folder"], done.stderr) == (40, "other", "")


def test_verify_says_which_promises_hold_and_exits_4_when_one_is_broken(desk, made):
    """What a person reads and what a script reads agree."""
    curator(desk, "run", "desk.yaml", "--out", "tampered")
    assert curator(desk, "verify", "tampered").returncode == 0
    (desk / "tampered/dataset/README.md").write_text("edited")
    done = curator(desk, "verify", "tampered")
    assert done.returncode == 4
    assert "BROKEN  same bytes" in done.stdout
    assert "README.md: its bytes are not those that the run wrote" in done.stdout


def test_explain_tells_a_row_from_source_to_artifact(desk, made):
    """A kept row names its file, its row, its split, what it absorbed and where it lies."""
    records = json.loads(curator(desk, "run", "desk.yaml", "--format", "json").stdout)
    assert records["ledger"]["read"] == 41
    import polars as pl

    absorbing = pl.read_parquet(desk / "build/desk/rejected.parquet")["merged_into"][0]
    told = curator(desk, "explain", "build/desk", absorbing[:12]).stdout
    for words in (
        "messages.csv, row 4",
        "absorbed",
        "row 41",
        "kept      split",
        "in        records.parquet",
    ):
        assert words in told


def test_text_of_documents_never_reaches_the_terminal_unescaped(desk, made):
    """An escape sequence in a message is shown as a blank."""
    done = curator(desk, "preview", "desk.yaml", "--rows", "2")
    assert "[31m0 0 ferry" in done.stdout
    assert "\x1b[31m" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["run", "desk.yaml", "--var", "data=nowhere.csv"], 3, "nowhere.csv"),
        (["run", "desk.yaml", "--var", "dta=x"], 2, "did you mean 'data'?"),
        (["rum", "desk.yaml"], 2, "did you mean 'run'?"),
        (["verify", "nowhere"], 3, "there is no manifest"),
        (
            ["explain", "build/desk", "ffffffffffff"],
            3,
            "no row has an id that begins with 'ffffffffffff'",
        ),
        (["steps", "exact_duplicate"], 2, "did you mean 'exact_duplicates'?"),
        (["run", "desk.yaml", "--var", "data"], 2, "'data' is not name=value"),
    ],
)
def test_each_kind_of_mistake_has_its_exit_code_and_its_mend(desk, made, arguments, code, words):
    """No traceback, a place, a hint."""
    done = curator(desk, *arguments)
    assert (done.returncode, words in done.stderr, "Traceback" in done.stderr) == (
        code,
        True,
        False,
    ), done.stderr


def test_check_lists_mistakes_as_json_too(desk):
    """An editor can show them in place."""
    (desk / "bad.yaml").write_text("name: bad\nread:\n  - csv: {pth: a.csv}\n")
    done = curator(desk, "check", "bad.yaml", "--format", "json")
    told = json.loads(done.stdout)
    assert done.returncode == 2
    assert "did you mean 'path'?" in {found["hint"] for found in told["mistakes"]}


def test_check_misses_a_tokenizer_as_the_run_would(desk):
    """What a step needs is part of the recipe."""
    recipe = (desk / "desk.yaml").read_text()
    task = "task: {instruction: Name the topic., output: {labels: from_data}}\n"
    asked = recipe.replace("[instruction_set]", "\n  - trainer: {tokenizer: ./nowhere}") + task
    (desk / "untokenized.yaml").write_text(asked)
    done = curator(desk, "check", "untokenized.yaml")
    assert (done.returncode, "there is no tokenizer at" in done.stderr) == (2, True), done.stderr


def test_steps_and_schema_print_what_a_recipe_can_say(desk):
    """Both come from the same description that recipes are checked against."""
    assert "near_duplicates" in curator(desk, "steps").stdout
    assert "threshold" in curator(desk, "steps", "near_duplicates").stdout
    assert json.loads(curator(desk, "schema", "recipe").stdout)["title"] == "A curator recipe"
