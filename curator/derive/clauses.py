"""Headings that are clauses, and the order that their words have in a question."""

from __future__ import annotations

import re

from curator.derive import grammar as g
from curator.derive.form import Form
from curator.derive.noun_phrases import are_many, can_head, is_noun_phrase
from curator.derive.wording import content, from_reader, words_of


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_PRONOUN_SUBJECTS = _set("we you i they it everyone everybody nobody someone somebody")


def of_time(phrase: str) -> Form | None:
    """Ask what to do, or what happens, at the time or in the case that the heading names."""
    clause = phrase.split(",", 1)[0]
    first, _, rest = clause.partition(" ")
    first, words = first.lower(), words_of(rest)
    if first == "when" and words and words[0].lower() == "to":
        return _to("when", rest) if "," not in phrase else None
    if not words or (g.is_base_verb(clause.split()[-1]) and len(words) == 1):
        return None
    subject, verb = words[0].lower(), words[1] if len(words) > 1 else ""
    turned = from_reader(clause[0].lower() + clause[1:])
    if first == "when" and g.verb_of_ing(subject):
        return Form(f"what should I do {turned}", 0.7, needs_topic=len(words) < 3)
    if first == "when" and subject in g.AUXILIARIES:
        return Form(from_reader(clause), 0.7)
    if first in ("before", "after", "while", "until", "once", "if"):
        is_clause = subject in _PRONOUN_SUBJECTS | g.SOMEBODY and _is_finite(verb)
        if not is_clause and not (first == "if" and _verb_at(words)):
            return None
        return Form(f"what should I do {turned}", 0.7) if subject != "we" else None
    if first != "when" or subject == "we" or "," in phrase:
        return None
    if (subject in _PRONOUN_SUBJECTS | g.SOMEBODY and _is_finite(verb)) or _verb_at(words):
        return Form(f"what happens {turned}", 0.7)
    return None


def _to(wh: str, rest: str) -> Form | None:
    verb = rest.split()[1] if len(rest.split()) > 1 else ""
    if not g.is_base_verb(verb):
        return None
    doing = from_reader(rest.partition(" ")[2])
    return Form(f"how do I {doing}" if wh == "how" else f"{wh} should I {doing}", 0.7)


def of_clause(phrase: str) -> Form | None:
    """Put a clause that a question word opens into the order of a question."""
    wh, _, rest = phrase.partition(" ")
    wh, words = wh.lower(), words_of(rest)
    if not words or "," in rest or words[-1].lower() in g.WH or not content(phrase):
        return None
    first = words[0].lower()
    if first == "to":
        return _to(wh, rest)
    if first in g.AUXILIARIES:
        is_stub = len(words) == 1
        needs = len(content(phrase)) < 2
        return None if is_stub else Form(from_reader(f"{wh} {rest}"), 0.85, needs)
    if wh in ("what", "who") and g.is_third_person(first) and not g.is_plural(first):
        return _subject_asked(wh, rest, words)
    if wh in ("what", "who") and g.is_third_person(first) and len(words) > 1:
        return _subject_asked(wh, rest, words)
    if wh in ("which", "whose") or first in ("much", "many", "long", "often", "far", "big"):
        return None
    at = _verb_at(words)
    if at is None:
        return None
    subject, verb = " ".join(words[:at]), words[at].lower()
    tail = " ".join(words[at + 1 :])
    if re.search(r"[^\w\s'&-]", rest):
        return None  # marks would be lost
    needs = len(content(phrase)) < 2
    if verb in g.AUXILIARIES and (tail or verb in g.BE):
        asked = f"{wh} {verb} {subject} {tail}"
    elif subject.lower() in ("we", "you", "i", "they") and g.is_base_verb(verb):
        asked = f"{wh} do {subject} {verb} {tail}"
    elif g.is_third_person(verb):
        asked = f"{wh} does {subject} {g.verb_of(verb)} {tail}"
    elif g.is_base_verb(verb) and are_many(subject):
        asked = f"{wh} do {subject} {verb} {tail}"
    elif g.is_past(verb):
        asked = f"{wh} did {subject} {g.verb_of(verb)} {tail}"
    else:
        return None
    return Form(from_reader(asked.strip()), 0.7, needs_topic=needs)


def _subject_asked(wh: str, rest: str, words: list[str]) -> Form | None:
    is_stub = len(words) == 1 or words[-1].lower() in ("next", "then", "now")
    return Form(from_reader(f"{wh} {rest}"), 0.7, needs_topic=is_stub)


def _is_finite(word: str) -> bool:
    lower = word.lower()
    return (
        lower in g.AUXILIARIES
        or g.is_base_verb(lower)
        or g.is_third_person(lower)
        or (g.is_past(lower))
    )


def _verb_at(words: list[str]) -> int | None:
    """Find the verb of a clause that begins with its subject: after a pronoun, or after a noun."""
    if words[0].lower() in _PRONOUN_SUBJECTS | g.SOMEBODY:
        return 1 if len(words) > 1 and _is_finite(words[1]) else None
    for at in range(1, len(words)):
        word, before = words[at].lower(), words[at - 1]
        if word in g.WH or word in g.POINTING:
            return None  # a clause within the subject
        if not can_head(before) or not is_noun_phrase(" ".join(words[:at])):
            continue
        if word in g.AUXILIARIES:
            return at
        is_many = are_many(" ".join(words[:at]))
        agrees = g.is_base_verb(word) if is_many else g.is_third_person(word)
        if agrees and not g.is_closed(word):
            return at
    return None
