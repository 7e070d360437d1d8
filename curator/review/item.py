"""A record as a person sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Scalar = str | int | float


@dataclass(frozen=True, kw_only=True)
class Item:
    """
    One record to be reviewed; ``id`` is the hash of its content, so a changed record is another.

    ``messages`` are what was said before the answer, each with role and content (tool calls as
    text), in order.
    """

    id: str
    messages: Sequence[Mapping[str, str]]
    answer: str  # the completion's text or, where it says nothing, its tool calls
    calls: str | None = None  # tool calls beside a text
    label: str | None = None
    reasoning: str | None = None
    passage: str | None = None  # what the answer was drawn from, or what belongs to the prompt
    why: str = ""  # why the record is in the queue
    people: int = 1  # how many must answer
    metadata: Mapping[str, Scalar] = field(default_factory=dict)
    """split, label, source, tokens, confidence, exemplar_rank, why: only what is known."""


@dataclass(frozen=True, kw_only=True)
class Response:
    """What one person said of one record."""

    record_id: str  # the id of the item that was shown
    by: str  # a pseudonym
    at: str  # UTC, as 2026-01-31T12:00:00Z
    values: Mapping[str, Any]  # name of the question -> value; none: nothing is said, or no longer
    via: str = ""  # dataset or file that it came from
