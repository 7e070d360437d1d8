"""What it is for and what not, whom to ask, and how to cite it."""

from __future__ import annotations

from collections.abc import Iterator

from curator.write.instruction_set.card.markdown import cell, fence
from curator.write.instruction_set.made import Made

FEW = 10
"""Rows of a label, under which a model has little to learn from."""


def blocks(made: Made) -> Iterator[str]:
    """Give what the recipe says, and the limits that the counts show."""
    about = made.about
    if about.intended_use:
        yield "## Intended use"
        yield about.intended_use.strip()
    yield "## Limits"
    if about.limits:
        yield about.limits.strip()
    yield "\n".join(f"- {cell(limit, 300)}" for limit in limits(made))
    if citation := about.bibtex():
        yield "## Citation"
        yield fence(citation, "bibtex")
    if about.contact:
        yield "## Contact"
        yield about.contact.strip()


def limits(made: Made) -> Iterator[str]:
    """Say in sentences what the counts show."""
    facts = made.facts
    told = sorted(name for name in facts.languages if name is not None)
    if told:
        yield f"Language: {', '.join(told)}."
    if silent := facts.languages[None]:
        yield f"{silent:,} rows do not say which language they are in."
    if made_by_steps := facts.total - made.read_rows:
        yield (
            f"{made_by_steps:,} rows were drawn from documents or other rows by patterns, "
            "without a person."
        )
    if unseen := facts.total - facts.reviewed.total():
        yield f"{unseen:,} rows were reviewed by nobody."
    if few := sum(n < FEW for n in facts.labels.values()):
        yield f"{few:,} of {len(facts.labels):,} labels have fewer than {FEW} rows."
    if silent := facts.licences[None]:
        yield f"{silent:,} rows state no licence."
    yield "Personal data was looked for by patterns only: names, among others, were not."
