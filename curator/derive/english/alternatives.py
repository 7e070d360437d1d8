"""Orders that hold in a case, "Use X when ...", and which two of them are a choice."""

from __future__ import annotations

import re
from dataclasses import dataclass

from curator.derive.english import grammar as g
from curator.derive.english.wording import is_about
from curator.derive.page.plain import plain

_ORDER = re.compile(
    r"(?:Please )?(?P<verb>[A-Z][a-z]+)\s+(?P<what>(?:[^.;:?!,]|(?<=\d)[.:](?=\d)){2,90}?)\s+"
    r"(?:only\s+)?(?P<link>when|if)\s+(?P<case>[^?!]+?)[.!]?"
)
_CHOICES = frozenset(
    {"apply", "ask", "book", "bring", "buy", "call", "choose", "get", "go", "have", "opt", "order"}
    | {"pay", "pick", "prefer", "select", "send", "take", "travel", "try", "use", "write"}
)
_NOT = re.compile(r"\b(?:not|cannot|never|no longer)\b|n't\b")
_CUT = re.compile(
    r"\b(?:not|n't|will|does|do|can|is|are|so|otherwise)[.!]?\Z"
    r"|\A(?:it is |absolutely |strictly )?(?:necessary|needed|required|possible|appropriate)[.!]?\Z"
)
_CASE_END = re.compile(r"\s*(?:[:;]|,\s+(?:because|which|since|so|as|and)\b).*\Z", re.DOTALL)
_FEWEST_WORDS = 4
_MOST_WORDS = 22
_SUBJECTS = frozenset({"you", "the", "a", "an", "your", "each", "every", "some", "somebody"})


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One order and its case, as words; and where the order names what to choose."""

    verb: str
    what: str
    condition: str
    start: int  # of the sentence
    end: int
    place: tuple[int, int]  # of what is chosen
    is_cut: bool  # it says less than all, because the sentence before it says the rest
    is_case: bool  # the condition can stand as a sentence

    @property
    def order(self) -> str:
        """Give what to do, without the case."""
        return f"{self.verb} {self.what}"


def choice_in(text: str, start: int, end: int, *, is_single: bool = False) -> Choice | None:
    """
    Find the order and the case in the sentence ``text[start:end]``.

    >>> choice_in("Use the racks when you can lift your bag.", 0, 41).order
    'use the racks'
    """
    match = _ORDER.fullmatch(text, start, end)
    if not match or not g.is_base_verb(match["verb"]):
        return None
    verb, what = match["verb"].lower(), plain(match["what"])
    case = plain(match["case"])
    if not what or (not is_single and re.search(r"\b(?:instead of|rather than|and|or)\b", what)):
        return None
    condition = _CASE_END.sub("", case)
    words = condition.split(" ")
    is_case = _FEWEST_WORDS <= len(words) <= _MOST_WORDS and words[0].lower() in _SUBJECTS
    is_case = is_case and "," not in condition and not _CUT.search(condition)
    return Choice(
        verb=verb,
        what=what,
        condition=condition,
        start=start,
        end=end,
        place=match.span("what"),
        is_cut=what.split(" ")[0] in ("it", "them") or _CUT.search(case) is not None,
        is_case=is_case,
    )


def match_of(one: Choice, other: Choice) -> bool:
    """Say whether two orders beside one another are ways to choose from."""
    if "it" in one.what.split(" ") or one.what == other.what:
        return False
    if one.verb == other.verb:
        return one.verb in _CHOICES and "it" not in other.what.split(" ")
    is_same = other.what == "it"
    says_not = bool(_NOT.search(other.condition)) != bool(_NOT.search(one.condition))
    if is_same:
        return says_not
    is_near = is_about(one.condition, other.condition)
    return says_not and is_near and "it" not in other.what.split(" ")
