"""What is somebody's is named by row and field, and never shown."""

import json

import pytest

from curator.errors import RecipeError
from curator.publish.gates import personal_data

TRAIN = "dataset/data/train-*.parquet"
FILE = "dataset/data/train-00000-of-00001.parquet"


def said(text):
    """The messages of a row that says so."""
    turns = [("system", "Name the topic."), ("user", text), ("assistant", "fare")]
    return [{"role": role, "content": content} for role, content in turns]


def test_a_row_that_holds_some_is_named_with_its_field(folder, wanted, change):
    """Exactly that one; the value is masked in the message."""
    name = change(TRAIN, 7, messages=said("I am jane@ferry.org"))
    gate = personal_data.gate(folder, wanted())
    (one,) = gate.violations
    assert (one.record_id, one.where) == (name, f"{FILE}: row 8: $.messages[1].content")
    assert one.message == "email j…g (14 characters)"
    assert "personal_data: [email]" in one.hint
    assert gate.said.startswith("found email 1 (patterns only")


@pytest.mark.parametrize(
    "fields",
    [
        {"group": "jane@ferry.org"}, {"label": "jane@ferry.org"}, {"tools": '["jane@ferry.org"]'},
        {"provenance": {"uri": "https://jane@ferry.org/x"}}, {"review": {"by": "jane@ferry.org"}},
        {"rejected_messages": [{"role": "assistant", "content": "jane@ferry.org"}]},
    ],
)  # fmt: skip
def test_every_text_of_a_row_is_looked_at(folder, wanted, change, fields):
    """Not only what is said in it."""
    name = change(TRAIN, 1, **fields)
    (one,) = personal_data.gate(folder, wanted()).violations
    assert one.record_id == name


def test_types_that_may_stay_are_said_and_hold_nothing_back(folder, wanted, change):
    """Others still do."""
    change(TRAIN, 0, messages=said("jane@ferry.org or 212-736-5000, 212-736-5001"))
    gate = personal_data.gate(folder, wanted(personal_data=("email",)))
    assert [one.message.split()[0] for one in gate.violations] == ["phone"]
    assert gate.violations[0].message.endswith("(12 characters), and 1 more in this field")
    assert "stays: email 1" in gate.said
    assert personal_data.gate(folder, wanted(personal_data=("email", "phone"))).holds


def test_what_is_nobodys_holds_nothing_back(folder, wanted, change):
    """Reserved addresses and test numbers are counted, and may go."""
    change(TRAIN, 0, messages=said("jane@example.com, card 4111 1111 1111 1111"))
    gate = personal_data.gate(folder, wanted())
    assert gate.holds
    assert "nobody's: email 1, payment_card 1" in gate.said


def test_the_bank_is_looked_at_where_it_goes_along(folder, wanted):
    """Its lines are named by number."""
    path = folder / "bank" / "exemplars.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    lines[1]["messages"][0]["content"] = "call 212-736-5000"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert personal_data.gate(folder, wanted()).holds
    (one,) = personal_data.gate(folder, wanted(include=("bank",))).violations
    assert (one.record_id, one.where) == (
        lines[1]["id"],
        "bank/exemplars.jsonl: row 2: $.messages[0].content",
    )


def test_a_type_that_there_is_not_is_a_mistake(run, wanted):
    """The nearest one is named."""
    with pytest.raises(RecipeError) as caught:
        personal_data.gate(run, wanted(personal_data=("emial",)))
    assert str(caught.value) == (
        "publish: personal_data: 'emial' is no type of personal data\n  hint: did you mean 'email'?"
    )
