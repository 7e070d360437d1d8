"""Plain messages: each exemplar as the turns that a few-shot prompt shows, one a line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from curator import schemas
from curator.prompt import messages
from curator.schemas.lines import LineGate
from curator.write import write_lines
from curator.write.bank.forms import Held

FILE = "exemplars.jsonl"


def write(held: Held, out: Path) -> dict[str, Any]:
    """Write ``{"messages": [...]}`` a line, by rank: put the first k before your own question."""
    gate = LineGate(schemas.load("messages"))
    with (out / FILE).open("wb") as file:
        written = write_lines(file, _lines(held), gate, name=FILE, first=1)
    return {"exemplars": written, "left_out": {}}


def _lines(held: Held) -> Iterator[str]:
    for one in held.exemplars:
        turns = [
            turn
            for turn in messages(held.task, [one], [], "few_shot")
            if turn["role"] != "system"  # the task's; an exemplar's own stays behind in prompts too
        ]
        yield orjson.dumps({"messages": turns}).decode()
