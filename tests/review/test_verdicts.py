"""What the people who saw a record decided together."""

import pytest

from curator.review.reviews import Review, Shown
from curator.review.verdicts import verdicts
from curator.task import Output, Task


def decide(*said, resolve="majority", people=1, shown=None, output=None):
    """Let ann, bob, ... say one after another what is given, and decide."""
    shown = shown or Shown(record_id="r", prompt="p", answer="nine", people=people)
    given = [
        Review(shown=shown, by=name, at=f"2026-01-0{at}T00:00:00Z", values=values)
        for at, (name, values) in enumerate(zip(("ann", "bob", "cyd"), said, strict=False), 1)
    ]
    return verdicts(given, resolve, Task(output=output or Output()))["r"]


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


def test_a_word_that_was_taken_back_decides_nothing():
    """The others decide; where nobody is left, nothing is decided."""
    assert decide(KEEP, {}).status == "approved"
    assert decide(REJECT, {}, people=2).open == "1 of 2 people have answered"
    shown = Shown(record_id="r", prompt="p", answer="nine")
    assert verdicts([Review(shown=shown, by="ann", at="2026", values={})], "majority") == {}


def test_keep_with_a_changed_answer_is_a_correction():
    """The answer was filled in: a person has changed it."""
    verdict = decide({"verdict": "keep", "answer": "ten"})
    assert (verdict.status, verdict.answer) == ("corrected", "ten")


def test_an_answer_left_as_it_was_filled_in_is_no_correction():
    """Untouched suggestions are submitted as answers."""
    assert decide(KEEP).answer is None


def test_the_line_break_that_a_page_adds_is_no_correction():
    """Pages end what was edited with one; a break that was there stays."""
    assert decide({"verdict": "keep", "answer": "nine\n"}).status == "approved"
    assert decide({"verdict": "fix", "answer": "ten\n\neleven\n"}).answer == "ten\n\neleven"
    shown = Shown(record_id="r", prompt="p", answer="nine\n")
    assert decide({"verdict": "fix", "answer": "ten\n"}, shown=shown).answer == "ten\n"


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


@pytest.mark.parametrize(
    ("resolve", "said", "status"),
    [
        ({"by": "bob"}, [KEEP, REJECT, KEEP], "rejected"),
        ({"by": "zoe"}, [KEEP, KEEP, KEEP], None),
        ({"verdict": "unanimous"}, [KEEP, KEEP, REJECT], None),
        ({"verdict": {"by": "ann"}}, [KEEP, REJECT, REJECT], "approved"),
        ({"label": "latest"}, [KEEP, REJECT], None),
    ],
)
def test_one_person_may_decide_or_a_rule_be_stated_for_a_question(resolve, said, status):
    """The majority decides a question without a rule."""
    assert decide(*said, resolve=resolve).status == status


def test_one_person_may_decide_alone():
    """Whoever else is to answer; and whose word counts is who said so."""
    verdict = decide(REJECT, KEEP, people=3, resolve={"by": "bob"})
    assert (verdict.status, verdict.by) == ("approved", "bob")
    assert decide(KEEP, resolve={"by": "zoe"}).open == "whose word counts has not answered"


def test_each_question_goes_by_its_own_rule():
    """The verdict of the majority, the correction of one of them, the last rating, agreed reasons."""
    other = {"verdict": "fix", "answer": "eleven", "rating": 2}
    rules = {"answer": {"by": "bob"}, "rating": "latest"}
    fixed = decide({**FIX, "rating": 5}, other, {**FIX, "rating": 4}, resolve=rules)
    assert (fixed.status, fixed.answer, fixed.score) == ("corrected", "eleven", 0.75)
    more = {"verdict": "reject", "reasons": ["other", "unclear"]}
    said = decide(REJECT, more, REJECT, resolve={"reasons": "majority"})
    assert (said.status, said.reason) == ("rejected", "unclear")


def test_a_correction_that_breaks_the_contract_is_open():
    """No prompt asks for it: somebody must look again."""
    output = Output(json_schema={"type": "object"})
    assert decide({"verdict": "fix", "answer": "{}"}, output=output).status == "corrected"
    verdict = decide({"verdict": "fix", "answer": "[]"}, output=output)
    assert verdict.status is None
    assert verdict.open.startswith("the correction cannot be taken: the answer breaks the JSON")
    assert decide({"verdict": "fix", "answer": ""}).open.endswith("the answer is empty")


def test_corrected_tool_calls_are_held_to_what_calls_are():
    """An answer that was a list of calls stays one."""
    shown = Shown(record_id="r", prompt="p", answer="[]", is_calls=True)
    call = '[{"function": {"name": "times", "arguments": "{}"}}]'
    assert decide({"verdict": "fix", "answer": call}, shown=shown).answer == call
    assert decide({"verdict": "fix", "answer": "Nine."}, shown=shown).status is None
