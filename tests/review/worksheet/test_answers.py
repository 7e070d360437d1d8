"""What may stand in a cell, and what is said of what may not."""

import datetime as dt
import pickle

import pytest

from curator.errors import ReviewError
from curator.task import Task


def mistakes(desk):
    with pytest.raises(ReviewError) as caught:
        desk.collect()
    return [(one.message, one.hint) for one in caught.value.violations]


def test_rows_without_a_verdict_are_no_answers(desk):
    """Neither a name alone nor nothing at all says anything."""
    desk.send(desk.item("a1"), desk.item("b2"))
    desk.fill(0, reviewer="Ann")
    assert desk.collect() == []


def test_a_changed_answer_needs_a_verdict(desk):
    """Nothing that somebody typed is passed over."""
    desk.send()
    desk.fill(answer="Other.")
    assert mistakes(desk) == [(
        "the answer was changed, but there is no verdict",
        "choose a verdict for this row, or put the cell back",
    )]  # fmt: skip


@pytest.mark.parametrize("cell", [{"comment": "why?"}, {"rating": 3}, {"reasons": "other"}])
def test_any_other_word_needs_a_verdict_too(desk, cell):
    """A comment that nobody would read is named."""
    desk.send()
    desk.fill(**cell)
    assert [message for message, _ in mistakes(desk)] == [
        f"the {next(iter(cell))} was given, but there is no verdict"
    ]


def test_keep_does_not_carry_a_change(desk):
    """A spreadsheet that made 7 of 007 must not pass for a person who corrected it."""
    desk.send(desk.item("a1", "007"))
    desk.fill(verdict="keep", answer=7)
    assert [message for message, _ in mistakes(desk)] == [
        "the verdict is keep, but the answer was changed"
    ]


def test_line_breaks_alone_are_no_change(desk):
    """Spreadsheets save them as they like."""
    desk.send(desk.item("a1", "one\r\ntwo"))
    desk.fill(verdict="keep", answer="one\ntwo")
    assert [one.values for one in desk.collect()] == [{"verdict": "keep"}]


@pytest.mark.parametrize(("sent", "back"), [("a\x00b\x0bc", "abc"), ("_x005F_x000B_", "\x0b")])
def test_what_nobody_sees_is_no_change(desk, sent, back):
    """Spreadsheets drop control characters, and mix them up with their escapes."""
    desk.send(desk.item("a1", sent))
    desk.fill(verdict="keep", answer=back)
    assert [one.values for one in desk.collect()] == [{"verdict": "keep"}]


def test_a_label_is_one_of_the_options(labels):
    """It is taken whatever its case, and a slip is met with the one that is like it."""
    labels.send(labels.item("a1", label="refund"), labels.item("b2", label="refund"))
    labels.fill(0, verdict="fix", label="Card, lost ")
    labels.fill(1, verdict="fix", label="refnud")
    assert mistakes(labels) == [
        ("'refnud' is none of refund, card, lost, 007", "did you mean 'refund'?")
    ]
    labels.fill(1, label="007")
    assert [one.values["label"] for one in labels.collect()] == ["card, lost", "007"]


def test_a_label_that_stands_is_said_again(labels):
    """Who keeps a row has said its label."""
    labels.send(labels.item("a1", label="refund"))
    labels.fill(verdict="keep")
    assert [one.values for one in labels.collect()] == [{"verdict": "keep", "label": "refund"}]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ('{"n": "x"}', 'the answer breaks the JSON Schema: $.n: "x" is not of type "integer"'),
        ("{n: 1}", "the answer is not JSON: "),
        (" ", "the answer is empty"),
    ],
)
def test_an_answer_keeps_the_contract_of_the_task(contract, answer, said):
    """What no training row may say, no person may make it say."""
    contract.send(contract.item("a1", '{"n": 1}'))
    contract.fill(verdict="fix", answer=answer)
    ((message, _),) = mistakes(contract)
    assert message.startswith(said)


def test_an_answer_that_nobody_touched_is_not_held_to_the_contract(contract):
    """It is there to be reviewed, broken or not."""
    contract.send(contract.item("a1", "not JSON"))
    contract.fill(verdict="reject")
    assert [one.values for one in contract.collect()] == [{"verdict": "reject"}]


def test_a_rejected_answer_may_be_emptied(desk):
    """There is nothing to put in its place."""
    desk.send()
    desk.fill(verdict="reject", answer="")
    assert [one.values for one in desk.collect()] == [{"verdict": "reject"}]


@pytest.mark.parametrize(("cell", "value"), [(4, 4), ("4", 4), (4.0, 4), (" 1 ", 1)])
def test_a_rating_is_a_number_from_one_to_five(desk, cell, value):
    """As a number or as a text, as spreadsheets have it."""
    desk.send()
    desk.fill(verdict="keep", rating=cell)
    assert [one.values["rating"] for one in desk.collect()] == [value]


@pytest.mark.parametrize("cell", [0, 6, 4.5, "good", True])
def test_anything_else_is_no_rating(desk, cell):
    """It is named, with what there is to choose from."""
    desk.send()
    desk.fill(verdict="keep", rating=cell)
    ((message, hint),) = mistakes(desk)
    assert message.endswith("is none of 1, 2, 3, 4, 5")
    assert hint == "choose one of them"


def test_a_cell_that_became_a_date_is_named(desk):
    """1/2 was meant, and a day was saved."""
    desk.send(desk.item("a1", "1/2"), file="w.xlsx")
    desk.fill(verdict="fix", answer=dt.datetime(2026, 2, 1))  # noqa: DTZ001 - as Excel has it
    assert mistakes(desk) == [(
        "2026-02-01 00:00:00 is a datetime, not a text",
        "format the cell as text and write it again",
    )]  # fmt: skip


def test_a_row_that_stands_twice_with_other_answers_is_a_conflict(desk):
    """Both cells are named; which one holds is not guessed."""
    desk.send(desk.item("a1"), file="w.csv")
    desk.fill(verdict="keep")
    desk.edit(lambda rows: rows.append({**rows[0], "verdict": "reject"}))
    assert mistakes(desk) == [(
        f"the same person has said otherwise at {desk.path}!G2",
        "empty one of the two verdicts, or write who said which under 'reviewer'",
    )]  # fmt: skip


def test_a_row_that_stands_twice_with_the_same_answers_counts_once(desk):
    """Somebody copied it."""
    desk.send(desk.item("a1"))
    desk.fill(verdict="keep")
    desk.edit(lambda rows: rows.append(dict(rows[0])))
    assert len(desk.collect()) == 1


def test_an_id_that_was_not_sent_is_named(desk):
    """A spreadsheet took it for a number, or somebody wrote a row of their own."""
    desk.send(desk.item("a1"))
    desk.edit(lambda rows: rows.extend([{"id": "1.2E+31", "verdict": "keep"}, {"verdict": "fix"}, {"comment": "my notes"}]))  # fmt: skip
    assert [message for message, _ in mistakes(desk)] == [
        "'1.2E+31' is no record that was sent",
        "there is a verdict, but no id",
    ]


def test_columns_that_somebody_added_are_passed_over(desk):
    """Their own notes are theirs."""
    desk.send()
    desk.fill(verdict="keep", **{"my notes": "ask Bo", "": "x"})
    assert [one.values for one in desk.collect()] == [{"verdict": "keep"}]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_column_that_was_renamed_is_named(desk, kind):
    """With the one that it probably is."""
    desk.send(file=f"w.{kind}")
    desk.edit(lambda rows: rows[0])
    if kind == "csv":
        desk.path.write_text(desk.path.read_text().replace("verdict", "Verdikt", 1))
    else:
        import openpyxl

        book = openpyxl.load_workbook(desk.path)
        book["review"]["G1"] = "Verdikt"
        book.save(desk.path)
    ((message, hint),) = mistakes(desk)
    assert message == "the column 'verdict' is missing; is it 'Verdikt'?"
    assert hint == "call it 'verdict' again"


def test_two_columns_of_one_name_are_named(desk):
    """Which one holds is not guessed."""
    path = desk.send(file="w.csv")
    path.write_text(path.read_text().replace("comment", "verdict"))
    assert mistakes(desk) == [
        ("two columns are called 'verdict'", "rename or delete one"),
        ("the column 'comment' is missing", "call it 'comment' again"),
    ]


def test_a_list_of_points_stays_one(desk):
    """Where the task asks for one."""
    desk.task = Task.from_dict({"output": {"format": "bullets"}})
    desk.send(desk.item("a1", "- one"))
    desk.fill(verdict="fix", answer="one and two")
    assert mistakes(desk) == [
        ("the answer is not a list of points (no list)", "begin lines with '- '")
    ]
    desk.fill(answer="- one\n- two")
    assert desk.collect()[0].values["answer"] == "- one\n- two"


def test_all_mistakes_are_found_at_once_and_survive_a_process(desk):
    """One round of mending is enough."""
    desk.send(desk.item("a1"), desk.item("b2"), desk.item("c3"))
    desk.fill(0, verdict="yes", rating=9)
    desk.fill(1, verdict="keep", reasons="bad; other; odd")
    desk.fill(2, verdict="keep")
    with pytest.raises(ReviewError) as caught:
        desk.collect()
    error = pickle.loads(pickle.dumps(caught.value))
    assert (error.message, error.exit_code) == (
        "3 cells of the worksheet cannot be taken as answered",
        5,
    )
    assert [one.where.split(": ")[1] for one in error.violations] == [
        "$.verdict",
        "$.rating",
        "$.reasons",
    ]
