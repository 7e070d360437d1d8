"""From the shell: a push shows what it would send, sends it, and a pull brings it back to verify."""

import json
import os
import shutil
import subprocess
import sys

import pytest

REPO = "ferry-line/desk"
TOKEN = "hf_" + "ferry" * 8


@pytest.fixture
def shell(env, hub):
    """Run curator as a user does, with a Hub to talk to, and keep all that it says."""
    said = []

    def run(*arguments, folder=None, **variables):
        given = {k: v for k, v in {**env, "COLUMNS": "80", **variables}.items() if v is not None}
        command = [sys.executable, "-m", "curator", *map(str, arguments)]
        done = subprocess.run(
            command, cwd=folder, env=given, capture_output=True, text=True, check=False
        )
        said.append(done.stdout + done.stderr)
        return done

    run.said = said
    return run


def test_a_dry_run_shows_files_gates_and_card_and_asks_nothing(shell, hub, run):
    """No token and no network are needed."""
    done = shell("push", run, "--include", "bank", "--dry-run", HF_TOKEN=None, HF_HUB_OFFLINE="1")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "would publish ferry-line/desk, main"
    names = [line.split()[0] for line in lines[1 : lines.index("---")] if line.endswith(" bytes")]
    assert {"README.md", "bank/exemplars.parquet", "data/train-00000-of-00001.parquet"} <= {*names}
    assert any(line.startswith("holds   whole") for line in lines)
    assert "- config_name: bank" in lines
    assert hub.requests == []


def test_paths_of_the_machine_are_told_of_before_they_go_out(shell, hub, run, tmp_path):
    """Relative ones tell nothing; the rest is up to who pushes."""
    desk = run.parent
    recipe = (desk / "desk.yaml").read_text()
    (desk / "own.yaml").write_text(recipe.replace("messages.csv", str(desk / "messages.csv")))
    assert shell("run", "own.yaml", "--out", tmp_path / "own", folder=desk).returncode == 0
    told = "paths of this machine go out with the rows: /"
    assert told in shell("push", tmp_path / "own", "--dry-run").stderr
    assert told not in shell("push", run, "--dry-run").stderr


def test_a_dry_run_as_json_is_what_a_script_reads(shell, hub, run):
    """The same, by name."""
    told = json.loads(shell("push", run, "--dry-run", "--format", "json").stdout)
    assert (told["repo_id"], told["revision"]) == (REPO, "main")
    assert sum(one["size_bytes"] for one in told["files"]) == told["size_bytes"]
    assert told["card"].startswith("---\n")
    assert [gate["holds"] for gate in told["gates"]] == [True] * len(told["gates"])


def test_a_push_takes_from_the_recipe_what_no_flag_says(shell, hub, run):
    """The receipt names the address, the files and the commit."""
    done = shell("push", run, "--tag", "v1")
    assert done.returncode == 0, done.stderr
    first, *_, gates, changed, commit = done.stdout.splitlines()
    assert first == f"{hub.endpoint}/datasets/ferry-line/desk"
    assert gates.startswith("holds ")
    assert changed.endswith(" sent, 0 deleted, in one commit of main, tag v1")
    assert commit == f"{first}/commit/{hub.repo(REPO).branches['main']}"
    assert "push" in done.stderr


def test_flags_win_over_the_recipe(shell, hub, run):
    """Another repository, private, on a branch, with words of one's own."""
    flags = ["--repo-id", "ann/try", "--private", "--revision", "b", "--message", "Hello"]
    told = json.loads(shell("push", run, *flags, "--format", "json", "--quiet").stdout)
    repo = hub.repo("ann/try")
    assert (told["repo_id"], repo.private, repo.commits[repo.branches["b"]].title) == (
        "ann/try",
        True,
        "Hello",
    )


def test_pushed_again_it_says_that_nothing_has_changed(shell, hub, run):
    """And exits as if it had pushed."""
    shell("push", run)
    done = shell("push", run)
    assert (done.returncode, "nothing has changed: main holds all of it" in done.stdout) == (
        0,
        True,
    )


def test_what_was_pulled_is_verified_and_says_what_was_not_done_anew(shell, hub, run, tmp_path):
    """Three commands, from one machine to another."""
    shell("push", run, "--include", "trainer")
    done = shell("pull", REPO, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("pulled/desk/: ")
    assert done.stdout.endswith("next: curator verify pulled/desk\n")
    told = shell("verify", "pulled/desk", folder=tmp_path)
    assert told.returncode == 0, told.stdout
    assert "          not done anew: ids: the contents that they are made from" in told.stdout
    assert shell("inspect", "pulled/desk", "--pack", "0", folder=tmp_path).returncode == 0
    told = shell("explain", "pulled/desk", "abcd", folder=tmp_path)
    assert "its records are not here" in told.stderr
    (tmp_path / "pulled/desk/dataset/README.md").write_text("mine")
    assert shell("verify", "pulled/desk", folder=tmp_path).returncode == 4


def test_what_was_pulled_is_not_pushed(shell, hub, run, tmp_path):
    """It is no run: nobody can say how it was made."""
    shell("push", run)
    shell("pull", REPO, "--out", tmp_path / "set")
    done = shell("push", tmp_path / "set", "--repo-id", "ann/mine")
    assert done.returncode == 3
    assert "this is what was published of a run, not the run" in done.stderr


def test_a_run_that_verify_would_fail_is_not_published(shell, hub, run, tmp_path):
    """The promises are checked before the first request."""
    other = shutil.copytree(run, tmp_path / "run")
    (other / "leakage.json").write_text("{}")
    done = shell("push", other)
    assert done.returncode == 4
    assert "nothing was published, these do not hold: " in done.stderr
    assert "hint: see all of it with: curator verify" in done.stderr
    assert hub.requests == []


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--repo-id", "desk"], "'desk' is not the name of a repository: give organisation/name"),
        (["--tag", "a b"], "'a b' cannot be the name of a branch or tag"),
        (["--include", "formats"], "'formats' is not one of 'bank', 'trainer'"),
    ],
)
def test_what_cannot_be_asked_is_a_mistake_of_the_command_line(shell, hub, run, flags, words):
    """Exit code 2, and nothing is asked of the Hub."""
    done = shell("push", run, *flags)
    assert (done.returncode, words in done.stderr, hub.requests) == (2, True, []), done.stderr


def test_without_a_place_to_push_to_it_is_said_how_to_give_one(shell, hub, tmp_path):
    """By a flag, or in the recipe."""
    (tmp_path / "rows.csv").write_text("text,topic\n" + "a b c,x\nd e f,y\n" * 9)
    (tmp_path / "bare.yaml").write_text(
        "name: bare\nread: [csv: {path: rows.csv, map: {input: text, label: topic}}]\n"
        "write: [instruction_set]\n"
    )
    assert shell("run", "bare.yaml", "-q", folder=tmp_path).returncode == 0
    done = shell("push", "build/bare", folder=tmp_path)
    assert done.returncode == 2
    assert "where to? give --repo-id ORG/NAME, or publish: [hub: {repo_id: ...}]" in done.stderr


def test_a_run_checks_what_its_recipe_says_of_publishing_and_asks_nothing(shell, hub, tmp_path):
    """A wrong name is found with its line, long before a push."""
    (tmp_path / "rows.csv").write_text("text,topic\na b c,x\n")
    recipe = "name: desk\nread: [csv: {path: rows.csv, map: {input: text, label: topic}}]\n"
    (tmp_path / "desk.yaml").write_text(f"{recipe}publish:\n  - hub: {{repo_id: desk}}\n")
    done = shell("run", "desk.yaml", folder=tmp_path)
    assert done.returncode == 2
    assert "desk.yaml:4: $.publish[0].hub: 'desk' is not the name of a repository" in done.stderr
    assert hub.requests == []


def test_a_pull_of_a_name_that_cannot_be_is_a_mistake_of_the_command_line(shell, hub):
    """As for a push."""
    done = shell("pull", "desk")
    assert (done.returncode, hub.requests) == (2, [])


def test_the_token_is_nowhere(shell, hub, env, run, tmp_path):
    """Not in what is printed, in files, in the repository, in the cache."""
    shell("push", run, "--include", "bank", "--include", "trainer", "--format", "json")
    hub.fail("GET", 403, lasting=True)
    shell("push", run, "--tag", "v2")
    hub.heal()
    shell("pull", REPO, "--out", tmp_path / "set")
    places = [run, tmp_path, __import__("pathlib").Path(env["HF_HOME"])]
    held = [p.read_bytes() for place in places for p in place.rglob("*") if p.is_file()]
    held += [text.encode() for text in shell.said] + list(hub.files(REPO).values())
    assert len(held) > 100
    assert not [data for data in held if TOKEN.encode() in data]
    assert TOKEN not in " ".join(path for _, path in hub.requests)
    assert os.environ.get("HF_TOKEN") is None
