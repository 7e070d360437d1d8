"""Personal data that is left in the rows, by type."""

from __future__ import annotations

from collections.abc import Iterator

from curator.personal_data import TYPES
from curator.write.instruction_set.card.markdown import listed, table
from curator.write.instruction_set.made import Made


def blocks(made: Made) -> Iterator[str]:
    """Say what was looked for and how, and count what was found."""
    facts = made.facts
    yield "## Personal data"
    yield (
        "Every text of every row was searched by patterns and check digits for "
        f"{listed([name.replace('_', ' ') for name in TYPES])}. Names of persons, streets and "
        "places, dates of birth, and what is told in other words, were not looked for."
    )
    kinds = sorted({kind for kind, _ in facts.personal})
    if not kinds:
        yield "Nothing was found."
        return
    yield from table(
        ("type", "somebody's", "in rows", "nobody's"),
        [
            (
                kind.replace("_", " "),
                f"{facts.personal[kind, False]:,}",
                f"{facts.personal_rows[kind]:,}",
                f"{facts.personal[kind, True]:,}",
            )
            for kind in kinds
        ],
    )
    yield (
        "Nobody's is what a standard keeps for examples and tests, what leads into a private "
        "network, and numbers of services."
    )
