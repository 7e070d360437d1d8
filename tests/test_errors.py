"""The error family: where, what, what to do; exit codes; pickling."""

import pickle

import pytest

from curator import errors
from curator.errors import (
    MissingExtra,
    RecipeError,
    SourceError,
    ValidationFailed,
    Violation,
    shorten,
)


def test_an_error_reads_as_where_what_and_hint():
    """The place comes first, the mend on a line of its own."""
    error = SourceError("cannot be opened", where="a.csv", hint="check the path")
    assert str(error) == "a.csv: cannot be opened\n  hint: check the path"


def test_violations_stand_under_the_message_that_sums_them_up():
    """Everything found is reported at once."""
    found = [
        Violation(rule="recipe", where="r.yaml:3: $.seed", message="'x' is not a whole number")
    ]
    text = str(RecipeError("1 mistake", found, where="r.yaml"))
    assert text == "r.yaml: 1 mistake\nr.yaml:3: $.seed: 'x' is not a whole number"


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("RecipeError", 2),
        ("SourceError", 3),
        ("ValidationFailed", 4),
        ("ReviewError", 5),
        ("WriteError", 6),
    ],
)
def test_each_error_has_the_exit_code_of_its_family(kind, code):
    """Scripts can tell a bad request from bad data."""
    assert getattr(errors, kind).exit_code == code


@pytest.mark.parametrize(
    "error",
    [
        SourceError("m", where="w", hint="h"),
        ValidationFailed("m", [Violation(rule="r", message="v")], hint="h"),
        MissingExtra("argilla", "review"),
    ],
)
def test_errors_survive_pickling_with_all_fields(error):
    """A worker process can raise any of them."""
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), str(copy), copy.__dict__) == (type(error), str(error), error.__dict__)


def test_a_missing_extra_says_which_command_installs_it():
    """The hint can be pasted into a shell."""
    expected = "argilla is not installed\n  hint: pip install 'curator-toolkit[review]'"
    assert str(MissingExtra("argilla", "review")) == expected


def test_shorten_cuts_long_values_and_blanks_control_characters():
    """A private document never spills into a log, nor an escape sequence into a terminal."""
    assert shorten("a" * 100, 10) == "aaaaaaaaa…"
    assert shorten("red\x1b[31m\nline") == "red [31m line"
