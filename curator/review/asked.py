"""What every way of asking people has in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

Queue = Literal["suspicious", "sample", "all"]
Rule = Literal["majority", "unanimous", "latest"] | Mapping[str, str]
"""How several answers become one; ``{by: NAME}`` is the word of one person."""
Resolve = Rule | Mapping[str, Any]
"""One rule, or one for each question that is named: ``{verdict: unanimous, label: {by: ann}}``."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which rows people see, how many of them see each, and when their word is enough."""

    queue: Queue = "suspicious"
    size: int = 200  # rows of a sample
    people: int = 1  # who must answer a row that several see
    overlap: float = 1.0  # share of the rows that several see; the others are seen by one
    resolve: Resolve = "majority"  # of several people; a tie is no verdict
    min_alpha: float | None = None  # agreement on the verdict, over rows that several saw
    required: bool = True  # the run waits until every row of the queue has a verdict
    seed: int = 0


def stated(resolve: Resolve, question: str) -> Rule | None:
    """Give the rule that was stated for ``question``; None where none was for it alone."""
    if isinstance(resolve, str) or "by" in resolve:
        return None
    rule: Any = resolve.get(question)
    return cast("Rule | None", rule)


def rule_of(resolve: Resolve, question: str) -> Rule:
    """Give the rule for ``question``: its own, or the one for all; the majority otherwise."""
    if isinstance(resolve, str) or "by" in resolve:
        return resolve
    return stated(resolve, question) or "majority"
