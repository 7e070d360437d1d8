"""The wording of a question: clean, in its own case, from the reader's side."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

from curator.derive.english.grammar import (
    AUXILIARIES,
    DETERMINERS,
    LINKS,
    NUMBERS,
    PERSONS,
    PREPOSITIONS,
    WH,
    can_be_noun,
    is_closed,
    is_plural,
    parts,
    verb_of_ing,
)
from curator.derive.page.source import Source


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_NUMBERING = re.compile(
    r"(?:(?:chapter|section|sec|part|step|subpart|appendix|annex|article|rule|item)\.?\s+)"
    r"(?:[ivxlc]+|[a-z]|\d+(?:\.\d+)*)[.:)]?(?:\s*[-\u2013\u2014:.]\s*|\s+|\Z)"
    r"|§+\s*\d[\w.()-]*\s*|\(?(?:\d+(?:\.\d+)*[.):]|\d+(?:\.\d+)+)\s*(?=\D|\Z)"
    r"|\(?(?:[IVXLC]+|[A-Za-z])[.)]\s+|q(?:uestion)?\s?\d*\s?[.:]\s*",
    re.IGNORECASE,
)
_LEADING_NUMBER = re.compile(r"\d{1,2}\s+-\s+|\d{1,2}(?:\.\d+)+\s+")
_IN_BRACKETS = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\])")
_SPACES = re.compile(r"\s+")
_ARTICLE = re.compile(r"\b(?:an?|the|your|our|my|each|every|this)[\s*_\"\u201c(]*\Z", re.IGNORECASE)
_LINK = re.compile(r"\[[^\[\]\n]*\]")
_PREFIX = re.compile(r"(?:un|re|pre|non|sub)(?=[a-z]{4})")
_SYMBOLS = re.compile(r"[^\w\s!-\u024f\u2018-\u201d]+\s+")  # a picture before the words
_RUN = re.compile(
    r"(?<=[a-z0-9,;] )[*_\"\u201c(]*([A-Z][\w\u2019'-]*(?:[ *_]{1,3}[A-Z][\w\u2019'-]*)*)"
)
_LOWER = re.compile(r"(?<![\w\u2019'-])[a-z][\w\u2019'-]*")
_WORD = re.compile(r"[\w\u2019'&-]+")
_CODE_WORD = re.compile(r"`([\w-]+)`")
_BARE = re.compile(
    r"\b(?:of|in|for|with|without|about|by|from|and|or|on|is|are|use|than|like)\s+"
    r"(?:(?!(?:an?|the|each|every|any|your|our|my|this|that|one|no)\b)[a-z-]+\s+)?"
    r"([a-z-]+)(?=[.,;:?!]|\s+(?:and|or|is|in|on|for|of|to|from|that|with|by|at|can|may|must|will)\b)"
)
_COUNTED = re.compile(
    r"\b(?:an?|each|every|another|one|this|that|no|any)\s+([a-z-]+)(?:\s+([a-z-]+))?"
)
_IN_IDIOMS = _set("example instance fact addition turn case order place effect general detail")
_QUOTED = re.compile(r"(\"[^\"]*\"|\u201c[^\u201d]*\u201d)")
_SMALL_VERBS = frozenset({"be", "been"})  # small in a heading that is in title case
_SMALL_WORD_CHARS = 3  # words so short need no capital in a heading that is in title case
_SUBJECT_AFTER = AUXILIARIES | LINKS | WH | {"before", "after", "as", "since", "than"}
_OURS = {"we": "you", "us": "you", "our": "your", "ours": "yours", "ourselves": "yourselves"}
_YOURS = {"your": "my", "yours": "mine", "yourself": "myself", "you": "me"}
_NOTHING_SAID = _set("this these those here aforementioned herein thereof")
_BACKWARD = _set("it its they them their theirs he him his she her hers itself")
_LAST_ONLY = _set("that there one ones above below next now then so too")
_VAGUE = _set("about happen happens thing things what")


def clean(heading: str) -> str:
    """
    Give a heading without its number, brackets and closing marks.

    >>> clean("3.2 Refunds (all tickets):")
    'Refunds'
    """
    words = _SPACES.sub(" ", heading.replace("\u2019", "'")).strip()
    if match := _SYMBOLS.match(words):
        words = words[match.end() :]
    for _ in range(3):
        match = _NUMBERING.match(words) or _LEADING_NUMBER.match(words)
        if not match or not match.end():
            break
        words = words[match.end() :]
    words = _SPACES.sub(" ", _IN_BRACKETS.sub("", words))
    return words.strip().strip("*_#").rstrip(":;,.-\u2013\u2014\u2026 ").strip()


def words_of(phrase: str) -> list[str]:
    """Give the words of a phrase, without the marks between them."""
    return _WORD.findall(phrase)


def names_of(source: Source) -> frozenset[str]:
    """
    Give the words, and the pairs of words, that have capitals inside sentences: names.

    Words of headings that no dictionary has, but that the sentences say in small letters, are given
    in small letters: they are no names. What stands as code in a heading is one as it is written.
    """
    alone: Counter[str] = Counter()
    small: Counter[str] = Counter()
    pairs: Counter[str] = Counter()
    for block in source.blocks:
        if block.kind in ("paragraph", "list", "faq"):
            said = _LINK.sub(" ", source.said(block))  # what links say may be titles
            for run in _RUN.finditer(said):
                words = _WORD.findall(run[1].replace("_", " "))
                times = 2 if _ARTICLE.search(said, max(0, run.start() - 12), run.start(1)) else 1
                pairs.update(dict.fromkeys(map(" ".join, pairwise(words)), times))
                alone.update(word for word in words if len(words) == 1 or not parts(word))
            small.update(_LOWER.findall(said))
    kinds = {
        word
        for word, seen in alone.items()
        if _is_kind(word, small) and small[word.lower()] * 4 > seen
    }  # "windows" now and then leaves Windows a name
    twice = {
        pair
        for pair, seen in pairs.items()
        if (seen > 1 or not all(map(parts, pair.split(" "))))
        and not _is_kind(pair.split(" ")[1], small)
    }
    known = {
        word
        for word, seen in alone.items()
        if seen > small[word.lower()] and (seen > 1 or not parts(word))
    }
    titles = [source.said(block) for block in source.blocks if block.kind == "heading"]
    headed = {word.lower() for said in titles for word in _WORD.findall(said)}
    coded = {word for said in titles for word in _CODE_WORD.findall(said)}
    strange = {word for word in headed if small[word] and not parts(word)}
    strange -= {word.lower() for word in coded}
    return frozenset(twice) | (known - kinds) | strange | coded


def _is_kind(word: str, small: Counter[str]) -> bool:
    """Say whether a word is of things of which the text speaks without a capital, too."""
    return bool(small[word.lower()]) and (is_plural(word) or verb_of_ing(word) is not None)


def uncounted_of(source: Source) -> frozenset[str]:
    """Give the words that stand without an article in the sentences of a document: luggage."""
    bare: Counter[str] = Counter()
    counted: Counter[str] = Counter()
    for block in source.blocks:
        if block.kind in ("paragraph", "list", "faq"):
            said = source.said(block).lower()
            bare.update(found[1] for found in _BARE.finditer(said))
            counted.update(word for found in _COUNTED.finditer(said) for word in found.groups())
    return frozenset(
        word for word, seen in bare.items() if seen > counted[word] and word not in _IN_IDIOMS
    )


def cased(phrase: str, names: frozenset[str]) -> str:
    """Lower the capitals that ``phrase`` has only because it is a heading; names keep theirs."""
    words = words_of(phrase)
    later = [word for word in words[1:] if not is_closed(word) and word not in _SMALL_VERBS]
    others = [word for word in later if not word[0].islower() or word not in names]
    fewest = 1 if others == later else 2  # one capital beside a small name may be a name, too
    is_title = len(others) >= fewest and all(not word[0].islower() for word in others)
    is_shouted = phrase.isupper() and len(phrase) > _SMALL_WORD_CHARS + 2
    named = {word for pair in pairwise(words) if " ".join(pair) in names for word in pair}
    pieces = _QUOTED.split(phrase)
    first = True
    for at, piece in enumerate(pieces):
        if at % 2:
            first = False
            continue
        done, last = [], 0
        for found in _WORD.finditer(piece):
            word = found[0]
            has_to = first or is_title or is_shouted
            if has_to and word not in named and not _keeps(word, names, shouted=is_shouted):
                word = word.capitalize() if word.capitalize() in names else word.lower()
            done += [piece[last : found.start()], word]
            last, first = found.end(), False
        pieces[at] = "".join([*done, piece[last:]])
    return "".join(pieces)


def _keeps(word: str, names: frozenset[str], *, shouted: bool) -> bool:
    if word in names or word == "I" or word.startswith("I'"):
        return True
    if word.lower() in names and word[1:].islower():
        return False
    if shouted:
        return any(char.isdigit() for char in word)
    stem = word.removesuffix("'s")
    inside = "".join(part[1:] for part in re.split(r"[-']", stem))
    if stem in names or any(not char.islower() for char in inside):
        return True  # an acronym, or a name such as iPhone
    bare = _PREFIX.sub("", stem.lower(), count=1)
    is_word = parts(stem) or parts(bare) or stem.lower() in NUMBERS
    is_known = is_word or is_closed(stem) or "-" in stem
    return word[0].isupper() and not is_known


def from_reader(phrase: str) -> str:
    """
    Say ``phrase`` from the reader's side: the document's "you" is "I", its "we" is "you".

    >>> from_reader("before you bring your dog to us")
    'before I bring my dog to you'
    """
    pieces = _QUOTED.split(phrase)
    pieces[::2] = [_turned(piece) for piece in pieces[::2]]
    return "".join(pieces)


def _turned(phrase: str) -> str:
    found = list(_WORD.finditer(phrase))
    lower = [each[0].lower() for each in found]
    if {"i", "my", "me", "i'm"} & set(lower):
        return phrase
    turned = list(lower)
    for at, word in enumerate(lower):
        if word == "you":
            before = lower[at - 1] if at else "if"
            is_subject = before in _SUBJECT_AFTER and at + 1 < len(lower)
            turned[at] = "I" if is_subject or _leads(lower, at) else "me"
        else:
            turned[at] = _OURS.get(word) or _YOURS.get(word) or {"you're": "I'm"}.get(word, word)
    for at, word in enumerate(turned):
        beside = {*turned[max(0, at - 1) : at], *turned[at + 1 : at + 2]}
        if "I" in beside and word in ("are", "were"):
            turned[at] = "am" if word == "are" else "was"
    done, last = [], 0
    for each, was, now in zip(found, lower, turned, strict=True):
        done += [phrase[last : each.start()], each[0] if was == now else now]
        last = each.end()
    return "".join([*done, phrase[last:]])


def _leads(words: list[str], at: int) -> bool:
    after = words[at + 1 : at + 2]
    return bool(after) and after[0] in AUXILIARIES


def dangles(question: str) -> bool:
    """
    Say whether ``question`` points at something it does not name.

    >>> dangles("What about this?"), dangles("May my cat leave its box?")
    (True, False)
    """
    lower = [word.lower() for word in words_of(question)]
    is_alone = not re.search(r"[.!?] ", question)  # "I lost my ticket. What now?" says enough
    if not lower or _NOTHING_SAID & set(lower) or (is_alone and lower[-1] in _LAST_ONLY):
        return True
    if (lower[0] in AUXILIARIES and lower[1:2] == ["that"]) or lower[1:2] == ["else"]:
        return True
    for at, word in enumerate(lower):
        if word == "following" and lower[at - 1] == "the":
            return True
        if word in _BACKWARD and not (word == "it" and _is_empty(lower, at)):
            return not any(_names_something(lower, earlier) for earlier in range(at))
    return False


def _names_something(words: list[str], at: int) -> bool:
    word, before = words[at], words[at - 1] if at else ""
    is_thing = can_be_noun(word) and word not in _VAGUE
    return is_thing and ("VERB" not in parts(word) or before in DETERMINERS)


def _is_empty(words: list[str], at: int) -> bool:
    """Tell the "it" that stands for nothing: is it cheaper to ..., does it take ... to."""
    return bool({"to", "that", "if", "when"} & set(words[at + 2 :])) and (
        "ADJ" in parts(words[at + 1]) or words[at + 1] in ("take", "cost", "mean", "make", "matter")
    )


def is_about(phrase: str, other: str) -> bool:
    """Say whether two phrases share a word that means something."""
    return bool(_stems(phrase) & _stems(other))


def _stems(phrase: str) -> set[str]:
    return {word.lower()[:5] for word in content(phrase)}


def content(phrase: str) -> list[str]:
    """Give the words that mean something by themselves."""
    return [
        word
        for word in words_of(phrase)
        if not is_closed(word) and word.lower() not in PERSONS | PREPOSITIONS | _VAGUE
    ]
