"""Verdicts laid over the records."""

import polars as pl
import pytest

from curator.records import RECORD, complete, identify
from curator.review.overlay import identities, lay, unmatched
from curator.review.reviews import Shown, prompt_hash
from curator.review.verdicts import Verdict


@pytest.fixture
def rows():
    """Make three answered questions."""
    said = [("a?", "a"), ("b?", "b"), ("c?", "c")]
    frame = pl.DataFrame(
        [
            {"position": i, "changes": [], "provenance": {"row": i}, "label": answer, "messages": [
                {"role": "user", "content": question}, {"role": "assistant", "content": answer}]}
            for i, (question, answer) in enumerate(said)
        ],
        schema={name: RECORD[name] for name in ("position", "changes", "provenance", "label", "messages")},
    )  # fmt: skip
    return identify(complete(frame.lazy())).collect()


def verdict(row, status, **fields):
    """Decide a row."""
    shown = Shown(record_id=row["id"], prompt=prompt_hash(row["messages"][0]["content"]),
                  answer=row["messages"][1]["content"], label=row["label"])  # fmt: skip
    return Verdict(shown=shown, status=status, by="ann", **fields)


def test_each_verdict_reaches_its_row_and_no_other(rows):
    """Approved, corrected, rejected: what was said stands in the row's life."""
    a, b, c = rows.to_dicts()
    told = {
        a["id"]: verdict(a, "approved", score=0.75),
        b["id"]: verdict(b, "corrected", answer="B", label="B"),
        c["id"]: verdict(c, "rejected", reason="unclear question"),
    }
    after = identify(lay(rows.lazy(), told)).collect().to_dicts()
    assert [row["review"]["status"] for row in after] == ["approved", "corrected", "rejected"]
    assert [row["messages"][1]["content"] for row in after] == ["a", "B", "c"]
    assert [row["label"] for row in after] == ["a", "B", "c"]
    assert after[2]["rejected"] == "review: unclear question"
    assert after[1]["changes"] == ["review: answer corrected", "review: label corrected"]
    assert after[0]["id"] == a["id"]


def test_a_corrected_row_is_a_new_version_that_knows_the_old_one(rows):
    """Its id is that of its new content, its parent the id that was reviewed."""
    b = rows.to_dicts()[1]
    told = {b["id"]: verdict(b, "corrected", answer="B")}
    after = identify(lay(rows.lazy(), told)).collect().to_dicts()[1]
    assert after["id"] != b["id"]
    assert after["provenance"]["parent_id"] == b["id"]


def test_corrected_tool_calls_stay_tool_calls(rows):
    """What was shown as the answer is what changes, and no text appears beside it."""
    call = '[{"function": {"name": "times", "arguments": "{}"}}]'
    b = rows.to_dicts()[1]
    b["messages"][1] |= {"content": None, "tool_calls": "[]"}
    silent = pl.DataFrame([b], schema=rows.schema)
    told = {b["id"]: verdict(b, "corrected", answer=call)}
    said = lay(silent.lazy(), told).collect()["messages"].to_list()[0][-1]
    assert (said["content"], said["tool_calls"]) == (None, call)


def test_an_open_verdict_changes_nothing(rows):
    """No agreement is no verdict."""
    a = rows.to_dicts()[0]
    told = {a["id"]: Verdict(shown=verdict(a, None).shown, status=None, open="no agreement")}
    assert lay(rows.lazy(), told).collect().equals(rows)


def test_a_verdict_on_a_row_that_has_changed_is_stale(rows):
    """The source has another answer now: what was said was said of the old one."""
    a = rows.to_dicts()[0]
    old = {**a, "id": "gone", "messages": [a["messages"][0], {"content": "old"}]}
    found = unmatched(identities(rows.lazy()).collect(), {"gone": verdict(old, "approved")})
    assert (len(found.stale), len(found.conflicts)) == (1, 0)


@pytest.mark.parametrize(("answer", "conflicts"), [("person's", 1), ("a", 0)])
def test_two_changes_of_one_answer_are_a_conflict(rows, answer, conflicts):
    """Unless the source was changed to what the person wanted."""
    a = rows.to_dicts()[0]
    old = {**a, "id": "gone", "messages": [a["messages"][0], {"content": "old"}]}
    told = {"gone": verdict(old, "corrected", answer=answer)}
    found = unmatched(identities(rows.lazy()).collect(), told)
    assert (len(found.stale), len(found.conflicts)) == (1 - conflicts, conflicts)


def test_a_correction_of_a_question_that_is_gone_is_stale(rows):
    """Nobody asks it any more."""
    a = rows.to_dicts()[0]
    gone = {**a, "id": "gone", "messages": [{"content": "who?"}, a["messages"][1]]}
    found = unmatched(
        identities(rows.lazy()).collect(), {"gone": verdict(gone, "corrected", answer="x")}
    )
    assert len(found.stale) == 1
