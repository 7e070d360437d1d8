"""What holds for every exemplar strategy."""

import logging

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.errors import RecipeError
from curator.records import SPLITS
from curator.select import (
    diverse,
    facility_location,
    hard,
    mmr,
    nearest,
    pools,
    random,
    representative,
    stratified,
)

DRAWN = [random, stratified, diverse, facility_location, mmr, representative]
ALL = pytest.mark.parametrize("strategy", DRAWN)
LABELLED = pytest.mark.parametrize("strategy", [*DRAWN, hard])
EVERY = pytest.mark.parametrize("strategy", [*DRAWN, hard, nearest])


def loosely(strategy, **wanted) -> dict:
    """Leave out what a strategy has not, and let few rows be as hard as they are."""
    if strategy is nearest:
        return {}
    return {**wanted, **({"min_margin": -1.0} if strategy is hard else {})}


@ALL
def test_exemplars_come_from_train_only(strategy, records, ranked, labelled):
    """However many are wanted, rows of the other splits are never shown."""
    rows = [{**row, "split": SPLITS[i % 3]} for i, row in enumerate(labelled({"x": 30}))]
    assert set(ranked(strategy, records(rows), shots=30)["split"]) == {"train"}
    assert ranked(strategy, records(rows), shots=30).height == 10


@EVERY
def test_without_any_split_the_recipe_is_refused(strategy, records, ranked):
    """What is shown must not be what is tested, so a split comes first."""
    rows = [{"input": "a", "label": "x", "split": None}]
    with pytest.raises(RecipeError) as caught:
        ranked(strategy, records(rows))
    assert (
        caught.value.message
        == f"{strategy.STEP}: no row has a split, and exemplars come from train only"
    )


@LABELLED
def test_ranks_run_label_by_label_in_turns(strategy, records, ranked, labelled):
    """Rank 0 to 2 show each label once, rank 3 to 5 once more, and each row's life says so."""
    rows = ranked(
        strategy, records(labelled({"x": 5, "y": 5, "z": 5})), **loosely(strategy, per_label=2)
    )
    assert rows["exemplar_rank"].to_list() == list(range(6))
    assert rows["label"].to_list() == ["x", "y", "z"] * 2
    life = f"{strategy.STEP}: chosen as an exemplar | rank 4 of label y"
    assert rows["change"][4].split(",")[0] == life


@LABELLED
def test_a_quota_that_cannot_be_met_is_said(strategy, caplog, records, ranked, labelled):
    """A label with too few train rows is named with numbers, also when it has none at all."""
    rows = [*labelled({"x": 5, "y": 1}), {"input": "t", "label": "z", "split": "test"}]
    ranked(strategy, records(rows), **loosely(strategy, per_label=2))
    few = "2 labels get fewer than 2 exemplars: y 1 (of 1 candidate), z 0 (of 0 candidates)"
    assert caplog.messages == [f"{strategy.STEP}: {few}"]
    assert caplog.records[0].levelno == logging.WARNING


@LABELLED
def test_quotas_keep_within_the_shots(strategy, caplog, records, ranked, labelled):
    """Dealt in turns, the last of them to the more frequent labels; those that get less are named."""
    frame = records(labelled({"x": 4, "y": 5, "z": 6}))
    rows = ranked(strategy, frame, **loosely(strategy, per_label=2, shots=5))
    assert rows["label"].to_list() == ["x", "y", "z", "y", "z"]
    few = "1 label gets fewer than 2 exemplars, as there are to be 5 in all: x 1 (of 4 candidates)"
    assert caplog.messages == [f"{strategy.STEP}: {few}"]
    every = ranked(strategy, frame, **loosely(strategy, per_label=2, shots=9))
    assert every.height == 6


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
    assert ranked(strategy, records(rows), shots=4)["change"][3].split(",")[0].endswith("| rank 3")


@EVERY
@settings(max_examples=10, deadline=None)
@given(shuffle=st.randoms(use_true_random=False))
def test_row_order_does_not_matter(strategy, shuffle, records, ranked, labelled):
    """Shuffled rows give the same bank, and the same words about it."""
    rows = labelled({"x": 7, "y": 4})
    shuffled = shuffle.sample(rows, len(rows))
    wanted = loosely(strategy, shots=5)
    banks = [
        ranked(strategy, records(given), **wanted)[["id", "change"]].rows()
        for given in (rows, shuffled)
    ]
    assert banks[0] == banks[1]


@LABELLED
@settings(max_examples=10, deadline=None)
@given(lengths=st.lists(st.integers(1, 9), min_size=6, max_size=14), budget=st.integers(6, 90))
def test_budgets_and_quotas_hold(strategy, lengths, budget, records, ranked):
    """All exemplars together keep the budget, which fills every slot that the cheapest would fill."""
    rows = [
        {"input": f"{i} " + "word " * length, "label": "xy"[i % 2]}
        for i, length in enumerate(lengths)
    ]
    frame = records(rows)
    chosen = ranked(strategy, frame, max_tokens=budget, **loosely(strategy, per_label=2))
    cost = dict(
        strategy.sign(frame, strategy.Options(max_tokens=budget))
        .select("position", "tokens")
        .collect()
        .iter_rows()
    )
    assert sum(cost[position] for position in chosen["position"]) <= budget
    cheapest = [sorted(cost[i] for i in range(first, len(rows), 2))[:2] for first in (0, 1)]
    if sum(map(sum, cheapest)) <= budget:
        assert chosen["label"].to_list() == ["x", "y", "x", "y"]


@LABELLED
def test_a_budget_that_is_spent_is_said(strategy, caplog, records, ranked):
    """Slots for which no tokens are left are counted by label; the shorter label keeps its own."""
    rows = [{"input": f"{i} word", "label": "x"} for i in "abc"]
    rows += [{"input": f"{i} " + "word " * 9, "label": "y"} for i in "def"]
    chosen = ranked(strategy, records(rows), max_tokens=8, **loosely(strategy, per_label=2))
    assert set(chosen["label"]) == {"x"}
    gone = f"{strategy.STEP}: 1 label gets fewer than 2 exemplars: y 0 (of 0 candidates; 3 over max_tokens)"
    assert caplog.messages == [gone]
    ranked(strategy, records(rows), max_tokens=16, **loosely(strategy, per_label=2))
    assert (
        caplog.messages[1]
        == f"{strategy.STEP}: max_tokens 16 leave no room for 2 exemplars: x 1, y 1"
    )


@LABELLED
def test_why_a_slot_is_empty_is_said_and_kept(strategy, caplog, records, labelled):
    """The log counts the reasons, and each row that was passed over bears its own."""
    rows = [*labelled({"x": 3, "y": 1}), {"input": "long " * 9, "label": "y"}]
    options = strategy.Options(max_chars=20, **loosely(strategy, per_label=2))
    verdicts = strategy.resolve(strategy.sign(records(rows), options), options).collect()
    counts = "1 label gets fewer than 2 exemplars: y 1 (of 1 candidate; 1 over max_chars)"
    assert caplog.messages == [f"{strategy.STEP}: {counts}"]
    over = verdicts.filter(pl.col("exemplar_rank").is_null())
    assert over.select("position", "change").rows() == [
        (4, f"{strategy.STEP}: passed over as an exemplar | over max_chars")
    ]


@EVERY
def test_quality_counts_where_it_is_known(strategy, records, ranked, labelled):
    """A person's score stands before a step's confidence; a row with neither passes."""
    at = pl.col("position")
    score = pl.when(at == 0).then(0.9).when(at == 1).then(0.1)
    review = pl.struct(status=pl.lit("submitted"), by=pl.lit("a"), score=score)
    sure = pl.when(at < 4).then(0.5)
    place = pl.struct(confidence=sure)
    frame = records(labelled({"x": 3, "y": 3})).with_columns(review=review, provenance=place)
    wanted = loosely(strategy, per_label=3)
    chosen = ranked(strategy, frame, min_quality=0.6, **wanted)
    assert set(chosen["position"]) == {0, 4, 5}


@EVERY
def test_only_what_people_approved_can_be_asked_for(strategy, records, ranked, labelled):
    """Rows without a verdict, with one still open and with a bad one are not shown."""
    status = pl.col("position").replace_strict(
        {0: "approved", 1: "rejected", 2: "Pending", 3: "submitted", 4: "discarded", 5: None},
        return_dtype=pl.String,
    )
    review = pl.struct(status=status, by=pl.lit("a"), score=pl.lit(None, dtype=pl.Float64))
    frame = records(labelled({"x": 3, "y": 3})).with_columns(review=review)
    wanted = loosely(strategy, per_label=3)
    assert set(ranked(strategy, frame, reviewed_only=True, **wanted)["position"]) == {0, 3}


@EVERY
def test_the_short_may_come_first(strategy, records, ranked):
    """By the code points of all that is said, whatever the labels."""
    rows = [{"input": "w " * (9 - i), "label": "xy"[i % 2]} for i in range(6)]
    wanted = loosely(strategy, per_label=3)
    chosen = ranked(strategy, records(rows), order="short_first", **wanted)
    assert chosen["position"].to_list() == [5, 4, 3, 2, 1, 0]


@LABELLED
@pytest.mark.parametrize("order", ["as_chosen", "nearest_last"])
def test_as_chosen_keeps_the_order_of_choice(strategy, order, records, ranked, labelled):
    """Each label's exemplars stand in the same order as in turns; only the labels' mix differs."""
    frame = records(labelled({"x": 9, "y": 9}))
    turns = ranked(strategy, frame, per_label=3)
    chosen = ranked(strategy, frame, per_label=3, order=order)
    assert chosen["exemplar_rank"].to_list() == list(range(6))
    for label in "xy":
        of_label = pl.col("label") == label
        assert chosen.filter(of_label)["id"].to_list() == turns.filter(of_label)["id"].to_list()


@EVERY
def test_ranks_go_on_after_an_earlier_step(strategy, records, labelled):
    """What is an exemplar already keeps its rank, and the next step counts on from there."""
    frame = records(labelled({"x": 3, "y": 3})).with_columns(
        exemplar_rank=pl.when(pl.col("position") < 2).then(pl.col("position")).cast(pl.Int32)
    )
    options = strategy.Options(**loosely(strategy, shots=4))
    verdicts = strategy.resolve(strategy.sign(frame, options), options).collect()
    assert sorted(verdicts["exemplar_rank"]) == [2, 3, 4, 5]
    assert set(verdicts["position"]) == {2, 3, 4, 5}


def test_what_all_say_makes_no_two_alike():
    """A rare word in common counts for more than the same four words that open every message."""
    words = ["dogs", "fees", *(f"w{i}" for i in range(98))]
    texts = [f"please tell me about {word}" for word in words]
    points = pools.points(pl.Series([*texts, "dogs bark"]), None).astype(int)
    assert points[0] @ points[-1] > points[0] @ points[1]
