"""What the value of a key answers, in a table without a head."""

from __future__ import annotations

import re

from curator.derive.english.descriptions import what_it_does
from curator.derive.english.noun_phrases import is_noun_phrase
from curator.derive.english.questions import is_generic
from curator.derive.english.table_questions import (
    FOR_WHAT,
    OF_WHAT,
    is_attribute,
)
from curator.derive.english.wording import cased, clean

_KIND_OF_THING = re.compile(
    r"(`?\S+`?) (directive|command|option|function|method|class|parameter|setting|attribute"
    r"|element|property|module|variable|field|keyword|operator|macro|tag|flag|header)",
    re.IGNORECASE,
)


def of_key(key: str, heading: str, value: str, names: frozenset[str]) -> str | None:
    """
    Ask for what a table of keys and values under ``heading`` says of one key.

    >>> of_key("Default:", "Alias Directive", "none", frozenset())
    'What is the default of the `Alias` directive?'
    """
    words, subject = clean(key), _subject(clean(heading))
    if not subject or not words:
        return None
    asked = what_it_does(subject, value) if words.lower() == "description" else None
    if asked:
        return f"{asked[:1].upper()}{asked[1:]}?"
    head = cased(words, names)
    last = head.split(" ")[-1]
    is_sure = last in OF_WHAT | FOR_WHAT and is_attribute(head)
    if is_sure:
        return f"What is the {head} of {subject}?"
    return f"What is listed under “{words}” for {subject}?"


def _subject(heading: str) -> str:
    if not heading or is_generic(heading) or heading.endswith("?") or "“" in heading:
        return ""
    if match := _KIND_OF_THING.fullmatch(heading):
        return f"the `{match[1].strip('`')}` {match[2].lower()}"
    if re.search(r"\w_\w|[a-z][A-Z]", heading):
        return f"“{heading}”" if " " in heading else f"`{heading}`"
    return f"“{heading}”" if is_noun_phrase(cased(heading, frozenset())) else ""
