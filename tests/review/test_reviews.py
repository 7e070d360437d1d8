"""The file of verdicts beside a recipe: appended to, never rewritten."""

from dataclasses import replace

import pytest

from curator.errors import ReviewError, SourceError
from curator.review.item import Response
from curator.review.reviews import Shown, append, latest, read

SHOWN = {"r1": Shown(record_id="r1", prompt="p", answer="nine", label=None, people=2)}


def said(verdict, by="ann", at="2026-01-31T12:00:00Z"):
    """Say one word of r1."""
    return Response(record_id="r1", by=by, at=at, values={"verdict": verdict}, via="argilla:desk")


def test_collected_twice_is_added_once(tmp_path):
    """A second collect finds the same words, and a new word of the same person is a new line."""
    path = tmp_path / "desk.reviews.jsonl"
    assert append(path, [said("keep")], SHOWN) == 1
    assert append(path, [said("keep"), said("reject", at="2026-02-01T12:00:00Z")], SHOWN) == 1
    assert [one.values["verdict"] for one in read(path)] == ["keep", "reject"]


def test_a_review_of_tool_calls_says_so_and_others_do_not(tmp_path):
    """What was shown decides what a correction may be."""
    path = tmp_path / "desk.reviews.jsonl"
    append(path, [said("keep")], {"r1": replace(SHOWN["r1"], is_calls=True)})
    append(path, [said("keep", by="bob")], SHOWN)
    assert [one.shown.is_calls for one in read(path)] == [True, False]
    assert path.read_text().count("is_calls") == 1


def test_what_was_there_is_never_touched(tmp_path):
    """The bytes of earlier lines stay in front."""
    path = tmp_path / "desk.reviews.jsonl"
    append(path, [said("keep")], SHOWN)
    before = path.read_bytes()
    append(path, [said("reject", by="bob")], SHOWN)
    assert path.read_bytes().startswith(before)


def test_a_line_is_never_glued_to_another(tmp_path):
    """An editor or a merge may have left no line break at the end."""
    path = tmp_path / "desk.reviews.jsonl"
    append(path, [said("keep")], SHOWN)
    path.write_bytes(path.read_bytes().rstrip(b"\n"))
    append(path, [said("reject", by="bob")], SHOWN)
    assert [one.by for one in read(path)] == ["ann", "bob"]
    assert path.read_bytes().count(b"\n") == 2


def test_what_somebody_takes_back_no_longer_counts(tmp_path):
    """Nothing is written of what was only begun, and what was said stays in the file."""
    path = tmp_path / "desk.reviews.jsonl"
    nothing = replace(said("keep", at="2026-02-01T12:00:00Z"), values={})
    assert append(path, [nothing], SHOWN) == 0
    assert append(path, [replace(nothing, record_id="stray")], SHOWN) == 0
    append(path, [said("keep"), said("fix", by="bob")], SHOWN)
    assert append(path, [nothing, replace(nothing, via="argilla:other")], SHOWN) == 1
    assert append(path, [nothing], SHOWN) == 0
    assert [one.values for one in latest(read(path))["r1"]] == [{"verdict": "fix"}, {}]
    again = said("keep", at="2026-03-01T12:00:00Z")
    assert append(path, [again], SHOWN) == 1
    assert latest(read(path))["r1"][-1].values == {"verdict": "keep"}


def test_an_old_worksheet_saved_again_says_nothing_new(tmp_path):
    """Its time is another; what the person has said elsewhere since is their last word."""
    path = tmp_path / "desk.reviews.jsonl"
    sheet = replace(said("keep"), via="old.csv")
    append(path, [sheet, said("fix", at="2026-02-01T12:00:00Z")], SHOWN)
    assert append(path, [replace(sheet, at="2026-03-01T12:00:00Z")], SHOWN) == 0


def test_each_person_has_one_last_word(tmp_path):
    """Of several by one person the latest counts, wherever it stands in the file."""
    path = tmp_path / "desk.reviews.jsonl"
    append(
        path,
        [said("reject", at="2026-03-01T00:00:00Z"), said("keep"), said("fix", by="bob")],
        SHOWN,
    )
    words = {one.by: one.values["verdict"] for one in latest(read(path))["r1"]}
    assert words == {"ann": "reject", "bob": "fix"}


def test_an_answer_to_what_was_never_sent_is_refused(tmp_path):
    """It belongs to another recipe."""
    stray = Response(
        record_id="r9", by="ann", at="", values={"verdict": "keep"}, via="argilla:desk"
    )
    with pytest.raises(ReviewError, match="a response to r9, which was not sent"):
        append(tmp_path / "x", [stray], SHOWN)


@pytest.mark.parametrize("line", ["{", "[]", '{"record_id": "r1"}', '{"values": 3}'])
def test_a_broken_line_is_named(tmp_path, line):
    """People keep this file under version control, and merge it."""
    path = tmp_path / "desk.reviews.jsonl"
    append(path, [said("keep")], SHOWN)
    with path.open("a") as file:
        file.write(line + "\n")
    with pytest.raises(SourceError) as caught:
        read(path)
    assert caught.value.where == f"{path}:2"


def test_a_file_that_is_not_there_has_no_reviews(tmp_path):
    """Nobody has been asked yet."""
    assert read(tmp_path / "none") == []
