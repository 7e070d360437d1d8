"""The worksheet as JSON lines."""

import json

import pytest

from curator.errors import ReviewError


def test_a_line_that_is_no_object_is_named(desk):
    """With what a line is."""
    path = desk.send()
    path.write_text(path.read_text() + '["keep"]\n')
    with pytest.raises(ReviewError) as caught:
        desk.collect()
    assert (caught.value.where, caught.value.message) == (
        f"{path}:2",
        "this line is no JSON object",
    )


def test_a_line_that_was_cut_is_named(desk):
    """Nothing after it is read either."""
    path = desk.send()
    path.write_text(path.read_text()[:-5])
    with pytest.raises(ReviewError, match="this line is no JSON object: "):
        desk.collect()


def test_reasons_may_be_a_list(desk):
    """As a program would write them."""
    desk.send()
    desk.fill(verdict="reject", reasons=["other", "wrong answer"])
    assert desk.collect()[0].values["reasons"] == ["other", "wrong answer"]


def test_an_object_in_a_cell_is_named(desk):
    """An answer is a text."""
    desk.send()
    desk.fill(verdict="fix", answer={"n": 1})
    with pytest.raises(ReviewError) as caught:
        desk.collect()
    assert caught.value.violations[0].message == "{'n': 1} is a dict, not a text"


def test_line_separators_inside_a_text_end_no_line(desk):
    """JSON lines end at line feeds alone."""
    path = desk.send(desk.item("a1", "a\u2028b\x85c"))
    desk.fill(verdict="keep")
    assert len(desk.collect()) == 1
    assert json.loads(path.read_text(encoding="utf-8").rstrip("\n"))["answer"] == "a\u2028b\x85c"
