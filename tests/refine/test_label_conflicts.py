"""Which rows are in a conflict, and which labels are named."""

import polars as pl
import pytest

from curator.records import complete
from curator.refine.label_conflicts import Options, resolve, sign

TEXT = " ".join(f"w{number}" for number in range(40))
SAME = "label_conflicts: same text, different labels"
NEAR = "label_conflicts: near-same text, different labels"


def documents(*rows):
    """Give each (text, label) a position."""
    schema = dict.fromkeys(["text", "label"], pl.String)
    return complete(
        pl.LazyFrame(rows, schema=schema, orient="row").with_columns(position=pl.row_index())
    )


def marked(records, **options):
    """Say for each position in a conflict what is written into its changes."""
    options = Options(**options)
    verdict = resolve(sign(records, options), options).sort("position").collect()
    return dict(verdict.select("position", "change").rows())


@pytest.mark.parametrize("other", ["Top-up?", "  top up\n", "TOP UP", "“Top — up”", "top\u200bup"])
def test_case_punctuation_and_space_are_folded(other):
    """Texts are the same if their words are."""
    conflict = f"{SAME} | a / b"
    assert marked(documents(("top up", "b"), (other, "a"))) == {0: conflict, 1: conflict}


def test_every_row_names_all_labels():
    """Sorted, each once, also for the rows whose label occurs twice."""
    records = documents(("Hi", "c"), ("hi", "a"), ("hi!", "c"), ("hi", "b"), ("ho", "a"))
    assert marked(records) == dict.fromkeys(range(4), f"{SAME} | a / b / c")


def test_the_same_label_and_no_label_are_no_conflict():
    """Rows without a label cannot disagree."""
    assert marked(documents(("hi", "a"), ("hi", "a"), ("hi", None))) == {}


@pytest.mark.parametrize("text", ["", "?", " ", "\u200b", None])
@pytest.mark.parametrize("threshold", [1.0, 0.8])
def test_texts_without_words_are_in_no_conflict(text, threshold):
    """Nothing was said that could bear two labels."""
    assert marked(documents((text, "a"), (text, "b")), threshold=threshold) == {}


def test_near_same_texts():
    """Below 1 the labels of similar rows are named, of those that a row is itself like."""
    words = [f"w{number}" for number in range(60)]
    rows = [
        (" ".join(words[start : start + 40]), label)
        for start, label in ((0, "c"), (4, "a"), (8, "b"))
    ]
    assert marked(documents(*rows)) == {}
    assert marked(documents(*rows), threshold=0.8) == {
        0: f"{NEAR} | a / c",
        1: f"{NEAR} | a / b / c",
        2: f"{NEAR} | a / b",
    }


def test_copies_of_a_near_same_text():
    """Rows with the same words all learn of the conflict."""
    records = documents((TEXT, "a"), (TEXT, "a"), (f"{TEXT} x", "b"), (f"{TEXT} x", "b"))
    assert marked(records, threshold=0.8) == dict.fromkeys(range(4), f"{NEAR} | a / b")


def test_rejecting():
    """All rows of a conflict go: none is known to be right."""
    options = Options(action="reject")
    records = documents(("hi", "a"), ("hi", "b"), ("ho", "a"))
    verdict = resolve(sign(records, options), options).sort("position").collect()
    assert verdict.select("position", "rejected").rows() == [
        (0, f"{SAME} | a / b"),
        (1, f"{SAME} | a / b"),
    ]


def test_rejected_rows_are_in_no_conflict():
    """Only kept rows are looked at."""
    records = documents(("hi", "a"), ("hi", "b")).with_columns(
        rejected=pl.when(pl.col("position") == 0).then(pl.lit("sample: not drawn"))
    )
    assert marked(records) == {}


@pytest.mark.parametrize("threshold", [1.0, 0.8])
def test_no_rows(threshold):
    """Nothing comes of nothing, with the right columns."""
    options = Options(threshold=threshold)
    verdict = resolve(sign(documents(), options), options).collect()
    assert verdict.schema == {"position": pl.Int64, "change": pl.String}


@pytest.mark.real
def test_the_conflict_among_the_bank_questions(real_data):
    """One in the training file, as its notes say, and one in the test file; none between the two."""
    files = [real_data / "banking77" / f"{split}.csv" for split in ("train", "test")]
    rows = [row for file in files for row in pl.read_csv(file).rows()]
    found = marked(documents(*rows))
    named = {
        rows[position][0]: change.removeprefix(f"{SAME} | ") for position, change in found.items()
    }
    assert named == {
        "Has my top up gone through?": "pending_top_up / top_up_reverted",
        "Has my top-up gone through?": "pending_top_up / top_up_reverted",
        "What are the fees for top-ups?": "top_up_by_bank_transfer_charge / top_up_by_card_charge",
        "What are the fees for top ups?": "top_up_by_bank_transfer_charge / top_up_by_card_charge",
    }


@pytest.mark.parametrize("threshold", [1.0, 0.8])
def test_another_context_is_no_conflict(threshold):
    """Two passages may answer one question in two ways."""
    passages = pl.Series(["one", "two", "two"], dtype=pl.String)
    records = documents((TEXT, "a"), (TEXT, "b"), (TEXT, "c")).with_columns(context=passages)
    assert set(marked(records, threshold=threshold)) == {1, 2}
