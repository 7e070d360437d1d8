"""Say exactly what an answer looks like: one of the labels, JSON, bullets or plain text."""

from __future__ import annotations

import json
import re

import orjson

from curator.prompt.message import Exemplar
from curator.prompt.switches import Switches
from curator.task import Output, Task

SWITCHES = Switches(output_format=True)
_POINT = re.compile(r"- +\S")


def words(task: Task, *, is_final: bool = False) -> str:
    """Put the output contract into words; ``is_final``: reasoning stands before the answer."""
    output = task.output
    how = "The final answer is" if is_final else "Answer with"
    if output.kind == "labels":
        listed = "\n".join(f"- {label}" for label in output.labels)
        return f"{how} exactly one of these labels and nothing else:\n{listed}"
    if output.kind == "json_schema":
        schema = json.dumps(output.json_schema, ensure_ascii=False, sort_keys=True)
        return f"{how} JSON only. It must keep to this JSON Schema:\n{schema}"
    if output.kind == "bullets":
        return f'{how} a list: one point a line, each line beginning with "- ".'
    return f"{how if is_final else 'Answer in'} plain text without markup."


def breach(task: Task, exemplar: Exemplar) -> str:
    """Say how an exemplar's answer breaks the contract that is shown; empty if it keeps it."""
    answer = (exemplar.completion.get("content") or "").strip()
    kind = task.output.kind
    if kind == "labels" and task.output.labels and answer not in task.output.labels:
        return "its answer is not one of the labels"
    if kind == "json_schema":
        return _json_breach(task.output, answer)
    if kind == "bullets" and not all(map(_POINT.match, answer.split("\n"))):
        return "its answer is not a list of points"
    return ""


def _json_breach(output: Output, answer: str) -> str:
    try:
        instance = orjson.loads(answer)
    except orjson.JSONDecodeError:
        return "its answer is not JSON"
    broken = output.breach(instance)
    return f"its answer breaks the JSON Schema: {broken}" if broken else ""
