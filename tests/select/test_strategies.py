"""What holds for every exemplar strategy, and what sets each apart."""

import logging
from collections import Counter
from types import ModuleType

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.errors import RecipeError
from curator.records import SPLITS, complete, identify, message
from curator.select import diverse, random, stratified

ALL = pytest.mark.parametrize("strategy", [random, stratified, diverse])


def records(rows: list[dict]) -> pl.LazyFrame:
    """Build answered examples from ``input`` and whatever columns a row names; train where no split is named."""
    columns = {"input": pl.String, "label": pl.String, "split": pl.String, "reasoning": pl.String}
    rows = [{"split": "train", **row} for row in rows]
    frame = pl.LazyFrame(rows, schema=columns, orient="row").with_row_index("position")
    answer = message(pl.lit("assistant"), pl.col("label"), reasoning=pl.col("reasoning"))
    said = pl.concat_list(message(pl.lit("user"), pl.col("input")), answer)
    return identify(complete(frame.with_columns(messages=said).drop("input", "reasoning")))


def ranked(strategy: ModuleType, frame: pl.LazyFrame, **options) -> pl.DataFrame:
    """Give the chosen rows in the order of their ranks."""
    chosen = strategy.Options(**options)
    verdicts = strategy.resolve(strategy.sign(frame, chosen), chosen).collect()
    rows = frame.drop("exemplar_rank").collect().join(verdicts, on="position")
    return rows.sort("exemplar_rank")


def labelled(counts: dict[str, int]) -> list[dict]:
    """Make so many rows of each label, no two alike."""
    return [
        {"input": f"{label} a{i} b{i}", "label": label}
        for label, n in counts.items()
        for i in range(n)
    ]


@ALL
def test_exemplars_come_from_train_only(strategy: ModuleType) -> None:
    """However many are wanted, rows of the other splits are never shown."""
    rows = [{**row, "split": SPLITS[i % 3]} for i, row in enumerate(labelled({"x": 30}))]
    assert set(ranked(strategy, records(rows), shots=30)["split"]) == {"train"}
    assert ranked(strategy, records(rows), shots=30).height == 10


@ALL
def test_without_any_split_the_recipe_is_refused(strategy: ModuleType) -> None:
    """What is shown must not be what is tested, so a split comes first."""
    rows = [{"input": "a", "label": "x", "split": None}]
    with pytest.raises(RecipeError) as caught:
        ranked(strategy, records(rows))
    assert (
        caught.value.message
        == f"{strategy.STEP}: no row has a split, and exemplars come from train only"
    )


@ALL
def test_ranks_run_label_by_label_in_turns(strategy: ModuleType) -> None:
    """Rank 0 to 2 show each label once, rank 3 to 5 once more, and each row's life says so."""
    rows = ranked(strategy, records(labelled({"x": 5, "y": 5, "z": 5})), per_label=2)
    assert rows["exemplar_rank"].to_list() == list(range(6))
    assert rows["label"].to_list() == ["x", "y", "z"] * 2
    assert rows["change"][4] == f"{strategy.STEP}: chosen as an exemplar | rank 4 of label y"


@ALL
def test_a_quota_that_cannot_be_met_is_said(
    strategy: ModuleType, caplog: pytest.LogCaptureFixture
) -> None:
    """A label with too few train rows is named with numbers, also when it has none at all."""
    rows = [*labelled({"x": 5, "y": 1}), {"input": "t", "label": "z", "split": "test"}]
    ranked(strategy, records(rows), per_label=2)
    few = "2 labels get fewer than 2 exemplars: y 1 (of 1 candidates), z 0 (of 0 candidates)"
    assert caplog.messages == [f"{strategy.STEP}: {few}"]
    assert caplog.records[0].levelno == logging.WARNING


@ALL
def test_too_few_candidates_are_said(
    strategy: ModuleType, caplog: pytest.LogCaptureFixture
) -> None:
    """A bank smaller than asked for is reported."""
    assert ranked(strategy, records(labelled({"x": 3})), shots=8).height == 3
    assert caplog.messages == [f"{strategy.STEP}: 8 exemplars were asked for, 3 can be had"]


@ALL
def test_long_examples_are_not_shown(strategy: ModuleType) -> None:
    """``max_chars`` counts prompt, reasoning and answer together."""
    rows = [{"input": "12345", "reasoning": "678", "label": "90"}, {"input": "x" * 11, "label": ""}]
    assert ranked(strategy, records(rows), max_chars=10)["position"].to_list() == [0]


@ALL
def test_reasoning_can_be_required(strategy: ModuleType) -> None:
    """Rows without reasoning, or with an empty one, are not shown when chains of thought are wanted."""
    rows = [{"input": "a", "label": "x", "reasoning": why} for why in ("because", "", None)]
    assert ranked(strategy, records(rows), require_reasoning=True)["position"].to_list() == [0]


@ALL
def test_only_answered_kept_examples_are_shown(strategy: ModuleType) -> None:
    """A rejected row and a chat that ends with the user are no exemplars."""
    gone = pl.when(pl.col("position") == 0).then(pl.lit("x: gone"))
    cut = (
        pl.when(pl.col("position") == 1).then(pl.col("messages").list.head(1)).otherwise("messages")
    )
    frame = records(labelled({"x": 3})).with_columns(rejected=gone, messages=cut)
    assert ranked(strategy, frame)["position"].to_list() == [2]


@ALL
def test_equal_rows_are_shown_once(strategy: ModuleType) -> None:
    """The same content twice makes one exemplar."""
    assert ranked(strategy, records([{"input": "a", "label": "x"}] * 3), shots=3).height == 1


@ALL
def test_rows_without_labels_are_chosen_as_one_label(strategy: ModuleType) -> None:
    """A task without labels gets its shots all the same."""
    rows = [{"input": f"a{i}", "label": None, "reasoning": "r"} for i in range(9)]
    assert ranked(strategy, records(rows), shots=4)["change"][3].endswith("| rank 3")


@ALL
@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False))
def test_row_order_does_not_matter(strategy: ModuleType, random) -> None:
    """Shuffled rows give the same bank."""
    rows = labelled({"x": 7, "y": 4})
    shuffled = random.sample(rows, len(rows))
    banks = [
        ranked(strategy, records(given), shots=5)["id"].to_list() for given in (rows, shuffled)
    ]
    assert banks[0] == banks[1]


@pytest.mark.parametrize("strategy", [random, stratified])
def test_the_seed_draws(strategy: ModuleType) -> None:
    """Another seed gives another bank."""
    frame = records(labelled({"x": 50}))
    assert len({tuple(ranked(strategy, frame, seed=seed)["id"]) for seed in range(3)}) == 3


def test_stratified_follows_the_labels() -> None:
    """Ten shots of a set that is 80 % x show x 7 times, and each label at least once."""
    rows = ranked(stratified, records(labelled({"x": 160, "y": 39, "z": 1})), shots=10)
    assert Counter(rows["label"]) == {"x": 7, "y": 2, "z": 1}


def test_diverse_is_even_over_labels() -> None:
    """A rare label gets as many exemplars as a frequent one."""
    rows = ranked(diverse, records(labelled({"x": 90, "y": 10})), shots=6)
    assert Counter(rows["label"]) == {"x": 3, "y": 3}


def test_more_labels_than_shots(caplog: pytest.LogCaptureFixture) -> None:
    """Too few shots go to the most frequent labels, and the others are named."""
    rows = ranked(stratified, records(labelled({"x": 1, "y": 3, "z": 2})), shots=2)
    assert rows["label"].to_list() == ["y", "z"]
    assert caplog.messages == [
        "stratified: 1 labels get fewer than 1 exemplars: x 0 (of 1 candidates)"
    ]


def test_diverse_spreads_within_a_label() -> None:
    """Three topics with ten wordings each: three shots show all three, starting in the middle."""
    topics = ["when does the ferry leave", "my refund never arrived", "dogs on deck allowed"]
    rows = [{"input": f"{topic} {word}", "label": "x"} for topic in topics for word in "abcdefghij"]
    chosen = (
        ranked(diverse, records(rows), shots=3)["messages"].list.first().struct.field("content")
    )
    assert {text.rsplit(" ", 1)[0] for text in chosen} == set(topics)


def test_a_large_label_is_chosen_from_a_drawn_pool(caplog, monkeypatch) -> None:
    """Past the limit the pool is drawn by the seed, and the log says from how many."""
    monkeypatch.setattr(diverse, "POOL_ROWS", 5)
    caplog.set_level(logging.INFO, "curator.select")
    assert ranked(diverse, records(labelled({"x": 9})), shots=3).height == 3
    assert caplog.messages == ["diverse: x: chosen from 5 of 9 candidates"]
