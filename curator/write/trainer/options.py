"""What may be asked of a trainer export."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

TrainOn = Literal["completion", "assistant", "all"]
Overflow = Literal["error", "drop", "truncate_end", "split_turns"]


@dataclass(frozen=True, kw_only=True)
class Options:
    """How rows become tokens, and in which shapes these are written."""

    tokenizer: str  # folder or file of a tokenizer, or its name on the Hub
    template: str | None = None  # a .jinja file or one of ours; null: the tokenizer's own
    template_values: Mapping[str, Any] = field(default_factory=dict, hash=False)
    date: str | None = None  # what a template that asks for today is told, such as 2026-01-31
    rows: Literal["examples", "chunks"] = "examples"
    train_on: TrainOn = "completion"
    reasoning: Literal["content", "field"] = "content"  # or where the template puts it
    max_length: int = 2048  # tokens in a row, packed or not
    overflow: Overflow = "error"
    packing: Literal["best_fit", "none"] = "best_fit"
    max_segments: int | None = None  # examples in a pack
    formats: tuple[str, ...] = ("packed",)
    shard_tokens: int = 67_108_864  # tokens in a file, at most, unless one pack is longer
    seed: int = 0
    verify_tokens: bool = False  # hold every row, not a sample, against the reference tokenizer
