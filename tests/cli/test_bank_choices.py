"""Strategies are compared on rows of the run, whatever these rows lack."""

import polars as pl
import pytest

from curator.cli.bank_choices import compare, strategies
from curator.records import complete, identify, message

GIVEN = {"shots": 4, "per_label": None, "seed": 0}


@pytest.fixture
def run(tmp_path):
    """Give a folder with records of some texts, as a run leaves them."""

    def write(rows):
        frame = pl.LazyFrame(rows).with_row_index("position")
        answer = message(pl.lit("assistant"), pl.coalesce("label", pl.lit("yes")))
        said = pl.concat_list(message(pl.lit("user"), pl.col("text")), answer)
        records = identify(complete(frame.with_columns(messages=said).drop("text")))
        records.collect().write_parquet(tmp_path / "records.parquet")
        return tmp_path

    return write


def rows(count, **more):
    words = ("lost card", "high fee")
    return [
        {"text": f"{words[i % 2]} {i}", "label": words[i % 2], "split": "train", **more}
        for i in range(count)
    ]


def test_every_strategy_that_needs_nothing_more_is_compared(run):
    """``fixed`` wants to be told ids; splits choose no exemplars."""
    assert {"random", "stratified", "diverse"} <= set(strategies())
    assert not {"split", "ties"} & set(strategies())
    told = compare(run(rows(12)), None, GIVEN, 3)
    named = [row["strategy"] for row in told.rows]
    assert (named, told.failed) == ([n for n in strategies() if n != "fixed"], {})


def test_without_validation_rows_each_train_row_is_left_out_in_turn(run):
    """It is not its own neighbour: one alone of its label is never foretold."""
    lonely = {"text": "lost card high fee", "label": "other", "split": "train"}
    told = compare(run([*rows(8), lonely]), ["nearest"], GIVEN, 3)
    assert (
        told.note
        == "coverage of 9 of 9 train rows; kNN of 3 on 9 train rows, each left out in turn"
    )
    assert told.rows[0]["knn"] == pytest.approx(8 / 9)


def test_a_row_is_not_foretold_by_its_own_group(run):
    """Eight rows of one group have no neighbours but each other."""
    told = compare(run(rows(8, group="g")), ["nearest"], GIVEN, 3)
    assert told.rows[0]["knn"] == 0


def test_without_labels_nothing_is_foretold(run):
    """What cannot be measured is null, and the rest is there."""
    unlabelled = [{**row, "label": None} for row in rows(8)]
    told = compare(run(unlabelled), ["random", "nearest"], GIVEN, 3)
    assert told.note.endswith("no kNN: no row has a label")
    assert [told.rows[0][name] for name in ("knn", "balance", "all_labels")] == [None, None, 0]
    assert told.rows[1]["tokens"] == 3 * 5  # of the three that a query is shown, not of all


def test_test_rows_are_neither_chosen_nor_asked(run):
    """The numbers are the same with and without them."""
    asked = {"text": "high fee 77", "label": "high fee", "split": "validation"}
    hidden = {"text": "lost card 99", "label": "secret", "split": "test"}
    without = compare(run([*rows(8), asked]), ["diverse"], GIVEN, 3)
    assert compare(run([*rows(8), asked, hidden]), ["diverse"], GIVEN, 3) == without


def test_a_strategy_that_cannot_choose_says_why(run):
    """The others are still compared."""
    told = compare(run(rows(8)), ["random", "diverse"], {**GIVEN, "shots": 2}, 3)
    assert told.failed == {}
    told = compare(run([{**row, "split": None} for row in rows(8)]), ["random"], GIVEN, 3)
    assert told.rows == []
    assert told.failed["random"].startswith("random: no row has a split")
