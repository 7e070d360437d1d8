"""Answers read by their contract: what was written is read back, and doubt is a reason."""

import json
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from curator.errors import RecipeError
from curator.prompt import completed
from curator.prompt.parse import Parsed, parse
from curator.task import Task

LABELS = Task.from_dict({"output": {"labels": ["refund", "lost card", "top_up", "other"]}})
POINT = {"type": "object", "properties": {"x": {"type": "integer"}}, "required": ["x"]}
JSON = Task.from_dict({"output": {"json_schema": POINT}})
BULLETS = Task.from_dict({"output": {"format": "bullets"}})
KINDS = [Task(), BULLETS, LABELS, JSON]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("refund", "refund"),
        (" Refund.\n", "refund"),
        ('"LOST-CARD"', "lost card"),
        ("`top up`", "top_up"),
        ("The label is: refund.", "refund"),
        ("The label is **refund**", "refund"),
        ("**Label:** Lost card", "lost card"),
        ("I would classify this as a refund.", "refund"),
        ("Refund, because they want their money back.", "refund"),
        ("refund\n\nThe customer wants their money back.", "refund"),
        ('They write about "top up" here.', "top_up"),
        ('{"label": "lost card"}', "lost card"),
        ("```\nrefund\n```", "refund"),
        ("They lost it, and paid. Answer: lost card", "lost card"),
        ("Refund or other?\nAnswer: other", "other"),
        ("Answer: refund\nNo, wait.\n**Answer:** other", "other"),
        ("I am not sure, but the answer is refund.", "refund"),
        ("the label is refund. refund!", "refund"),
    ],
)
def test_a_label_is_found_in_words_that_leave_no_doubt(text, label):
    """Case, marks, quotes and the usual sentence around it do not hide a label."""
    assert parse(LABELS, text).value == label


@pytest.mark.parametrize(
    ("text", "reason", "detail"),
    [
        ("", "empty", ""),
        ("So.\n\nAnswer: ", "empty", ""),
        ("None of them.", "no label", "None of them."),
        ("refunds", "no label", "refunds"),
        ("refund or lost card", "several labels", "lost card, refund"),
        ("The label is refund, not other.", "several labels", "other, refund"),
        ("It is not a refund.", "denied label", "refund"),
        ("This isn't about a refund", "denied label", "refund"),
        ("I need other words to say it", "label not stated", "other"),
        ("Is it a refund?", "label not stated", "refund"),
        ("Refund? Hard to say.", "label not stated", "refund"),
    ],
)
def test_doubt_about_a_label_is_a_reason(text, reason, detail):
    """Nothing is guessed."""
    read = parse(LABELS, text)
    assert (read.value, read.reason, read.detail) == (None, reason, detail)
    assert not read.is_answer


def test_labels_that_differ_in_case_or_marks_alone_are_told_apart_by_them():
    """Tolerance never turns one label into another."""
    task = Task.from_dict({"output": {"labels": ["C", "C++", "c", "not C"]}})
    said = ["C", "c", "C++", "c++.", "(c)", "The label is C++.", "not C", "It is: not c"]
    assert [parse(task, text).value for text in said] == [
        "C", "c", "C++", "C++", None, None, "not C", "not C",
    ]  # fmt: skip


def test_the_longest_label_at_a_place_is_the_one_named():
    """A label inside another is not named beside it."""
    task = Task.from_dict({"output": {"labels": ["card", "card fee", "fee"]}})
    assert parse(task, "The label is card fee.").value == "card fee"


@given(st.lists(st.text(min_size=1), min_size=1, max_size=5, unique=True), st.data())
def test_a_label_is_read_back_as_itself(labels, data):
    """Whatever a label is made of."""
    task = Task.from_dict({"output": {"labels": labels}})
    label = data.draw(st.sampled_from(labels))
    assert parse(task, label) == Parsed(value=label)


@given(st.text(), st.sampled_from(LABELS.output.labels), st.sampled_from(["Answer:", "####"]))
@example("Answer: refund\nanswer: other", "top_up", "Answer:")
@example("#### refund", "other", "####")
def test_a_worked_answer_is_read_back_behind_its_reasoning(reasoning, label, marker):
    """The reasoning may say anything, even the marker."""
    task = Task.from_dict({"output": {"labels": list(LABELS.output.labels)}, "answer_marker": marker, "reasoning": True})  # fmt: skip
    said = completed(task, {"role": "assistant", "content": label, "reasoning": reasoning})
    read = parse(task, said["content"])
    assert (read.value, read.reasoning) == (label, reasoning.strip())


@given(st.text())
def test_free_text_is_read_back_without_the_blanks_around_it(text):
    """Where no marker was asked for, none is looked for."""
    read = parse(Task(), f"Answer: {text}", is_reasoned=False)
    assert read.value == f"Answer: {text}".strip()


@given(st.dictionaries(st.text(), st.none() | st.integers(-9, 9) | st.text()))
def test_json_is_read_back_bare_fenced_or_among_words(rest):
    """Where JSON stands does not change what it says."""
    value = {**rest, "x": 1}
    said = json.dumps(value, ensure_ascii=False)
    for text in (said, f"Here:\n```json\n{said}\n```\nDone.", f"See {{a}} [1]: {said} so."):
        assert parse(JSON, text, is_reasoned=False).value == value


@pytest.mark.parametrize(
    ("text", "reason", "detail"),
    [
        ("no", "no JSON", "no"),
        ('{"x": NaN}', "no JSON", '{"x": NaN}'),
        ('{"x": 1', "no JSON", '{"x": 1'),
        ('{"x": "1"}', "breaks the schema", '$.x: "1" is not of type "integer"'),
        ('{"y": 1} {"x": ""}', "breaks the schema", '$: "x" is a required property'),
        ("[" * 65 + "]" * 65, "too deep", "more than 64 objects and arrays in one another"),
    ],
)
def test_what_is_wrong_with_json_is_said(text, reason, detail):
    """A fixed word, and the place."""
    read = parse(JSON, text)
    assert (read.value, read.reason, read.detail) == (None, reason, detail)


def test_the_first_json_that_keeps_the_schema_is_taken():
    """A citation before the object is not the answer."""
    assert parse(JSON, 'As [1] says, {"y": 2} is {"x": 3} or {"x": 4}.').value == {"x": 3}


def test_null_is_a_value():
    """JSON's null is an answer, not the lack of one."""
    read = parse(Task.from_dict({"output": {"json_schema": {"type": "null"}}}), "null")
    assert (read.value, read.is_answer) == (None, True)


POINTS = st.lists(
    st.text(st.characters(exclude_categories=["Z", "C"]), min_size=1), min_size=1, max_size=5
)


@given(POINTS, st.sampled_from(["- ", "* ", "1. ", "  • "]))
@example(["-"], "- ")
def test_points_are_read_back(points, mark):
    """Each line is a point, whatever marks it."""
    text = "Here they are:\n" + "\n".join(f"{mark}{point}" for point in points)
    assert parse(BULLETS, text, is_reasoned=False).value == points


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("- a\n  goes on\n\n- b", Parsed(value=["a goes on", "b"])),
        ("- a\ngoes on", Parsed(value=["a goes on"])),
        ("```\n- a\n```", Parsed(value=["a"])),
        ("- a\n\nHope this helps!", Parsed(reason="text after the list", detail="Hope this helps!")),
        ("a, b", Parsed(reason="no list", detail="a, b")),
        ("r\nAnswer:\n- a", Parsed(value=["a"], reasoning="r")),
    ],
)  # fmt: skip
def test_a_list_is_points_and_nothing_after_them(text, read):
    """A point may go over several lines; other text is no point."""
    assert parse(BULLETS, text) == read


@pytest.mark.parametrize("task", KINDS, ids=lambda task: task.output.kind)
@given(text=st.text() | st.text('{}[]"\\`:-*#\n refundAnswer', max_size=60))
def test_no_text_raises(task, text):
    """Whatever a model says is a value or a reason."""
    read = parse(task, text)
    assert read.is_answer == (read.reason is None)
    assert read.is_answer or read.value is None


@pytest.mark.parametrize("task", KINDS, ids=lambda task: task.output.kind)
@pytest.mark.parametrize(
    "unit",
    ["a", "{", "[]", '{"', "{}", '"', "\\", "```\n", "```", "\n", " ", "- ", "-\n ", "#", "*", "Answer:", "\nAnswer:", "refund ", "not ", "lost ", "\ud800", "\x00", "n't"],
)  # fmt: skip
def test_a_giant_answer_takes_linear_time(task, unit):
    """300,000 characters of one thing cost little more than reading them."""
    for text in (unit * (300_000 // len(unit)), "{" * 60 + "[]" * 100 + unit * 90_000):
        began = time.perf_counter()
        parse(task, text)
        assert time.perf_counter() - began < 10


def test_labels_that_are_not_known_yet_are_a_mistake_of_the_caller():
    """No answer can be right before the labels are there."""
    with pytest.raises(RecipeError) as caught:
        parse(Task.from_dict({"output": {"labels": "from_data"}}), "a")
    assert str(caught.value) == (
        "$.task.output.labels: the labels are to come from the data: which are there is not known yet\n"
        "  hint: give them with task.with_labels(labels)"
    )
