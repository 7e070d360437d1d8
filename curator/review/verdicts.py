"""What the people who saw a record decided together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeVar

from curator.review.answer import breach
from curator.review.asked import Resolve, Rule, rule_of, stated
from curator.review.people import is_person
from curator.review.questions import ANSWER, FIX, KEEP, LABEL, RATING, REASONS, REJECT, VERDICT
from curator.review.reviews import Review, Shown, latest
from curator.task import Task

T = TypeVar("T", bound=Hashable)

APPROVED, CORRECTED, REJECTED = "approved", "corrected", "rejected"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What became of one record: a status, or words why there is none yet."""

    shown: Shown
    status: str | None  # approved, corrected, rejected; null: open
    open: str = ""  # why it is open
    by: str = ""  # who said so, comma-separated
    score: float | None = None  # 0 to 1, the mean of the ratings unless a rule is stated
    answer: str | None = None  # the corrected one
    label: str | None = None
    reason: str = ""  # why it was rejected


class Change(NamedTuple):
    """The new answer and the new label, each null where it is as it was shown."""

    answer: str | None
    label: str | None


def verdicts(
    reviews: Sequence[Review], resolve: Resolve, task: Task | None = None
) -> dict[str, Verdict]:
    """
    Decide each record by the last word of each person.

    ``majority``: what more than any other was said; ``unanimous``: what all said; ``latest``: what
    was said last; ``by``: what one person said. A tie, too few people, a fix without a change, or
    one that breaks the contract of the task's output leaves a record open. Keep with a changed
    answer counts as fix: the answer was filled in, so somebody has changed it.
    """
    contract = task or Task()
    words = {name: [one for one in said if one.values] for name, said in latest(reviews).items()}
    return {name: _verdict(said, resolve, contract) for name, said in words.items() if said}


def _verdict(said: Sequence[Review], resolve: Resolve, task: Task) -> Verdict:
    rule = rule_of(resolve, VERDICT)
    shown = said[-1].shown
    kinds = [_kind(review) for review in said]
    kind = _agreed(said, kinds, rule)
    by = ", ".join(sorted(one.by for one in said if _counts(one, rule)))
    verdict = Verdict(shown=shown, status=None, by=by, score=_score(said, resolve))
    if rule in ("majority", "unanimous") and len(said) < shown.people:
        return replace(verdict, open=f"{len(said)} of {shown.people} people have answered")
    if kind is None:
        words = f"no agreement: {_told(kinds)}"
        return replace(verdict, open=words if by else "whose word counts has not answered")
    same = [review for review, one in zip(said, kinds, strict=True) if one == kind]
    if kind == REJECT:
        return replace(verdict, status=REJECTED, reason=_reason(same, resolve))
    if kind == KEEP:
        return replace(verdict, status=APPROVED)
    return _corrected(same, resolve, verdict, task)


def _corrected(same: Sequence[Review], resolve: Resolve, verdict: Verdict, task: Task) -> Verdict:
    """Take the correction that the fixers agree on."""
    shown = verdict.shown
    changes = [change for review in same if (change := _change(review)) is not None]
    if len(changes) < len(same):
        return replace(verdict, open="fix without a correction")
    question = LABEL if any(one.label is not None for one in changes) else ANSWER
    change = _agreed(same, changes, rule_of(resolve, question))
    if change is None:
        return replace(verdict, open="no agreement on the correction")
    answer, label = change
    new = answer if answer is not None else label
    if new is not None and (broken := breach(task, new, is_calls=shown.is_calls)):
        return replace(verdict, open=f"the correction cannot be taken: {broken.message}")
    if label is not None and answer is None and shown.answer == shown.label:
        answer = label  # the label is the answer
    return replace(verdict, status=CORRECTED, answer=answer, label=label)


def _kind(review: Review) -> str:
    said = str(review.values.get(VERDICT))
    return FIX if said == KEEP and _change(review) is not None else said


def _change(review: Review) -> Change | None:
    values, shown = review.values, review.shown
    answer, label = values.get(ANSWER), values.get(LABEL)
    if isinstance(answer, str) and not shown.answer.endswith("\n"):
        answer = answer.rstrip("\n")  # a page ends several lines with a break that nobody typed
    new_answer = answer if isinstance(answer, str) and answer != shown.answer else None
    new_label = label if isinstance(label, str) and label != shown.label else None
    return None if new_answer is None and new_label is None else Change(new_answer, new_label)


def _reason(same: Sequence[Review], resolve: Resolve) -> str:
    """Name all reasons that were given, most often said first, unless a rule is stated."""
    given = [_reasons(review) for review in same]
    if (rule := stated(resolve, REASONS)) is not None:
        given = [_agreed(same, given, rule) or ()]
    counts = Counter(why for whys in given for why in whys)
    return ", ".join(sorted(counts, key=lambda why: (-counts[why], why))) or "no reason"


def _reasons(review: Review) -> tuple[str, ...]:
    given = review.values.get(REASONS) or ()
    return (given,) if isinstance(given, str) else tuple(sorted(str(one) for one in given))


def _score(said: Sequence[Review], resolve: Resolve) -> float | None:
    rated = [one for one in said if isinstance(one.values.get(RATING), int)]
    ratings = [int(one.values[RATING]) for one in rated]
    if (rule := stated(resolve, RATING)) is not None:
        agreed = _agreed(rated, ratings, rule)
        ratings = [] if agreed is None else [agreed]
    return (sum(ratings) / len(ratings) - 1) / 4 if ratings else None


def _agreed(said: Sequence[Review], values: Sequence[T], rule: Rule) -> T | None:
    """Give what was agreed on, or None; ``values`` are those of ``said``, the latest last."""
    counted = [one for review, one in zip(said, values, strict=True) if _counts(review, rule)]
    if not counted:
        return None
    if rule not in ("majority", "unanimous"):
        return counted[-1]
    ranked = Counter(counted).most_common(2)
    if len(ranked) == 1:
        return ranked[0][0]
    is_open = rule == "unanimous" or ranked[0][1] == ranked[1][1]
    return None if is_open else ranked[0][0]


def _counts(review: Review, rule: Rule) -> bool:
    """Say whether somebody's word counts under a rule."""
    return not isinstance(rule, Mapping) or is_person(review.by, rule["by"])


def _told(kinds: Sequence[str]) -> str:
    counts = Counter(kinds)
    return ", ".join(f"{kind} {counts[kind]}" for kind in sorted(counts))
