"""What the people who saw a record decided together."""

import pytest

from curator.review.reviews import Review, Shown
from curator.review.verdicts import verdicts


def decide(*said, resolve="majority", people=1, shown=None):
    """Let ann, bob, ... say one after another what is given, and decide."""
    shown = shown or Shown(record_id="r", prompt="p", answer="nine", people=people)
    given = [
        Review(shown=shown, by=name, at=f"2026-01-0{at}T00:00:00Z", values=values)
        for at, (name, values) in enumerate(zip(("ann", "bob", "cyd"), said, strict=False), 1)
    ]
    return verdicts(given, resolve)["r"]


KEEP, REJECT = {"verdict": "keep", "answer": "nine"}, {"verdict": "reject", "reasons": ["unclear"]}
FIX = {"verdict": "fix", "answer": "ten"}


@pytest.mark.parametrize(
    ("resolve", "said", "status"),
    [
        ("majority", [KEEP, KEEP, REJECT], "approved"),
        ("majority", [KEEP, REJECT], None),
        ("majority", [FIX, FIX, KEEP], "corrected"),
        ("unanimous", [KEEP, KEEP, REJECT], None),
        ("unanimous", [REJECT, REJECT], "rejected"),
        ("latest", [KEEP, KEEP, REJECT], "rejected"),
    ],
)
def test_several_people_decide_by_the_rule_that_is_stated(resolve, said, status):
    """A tie is no verdict: nobody is outvoted by an accident of order."""
    assert decide(*said, resolve=resolve).status == status


def test_a_tie_says_so():
    """Whoever looks for what is open finds why."""
    assert decide(KEEP, REJECT).open == "no agreement: keep 1, reject 1"


def test_too_few_people_leave_a_record_open():
    """One of two has answered; with the latest word counting, one is enough."""
    assert decide(KEEP, people=2).open == "1 of 2 people have answered"
    assert decide(KEEP, people=2, resolve="latest").status == "approved"


def test_keep_with_a_changed_answer_is_a_correction():
    """The answer was filled in: a person has changed it."""
    verdict = decide({"verdict": "keep", "answer": "ten"})
    assert (verdict.status, verdict.answer) == ("corrected", "ten")


def test_an_answer_left_as_it_was_filled_in_is_no_correction():
    """Untouched suggestions are submitted as answers."""
    assert decide(KEEP).answer is None


def test_a_fix_without_a_change_is_open():
    """Somebody meant to mend it and forgot."""
    assert decide({"verdict": "fix", "answer": "nine"}).open == "fix without a correction"


def test_two_corrections_are_no_agreement():
    """Which of them is right, no count can say; the latest word can be asked for."""
    other = {"verdict": "fix", "answer": "eleven"}
    assert decide(FIX, other).open == "no agreement on the correction"
    assert decide(FIX, other, resolve="latest").answer == "eleven"


def test_a_new_label_is_the_new_answer_where_the_label_was_the_answer():
    """A row of a classification says its label."""
    shown = Shown(record_id="r", prompt="p", answer="pets", label="pets")
    verdict = decide({"verdict": "fix", "label": "refund"}, shown=shown)
    assert (verdict.label, verdict.answer) == ("refund", "refund")
    apart = Shown(record_id="r", prompt="p", answer="Take it along.", label="pets")
    assert decide({"verdict": "fix", "label": "refund"}, shown=apart).answer is None


def test_reasons_and_ratings_are_carried():
    """Why it was rejected, most often said first; a score from 0 to 1."""
    two = {"verdict": "reject", "reasons": ["other", "unclear"], "rating": 2}
    verdict = decide({**REJECT, "rating": 1}, two)
    assert (verdict.reason, verdict.score, verdict.by) == ("unclear, other", 0.125, "ann, bob")
