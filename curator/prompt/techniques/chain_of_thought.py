"""Ask for reasoning, and show only exemplars that have it: reasoning, blank line, marked answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from curator.prompt.switches import Switches
from curator.task import Task

SWITCHES = Switches(shots=True, reasoning=True)


def words(task: Task) -> str:
    """Ask to think first and to mark the answer."""
    default = f'Think step by step. Then give the final answer after "{task.answer_marker}".'
    return task.cue or default


def worked(task: Task, completion: Mapping[str, Any]) -> dict[str, Any]:
    """Write a completion's reasoning before its answer; one without reasoning stays as it is."""
    spoken = {key: value for key, value in completion.items() if key != "reasoning"}
    if reasoning := completion.get("reasoning"):
        answer = spoken.get("content") or ""
        spoken["content"] = f"{reasoning}\n\n{task.answer_marker} {answer}"
    return spoken
