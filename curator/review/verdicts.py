"""What the people who saw a record decided together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from curator.review.asked import Resolve
from curator.review.questions import ANSWER, FIX, KEEP, LABEL, RATING, REASONS, REJECT, VERDICT
from curator.review.reviews import Review, Shown, latest

T = TypeVar("T", bound=Hashable)

APPROVED, CORRECTED, REJECTED = "approved", "corrected", "rejected"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What became of one record: a status, or words why there is none yet."""

    shown: Shown
    status: str | None  # approved, corrected, rejected; null: open
    open: str = ""  # why it is open
    by: str = ""  # who said so, comma-separated
    score: float | None = None  # 0 to 1, the mean of the ratings
    answer: str | None = None  # the corrected one
    label: str | None = None
    reason: str = ""  # why it was rejected


def verdicts(reviews: Sequence[Review], resolve: Resolve) -> dict[str, Verdict]:
    """
    Decide each record by the last word of each person.

    ``majority``: what more than any other was said; ``unanimous``: what all said; ``latest``: what
    was said last. A tie, too few people, or a fix without a change leaves a record open. Keep with
    a changed answer counts as fix: the answer was filled in, so somebody has changed it.
    """
    return {name: _verdict(said, resolve) for name, said in latest(reviews).items()}


def _verdict(said: Sequence[Review], resolve: Resolve) -> Verdict:
    shown = said[-1].shown
    by = ", ".join(sorted(review.by for review in said))
    if resolve != "latest" and len(said) < shown.people:
        words = f"{len(said)} of {shown.people} people have answered"
        return Verdict(shown=shown, status=None, open=words, by=by)
    kinds = [_kind(review) for review in said]
    kind = _agreed(kinds, resolve)
    if kind is None:
        return Verdict(shown=shown, status=None, open=f"no agreement: {_told(kinds)}", by=by)
    same = [review for review, one in zip(said, kinds, strict=True) if one == kind]
    if kind == REJECT:
        whys = Counter(why for review in same for why in _reasons(review))
        reason = ", ".join(why for why, _ in sorted(whys.items(), key=lambda w: (-w[1], w[0])))
        return Verdict(
            shown=shown, status=REJECTED, by=by, score=_score(said), reason=reason or "no reason"
        )
    if kind == KEEP:
        return Verdict(shown=shown, status=APPROVED, by=by, score=_score(said))
    return _corrected(same, resolve, Verdict(shown=shown, status=None, by=by, score=_score(said)))


def _corrected(same: Sequence[Review], resolve: Resolve, verdict: Verdict) -> Verdict:
    """Take the correction that the fixers agree on."""
    shown, by, score = verdict.shown, verdict.by, verdict.score
    changes = [_change(review) for review in same]
    if None in changes:
        return Verdict(shown=shown, status=None, open="fix without a correction", by=by)
    change = _agreed([one for one in changes if one is not None], resolve)
    if change is None:
        words = "no agreement on the correction"
        return Verdict(shown=shown, status=None, open=words, by=by)
    answer, label = change
    if label is not None and answer is None and shown.answer == shown.label:
        answer = label  # the label is the answer
    return Verdict(shown=shown, status=CORRECTED, by=by, score=score, answer=answer, label=label)


def _kind(review: Review) -> str:
    said = str(review.values.get(VERDICT))
    return FIX if said == KEEP and _change(review) is not None else said


def _change(review: Review) -> tuple[str | None, str | None] | None:
    """Give the new answer and the new label, each null where it is as it was shown."""
    values, shown = review.values, review.shown
    answer, label = values.get(ANSWER), values.get(LABEL)
    new_answer = answer if isinstance(answer, str) and answer != shown.answer else None
    new_label = label if isinstance(label, str) and label != shown.label else None
    return None if new_answer is None and new_label is None else (new_answer, new_label)


def _reasons(review: Review) -> Iterable[str]:
    given = review.values.get(REASONS) or ()
    return [given] if isinstance(given, str) else [str(one) for one in given]


def _score(said: Sequence[Review]) -> float | None:
    ratings = [one.values[RATING] for one in said if isinstance(one.values.get(RATING), int)]
    return (sum(ratings) / len(ratings) - 1) / 4 if ratings else None


def _agreed(values: Sequence[T], resolve: Resolve) -> T | None:
    """Give what was agreed on, or None; the last value is the latest."""
    if resolve == "latest":
        return values[-1]
    ranked = Counter(values).most_common(2)
    if resolve == "unanimous":
        return ranked[0][0] if len(ranked) == 1 else None
    is_tied = len(ranked) > 1 and ranked[0][1] == ranked[1][1]
    return None if is_tied else ranked[0][0]


def _told(kinds: Sequence[str]) -> str:
    counts: Mapping[str, int] = Counter(kinds)
    return ", ".join(f"{kind} {counts[kind]}" for kind in sorted(counts))
