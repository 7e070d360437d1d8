"""Together's own check beside ours: what its client refuses, we refuse too."""

import json
import os
import subprocess
from datetime import date

import pytest

from curator.preflight import check
from curator.preflight.rules import load

pytestmark = pytest.mark.interop

CHECK = """
import json, sys
from together.lib.utils.files import check_file
for path in json.load(sys.stdin):
    try:
        told = check_file(path)
        print(json.dumps([told["is_check_passed"], str(told["message"])]))
    except Exception as error:
        print(json.dumps([False, repr(error)]))
"""
PAGES = "https://docs.together.ai/"
"""Sources of rules that the client leaves to the server."""


@pytest.fixture(scope="module", params=["2.14.0", "3.1.1"])
def client(request, tools):
    """Give what runs the check of one version, and that version."""
    program = tools / f"together-{request.param}" / "bin" / "python"
    if not program.is_file():
        pytest.skip(f"there is no {program}")

    def run(paths):
        done = subprocess.run(
            [program, "-c", CHECK],
            input=json.dumps([str(path) for path in paths]),
            env={**os.environ, "TOGETHER_DISABLE_TQDM": "true"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return [json.loads(line) for line in done.stdout.splitlines()]

    return run, request.param


@pytest.fixture(scope="module")
def files(root):
    """Every example file of Together's rules."""
    folder = root / "tests" / "examples" / "preflight"
    found = sorted(folder.glob("together_*/*/*.json*"))
    return [path for path in found if not path.match("*.expected.json")]


def test_what_the_client_refuses_is_refused(client, files):
    """On every example, sound or not: nothing leaves that would come back."""
    run, _ = client
    for path, (passed, message) in zip(files, run(files), strict=True):
        report = check(path, path.parts[-3], today=date(2026, 12, 1))
        assert passed or not report.holds() or "blank_lines" in path.name, (path, message)


def test_what_only_we_refuse_is_in_the_vendors_pages(client, files):
    """The last client that looked at rows let pass what the server does not."""
    run, version = client
    if version != "2.14.0":
        pytest.skip("this client looks at no rows")
    for path, (passed, _) in zip(files, run(files), strict=True):
        report = check(path, path.parts[-3], today=date(2026, 12, 1))
        if not (passed and not report.holds()):
            continue
        rules = {rule.name: rule for rule in load(path.parts[-3]).rules}
        errors = [rules[name] for name in report.counts if rules[name].severity == "error"]
        assert any(rule.source.startswith(PAGES) for rule in errors), path
