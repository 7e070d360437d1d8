"""How labels are spread over splits."""

import polars as pl

from curator.records import complete, message
from curator.validate.label_balance import Options, validate


def records(counts: dict[tuple[str | None, str | None], int]) -> pl.LazyFrame:
    """Build so many examples of each split and label."""
    rows = [pair for pair, count in counts.items() for _ in range(count)]
    frame = pl.LazyFrame(rows, schema={"split": pl.String, "label": pl.String}, orient="row")
    return complete(
        frame.with_columns(messages=pl.concat_list(message(pl.lit("user"), pl.lit("hi"))))
    )


def messages(counts: dict[tuple[str | None, str | None], int], **options) -> list[str]:
    """Give what is reported."""
    return [
        violation.message for violation in validate(records(counts), Options(**options)).violations
    ]


def test_counts_each_label_of_each_split() -> None:
    """The facts hold a zero where a split lacks a label, and rows without label apart."""
    facts = validate(
        records({("train", "b"): 2, ("train", "a"): 1, ("test", "b"): 1, ("test", None): 4}),
        Options(),
    ).facts
    assert facts == {
        "labels": 2,
        "unlabelled": 4,
        "splits": {"train": {"a": 1, "b": 2}, "test": {"a": 0, "b": 1}},
    }


def test_a_tested_label_must_be_trained() -> None:
    """Only the direction that cannot be learned is reported."""
    counts = {("train", "a"): 2, ("train", "b"): 2, ("test", "a"): 1, ("test", "c"): 3}
    assert messages(counts) == ["label 'c' has 3 test rows and no train row"]
    assert messages(counts, allow_unseen=True) == []


def test_a_set_without_train_lacks_nothing() -> None:
    """A pure test set is not held against a train set that is not there."""
    assert messages({("test", "a"): 1}) == []


def test_rows_before_the_split_are_counted() -> None:
    """Rows without a split appear under their own name."""
    assert validate(records({(None, "a"): 1}), Options()).facts["splits"] == {"none": {"a": 1}}


def test_a_label_needs_its_rows() -> None:
    """With a least number every split that has rows is held to it."""
    found = messages({("train", "a"): 5, ("train", "b"): 1, ("test", "a"): 2}, min_per_label=2)
    assert found == [
        "label 'b' has 1 train rows, fewer than min_per_label 2",
        "label 'b' has 0 test rows, fewer than min_per_label 2",
    ]


def test_shares_may_not_drift() -> None:
    """A label that is half of test and a tenth of train breaks a skew of 0.2."""
    counts = {("train", "a"): 9, ("train", "b"): 1, ("test", "a"): 1, ("test", "b"): 1}
    assert messages(counts, max_skew=0.2) == [
        "label 'a' makes up 50.0% of test and 90.0% of train, further apart than max_skew 0.2",
        "label 'b' makes up 50.0% of test and 10.0% of train, further apart than max_skew 0.2",
    ]
    assert messages(counts, max_skew=0.5) == []


def test_labels_past_the_limit_are_counted() -> None:
    """Many broken labels fill no screen."""
    counts = {("test", f"l{i}"): 1 for i in range(9)} | {("train", "a"): 1}
    assert messages(counts, max_reported=2)[2:] == ["7 more"]
