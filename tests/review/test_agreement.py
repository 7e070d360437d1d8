"""Agreement of people: against published examples, against a library, and at the edges."""

import json

import krippendorff
import numpy as np
import pytest

from curator.review.agreement import ONE_VALUE, TEXTS, TOO_FEW, agreement, alpha_of, coefficients
from curator.review.item import Response
from curator.review.questions import Question, questions
from curator.task import Task

N = None
LEVELS = ("nominal", "ordinal", "interval", "ratio")
VERDICT, ANSWER, REASONS, RATING, COMMENT = questions(Task())
FLEISS = """00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031
00501 30012 51000 02040 10203 00006 01050 02013 20040 10041 05010 40002 02040 10500 00006"""


def said(by_person, question="verdict"):
    """Make responses of one line of values a person; None: this person did not see the row."""
    return [
        Response(record_id=f"r{row:03}", by=by, at="2026-01-31T12:00:00Z", values={question: value})
        for by, values in by_person.items()
        for row, value in enumerate(values)
        if value is not None
    ]


def measured(responses, question=VERDICT, **options):
    """Measure one question."""
    return agreement(responses, [question], **options).questions[0]


@pytest.mark.parametrize(
    ("level", "published"),
    [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)],
)
def test_alpha_is_that_of_krippendorff(level, published):
    """Computing Krippendorff's Alpha-Reliability (2011), example C and its other metrics."""
    seen = {
        "a": [1, 2, 3, 3, 2, 1, 4, 1, 2, N, N, N],
        "b": [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, N, 3],
        "c": [N, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, N],
        "d": [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, N],
    }
    found = measured(said(seen, "rating"), RATING)
    assert round(found.alpha[level].value, 3) == published
    assert (found.people, found.rows, found.answers) == (4, 11, 40)


def test_fleiss_is_that_of_fleiss():
    """Fleiss (1971), 30 patients, 6 psychiatrists each, 5 diagnoses: 0.430."""
    counts = np.array([[int(n) for n in row] for row in FLEISS.split()], dtype=float)
    assert counts.sum(axis=0).tolist() == [26, 26, 30, 55, 43]
    assert round(coefficients.fleiss(counts, np.ones((1, 30)))[0], 3) == 0.430


def test_cohen_is_that_of_cohen():
    """Cohen (1960), table 2: 200 cases, two judges, three diagnoses: 0.492."""
    table = [[88, 14, 18], [10, 40, 10], [2, 6, 12]]
    pairs = [("xyz"[i], "xyz"[j]) for i in range(3) for j in range(3) for _ in range(table[i][j])]
    one, other = zip(*pairs, strict=True)
    found = measured(said({"a": one, "b": other}), resamples=200)
    assert round(found.cohen.value, 3) == 0.492
    assert found.cohen.low < 0.492 < found.cohen.high
    assert found.same == 0.70


@pytest.mark.parametrize("level", LEVELS)
def test_alpha_is_that_of_the_library(level):
    """A hundred tables with holes."""
    rng = np.random.default_rng(3)
    for _ in range(100):
        seen = rng.integers(1, 6, (rng.integers(2, 6), rng.integers(6, 30))).astype(float)
        seen[rng.random(seen.shape) < 0.3] = np.nan
        counts = np.stack([(seen == value).sum(axis=0) for value in range(1, 6)], 1).astype(float)
        counts = counts[counts.sum(axis=1) > 1]
        ours = coefficients.alpha(counts, np.arange(1.0, 6.0), np.ones((1, len(counts))), level)
        theirs = krippendorff.alpha(seen, level_of_measurement=level)
        assert ours[0] == pytest.approx(theirs, abs=1e-12)


@pytest.mark.parametrize("level", LEVELS)
def test_a_resample_is_the_table_with_rows_drawn(level):
    """Weights are nothing but rows that stand there as often."""
    rng = np.random.default_rng(5)
    counts = rng.integers(1, 4, (12, 5)).astype(float)
    weights = rng.integers(0, 3, (4, 12)).astype(float)
    values = np.arange(1.0, 6.0)
    together = coefficients.alpha(counts, values, weights, level)
    for draw, at_once in zip(weights, together, strict=True):
        rows = np.repeat(counts, draw.astype(int), axis=0)
        alone = coefficients.alpha(rows, values, np.ones((1, len(rows))), level)
        assert alone[0] == pytest.approx(at_once)


def test_the_interval_holds_the_truth_about_as_often_as_it_says():
    """Of 60 studies with a known alpha, nearly all intervals cover it."""
    rng = np.random.default_rng(7)
    covered = 0
    for _ in range(60):
        truth = rng.integers(0, 2, 80)
        flips = rng.random((2, 80)) < 0.1  # alpha of this is (1 - 2 * 0.1) squared
        one, other = (np.where(flip, 1 - truth, truth).astype(str) for flip in flips)
        alpha = measured(said({"a": one.tolist(), "b": other.tolist()}), resamples=300).alpha
        covered += alpha["nominal"].low <= 0.64 <= alpha["nominal"].high
    assert 52 <= covered <= 60


def test_the_order_of_the_responses_says_nothing():
    """The same words give the same numbers, and a seed the same intervals."""
    responses = said({"a": list("kkfrkf"), "b": list("kffrkk"), "c": list("kfNrk")})
    assert agreement(responses, [VERDICT]) == agreement(responses[::-1], [VERDICT])
    assert measured(responses, seed=1).alpha != measured(responses, seed=2).alpha


def test_without_overlap_nothing_is_measured():
    """There is a word instead of a number that is none."""
    responses = said({"a": ["keep", "keep", N, N], "b": [N, "keep", "fix", "keep"]})
    found = measured(responses)
    assert (found.note, found.rows) == (TOO_FEW, 1)
    assert found.alpha["nominal"].value is None
    assert alpha_of(responses, "verdict").note == TOO_FEW
    assert measured([]).note == TOO_FEW


def test_one_value_only_is_no_agreement_beyond_chance():
    """All equal, and still nothing to tell it from chance by."""
    found = measured(said({"a": ["keep"] * 9, "b": ["keep"] * 9}))
    assert found.same == 1.0
    assert {str(one) for one in (found.cohen, found.fleiss, found.alpha["nominal"])} == {ONE_VALUE}
    assert "NaN" not in json.dumps(
        agreement(said({"a": ["x"] * 3, "b": ["x"] * 3}), [VERDICT]).as_dict()
    )


def test_full_agreement_and_full_contradiction():
    """One is one; two people who never agree are below chance."""
    assert alpha_of(said({"a": list("kfkf"), "b": list("kfkf")}), "verdict").value == 1.0
    assert alpha_of(said({"a": list("kfkf"), "b": list("fkfk")}), "verdict").value == pytest.approx(
        -0.75
    )


def test_the_gate_takes_the_rating_by_its_order():
    """One apart is nearer than four apart."""
    near = said({"a": [1, 2, 3, 4, 5], "b": [2, 2, 3, 4, 5]}, "rating")
    far = said({"a": [1, 2, 3, 4, 5], "b": [5, 2, 3, 4, 5]}, "rating")
    assert alpha_of(near, "rating").value > alpha_of(far, "rating").value
    assert alpha_of(near, "rating").value == measured(near, RATING).alpha["ordinal"].value


def test_only_the_last_word_of_a_person_counts():
    """Who thinks again is not two people."""
    first = said({"a": ["keep", "fix"], "b": ["fix", "fix"]})
    again = [
        Response(record_id="r000", by="b", at="2026-02-01T00:00:00Z", values={"verdict": "keep"})
    ]
    assert alpha_of(again + first, "verdict").value == 1.0


def test_several_choices_are_one_value_in_any_order():
    """Reasons are compared as sets."""
    one, other = [["other", "private data"], ["other"]], [["private data", "other"], ["other"]]
    found = measured(said({"a": one, "b": other}, "reasons"), REASONS)
    assert found.same == 1.0
    assert [value.value for value in found.by_value] == ["other", "other; private data"]


def test_texts_are_not_measured():
    """It says so."""
    assert measured(said({"a": ["x", "y"], "b": ["x", "y"]}, "comment"), COMMENT).note == TEXTS


def test_who_differs_and_on_what():
    """Per person, per value, and the pairs that are taken for one another."""
    found = measured(said({
        "a": ["keep", "keep", "fix", "reject"],
        "b": ["keep", "keep", "fix", "reject"],
        "c": ["keep", "fix", "keep", N],
    }))  # fmt: skip
    assert [(one.by, one.agreed, one.compared) for one in found.by_person] == [("a", 2, 2), ("b", 2, 2), ("c", 1, 3)]  # fmt: skip
    assert [(one.value, one.disputed, one.rows) for one in found.by_value] == [("fix", 2, 2), ("keep", 2, 3), ("reject", 0, 1)]  # fmt: skip
    assert [(one.one, one.other, one.rows) for one in found.confusions] == [("fix", "keep", 2)]
    assert found.cohen.note == "is of two people; 3 answered"


def test_values_that_are_none_of_a_question_are_passed_over():
    """True is no rating, and an empty label no label."""
    responses = said({"a": [True, 4, 5], "b": [1, 4, 5]}, "rating")
    assert measured(responses, RATING).rows == 2
    label = Question("label", "label", "", "", ("x",))
    assert measured(said({"a": ["", "x", "x"], "b": ["x", "x", "x"]}, "label"), label).rows == 2


def test_the_table_is_short_and_safe_to_print():
    """A value that somebody made up moves no cursor."""
    bad = "x\x1b[2J" + "y" * 200
    text = agreement(
        said({"a": [bad, "keep", "keep"], "b": ["keep", "keep", bad]}), [VERDICT, COMMENT]
    ).table()
    lines = text.split("\n")
    assert "\x1b" not in text
    assert max(map(len, lines)) < 200
    assert (
        lines[0] == "verdict: 2 people, 3 rows that several answered, 6 answers; 33% of pairs equal"
    )
    assert lines[-1] == "comment: texts are not measured"
