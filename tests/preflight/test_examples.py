"""Every rule of every pack has a file that breaks it; a file dropped into a folder is a test."""

import json
import re
from pathlib import Path

import pytest

from curator.preflight import check
from curator.preflight.paths import reached, read
from curator.preflight.rules import load, names

FOLDER = Path(__file__).resolve().parents[1] / "examples" / "preflight"
INVALID = sorted(path for path in FOLDER.glob("*/invalid/*") if not path.match("*.expected.json"))
VALID = sorted(FOLDER.glob("*/valid/*"))
SMALL = {"too_few_rows", "few_rows", "closing"}
"""What any file of two rows breaks."""
PLACEHOLDER = re.compile(r"\{(found|min|max|values|keys|kinds|texts|suffixes|date)\}")
LARGE = {"tokens", "max_chars", "rows_having"}
"""Checks whose limits are too large for a file here: test_limits breaks them."""


def _rule(path):
    return re.match(r"[a-z0-9_]+", path.name)[0]


@pytest.mark.parametrize("path", INVALID, ids=lambda path: f"{path.parts[-3]}-{path.name}")
def test_an_invalid_file_breaks_the_rule_that_it_is_named_after(path, today):
    """And no other, unless the file beside it names them."""
    pack, rule = path.parts[-3], _rule(path)
    beside = path.with_name(f"{rule}.expected.json")
    expected = set(json.loads(beside.read_text())["rules"]) if beside.exists() else {rule}
    report = check(path, pack, today=today)
    broken = {name.removeprefix(f"{pack}.") for name in report.counts}
    quiet = SMALL | {"azure": {"byte_order_mark"}, "mistral": {"file_size"}}.get(
        load(pack).vendor, set()
    )
    assert broken - (quiet - expected) == expected


@pytest.mark.parametrize("path", INVALID, ids=lambda path: f"{path.parts[-3]}-{path.name}")
def test_a_finding_says_where_it_is_and_what_to_do(path, today):
    """Its line is the one of the row, its path leads to what is there, its words are filled in."""
    report = check(path, path.parts[-3], today=today)
    lines = path.read_bytes().splitlines()
    for finding in report.findings:
        assert not PLACEHOLDER.search(finding.message)
        if finding.row and finding.path != "$":
            reached(json.loads(lines[finding.line - 1]), read(finding.path))


@pytest.mark.parametrize("path", VALID, ids=lambda path: f"{path.parts[-3]}-{path.name}")
def test_a_valid_file_breaks_nothing(path, today):
    """But for what vendors say of every file."""
    report = check(path, path.parts[-3], today=today)
    assert report.holds()
    assert [f for f in report.findings if f.severity != "notice"] == []


@pytest.mark.parametrize("name", names())
def test_every_rule_has_a_file_that_breaks_it(name):
    """Or is broken by test_limits."""
    there = {_rule(path) for path in (FOLDER / name / "invalid").iterdir()}
    large = {
        rule.name
        for rule in load(name).rules
        if rule.check in LARGE or (rule.check in ("rows", "size") and "min" not in rule.limits)
    }
    rules = {
        rule.name.removeprefix(f"{name}.") for rule in load(name).rules if rule.name not in large
    }
    assert rules <= there
    assert (FOLDER / name / "valid").is_dir()
