"""A dataset written from rows, and its card."""

from dataclasses import replace

import pytest

from curator.task import Task
from curator.write import instruction_set


@pytest.fixture
def written(tmp_path, records, manifest):
    """Write rows as a dataset, with what the manifest and the recipe's card say; give its folder."""

    def write(*rows, card=None, task=None, **said):
        recipe = {**said.pop("recipe", {}), **({"card": card} if card else {})}
        known = replace(manifest, recipe=recipe, **said)
        out = tmp_path / "dataset"
        instruction_set.write(
            records(*rows),
            instruction_set.Options(),
            out,
            task=task or Task(instruction="Classify."),
            manifest=known,
        )
        return out

    return write


@pytest.fixture
def card_of(written):
    """Write rows as a dataset; give the text of its card."""

    def write(*rows, **said):
        return (written(*rows, **said) / "README.md").read_text("utf-8")

    return write
