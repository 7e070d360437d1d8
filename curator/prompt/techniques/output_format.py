"""Say exactly what an answer looks like: one of the labels, JSON, bullets or plain text."""

from __future__ import annotations

import json

from curator.prompt.switches import Switches
from curator.task import Task

SWITCHES = Switches(output_format=True)


def words(task: Task) -> str:
    """Put the task's output contract into words."""
    output = task.output
    if output.kind == "labels":
        listed = "\n".join(f"- {label}" for label in output.labels)
        return f"Answer with exactly one of these labels and nothing else:\n{listed}"
    if output.kind == "json_schema":
        schema = json.dumps(output.json_schema, ensure_ascii=False, sort_keys=True)
        return f"Answer with JSON only. It must keep to this JSON Schema:\n{schema}"
    if output.kind == "bullets":
        return 'Answer with a list: one point a line, each line beginning with "- ".'
    return "Answer in plain text without markup."
