"""What a procedure is for, as its heading or the sentence that leads to it says."""

from __future__ import annotations

import re
from dataclasses import dataclass

from curator.derive.english import grammar as g
from curator.derive.english.questions import Setting, question_of
from curator.derive.english.wording import dangles, from_reader

_HOW_DO_I = re.compile(r"(When it comes to [^?]+, )?[Hh]ow do I ([^?]+)\?")
_HOW = re.compile(r"((?:When it comes to [^?]+, )?[Hh]ow (?:do|does|is|are|can|should) [^?]+)\?")
_STEPS_TO = re.compile(r"(When it comes to [^?]+, )?[Ww]hat are the steps to ([^?]+)\?")
_LEADS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?:in order )?to ([^.:;?!,]+?),? (?:do (?:the following|this)|proceed as follows):",
        r"(?:in order )?to ([^.:;?!,]+?),? (?:take|follow) the(?:se)? (?:steps|instructions):",
        r"(?:follow|take|use|complete) (?:these|the following) (?:\w+ )?steps to ([^.:;?!]+):",
        r"(?:here is|here's|this is) how (?:to|you) ([^.:;?!]+):",
        r"(?:in order )?to ([^.:;?!,]+):",
    )
)
_MOST_WORDS = 14
_MOST_LEAD_CHARS = 400
_UNSAID = frozenset({"something", "anything", "someone", "anyone", "somebody"})

_NO_DEEDS = frozenset(
    {"guidelines", "rules", "requirements", "options", "conventions", "tips", "instructions"}
    | {"steps", "notes", "policy", "policies", "format", "checklist", "process", "procedure"}
)


@dataclass(frozen=True)
class Goal:
    """What to ask for all the steps, and what somebody wants who does them."""

    whole: str  # How do I book a group, step by step?
    purpose: str  # book a group; "" where it is not the reader who does it


def goal_of(
    lead: str, heading: str, above: tuple[str, ...], title: str, setting: Setting
) -> Goal | None:
    """
    Give the goal that the ``lead`` or else the ``heading`` names, or None.

    >>> goal_of("To report a loss, follow these steps:", "", (), "", Setting()).whole
    'How do I report a loss, step by step?'
    """
    if led := _led(lead):
        return _goal_to(led)
    asked = question_of(heading, above, title, setting) if heading else None
    if not asked:
        return None
    if match := _HOW_DO_I.fullmatch(asked[0]):
        return _goal_to(match[2], match[1] or "")
    if match := _STEPS_TO.fullmatch(asked[0]):
        return _goal_to(match[2], match[1] or "")
    if match := _HOW.fullmatch(asked[0]):
        return Goal(whole=f"{match[1]}, step by step?", purpose="")
    return None


def _led(lead: str) -> str:
    last = re.split(r"(?<=[.!?]) ", lead[-_MOST_LEAD_CHARS:])[-1] if lead.endswith(":") else ""
    for pattern in _LEADS:
        if match := pattern.fullmatch(last):
            return from_reader(match[1])
    return ""


def _goal_to(purpose: str, topic: str = "") -> Goal | None:
    words = purpose.split(" ")
    is_done = g.is_base_verb(words[0]) and len(words) <= _MOST_WORDS
    whole = f"{topic}how do I {purpose}, step by step?"
    whole = whole[:1].upper() + whole[1:]
    if not is_done or words[-1].lower() in _UNSAID | _NO_DEEDS or dangles(f"How do I {purpose}?"):
        return None
    return Goal(whole=whole, purpose=purpose)
