"""The certificate that nothing leaks, and what it says when something does."""

import polars as pl
import pytest

from curator.records import PROVENANCE, complete, identify, message
from curator.schemas import Gate, load
from curator.validate.split_leakage import Options, validate

LONG = "when does the last ferry to the island leave on a sunday"


def records(rows: list[dict]) -> pl.LazyFrame:
    """Build examples of file ``a.csv`` from ``input``, ``split`` and whatever else a row names."""
    columns = {
        "input": pl.String,
        "label": pl.String,
        "group": pl.String,
        "split": pl.String,
        "document": pl.String,
        "exemplar_rank": pl.Int32,
    }
    frame = pl.LazyFrame(rows, schema=columns, orient="row").with_row_index("position")
    said = message(pl.lit("user"), pl.col("input")), message(pl.lit("assistant"), pl.col("label"))
    origin = [
        {"uri": "a.csv", "line": i + 2, "document_id": row.get("document")}
        for i, row in enumerate(rows)
    ]
    frame = frame.with_columns(
        provenance=pl.Series(origin, dtype=PROVENANCE), messages=pl.concat_list(*said)
    )
    return identify(complete(frame))


def across(facts: dict, *splits: str) -> dict:
    """Give what the certificate says of two splits."""
    return next(found for found in facts["across"] if found["splits"] == list(splits))


def test_clean_splits_are_certified() -> None:
    """Rows that share nothing pass, and the certificate keeps its schema."""
    rows = [
        {"input": "a b c", "split": "train"},
        {"input": "d e f", "split": "test"},
        {"input": "g", "split": "validation"},
    ]
    report = validate(records(rows), Options())
    assert report.violations == ()
    assert report.facts["rows"] == {"train": 1, "validation": 1, "test": 1}
    assert list(Gate(load("leakage")).errors(report.facts)) == []


@pytest.mark.parametrize(
    ("one", "other", "kind", "words"),
    [
        (
            {"input": "a", "label": "x"},
            {"input": "a", "label": "x"},
            "same_content",
            "has the same content as",
        ),
        (
            {"input": "a b", "label": "x"},
            {"input": "A b!", "label": "y"},
            "same_text",
            "has the same words as",
        ),
        (
            {"input": "?", "label": "x"},
            {"input": "?", "label": "y"},
            "same_text",
            "has the same words as",
        ),
        (
            {"input": "a", "group": "g"},
            {"input": "b", "group": "g"},
            "group",
            "shares a group with",
        ),
        (
            {"input": "a", "document": "d"},
            {"input": "b", "document": "d"},
            "document",
            "is from the same document as",
        ),
    ],
)
def test_a_planted_leak_is_found(one: dict, other: dict, kind: str, words: str) -> None:
    """Each kind of leak is counted, and both rows are named."""
    frame = records([{**one, "split": "train"}, {**other, "split": "test"}])
    report = validate(frame, Options())
    left, right = frame.collect()["id"]
    assert (
        str(report.violations[0]).splitlines()[0]
        == f"a.csv:2: a train row {words} test row {right} at a.csv:3"
    )
    assert report.violations[0].record_id == left
    assert across(report.facts, "train", "test")["rows_crossing"][kind] == 1
    assert list(Gate(load("leakage")).errors(report.facts)) == []


def test_a_near_duplicate_is_found_with_its_similarity() -> None:
    """The row of the weaker split is named first, whatever the order of the rows."""
    frame = records(
        [{"input": LONG, "split": "test"}, {"input": LONG + " please", "split": "validation"}]
    )
    (violation,) = validate(frame, Options()).violations
    left = frame.collect()["id"][0]
    assert (
        violation.message
        == f"a validation row is a near-duplicate of test row {left} at a.csv:2 (similarity 0.91)"
    )
    assert (
        violation.hint
        == "select: split keeps such rows together: run it with near_duplicates at 0.7 or below"
    )


def test_the_closest_pair_is_told_below_the_threshold() -> None:
    """Nothing leaks at 0.95, and the certificate says how near the nearest rows are."""
    frame = records(
        [{"input": LONG, "split": "train"}, {"input": LONG + " please", "split": "test"}]
    )
    report = validate(frame, Options(threshold=0.95))
    left, right = frame.collect()["id"]
    assert report.violations == ()
    assert across(report.facts, "train", "test")["closest"] == {
        "train": left,
        "test": right,
        "similarity": 0.9091,
    }
    assert across(report.facts, "train", "validation")["closest"] is None


def test_ties_within_a_split_are_no_leak() -> None:
    """What stands together may be as alike as it likes."""
    rows = [{"input": "a", "group": "g", "split": "train"}] * 2 + [{"input": "b", "split": "test"}]
    assert validate(records(rows), Options()).violations == ()


def test_a_row_is_reported_once_for_each_partner() -> None:
    """Equal content is also an equal text in the same group: one violation, three counts."""
    rows = [{"input": LONG, "group": "g", "split": split} for split in ("train", "test")]
    report = validate(records(rows), Options())
    assert len(report.violations) == 1
    counts = across(report.facts, "train", "test")["rows_crossing"]
    assert counts == {
        "same_content": 1,
        "same_text": 1,
        "near_duplicate": 0,
        "group": 1,
        "document": 0,
        "origin": 0,
    }


def test_exemplars_outside_train_are_found() -> None:
    """A test row in the bank is a leak even when it resembles nothing."""
    report = validate(records([{"input": "a", "split": "test", "exemplar_rank": 3}]), Options())
    assert [violation.message for violation in report.violations] == ["exemplar 3 is a test row"]
    assert report.facts["exemplars"] == {"count": 1, "outside_train": 1}


def test_leaks_past_the_limit_are_counted() -> None:
    """Five crossing rows, two in words, three in one number."""
    rows = [{"input": f"a{i}", "group": "g", "split": "train"} for i in range(5)]
    report = validate(
        records([*rows, {"input": "b", "group": "g", "split": "test"}]), Options(max_reported=2)
    )
    assert len(report.violations) == 3
    assert report.violations[-1].message == "3 more crossings"


def test_rejected_rows_do_not_leak() -> None:
    """What is out cannot stand in a split."""
    frame = records([{"input": "a", "split": "train"}, {"input": "a", "split": "test"}])
    gone = pl.when(pl.col("position") == 0).then(pl.lit("x: gone"))
    assert validate(frame.with_columns(rejected=gone), Options()).violations == ()


def test_an_empty_set_is_certified() -> None:
    """No rows, no leak, and the certificate still keeps its schema."""
    report = validate(records([{"input": "a"}]), Options())
    assert report.facts["rows"] == {"train": 0, "validation": 0, "test": 0}
    assert list(Gate(load("leakage")).errors(report.facts)) == []


def test_of_a_small_set_even_a_distant_closest_pair_is_told() -> None:
    """The certificate of a demo is not empty: pairs are sought far below the threshold."""
    near = " ".join(LONG.split()[:6]) + " or does it stay in the harbour"
    rows = [{"input": LONG, "split": "train"}, {"input": near, "split": "test"}]
    report = validate(records(rows), Options())
    assert report.violations == ()
    assert report.facts["method"]["closest_sought_from"] == 0.3
    assert (
        across(report.facts, "train", "test")["closest"]["similarity"] == 0.2353
    )  # 4 of 17 shingles
