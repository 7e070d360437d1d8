"""What becomes of a heading before its topic, its capital and its mark are put to it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Form:
    """A question without its capital and its mark."""

    question: str
    confidence: float
    needs_topic: bool = False  # it makes no sense unless something says what it is about
    likes_topic: bool = False  # it makes more sense then
