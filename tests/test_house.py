"""The house keeps its own rules: one file a step, no long module, layers, words in step with the code."""

import ast
import os
import subprocess
import sys
from dataclasses import MISSING, fields

import pytest

from curator import schemas
from curator.recipe import steps

STEPS = [(room, name) for room in steps.ROOMS for name in steps.names(room)]


@pytest.mark.parametrize("room", steps.ROOMS)
def test_every_step_is_a_file_a_test_file_and_a_schema_entry(room, root):
    """A step that lacks one of the three does not exist."""
    described, there = set(steps.names(room)), set(steps.files(room))
    tested = {
        path.stem.removeprefix("test_") for path in (root / "tests" / room).rglob("test_*.py")
    }
    tested |= {path.name for path in (root / "tests" / room).iterdir() if path.is_dir()}
    assert described == there
    assert described <= tested


@pytest.mark.parametrize(("room", "name"), STEPS)
def test_options_and_schema_agree_in_names_and_defaults(room, name):
    """What the schema tells an editor is what the step does."""
    entry = schemas.load("recipe")["$defs"][f"{room}.{name}"]
    given = {field.name: field for field in fields(steps.module(room, name).Options)}
    assert set(entry.get("properties", {})) == set(given)
    for option, reference in entry.get("properties", {}).items():
        rule = schemas.follow(reference)
        default, made = given[option].default, given[option].default_factory
        default = default if made is MISSING else made()
        if default is MISSING:
            assert option in entry.get("required", ()), option
        elif "default" in rule:
            expected = (
                tuple(rule["default"]) if isinstance(rule["default"], list) else rule["default"]
            )
            assert expected == default, option


@pytest.mark.parametrize(("room", "name"), STEPS)
def test_options_are_frozen_and_named(room, name):
    """No step can change what it was told, and no option goes by its place."""
    options = steps.module(room, name).Options
    assert options.__dataclass_params__.frozen
    assert all(field.kw_only for field in fields(options))


def test_no_module_is_over_300_lines(root):
    """A file that grows beyond a few screens is two ideas."""
    lines = {path: len(path.read_text().splitlines()) for path in (root / "curator").rglob("*.py")}
    assert {str(path): n for path, n in lines.items() if n > 300} == {}


def test_no_module_has_a_name_that_says_nothing(root):
    """Things are called by what they are."""
    empty = {"utils", "helpers", "common", "misc", "manager", "base"}
    assert not {path.stem for path in (root / "curator").rglob("*.py")} & empty


def test_every_test_says_in_one_sentence_what_holds(root):
    """The tests are the second half of the documentation."""
    silent = [
        f"{path.relative_to(root)}:{node.lineno} {node.name}"
        for path in (root / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
        and node.name.startswith("test_")
        and not ast.get_docstring(node)
    ]
    assert silent == []


def test_the_layers_hold(root):
    """Nothing reaches up, and no room reaches into the next."""
    linter = root / ".venv" / "bin" / "lint-imports"
    if not linter.exists():
        pytest.skip("import-linter is not installed: make lint")
    done = subprocess.run([linter], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_help_loads_none_of_the_heavy_libraries():
    """The front door opens at once."""
    heavy = [
        "polars",
        "pyarrow",
        "datasets",
        "jsonschema",
        "jsonschema_rs",
        "argilla",
        "huggingface_hub",
        "numba",
        "rich",
        "yaml",
    ]
    code = (
        "import sys\nfrom curator.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        f"print(sorted(set({heavy}) & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def test_every_schema_is_valid_json_schema():
    """Nobody is checked against a rule that is no rule."""
    from jsonschema import Draft202012Validator

    for name in schemas.names():
        Draft202012Validator.check_schema(schemas.load(name))


def test_public_names_are_those_that_the_package_lists():
    """What can be imported from the top is what is promised, and each name leads somewhere."""
    import curator

    assert sorted(curator._HOMES) == sorted(curator.__all__)
    assert all(getattr(curator, name).__name__ == name for name in curator.__all__)


def test_help_answers_at_once():
    """Before a person can wonder whether it hangs: in processor time, because machines are busy."""
    command = [sys.executable, "-m", "curator", "--help"]
    took = []
    for _ in range(5):
        before = os.times()
        subprocess.run(command, capture_output=True, check=True)
        after = os.times()
        took.append(sum(after[2:4]) - sum(before[2:4]))  # of children
    assert min(took) <= 0.15
