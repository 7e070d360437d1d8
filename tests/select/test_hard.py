"""Exemplars that a model of the rest of train gets wrong, or nearly."""

import logging

import polars as pl
import pytest

from curator.errors import RecipeError
from curator.select import hard

FERRY = [{"input": f"when does the ferry leave {i}", "label": "times"} for i in range(30)]
REFUND = [{"input": f"my refund never arrived {i}", "label": "money"} for i in range(30)]
BETWEEN = {"input": "when does my refund leave the ferry", "label": "money"}


def margins(rows: pl.DataFrame) -> list[float]:
    """Read the margins out of the notes."""
    return rows["change"].str.extract(r", margin ([+-]\d\.\d\d)$").cast(pl.Float64).to_list()


def test_what_lies_between_labels_comes_first(records, ranked):
    """Of 61 rows the one with words of both labels is the hardest."""
    chosen = ranked(hard, records([*FERRY, *REFUND, BETWEEN]), shots=2, min_margin=-1.0)
    first = chosen.filter(pl.col("label") == "money")
    assert first["position"].to_list() == [60]
    assert margins(first)[0] < margins(chosen.filter(pl.col("label") == "times"))[0]


def test_what_is_voted_down_too_surely_looks_mislabelled(caplog, records, ranked):
    """A ferry question under money is left out, and a lower bound lets it in."""
    wrong = {"input": "when does the ferry leave today", "label": "money"}
    frame = records([*FERRY, *REFUND, wrong])
    assert 60 not in set(ranked(hard, frame, per_label=31)["position"])
    assert "money 30 (of 30 candidates; 1 looks mislabelled)" in caplog.messages[0]
    assert 60 in set(ranked(hard, frame, per_label=31, min_margin=-1.0)["position"])


def test_easy_rows_can_be_left_out(records, ranked):
    """With an upper bound only rows that some neighbour votes against are shown."""
    chosen = ranked(hard, records([*FERRY, *REFUND, BETWEEN]), shots=9, max_margin=0.5)
    assert max(margins(chosen), default=0) <= 0.5
    assert chosen.height < 9


def test_rows_in_a_label_conflict_are_left_out(records, ranked):
    """People do not agree on them, so a model may be right to be wrong."""
    told = pl.when(pl.col("position") == 60).then(
        pl.lit(["label_conflicts: same text, different labels | money / times"])
    )
    frame = records([*FERRY, *REFUND, BETWEEN]).with_columns(changes=told)
    assert 60 not in set(ranked(hard, frame, per_label=3, min_margin=-1.0)["position"])


def test_twins_do_not_vote_for_one_another(records, ranked):
    """A row is judged by other groups: its near-copy bears its label and would always agree."""
    rows = [*FERRY, BETWEEN, {**BETWEEN, "input": BETWEEN["input"] + " now"}]
    together = pl.when(pl.col("position") >= 30).then(pl.lit("twins"))
    frame = records(rows).with_columns(group=together)
    chosen = ranked(hard, frame, per_label=2, min_margin=-1.0)
    assert margins(chosen.filter(pl.col("label") == "money")) == [-1.0, -1.0]


def test_a_join_may_bring_the_rows_in_any_order():
    """Many neighbours are equally near: which of them vote is the draw's to say, not a join's."""
    texts = [f"when does the {word} leave" for word in "abcdefghij" for _ in range(6)]
    codes, folds = [at % 3 for at in range(60)], [at % 5 for at in range(60)]
    rows = pl.DataFrame({"text": texts, "code": codes, "fold": folds}).with_row_index("drawn")
    rows = rows.with_columns(pl.col("drawn").cast(pl.Int64), position=pl.col("drawn"))
    judged = hard._judged(rows, None)
    assert hard._judged(rows.reverse(), None).equals(judged)


@pytest.mark.parametrize("label", ["x", None])
def test_one_label_is_refused(label, records, ranked):
    """Where every answer is the same, nothing can be got wrong."""
    with pytest.raises(RecipeError) as caught:
        ranked(hard, records([{"input": "a", "label": label}, {"input": "b", "label": label}]))
    count = 1 if label else 0
    said = f"hard: train has {count} labels, and only of two or more can one be wrong"
    assert caught.value.message == said


def test_a_large_train_set_is_judged_by_a_draw(caplog, monkeypatch, records, ranked):
    """Past the limit so many rows are drawn, the same of each label, and the log says so."""
    monkeypatch.setattr(hard, "MODEL_ROWS", 20)
    caplog.set_level(logging.INFO, "curator.select")
    assert ranked(hard, records([*FERRY, *REFUND]), per_label=3).height == 6
    assert "hard: chosen from 20 of 60 train rows" in caplog.messages
