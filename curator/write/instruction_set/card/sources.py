"""What the rows were made of, and under which licences."""

from __future__ import annotations

from collections.abc import Iterator

from curator.write.instruction_set.card.markdown import cell, table
from curator.write.instruction_set.made import Made

NONE = "none stated"
MAX_FILES = 20
"""Files that are listed, those that gave most rows; the manifest has all."""


def blocks(made: Made) -> Iterator[str]:
    """Give each licence with its rows, then files with their hash, rows and licences."""
    facts = made.facts
    inputs = sorted(made.manifest.inputs, key=lambda one: -one.get("kept", 0))
    yield "## Sources and licences"
    ranked = sorted(facts.licences.items(), key=lambda item: (-item[1], item[0] or ""))
    yield from table(("licence", "rows"), [(cell(name or NONE), f"{n:,}") for name, n in ranked])
    of_file: dict[str | None, list[str]] = {}
    for uri, name in sorted(facts.sources, key=lambda pair: (pair[0] or "", pair[1] or "")):
        of_file.setdefault(uri, []).append(name or NONE)
    yield from table(
        ("file", "rows read", "kept", "licence", "sha256"),
        [
            (
                cell(one.get("uri")),
                f"{one.get('rows', 0):,}",
                f"{one.get('kept', 0):,}",
                cell(", ".join(of_file.get(one.get("uri"), []))),
                str(one.get("sha256")),
            )
            for one in inputs[:MAX_FILES]
        ],
    )
    if len(inputs) > MAX_FILES:
        yield f"and {len(inputs) - MAX_FILES:,} more files: the manifest lists all."
