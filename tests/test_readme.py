"""README and pages are true: commands print what is shown, the table is the schema's, links lead on."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from curator import schemas
from curator.cli import COMMANDS
from curator.recipe import steps

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md"] + [
    ROOT / "docs" / f"{name}.md"
    for name in ("recipe", "documents", "review", "training", "formats", "vendors", "publish")
]
TABLE_PAGE = ROOT / "docs" / "recipe.md"
TEXT = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
BLOCKS = re.findall(r"^```(console|python|yaml)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
TABLE = re.compile(r"(?<=<!-- steps -->\n).*(?=<!-- /steps -->)", re.DOTALL)


def read_in_order():
    """Give a recipe, a command with what it prints, or a Python block, as they stand."""
    for kind, body in BLOCKS:
        if kind == "console":
            yield from ((command, shown) for command, shown in COMMAND.findall(body))
        elif kind == "python":
            yield ("python", body)
        else:
            yield ("recipe", body)


STATEMENTS = list(read_in_order())


def make_demo(root):
    """Give the command that make runs for the demo."""
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    return re.search(r"^demo:.*\n\t\$\(BIN\)/(.*)", makefile, re.MULTILINE).group(1)


def step_table():
    """Put every step and its options, as the recipe schema describes them, into Markdown."""
    lines = []
    for room in steps.ROOMS:
        lines += [f"| {room} | what it does | options |", "|---|---|---|"]
        for name in steps.names(room):
            entry = schemas.load("recipe")["$defs"][f"{room}.{name}"]
            needed = entry.get("required", ())
            options = [
                f"**`{option}`**" if option in needed else f"`{option}`"
                for option in entry.get("properties", {})
            ]
            means = re.sub(r"([<>|*])", r"\\\1", entry["description"].replace("``", "`"))
            lines.append(f"| `{name}` | {means} | {', '.join(options) or 'none'} |")
        lines.append("")
    return "\n".join(["", *lines])


@pytest.fixture(scope="module")
def desk(tmp_path_factory, root):
    """A folder with recipes and samples, as in a fresh clone."""
    folder = tmp_path_factory.mktemp("desk")
    for name in ("recipes", "samples"):
        ignored = shutil.ignore_patterns("*.splits.parquet")
        shutil.copytree(root / name, folder / name, ignore=ignored)
    return folder


@pytest.fixture(scope="module")
def hub(root):
    """A Hub on this machine in which the reader is a member of ferry-line."""
    spec = spec_from_file_location("loopback_hub", root / "tests/publish/loopback_hub.py")
    module = module_from_spec(spec)
    sys.modules["loopback_hub"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    running = module.LoopbackHub({"hf_reader": module.User("reader", orgs=("ferry-line",))})
    yield {"HF_ENDPOINT": running.endpoint, "HF_TOKEN": "hf_reader", "HF_HUB_DISABLE_XET": "1"}
    running.stop()


@pytest.fixture(scope="module")
def shell(desk, hub):
    """Run a command line in the folder, curator first on the PATH; no other Hub is asked."""
    own = {"HF_HOME": str(desk / ".hub"), "HF_HUB_OFFLINE": "0", "COLUMNS": "80", **hub}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])

    def run(command):
        return subprocess.run(
            ["bash", "-c", command],
            cwd=desk,
            env={**os.environ, **own, "PATH": path},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture(scope="module")
def told(desk, shell, root):
    """Walk through README and pages from top to bottom; give what each statement printed."""
    printed = []
    for what, body in STATEMENTS:
        if what == "recipe":
            name = re.match(r"# (\S+\.yaml)\n", body).group(1)
            (desk / name).write_text(body, encoding="utf-8")
            printed.append(None)
        elif what == "python":
            (desk / "block.txt").write_text(body, encoding="utf-8")
            printed.append(shell("python -m doctest block.txt"))
        elif what == "make demo":
            demo = make_demo(root)
            printed.append(shell(f"echo .venv/bin/{demo}; {demo}"))
        else:
            printed.append(shell(what))
    return printed


def agrees(shown, printed):
    """Say whether line is like line; a line of three dots stands for any lines."""
    lines = (
        r"(?:.*\n)*?" if line == "..." else re.escape(f"{line}\n") for line in shown.splitlines()
    )
    return re.fullmatch("".join(lines), printed) is not None


@pytest.mark.parametrize("at", range(len(STATEMENTS)), ids=[what[:40] for what, _ in STATEMENTS])
def test_every_command_prints_what_the_readme_shows(at, told):
    """A newcomer who types along sees the same lines; Python blocks say what they say."""
    (what, shown), done = STATEMENTS[at], told[at]
    if what == "recipe":
        return
    assert done.returncode == 0, done.stdout + done.stderr
    if what != "python":
        assert agrees(shown, done.stdout), done.stdout


def test_every_python_block_has_something_to_compare():
    """A block without prompts would pass whatever it says."""
    blocks = [body for what, body in STATEMENTS if what == "python"]
    assert blocks
    assert all(">>> " in body for body in blocks)


def test_three_dots_stand_for_any_lines_and_nothing_else_does():
    """The comparison itself can fail."""
    assert agrees("a\n...\nd\n", "a\nb\nc\nd\n")
    assert agrees("a\n...\n", "a\n")
    assert not agrees("a\nd\n", "a\nb\nd\n")
    assert not agrees("a\n...\nd\n", "a\nb\n")


@pytest.mark.parametrize("command", COMMANDS)
def test_the_example_of_every_help_text_runs(command, told, shell, desk):
    """What --help suggests works in the folder where the demo has run."""
    said = shell(f"curator {command} --help").stdout
    example = shlex.split(re.search(r"Example:\n +(curator .*)", said).group(1))
    done = shell(shlex.join(example))
    assert done.returncode == 0, done.stderr
    assert done.stdout


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_pages_and_headings_that_are_there(page):
    """Of files in this project; addresses elsewhere are not asked."""
    for link in re.findall(r"\]\(([^)]+)\)", page.read_text(encoding="utf-8")):
        path, _, heading = link.partition("#")
        if "://" not in link:
            leads_to = (page.parent / path) if path else page
            assert leads_to.exists(), link
            names = re.findall(r"(?m)^#+ (.*)", leads_to.read_text()) if heading else []
            assert not heading or heading in {each.lower().replace(" ", "-") for each in names}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_readme(command):
    """A command that nobody hears of is of no use."""
    assert f"curator {command}" in TEXT


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "sum_closed"), re.findall(r"^\| `(\w+)` .*`(read .*)` \|$", TEXT, re.MULTILINE)
)
def test_recipes_for_public_data_end_with_the_sum_in_the_readme(name, sum_closed, real_data, shell):
    """Who fetches the data gets the same rows as we did."""
    folder = real_data / {"chats": "airline-function-chats"}.get(name, name)
    done = shell(
        shlex.join(["curator", "run", "--quiet", f"recipes/{name}.yaml", "--var", f"data={folder}"])
    )
    assert done.stdout.splitlines()[-1] == sum_closed, done.stderr


def test_the_step_table_is_fresh():
    """Run ``python tests/test_readme.py`` when a step or its options have changed."""
    assert TABLE.search(TEXT).group() == step_table()


if __name__ == "__main__":
    page = TABLE_PAGE.read_text(encoding="utf-8")
    TABLE_PAGE.write_text(TABLE.sub(lambda _: step_table(), page), encoding="utf-8")
