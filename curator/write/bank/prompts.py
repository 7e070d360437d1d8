"""Ready prompts: everything but the query, which a placeholder stands for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from curator.prompt import Exemplar, messages, shown, switches
from curator.task import Task

INPUT = "{{input}}"
CONTEXT = "{{context}}"
MAX_SHOTS = 256
"""No ready prompt shows more: a bank to search in may hold every train row."""


def prompts(
    task: Task, exemplars: Sequence[Exemplar], technique: str, *, has_context: bool
) -> Iterator[dict[str, Any]]:
    """
    Render a technique around the placeholder: once without shots, or once for each number of shots.

    The last message holds the placeholder, and ``{{context}}`` where exemplars have a context. Put
    the query in there and nowhere else: an exemplar's text may hold the same characters.
    """
    query = [{"role": "user", "content": INPUT}]
    held = shown(exemplars, technique)[:MAX_SHOTS]
    for shots in shot_counts(len(held)) if switches(technique).shots else [0]:
        yield {
            "technique": technique,
            "shots": shots,
            "exemplar_ids": [one.id for one in held[:shots]],
            "messages": messages(
                task, held[:shots], query, technique, context=CONTEXT if has_context else None
            ),
        }


def shot_counts(exemplars: int) -> list[int]:
    """
    Double from one shot up to all; none where there are no exemplars.

    >>> shot_counts(10)
    [1, 2, 4, 8, 10]
    """
    doubled = [1 << power for power in range(exemplars.bit_length()) if 1 << power < exemplars]
    return [*doubled, exemplars]
