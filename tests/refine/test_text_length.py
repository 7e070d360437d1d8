"""Which lengths are kept, and what is said of the others."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.errors import RecipeError
from curator.records import MESSAGES, complete
from curator.refine.text_length import Options, refine


def documents(*texts):
    return complete(pl.LazyFrame({"text": texts}, schema={"text": pl.String}))


def reasons(rows, **options):
    return refine(rows, Options(**options)).collect()["rejected"].to_list()


def test_both_ends_belong_to_the_range():
    """A text exactly as long as a limit is kept; one character beyond is not."""
    assert reasons(documents("a", "ab", "abc", "abcd"), min_chars=2, max_chars=3) == [
        "text_length: too short | 1 characters",
        None,
        None,
        "text_length: too long | 4 characters",
    ]


def test_characters_are_code_points():
    """Three letters of any script have length 3."""
    assert reasons(documents("äöü", "日本語", "abc"), min_chars=3, max_chars=3) == [None] * 3


def test_words_are_runs_between_white_space():
    """Words are counted whatever stands between them."""
    assert reasons(documents("one", " one\ttwo\n", "one two three"), min_words=2, max_words=2) == [
        "text_length: too short | 1 words",
        None,
        "text_length: too long | 3 words",
    ]


@settings(deadline=None)
@given(
    st.lists(st.text("a \n日", max_size=80), min_size=1, max_size=5),
    st.integers(0, 6),
    st.integers(6, 20),
)
def test_words_as_python_counts_them(texts, low, high):
    """However long a text is, and wherever its words stand, none is miscounted."""
    kept = reasons(documents(*texts), min_chars=0, min_words=low, max_words=high)
    assert [reason is None for reason in kept] == [
        low <= len(text.split()) <= high for text in texts
    ]


def test_missing_text_is_too_short():
    """Null and empty texts have length 0, which the defaults reject."""
    assert reasons(documents(None, "")) == ["text_length: too short | 0 characters"] * 2
    assert reasons(documents(None, ""), min_chars=0) == [None, None]


@pytest.mark.parametrize(("over", "longest"), [("input", 5), ("input_output", 9)])
def test_over_chooses_the_text(over, longest):
    """An example is measured over what the recipe names."""
    turns = [{"role": "user", "content": "hello"}, {"role": "assistant", "content": "yes"}]
    rows = complete(pl.LazyFrame([[turns]], schema={"messages": MESSAGES}, orient="row"))
    assert reasons(rows, over=over, min_chars=longest, max_chars=longest) == [None]
    assert reasons(rows, over=over, max_chars=longest - 1) == [
        f"text_length: too long | {longest} characters"
    ]


def test_the_first_reason_stays():
    """A row rejected before keeps its reason."""
    rows = documents("").with_columns(rejected=pl.lit("require: no"))
    assert reasons(rows) == ["require: no"]


def test_a_range_that_keeps_nothing_is_refused():
    """Limits the wrong way round are a mistake in the recipe."""
    with pytest.raises(RecipeError) as caught:
        Options(min_words=3, max_words=2)
    assert str(caught.value) == (
        "min_words 3 is above max_words 2: no text could be kept\n  hint: exchange the two numbers"
    )
