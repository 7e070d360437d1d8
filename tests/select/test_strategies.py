"""What holds for every exemplar strategy."""

import logging

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.errors import RecipeError
from curator.records import SPLITS
from curator.select import diverse, random, stratified

ALL = pytest.mark.parametrize("strategy", [random, stratified, diverse])


@ALL
def test_exemplars_come_from_train_only(strategy, records, ranked, labelled):
    """However many are wanted, rows of the other splits are never shown."""
    rows = [{**row, "split": SPLITS[i % 3]} for i, row in enumerate(labelled({"x": 30}))]
    assert set(ranked(strategy, records(rows), shots=30)["split"]) == {"train"}
    assert ranked(strategy, records(rows), shots=30).height == 10


@ALL
def test_without_any_split_the_recipe_is_refused(strategy, records, ranked):
    """What is shown must not be what is tested, so a split comes first."""
    rows = [{"input": "a", "label": "x", "split": None}]
    with pytest.raises(RecipeError) as caught:
        ranked(strategy, records(rows))
    assert (
        caught.value.message
        == f"{strategy.STEP}: no row has a split, and exemplars come from train only"
    )


@ALL
def test_ranks_run_label_by_label_in_turns(strategy, records, ranked, labelled):
    """Rank 0 to 2 show each label once, rank 3 to 5 once more, and each row's life says so."""
    rows = ranked(strategy, records(labelled({"x": 5, "y": 5, "z": 5})), per_label=2)
    assert rows["exemplar_rank"].to_list() == list(range(6))
    assert rows["label"].to_list() == ["x", "y", "z"] * 2
    assert rows["change"][4] == f"{strategy.STEP}: chosen as an exemplar | rank 4 of label y"


@ALL
def test_a_quota_that_cannot_be_met_is_said(strategy, caplog, records, ranked, labelled):
    """A label with too few train rows is named with numbers, also when it has none at all."""
    rows = [*labelled({"x": 5, "y": 1}), {"input": "t", "label": "z", "split": "test"}]
    ranked(strategy, records(rows), per_label=2)
    few = "2 labels get fewer than 2 exemplars: y 1 (of 1 candidates), z 0 (of 0 candidates)"
    assert caplog.messages == [f"{strategy.STEP}: {few}"]
    assert caplog.records[0].levelno == logging.WARNING


@ALL
def test_too_few_candidates_are_said(strategy, caplog, records, ranked, labelled):
    """A bank smaller than asked for is reported."""
    assert ranked(strategy, records(labelled({"x": 3})), shots=8).height == 3
    assert caplog.messages == [f"{strategy.STEP}: 8 exemplars were asked for, 3 can be had"]


@ALL
def test_long_examples_are_not_shown(strategy, records, ranked):
    """``max_chars`` counts prompt, reasoning and answer together."""
    rows = [{"input": "12345", "reasoning": "678", "label": "90"}, {"input": "x" * 11, "label": ""}]
    assert ranked(strategy, records(rows), max_chars=10)["position"].to_list() == [0]


@ALL
def test_reasoning_can_be_required(strategy, records, ranked):
    """Rows without reasoning, or with an empty one, are not shown when chains of thought are wanted."""
    rows = [{"input": "a", "label": "x", "reasoning": why} for why in ("because", "", None)]
    assert ranked(strategy, records(rows), require_reasoning=True)["position"].to_list() == [0]


@ALL
def test_only_answered_kept_examples_are_shown(strategy, records, ranked, labelled):
    """A rejected row and a chat that ends with the user are no exemplars."""
    gone = pl.when(pl.col("position") == 0).then(pl.lit("x: gone"))
    cut = (
        pl.when(pl.col("position") == 1).then(pl.col("messages").list.head(1)).otherwise("messages")
    )
    frame = records(labelled({"x": 3})).with_columns(rejected=gone, messages=cut)
    assert ranked(strategy, frame)["position"].to_list() == [2]


@ALL
def test_equal_rows_are_shown_once(strategy, records, ranked):
    """The same content twice makes one exemplar."""
    assert ranked(strategy, records([{"input": "a", "label": "x"}] * 3), shots=3).height == 1


@ALL
def test_rows_without_labels_are_chosen_as_one_label(strategy, records, ranked):
    """A task without labels gets its shots all the same."""
    rows = [{"input": f"a{i}", "label": None, "reasoning": "r"} for i in range(9)]
    assert ranked(strategy, records(rows), shots=4)["change"][3].endswith("| rank 3")


@ALL
@settings(max_examples=15, deadline=None)
@given(shuffle=st.randoms(use_true_random=False))
def test_row_order_does_not_matter(strategy, shuffle, records, ranked, labelled):
    """Shuffled rows give the same bank."""
    rows = labelled({"x": 7, "y": 4})
    shuffled = shuffle.sample(rows, len(rows))
    banks = [
        ranked(strategy, records(given), shots=5)["id"].to_list() for given in (rows, shuffled)
    ]
    assert banks[0] == banks[1]
