"""
Marks that a vendor's models read as structure, found in texts that are only carried.

A server that keeps texts and control tokens apart takes them as text; one that pastes a template
does not. Nothing is changed here: a flag says where to look.
"""

# ruff: noqa: RUF001 - the marks are as their vendors write them

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

AS_OF = "2026-11"
"""When the table was last added to; not every mark was held against its vendor's files then."""

RESERVED: dict[str, tuple[str, ...]] = {
    "anthropic": ("\n\nHuman:", "\n\nAssistant:"),
    "cohere": (
        "<BOS_TOKEN>", "<EOS_TOKEN>", "<|START_OF_TURN_TOKEN|>", "<|END_OF_TURN_TOKEN|>",
        "<|SYSTEM_TOKEN|>", "<|USER_TOKEN|>", "<|CHATBOT_TOKEN|>", "<|START_RESPONSE|>",
        "<|END_RESPONSE|>", "<|START_THINKING|>", "<|END_THINKING|>",
    ),
    "deepseek": (
        "<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>", "<｜User｜>", "<｜Assistant｜>",
        "<｜tool▁calls▁begin｜>", "<｜tool▁calls▁end｜>", "<｜tool▁call▁begin｜>",
        "<｜tool▁call▁end｜>", "<｜tool▁sep｜>", "<｜tool▁outputs▁begin｜>",
        "<｜tool▁outputs▁end｜>", "<｜tool▁output▁begin｜>", "<｜tool▁output▁end｜>",
        "<think>", "</think>",
    ),
    "google": (
        "<bos>", "<eos>", "<pad>", "<unk>", "<start_of_turn>", "<end_of_turn>",
        "<start_of_image>", "<end_of_image>",
    ),
    "meta": (
        "<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>",
        "<|eot_id|>", "<|eom_id|>", "<|python_tag|>", "<|header_start|>", "<|header_end|>",
        "<|eot|>", "<|eom|>", "<|python_start|>", "<|python_end|>", "[INST]", "[/INST]",
        "<<SYS>>", "<</SYS>>", "<s>", "</s>",
    ),
    "microsoft": ("<|system|>", "<|user|>", "<|assistant|>", "<|end|>", "<|endoftext|>"),
    "mistral": (
        "[INST]", "[/INST]", "[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]", "[AVAILABLE_TOOLS]",
        "[/AVAILABLE_TOOLS]", "[TOOL_CALLS]", "[TOOL_RESULTS]", "[/TOOL_RESULTS]",
        "[TOOL_CONTENT]", "[CALL_ID]", "[ARGS]", "[THINK]", "[/THINK]", "[PREFIX]", "[MIDDLE]",
        "[SUFFIX]", "[IMG]", "<s>", "</s>",
    ),
    "openai": (
        "<|im_start|>", "<|im_end|>", "<|im_sep|>", "<|endoftext|>", "<|endofprompt|>",
        "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>", "<|startoftext|>", "<|start|>",
        "<|end|>", "<|message|>", "<|channel|>", "<|constrain|>", "<|return|>", "<|call|>",
    ),
    "qwen": (
        "<|im_start|>", "<|im_end|>", "<|endoftext|>", "<|vision_start|>", "<|vision_end|>",
        "<|image_pad|>", "<|video_pad|>", "<|object_ref_start|>", "<|object_ref_end|>",
        "<|box_start|>", "<|box_end|>", "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>",
        "<think>", "</think>", "<tool_call>", "</tool_call>", "<tool_response>",
        "</tool_response>",
    ),
}  # fmt: skip


class Mark(NamedTuple):
    """A reserved mark: whose it is, which, and where in the text it begins (code points)."""

    vendor: str
    mark: str
    position: int


def reserved(text: str) -> list[Mark]:
    r"""
    Find every reserved mark in ``text``, by position, then vendor.

    >>> reserved("Hi <|eot_id|>")
    [Mark(vendor='meta', mark='<|eot_id|>', position=3)]
    """
    pattern, owners = _table()
    return [
        Mark(vendor, found.group(), found.start())
        for found in pattern.finditer(text)
        for vendor in owners[found.group()]
    ]


@cache
def _table() -> tuple[re.Pattern[str], dict[str, list[str]]]:
    owners: dict[str, list[str]] = {}
    for vendor in sorted(RESERVED):
        for mark in RESERVED[vendor]:
            owners.setdefault(mark, []).append(vendor)
    # no mark begins with another one, so their order in the pattern does not matter
    return re.compile("|".join(map(re.escape, sorted(owners)))), owners
