"""Headings that are clauses, and the order that their words have in a question."""

from __future__ import annotations

import re

from curator.derive.english import grammar as g
from curator.derive.english.doings import has_articles, is_command
from curator.derive.english.form import Form
from curator.derive.english.noun_phrases import are_many, can_head, is_noun_phrase
from curator.derive.english.wording import clean, content, from_reader, words_of


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_MEASURES = _set("much many long often far big old soon")
_MARKS = re.compile(r"[^\w\s'&-]")  # marks inside would be lost
_ENOUGH_WORDS = 3
_ENOUGH_CONTENT = 2
_CASES = re.compile(r"\W*(?:if|when|where)\b", re.IGNORECASE)
_SOMEWHERE = re.compile(
    r"\b(?:on|at|by|before|after|until|from) the (?:way|day|time|date|end|start|place|spot|night)\Z"
)
_PRONOUN_SUBJECTS = _set("we you i they it everyone everybody nobody someone somebody")


def of_time(phrase: str, said: str = "") -> Form | None:
    """
    Ask what to do, or what happens, at the time or in the case that the heading names.

    What is ``said`` under it tells which: orders, or what comes of it.
    """
    clause, _, more = phrase.partition(",")
    link, _, rest = clause.partition(" ")
    link, words = link.lower(), words_of(rest)
    if not words or (more and link != "if"):
        return None
    if link == "when" and words[0].lower() == "to":
        return _to("when", rest)
    if link == "when" and words[0].lower() in g.AUXILIARIES:
        return Form(from_reader(clause), 0.7)
    turned = from_reader(f"{link} {rest}")
    if link == "when" and g.verb_of_ing(words[0]):
        return Form(f"what should I do {turned}", 0.7, needs_topic=len(words) < _ENOUGH_WORDS)
    if words[0].lower() == "we" or not _is_clause(words, link) or _CASES.match(said):
        return None
    is_order = is_command(re.split(r"[.:;|]\s", clean(said[:200]))[0])
    asked = "what happens" if link == "when" and not is_order else "what should I do"
    return Form(f"{asked} {turned}", 0.7)


def _is_clause(words: list[str], link: str) -> bool:
    if words[0].lower() in _PRONOUN_SUBJECTS | g.SOMEBODY:
        return len(words) > 1 and _is_finite(words[1])
    return link in ("when", "if") and _verb_at(words) is not None


def _to(wh: str, rest: str, uncounted: frozenset[str] = frozenset()) -> Form | None:
    _, verb, more = (*rest.split(" ", 2), "", "")[:3]
    if not g.is_base_verb(verb) or not has_articles(more, uncounted):
        return None
    doing = from_reader(rest.partition(" ")[2])
    if wh == "how":
        return None if doing in g.NEED_OBJECTS else Form(f"how do I {doing}", 0.7)
    is_bare = len(content(rest)) < _ENOUGH_CONTENT and g.is_base_verb(rest.rsplit(maxsplit=1)[-1])
    return Form(f"{wh} should I {doing}", 0.7, needs_topic=is_bare)


def of_clause(phrase: str, uncounted: frozenset[str] = frozenset()) -> Form | None:
    """Put a clause that a question word opens into the order of a question."""
    wh, _, rest = phrase.partition(" ")
    wh, words = wh.lower(), words_of(rest)
    if not words or _MARKS.search(rest) or words[-1].lower() in g.WH or not content(phrase):
        return None
    first, is_stub = words[0].lower(), len(words) == 1
    says = content(phrase)
    is_vague = g.PERSONS & set(map(str.lower, words)) or not any(map(g.can_be_noun, says))
    needs = len(says) < _ENOUGH_CONTENT and bool(is_vague)
    if first == "to":
        return _to(wh, rest, uncounted)
    if first in g.AUXILIARIES:
        return None if is_stub else Form(from_reader(f"{wh} {rest}"), 0.85, needs)
    is_subject = wh in ("what", "who") and g.is_third_person(first)
    if is_subject and not (is_stub and g.is_plural(first)):
        leaves_open = is_stub or words[-1].lower() in ("next", "then", "now")
        return Form(from_reader(f"{wh} {rest}"), 0.7, needs_topic=leaves_open)
    asked = _turned(wh, words)
    needs = needs or _SOMEWHERE.search(rest) is not None or first in ("our", "your")
    return Form(from_reader(asked), 0.7, needs_topic=needs) if asked else None


def _turned(wh: str, words: list[str]) -> str | None:
    """Put the verb before its subject, with the help of "do" where it needs it."""
    at = _verb_at(words)
    if at is None or wh in ("which", "whose") or words[0].lower() in _MEASURES:
        return None
    subject, verb = " ".join(words[:at]), words[at].lower()
    tail = " ".join(words[at + 1 :])
    is_many = subject.lower() in ("we", "you", "i", "they") or are_many(subject)
    if verb in g.AUXILIARIES:
        return f"{wh} {verb} {subject} {tail}".strip() if tail or verb in g.BE else None
    if g.is_base_verb(verb) and is_many:
        return f"{wh} do {subject} {verb} {tail}".strip()
    if g.is_third_person(verb):
        return f"{wh} does {subject} {g.verb_of(verb)} {tail}".strip()
    return f"{wh} did {subject} {g.verb_of(verb)} {tail}".strip() if g.is_past(verb) else None


def _is_finite(word: str) -> bool:
    lower = word.lower()
    return (
        lower in g.AUXILIARIES
        or g.is_base_verb(lower)
        or g.is_third_person(lower)
        or (g.is_past(lower))
    )


def _may_do(subject: list[str], verb: str) -> bool:
    """Say whether ``verb`` may be what the many of ``subject`` do."""
    is_many = g.is_plural(subject[-1]) and is_noun_phrase(" ".join(subject))
    return is_many and g.is_base_verb(verb)


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
        agrees = agrees or (g.is_past(word) and not g.is_participle(word))
        if agrees and not g.is_closed(word):
            after = words[at + 1 :]
            if not (after and _may_do(words[: at + 1], after[0])):
                return at
            return None if after[1:] else at + 1  # the alarm signals mean
    return None
