"""What the dataset is."""

from __future__ import annotations

from collections.abc import Iterator

from curator.write.instruction_set.card.markdown import cell, fence, listed
from curator.write.instruction_set.made import Made


def blocks(made: Made) -> Iterator[str]:
    """Give the title, the recipe's summary, what a row is, and what the model is asked to do."""
    facts, task = made.facts, made.task
    yield f"# {cell(made.about.title, 200)}"
    if made.about.summary:
        yield made.about.summary.strip()
    of_splits = listed([f"{facts.rows[split]:,} for {split}" for split in facts.splits])
    rows = f"{facts.total:,} rows" + (f": {of_splits}" if of_splits else "")
    yield (
        f"{rows}. A row is a chat as a model is trained on it: the prompt, word for word as it "
        "will be asked, and the answer."
    )
    if task.instruction:
        yield "What the model is asked to do:"
        yield fence(task.instruction)
