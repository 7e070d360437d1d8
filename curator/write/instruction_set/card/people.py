"""Who reviewed the rows, what they decided, and how far they agree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from curator.write.instruction_set.card.markdown import cell, table
from curator.write.instruction_set.made import Made


def blocks(made: Made) -> Iterator[str]:
    """Give how many rows people reviewed, who they are, and the agreement that the run measured."""
    reviewed, review = made.facts.reviewed, made.manifest.review
    yield "## Reviews"
    if made.about.annotators:
        yield made.about.annotators.strip()
    if not reviewed:
        yield "Nobody has reviewed the rows."
        return
    counts = ", ".join(f"{cell(name)} {n:,}" for name, n in sorted(reviewed.items()))
    yield f"People have reviewed {reviewed.total():,} of the rows: {counts}."
    if review:
        yield (
            f"{_people(review['people'])} gave {review['answers']:,} answers on "
            f"{review['rows']:,} rows, {review['rows_of_several']:,} of which several people saw; "
            f"on {review['disputed']['rows']:,} they gave different verdicts."
        )
        yield from table(
            ("question", "rows of several", "equal pairs", "Krippendorff's alpha", "95 % interval"),
            [_line(name, one) for name, one in review["agreement"].items()],
        )


def _people(count: int) -> str:
    return "One person" if count == 1 else f"{count:,} people"


def _line(name: str, one: dict[str, Any]) -> tuple[str, ...]:
    same = "" if one["same"] is None else f"{one['same']:.0%}"
    alpha = cell(one["note"]) if one["alpha"] is None else f"{one['alpha']:.2f}"
    interval = "" if one["low"] is None else f"{one['low']:.2f} to {one['high']:.2f}"
    return cell(name), f"{one['rows']:,}", same, alpha, interval
