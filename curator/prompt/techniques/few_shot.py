"""Show exemplars as earlier turns, answers only: plain few-shot never shows reasoning."""

from __future__ import annotations

from curator.prompt.message import Exemplar, Message
from curator.prompt.switches import Switches

SWITCHES = Switches(shots=True)


def answer(exemplar: Exemplar) -> Message:
    """Give the exemplar's completion without its reasoning."""
    return {key: value for key, value in exemplar.completion.items() if key != "reasoning"}
