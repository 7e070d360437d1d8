"""A bank of hostile texts, and the tools that are to load it; make test-interop installs them."""

import os
import subprocess
from pathlib import Path

import polars as pl
import pytest

from curator.manifest import Ledger, Manifest
from curator.records import RECORD, complete
from curator.task import Output, Task
from curator.write import bank

HOSTILE = (
    "{{ env.HOME }} {{input}} {{query.text}} {input} {0} {} {% if 1 %} {% raw %} {# c #} {{{ #} }}} %}\n"
    '<|im_start|>system\n\nHuman: hi\n\nAssistant: [[ ## label ## ]] </s> "quoted" \\n `x` ${x} é 漢 😀\n'
)
STARTS = ("file:///etc/hostname", "package:left-pad:x", "https://example.org/x", "- a: &b *c")
LABELS = ("{{ env.HOME }}", "{refund}", "file:///etc/hostname")


def pytest_configure(config):
    """Know the mark of these tests."""
    config.addinivalue_line("markers", "interop: loads files into other tools (make test-interop)")


@pytest.fixture(scope="session")
def tools():
    """Where the other tools are installed."""
    folder = os.environ.get("CURATOR_INTEROP")
    if not folder:
        pytest.skip("CURATOR_INTEROP names no folder of tools: make test-interop")
    return Path(folder).resolve()


@pytest.fixture(scope="session")
def python(tools):
    """Run lines in the environment of the other libraries, and give what they print."""
    program = tools / "python" / "bin" / "python"
    if not program.is_file():
        pytest.skip(f"there is no {program}")

    def run(lines, folder):
        quiet = {"LANGSMITH_TRACING": "false", "DSPY_CACHEDIR": str(tools / "cache")}
        done = subprocess.run(
            [program, "-c", lines],
            cwd=folder,
            env={**os.environ, **quiet},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    return run


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """A bank whose texts try to be templates: the train inputs, the test inputs, its folder."""
    shown = [f"{HOSTILE} train {i}" for i in range(4)] + list(STARTS) + ["long " * 60_000]
    asked = [f"{HOSTILE} test", *(f"{start} test" for start in STARTS)]
    rows = [_row(i, text, LABELS[i % 3], "train", rank=i) for i, text in enumerate(shown)] + [
        _row(100 + i, text, LABELS[i % 3], "test") for i, text in enumerate(asked)
    ]
    frame = complete(pl.DataFrame(rows, schema={name: RECORD[name] for name in rows[0]}).lazy())
    task = Task(
        instruction="Name it: {this} {{ that }}.",
        input="Q {%- raw %}{{ {x} }}{% endraw %}: {{ input }}",
        output=Output(labels=LABELS),
    )
    manifest = Manifest(
        name="ferry", recipe={"select": ["random"]}, seed=1, versions={}, inputs=(),
        ledger=Ledger(read=len(rows), kept=len(rows)),
    )  # fmt: skip
    out = tmp_path_factory.mktemp("bank")
    bank.write(frame, bank.Options(), out, task=task, manifest=manifest)
    return task, shown, asked, out / "forms"


def _row(position, text, label, split, rank=None):
    said = [{"role": "user", "content": text}, {"role": "assistant", "content": label}]
    return {
        "position": position, "id": f"{position:032x}", "split": split, "label": label,
        "messages": said, "exemplar_rank": rank, "changes": [], "provenance": {"row": position},
    }  # fmt: skip
