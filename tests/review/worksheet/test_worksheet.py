"""The round trip of a worksheet, the same for each of its three kinds."""

import os
from dataclasses import replace

import pytest

from curator.errors import RecipeError, ReviewError
from curator.review import worksheet
from curator.review.asked import Asked
from curator.review.people import pseudonym

KINDS = pytest.mark.parametrize("kind", ["jsonl", "csv", "xlsx"])
HOSTILE = [
    "=1+1", "+x", "-5", "@SUM(A1)", "\tq", "\rq", "\nq", "'=x", "''-1", "'tis", "007", "1/2", "TRUE",
    "1e5", "#N/A", "#REF!", "a\x0bb\x00c", "_x000B_", "_x005F_x000B_", "\ufffe", " lead", "trail ",
    "l\r\nb\n\nc", "é😀", '="a",b;c', "\uff1d1", " =1", "", "id",
]  # fmt: skip


@KINDS
def test_every_text_comes_back_as_it_was(desk, kind):
    """Whatever is defused or escaped on the way out is restored exactly on the way in."""
    path = desk.send(
        *[desk.item(f"{n:032x}", text) for n, text in enumerate(HOSTILE)], file=f"w.{kind}"
    )
    read = worksheet._read(path)
    assert [row["answer"] or "" for _, row in read.rows] == HOSTILE
    assert [row["id"] for _, row in read.rows] == [f"{n:032x}" for n in range(len(HOSTILE))]


@KINDS
def test_what_people_say_is_collected(desk, kind):
    """A kept row, a corrected one and a rejected one, each with what was said beside it."""
    desk.send(desk.item("a1"), desk.item("b2"), desk.item("c3"), desk.item("d4"), file=f"w.{kind}")
    desk.fill(0, verdict="keep", rating=5, comment="fine", reviewer="Ann")
    desk.fill(1, verdict="fix", answer="Within two days.\nReally.", reviewer="Ann")
    desk.fill(2, verdict="Reject ", reasons="other; wrong answer")
    kept, fixed, rejected = desk.collect()
    assert (kept.record_id, kept.by) == ("a1", pseudonym("ann"))
    assert kept.values == {"verdict": "keep", "rating": 5, "comment": "fine"}
    assert fixed.values == {"verdict": "fix", "answer": "Within two days.\nReally."}
    assert rejected.values == {"verdict": "reject", "reasons": ["other", "wrong answer"]}
    assert (rejected.by, rejected.via) == ("reviewer", str(desk.path))


@KINDS
def test_rows_are_known_by_their_id(desk, kind):
    """Sorted, filtered and thinned out, a worksheet still says what was said of which record."""
    desk.send(*[desk.item(name) for name in ("a1", "b2", "c3")], file=f"w.{kind}")
    desk.fill(2, verdict="keep")
    desk.fill(0, verdict="reject")
    desk.edit(lambda rows: (rows.reverse(), rows.pop(1)))
    assert [(one.record_id, one.values["verdict"]) for one in desk.collect()] == [
        ("c3", "keep"),
        ("a1", "reject"),
    ]


@KINDS
def test_a_worksheet_with_answers_is_never_written_over(desk, kind):
    """What somebody has typed is worth more than what we would write."""
    path = desk.send(file=f"w.{kind}")
    desk.send(file=f"w.{kind}")
    desk.fill(0, answer="Something else.")
    before = path.read_bytes()
    with pytest.raises(ReviewError, match="somebody has answered here") as caught:
        desk.send(file=f"w.{kind}")
    assert path.read_bytes() == before
    assert caught.value.hint == "collect first and move the file away, or set path to another file"


@KINDS
def test_a_file_that_is_no_worksheet_is_not_written_over(desk, kind):
    """A path that somebody else uses is left alone."""
    (desk.folder / f"w.{kind}").write_bytes(b"\xff\x00 not ours")
    with pytest.raises(ReviewError):
        desk.send(file=f"w.{kind}")
    assert (desk.folder / f"w.{kind}").read_bytes() == b"\xff\x00 not ours"
    assert [path.name for path in desk.folder.iterdir()] == [f"w.{kind}"]


@KINDS
def test_the_place_of_a_cell_is_the_one_that_a_person_sees(desk, kind):
    """File, sheet and cell; or file, line and field."""
    desk.send(desk.item("a1"), desk.item("b2"), file=f"w.{kind}")
    desk.fill(1, verdict="keap")
    with pytest.raises(ReviewError) as caught:
        desk.collect()
    cell = {"jsonl": ":2: $.verdict", "csv": "!G3", "xlsx": "!review!G3"}[kind]
    (found,) = caught.value.violations
    assert found.where == f"{desk.path}{cell}"
    assert found.message == "'keap' is none of keep, fix, reject"
    assert found.hint == "did you mean 'keep'?"


def test_what_several_people_answer_stands_there_for_each_of_them(desk):
    """Two people fill two blocks of one file, and each is heard."""
    desk.send(desk.item("a1", people=2), desk.item("b2"), desk.item("c3", people=2))
    for nth, (verdict, who) in enumerate([("keep", "Ann"), ("keep", "Ann"), ("fix", "Ann"), ("keep", "Bo"), ("reject", "Bo")]):  # fmt: skip
        desk.fill(nth, verdict=verdict, reviewer=who)
    said = [(one.record_id, one.by, one.values["verdict"]) for one in desk.collect()]
    ann, bo = pseudonym("ann"), pseudonym("bo")
    assert ann != bo
    assert said == [("a1", ann, "keep"), ("b2", ann, "keep"), ("c3", ann, "fix"), ("a1", bo, "keep"), ("c3", bo, "reject")]  # fmt: skip


def test_the_ticket_is_all_that_collect_needs(labels):
    """It is JSON, and says where the file is and what was asked."""
    path = labels.send(labels.item("a1", "refund", label="refund"))
    assert labels.ticket["backend"] == "worksheet"
    assert labels.ticket["path"] == str(path)
    assert [one["name"] for one in labels.ticket["questions"]] == ["verdict", "label", "reasons", "rating", "comment"]  # fmt: skip
    assert labels.ticket["output"] == {"labels": ["refund", "card, lost", "007"]}
    assert list(labels.ticket["shown"]) == ["a1"]


def test_the_time_is_when_the_file_was_saved(desk):
    """There is no better witness in a file."""
    path = desk.send()
    desk.fill(0, verdict="keep")
    os.utime(path, (1_800_000_000, 1_800_000_000))
    assert [one.at for one in desk.collect()] == ["2027-01-15T08:00:00Z"]


def test_an_unknown_suffix_is_a_mistake_of_the_recipe(desk):
    """It says which there are."""
    with pytest.raises(RecipeError) as caught:
        desk.send(file="w.ods")
    assert caught.value.message == "w.ods is no kind of worksheet"
    assert caught.value.hint == "let the path end in .jsonl, .csv, .xlsx"


def test_the_path_is_that_of_the_recipe_unless_told(desk, monkeypatch):
    """A recipe called mail is reviewed in mail.review.xlsx."""
    monkeypatch.chdir(desk.folder)
    ticket = worksheet.send(
        [desk.item()], worksheet.Options(), name="mail", task=desk.task, asked=[], guidelines="",
        progress=[].append,
    )  # fmt: skip
    assert ticket["path"] == "mail.review.xlsx"
    assert (desk.folder / "mail.review.xlsx").is_file()
    assert isinstance(worksheet.Options(), Asked)


def test_a_worksheet_that_is_gone_is_named(desk):
    """Somebody has moved it."""
    desk.send().unlink()
    with pytest.raises(ReviewError, match="the worksheet is not there"):
        desk.collect()


def test_the_prompt_reads_as_a_chat(desk):
    """Who said what, with a blank line between."""
    said = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}]
    path = desk.send(replace(desk.item(), messages=said, passage="From the book.", reasoning="So."))
    (row,) = [row for _, row in worksheet._read(path).rows]
    assert row["prompt"] == "system: Be brief.\n\nuser: Hi"
    assert (row["passage"], row["reasoning"]) == ("From the book.", "So.")


def test_a_place_that_cannot_be_written_is_named(desk):
    """A file stands where a folder should."""
    (desk.folder / "taken").write_text("")
    with pytest.raises(ReviewError, match="cannot be written: ") as caught:
        desk.send(file="taken/w.csv")
    assert caught.value.hint == "close it where it is open, or set path to another place"


def test_tool_calls_beside_a_text_have_a_column_of_their_own(desk):
    """Where there are any: they are judged with the text."""
    desk.send(desk.item("a1", calls="[1]"), desk.item("b2"), file="w.jsonl")
    assert [row.get("calls") for _, row in worksheet._read(desk.path).rows] == ["[1]", None]
    desk.fill(0, verdict="keep")
    assert [one.values for one in desk.collect()] == [{"verdict": "keep"}]
