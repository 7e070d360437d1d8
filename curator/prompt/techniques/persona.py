"""Say first who the model is."""

from __future__ import annotations

from curator.prompt.switches import Switches
from curator.task import Task

SWITCHES = Switches(persona=True)


def words(task: Task) -> str:
    """Give the task's persona, empty where it has none."""
    return task.persona
