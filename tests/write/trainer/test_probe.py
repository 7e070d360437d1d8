"""A Probe notes what is done to it, and stops where that cannot be foretold."""

import sys

import pytest

from curator.write.trainer.probe import WHITESPACE, Cut, Probe, Slot, Unforeseen, Watch

CONTENT = Slot(0, "content")
BOTH = (Cut("start", WHITESPACE), Cut("end", WHITESPACE))


@pytest.fixture
def watch():
    return Watch()


def probe(watch, before="", after=""):
    return watch.taint(before + watch.mark(CONTENT) + after)


def test_white_space_is_what_python_strips():
    """The characters are those of str.strip(), of which Polars by itself takes fewer."""
    assert list(WHITESPACE) == [c for c in map(chr, range(sys.maxunicode + 1)) if c.isspace()]


def test_cuts_reach_the_content_behind_white_space(watch):
    """Space of the template is cut at once, that of the content when it is known."""
    text = probe(watch, " \n", "!\n").strip()
    assert watch.parts(text) == [CONTENT._replace(cuts=BOTH[:1]), "!"]


def test_of_two_cuts_on_one_side_the_other_may_be_nothing(watch):
    """New lines cut before or after all white space change nothing."""
    text = probe(watch)
    once = [CONTENT._replace(cuts=BOTH)]
    assert watch.parts(text.strip("\n").strip()) == once
    assert watch.parts(text.strip().strip("\n")) == once
    assert watch.parts(text.lstrip("\n")) == [CONTENT._replace(cuts=(Cut("start", "\n"),))]


def test_a_mark_that_is_cut_has_the_whole_mark_in_it(watch):
    """Whoever looks for a content finds it with its white space or without."""
    assert str.__contains__(probe(watch).strip(), watch.mark(CONTENT))


def test_literals_looked_for_are_guarded(watch):
    """Every literal that is asked for is one that a content must not hold."""
    text = probe(watch, "<a>", "<b>")
    assert "<a>" in text
    assert not text.startswith("<tool>")
    assert [str.__str__(part) for part in text.split("<b>")][1] == ""
    assert text.count("<a>") == 1
    assert text != "other"
    assert watch.guards == {(0, "content"): {"<a>", "<tool>", "<b>", "other"}}


@pytest.mark.parametrize(("before", "after", "literal"), [("x<", "", "<b>"), ("", "b>x", "<b>"), ("a", "a", "aaa")])  # fmt: skip
def test_literals_that_may_lie_across_the_end_of_a_content(watch, before, after, literal):
    """A text that may begin in a literal of the template, and end in a content, is unforeseen."""
    with pytest.raises(Unforeseen, match="may lie across the end of a content"):
        assert literal in probe(watch, before, after)


def test_two_contents_side_by_side(watch):
    """What is looked for may lie in both."""
    both = probe(watch) + watch.mark(Slot(1, "content"))
    with pytest.raises(Unforeseen, match="may lie across"):
        both.split("ab")
    assert "a" not in both


@pytest.mark.parametrize("name", sorted({n for n in dir(str) if n not in vars(Probe)}))
def test_every_method_of_a_text_is_watched(name):
    """Only those of every object are a text's own."""
    assert name in {"__class__", "__init__", "__init_subclass__", "__subclasshook__", "__dir__", "__sizeof__", "__reduce__", "__reduce_ex__", "__getstate__", "__getnewargs__", "__getattribute__", "__setattr__", "__delattr__", "__len__"}  # fmt: skip


@pytest.mark.parametrize("done", [
    str.upper, str.split, lambda text: text[1:], lambda text: {text: 1}, lambda text: text > "a",
    lambda text: "%s" % text,  # noqa: UP031
    lambda text: "".join(c for c in text), lambda text: text.strip("x"),
    lambda text: f"{text:>9}", lambda text: text.find("x"), repr, lambda text: text in text,  # noqa: PLR0124
])  # fmt: skip
def test_what_cannot_be_foretold(watch, done):
    """It ends there: a shape in which it happens is not learned."""
    method = {str.upper: lambda text: text.upper(), str.split: lambda text: text.split()}
    with pytest.raises(Unforeseen):
        method.get(done, done)(probe(watch))


def test_a_text_that_reads_like_a_mark(watch):
    """A template that writes marks of its own is not learned."""
    with pytest.raises(Unforeseen, match="reads like a mark"):
        watch.parts("\ue000\ue015\ue001")
    with pytest.raises(Unforeseen, match="was cut"):
        watch.parts("\ue000\ue015")
