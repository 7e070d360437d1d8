"""Write one format and read its files."""

import json

import pytest

from curator.task import Task
from curator.write import formats


@pytest.fixture
def written(tmp_path, records, manifest):
    """Write rows in one format and give (lines by file, summary)."""

    def write(target, *rows, task=None):
        out = tmp_path / target
        out.mkdir()
        formats.write(
            records(*rows),
            formats.Options(targets=(target,)),
            out,
            task=task or Task(),
            manifest=manifest,
        )
        files = {
            path.name: [json.loads(line) for line in path.read_text().splitlines()]
            for path in (out / target).glob("*.jsonl")
        }
        return files, json.loads((out / target / "left_out.json").read_text())

    return write
