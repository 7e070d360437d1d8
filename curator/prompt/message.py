"""Messages as an API takes them, and exemplars made of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SHOTS = 8
"""Exemplars, where nobody says how many."""
Message = dict[str, Any]
"""``role`` and ``content`` always; ``name``, ``tool_calls`` (a list), ``tool_call_id``, ``weight``,
``reasoning`` only where they say something."""


def from_record(fields: Mapping[str, Any]) -> Message:
    """Turn a record's message into an API's: no null fields, tool calls as objects."""
    said = {key: value for key, value in fields.items() if value is not None}
    if "tool_calls" in said:
        said["tool_calls"] = json.loads(said["tool_calls"])
    return {"role": said.pop("role"), "content": said.pop("content", None), **said}


@dataclass(frozen=True, kw_only=True)
class Exemplar:
    """An example chosen to be shown: its prompt, and the completion that answers it."""

    id: str
    prompt: Sequence[Message]
    completion: Message
    context: str | None = None

    @property
    def has_reasoning(self) -> bool:
        """Whether there is reasoning to show."""
        return bool(self.completion.get("reasoning"))
