"""One split for both artifacts, decided over groups."""

import logging
from collections import Counter

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.errors import RecipeError
from curator.kernels.fill import fill
from curator.records import KEPT, PROVENANCE, RECORD, SPLITS, complete, identify, judge, message
from curator.select.split import Options, recall, remember, resolve, sign

WORDS = ["ferry", "ticket", "car", "dog", "harbour", "refund", "late", "storm", "island", "crew"]


NOTHING = pl.lit(None, dtype=pl.String)
FIRST = pl.lit(0, dtype=pl.Int64)


def records(rows: list[dict]) -> pl.LazyFrame:
    """Build examples from ``input`` and whatever columns a row names."""
    columns = {"input": pl.String, "label": pl.String, "group": pl.String, "split": pl.String}
    frame = pl.LazyFrame(rows, schema=columns, orient="row").with_row_index("position")
    said = message(pl.lit("user"), pl.col("input")), message(pl.lit("assistant"), pl.col("label"))
    return identify(complete(frame.with_columns(messages=pl.concat_list(*said))))


def judged(frame: pl.LazyFrame, **options) -> pl.DataFrame:
    """Sign, resolve and join the verdicts as an engine does."""
    chosen = Options(**options)
    verdicts = resolve(sign(frame, chosen), chosen).collect()
    assert verdicts["position"].is_unique().all()
    changes = judge(frame, verdicts).collect()
    return changes.join(
        verdicts.select("position", "change"), on="position", how="left", maintain_order="left"
    )


def distinct(count: int, **columns) -> list[dict]:
    """Make rows that share no three words."""
    return [{"input": f"a{i} b{i} c{i} d{i}", "label": "x", **columns} for i in range(count)]


def test_fills_the_shares() -> None:
    """A thousand untied rows split 800, 100, 100."""
    rows = judged(records(distinct(1000)))
    assert Counter(rows["split"]) == {"train": 800, "validation": 100, "test": 100}


def test_fills_the_shares_of_every_label() -> None:
    """Each of twenty labels is split in the shares of the whole, to the row."""
    rows = judged(records([{**row, "label": f"l{i % 20}"} for i, row in enumerate(distinct(1000))]))
    counts = rows.group_by("label", "split").len()
    assert set(counts.filter(split="train")["len"]) == {40}
    assert set(counts.filter(split="test")["len"]) == {5}


def test_errors_of_labels_do_not_add_up() -> None:
    """Many labels whose shares are no whole numbers still leave the whole set within 0.1 % of its shares."""
    rows = judged(records([{**row, "label": f"l{i % 77}"} for i, row in enumerate(distinct(1300))]))
    assert Counter(rows["split"]) == {"train": 1040, "validation": 130, "test": 130}


def test_counts_what_the_source_has_split_already() -> None:
    """Rows that come as test count towards the test share; the rest fills what is missing."""
    rows = judged(
        records(
            distinct(60, split="test")
            + [{**row, "input": "z" + row["input"]} for row in distinct(540)]
        )
    )
    assert Counter(rows["split"]) == {"train": 480, "validation": 60, "test": 60}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"group": "g"}, {"group": "g"}),
        ({"input": "the very same words again"}, {"input": "the very same words again"}),
        (
            {"input": "when does the last ferry to the island leave today"},
            {"input": "when does the last ferry to the island leave today please"},
        ),
    ],
)
def test_tied_rows_share_a_split(one: dict, other: dict) -> None:
    """The user's key, an equal text and a near-duplicate each hold two rows together, whatever the seed."""
    for seed in range(8):
        rows = judged(
            records([{**one}, {**other}, *distinct(10)]),
            seed=seed,
            train=0.5,
            validation=0,
            test=0.5,
        )
        assert rows["split"][0] == rows["split"][1]


def test_near_duplicates_can_be_let_go() -> None:
    """Without a threshold only keys and equal texts tie rows."""
    text = "when does the last ferry to the island leave today"
    rows = [{"input": text + " please" * i} for i in range(20)]
    assert (
        len(
            set(
                judged(records(rows), near_duplicates=None, train=0.5, validation=0, test=0.5)[
                    "split"
                ]
            )
        )
        == 2
    )


def test_a_document_and_its_examples_share_a_split() -> None:
    """An example follows the document it was derived from."""
    documents = pl.LazyFrame(
        {"position": range(20), "text": [f"a{i} b{i} c{i}" for i in range(20)]}
    )
    documents = identify(complete(documents))
    ids = documents.collect()["id"]
    examples = records(distinct(20)).with_columns(
        position=pl.col("position") + 20,
        provenance=pl.Series([{"document_id": document} for document in ids], dtype=PROVENANCE),
    )
    rows = judged(pl.concat([documents, examples]), train=0.5, validation=0, test=0.5)
    assert rows["split"][:20].to_list() == rows["split"][20:].to_list()


def test_untied_rows_follow_the_row_that_has_a_split() -> None:
    """A row without a split goes where the row it is tied to stands, and its life says so."""
    rows = judged(
        records(
            [
                {"input": "a b c d", "group": "g", "split": "test"},
                {"input": "e f g h", "group": "g"},
            ]
        )
    )
    assert rows["split"].to_list() == ["test", "test"]
    assert rows["change"].to_list() == [None, "split: follows the test row it is tied to"]


def test_a_row_that_would_join_two_splits_is_rejected() -> None:
    """A new row tied to a train row and to a test row stays out; both of these stay in."""
    old = [
        {"input": "when does the ferry leave", "split": "train", "group": "g"},
        {"input": "where is the harbour office", "split": "test"},
    ]
    rows = judged(records([*old, {"input": "where is the harbour office", "group": "g"}]))
    assert rows["rejected"].to_list() == [
        None,
        None,
        "split: would join a train group to a test group",
    ]


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        (
            {"input": "a b c", "group": "g"},
            {"input": "d e f", "group": "g"},
            "shares a group with a test row | {}",
        ),
        (
            {"input": "a b c", "label": "x"},
            {"input": "a b c", "label": "y"},
            "has the same words as a test row | {}",
        ),
        (
            {"input": "a b c d e f g h i j"},
            {"input": "a b c d e f g h i j k"},
            "near-duplicate of a test row | 0.89 {}",
        ),
    ],
)
def test_the_weaker_of_two_crossing_rows_is_rejected(one: dict, other: dict, why: str) -> None:
    """Where the source itself leaks, the train row goes, and the reason names the test row."""
    rows = judged(records([{**one, "split": "train"}, {**other, "split": "test"}]))
    assert rows["rejected"].to_list() == ["split: " + why.format(rows["id"][1]), None]


def test_a_rejected_row_holds_nothing_against_others() -> None:
    """A validation row that goes because of a test row does not take its train neighbour with it."""
    rows = [
        ("a b c d e f g h", "train", None),
        ("a b c d e f g h i", "validation", "g"),
        ("z", "test", "g"),
    ]
    rows = judged(records([{"input": i, "split": s, "group": g} for i, s, g in rows]))
    assert rows["rejected"].is_null().to_list() == [True, False, True]


def test_a_giant_group_goes_to_train_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    """A group with 46 % of the rows goes to train; the rest still fills validation and test."""
    giant = [{**row, "group": "g"} for row in distinct(100)][:46]
    for seed in range(8):
        rows = judged(records(giant + distinct(100)[46:]), seed=seed)
        assert set(rows.filter(group="g")["split"]) == {"train"}
        assert set(rows.filter(group="g")["change"]) == {
            "split: goes with a group too large to share out"
        }
        assert Counter(rows["split"]) == {"train": 80, "validation": 10, "test": 10}
    assert (
        caplog.messages[0]
        == "split: a group of 46 rows (46 %) is too large to share out: it goes to train"
    )


def test_few_equal_groups_are_no_giants() -> None:
    """Five groups of four rows are shared out though each holds a fifth of the rows."""
    rows = judged(
        records([{**row, "group": str(i % 5)} for i, row in enumerate(distinct(20))]),
        validation=0,
        test=0.2,
    )
    assert Counter(rows["split"]) == {"train": 16, "test": 4}


def test_the_only_row_of_a_label_goes_to_train() -> None:
    """What is tested can be shown, unless single labels are the rule."""
    few = [{**row, "label": f"rare {i}" if i < 10 else "x"} for i, row in enumerate(distinct(100))]
    assert set(judged(records(few)).filter(pl.col("label") != "x")["split"]) == {"train"}
    all_single = [{**row, "label": str(i)} for i, row in enumerate(distinct(100))]
    assert Counter(judged(records(all_single))["split"]) == {
        "train": 80,
        "validation": 10,
        "test": 10,
    }


def test_every_label_is_trained() -> None:
    """A label with two rows has one of them in train whatever the draw."""
    rows = [{**row, "label": str(i // 2)} for i, row in enumerate(distinct(400))]
    assert (
        judged(records(rows), train=0.6, validation=0.2, test=0.2)
        .filter(split="train")["label"]
        .n_unique()
        == 200
    )


def test_every_label_is_trained_even_with_a_small_share() -> None:
    """A train share of a fifth still shows one row of each label with two."""
    rows = [{**row, "label": str(i // 2)} for i, row in enumerate(distinct(40))]
    kept = judged(records(rows), train=0.2, validation=0, test=0.8)
    assert kept.filter(split="train")["label"].n_unique() == 20


def test_single_rows_make_up_for_large_groups() -> None:
    """Groups of nine leave the shares uneven; the single rows beside them even them out to the row."""
    for seed in range(8):
        rows = [
            {**row, "group": str(i // 9) if i < 450 else None}
            for i, row in enumerate(distinct(1000))
        ]
        assert Counter(judged(records(rows), seed=seed)["split"]) == {
            "train": 800,
            "validation": 100,
            "test": 100,
        }


def test_a_crowd_of_near_duplicates_is_parted_row_by_row() -> None:
    """Sixty wordings of one message, train and test in turns: every train row goes, not just the first."""
    text = "when does the last ferry to the island leave today"
    rows = [{"input": f"{text} {i}", "split": ("train", "test")[i % 2]} for i in range(60)]
    assert judged(records(rows)).filter(KEPT)["split"].unique().to_list() == ["test"]


def test_an_empty_split_is_reported(caplog: pytest.LogCaptureFixture) -> None:
    """A share that nothing could fill is said, not hidden."""
    judged(records(distinct(5, split="train")), validation=0, train=0.9, test=0.1)
    assert caplog.messages == ["split: test gets no row, although 0.1 of all were asked for"]
    assert caplog.records[0].levelno == logging.WARNING


def test_a_strange_split_is_refused() -> None:
    """A split of another name is a mistake of the recipe, not a row to be moved."""
    with pytest.raises(RecipeError) as caught:
        judged(records([{"input": "a", "split": "dev"}]))
    assert caught.value.message == "split: the source gives the split 'dev'"


def test_shares_must_add_up() -> None:
    """Shares that do not make a whole are refused."""
    with pytest.raises(
        ValueError, match="train, validation and test must be at least 0 and add up to 1"
    ):
        Options(train=0.9)


def test_rejected_rows_have_no_say() -> None:
    """A rejected row gets no split and ties nothing."""
    frame = records([{"input": "a b c", "split": "test"}, {"input": "a b c"}])
    gone = pl.when(pl.col("position") == 0).then(pl.lit("x: gone"))
    rows = judged(frame.with_columns(rejected=gone), train=1, validation=0, test=0)
    assert rows["split"].to_list() == ["test", "train"]


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "input": st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join),
            "label": st.sampled_from([None, "x", "y"]),
            "group": st.sampled_from([None, None, None, "g", "h"]),
            "split": st.sampled_from([None, None, None, *SPLITS]),
        }
    ),
    min_size=1,
    max_size=25,
)


def shingles(text: str) -> frozenset[tuple[str, ...]]:
    """Cut a text into runs of three words."""
    words = text.split()
    return frozenset(tuple(words[i : i + 3]) for i in range(max(1, len(words) - 2)))


@settings(max_examples=60, deadline=None)
@given(ROWS)
def test_no_tie_crosses_splits(rows: list[dict]) -> None:
    """Whatever comes in, no two kept rows that share a group, a text or 70 % of their words part ways."""
    kept = judged(records(rows)).filter(KEPT).rows(named=True)
    for i, one in enumerate(kept):
        assert one["split"] in SPLITS
        for other in kept[:i]:
            a, b = (shingles(row["messages"][0]["content"]) for row in (one, other))
            tied = len(a & b) / len(a | b) >= 0.7 or (
                one["group"] and one["group"] == other["group"]
            )
            assert not tied or one["split"] == other["split"]


@settings(max_examples=30, deadline=None)
@given(ROWS, st.randoms(use_true_random=False))
def test_row_order_does_not_matter(rows: list[dict], random) -> None:
    """Shuffled rows get the same splits and the same reasons."""
    shuffled = random.sample(rows, len(rows))
    outcomes = [
        Counter(
            judged(records(given)).select("id", "group", "split", "rejected", "change").iter_rows()
        )
        for given in (rows, shuffled)
    ]
    assert outcomes[0] == outcomes[1]


@settings(max_examples=30, deadline=None)
@given(ROWS, ROWS)
def test_growth_never_moves_a_row(old: list[dict], new: list[dict]) -> None:
    """With an earlier run remembered, new rows change no old row's split."""
    first = remember(judged(records(old)).lazy().select(*RECORD)).collect()
    more = old + [{**row, "split": None} for row in new]
    later = judged(recall(records(more), first.lazy())).filter(KEPT)
    assert set(first["id"]) <= set(later["id"])
    both = later.join(first, on="id", suffix="_was")
    assert both["split"].to_list() == both["split_was"].to_list()


def test_growth_keeps_all_old_rows() -> None:
    """A tenth more rows: all old rows stay where they were, the new ones fill up the shares."""
    first = remember(judged(records(distinct(1000))).lazy().select(*RECORD))
    later = judged(recall(records(distinct(1100)), first))
    assert later[:1000]["split"].to_list() == judged(records(distinct(1000)))["split"].to_list()
    assert Counter(later["split"]) == {"train": 880, "validation": 110, "test": 110}


def test_a_test_row_never_becomes_a_train_row() -> None:
    """What an earlier run tested may not come back as train."""
    frame = records([{"input": "a b c", "split": "train"}, {"input": "d e f", "split": "test"}])
    memory = frame.select("id", split=pl.lit("test"), group=NOTHING, copy=FIRST, change=NOTHING)
    rows = recall(frame, memory).collect()
    assert rows["rejected"].to_list() == ["split: was test in an earlier run", None]


def test_a_source_may_turn_train_into_test() -> None:
    """The other way round the source decides, and the row's life says what it was."""
    frame = records([{"input": "a b c", "split": "test"}])
    memory = frame.select("id", split=pl.lit("train"), group=NOTHING, copy=FIRST, change=NOTHING)
    row = recall(frame, memory).collect().row(0, named=True)
    assert (row["split"], row["rejected"]) == ("test", None)
    assert row["changes"] == ["split: was train in an earlier run"]


def test_a_row_inherits_from_the_rows_merged_into_it() -> None:
    """When a new row comes to stand for a remembered test row, it is test as well."""
    frame = records([{"input": "a b c"}, {"input": "d e f"}])
    ids = frame.collect()["id"]
    merged = pl.when(pl.col("position") == 0).then(pl.lit(ids[1]))
    frame = frame.with_columns(merged_into=merged, rejected=merged)
    memory = pl.LazyFrame({"id": [ids[0]], "split": ["test"]}).with_columns(
        group=NOTHING, copy=FIRST, change=NOTHING
    )
    assert recall(frame, memory).collect()["split"].to_list() == [None, "test"]


def test_a_second_run_says_again_what_the_first_one_said() -> None:
    """A row that followed its test row keeps the note, so that both runs write the same bytes."""
    twins = [{"input": "a b c d e", "split": "test"}, {"input": "A b c d e!"}]
    first = judged(records(twins)).select(*RECORD)
    again = judged(recall(records(twins), remember(first.lazy()))).select(*RECORD)
    assert first["changes"].to_list()[1] == ["split: follows the test row it is tied to"]
    assert again.equals(first)


def test_repeats_that_nothing_merges_say_the_same_twice() -> None:
    """Rows of one content in one group are told apart by their order."""
    twins = [{"input": "a b c d e", "group": "g"}] * 3 + distinct(20)
    first = judged(records(twins)).select(*RECORD)
    again = judged(recall(records(twins), remember(first.lazy()))).select(*RECORD)
    assert again.equals(first)


def test_remembers_rows_that_are_gone() -> None:
    """A row missing from today's source keeps its split for the day it comes back."""
    frame = records([{"input": "a b c", "split": "train"}])
    memory = pl.LazyFrame({"id": ["0"], "split": ["test"]}).with_columns(
        group=NOTHING, copy=FIRST, change=NOTHING
    )
    assert remember(frame, memory).collect()["split"].to_list() == ["test", "train"]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 5)), min_size=1, max_size=40))
def test_fill_agrees_with_its_plain_version(groups: list[tuple[int, int]]) -> None:
    """The compiled loop gives what exact fractions give."""
    groups.sort(key=lambda group: group[0])
    stratum, size = (np.array(column, np.int64) for column in zip(*groups, strict=True))
    wanted = np.outer(np.bincount(stratum, weights=size), [0.5, 0.25, 0.25])
    carry, plain = [0.0] * 3, []
    for now in sorted(set(stratum.tolist())):
        room = [want + carried for want, carried in zip(wanted[now], carry, strict=True)]
        ends, begin, share = np.cumsum(room), 0, 0
        for rows in size[stratum == now].tolist():
            while share < 2 and begin + rows / 2 > ends[share]:
                share += 1
            plain.append(share)
            room[share] -= rows
            begin += rows
        carry = room
    opens = np.zeros(4, np.bool_)
    assert fill(stratum, size, wanted, opens).tolist() == plain


def life(frame: pl.LazyFrame, **fields: pl.Expr) -> pl.LazyFrame:
    """Give the rows a provenance of these fields."""
    told = frame.with_columns(**{f"_{name}": value for name, value in fields.items()})
    place = [
        (pl.col(f"_{inner.name}") if inner.name in fields else pl.lit(None))
        .cast(inner.dtype)
        .alias(inner.name)
        for inner in PROVENANCE.fields
    ]
    return told.with_columns(provenance=pl.struct(place)).select(*RECORD)


def test_documents_of_which_one_stands_for_the_other_are_one_source() -> None:
    """What was derived from the one that was merged goes where the other one goes."""
    names = ["d", "e", *(f"x{i}" for i in range(40))]
    frame = records([{"input": f"a{i} b{i} c{i}", "split": None} for i in range(42)])
    derived = life(frame, document_id=pl.Series(names), derived_by=pl.lit("faq"))
    merged = {"position": [42], "id": ["e"], "text": ["."], "merged_into": ["d"], "rejected": ["x"]}
    rows = pl.concat([derived, complete(pl.LazyFrame(merged))]).sort("position")
    for seed in range(8):
        split = judged(rows, seed=seed)["split"].to_list()
        assert split[0] == split[1]


def test_an_example_and_what_was_made_of_it_share_a_split() -> None:
    """A question with passages is no other question than without them."""
    frame = records([{"input": f"a{i} b{i} c{i}"} for i in range(40)]).collect()
    made = frame[:1].with_columns(position=pl.lit(40, pl.Int64), id=pl.lit("new"))
    made = made.with_columns(context=pl.lit("one two three four five six seven eight nine ten"))
    of = life(made.lazy(), parent_id=pl.lit(frame["id"][0]), derived_by=pl.lit("with_context"))
    rows = pl.concat([frame.lazy(), of])
    for seed in range(8):
        split = judged(rows, seed=seed)["split"].to_list()
        assert split[0] == split[40]


def test_one_question_about_many_passages_ties_none_of_them() -> None:
    """An order such as "Give this text a title." is no question that could leak."""
    frame = records([{"input": "Give this text a title."}] * 100)
    passage = pl.format("a{} b{} c{} d{} e{}", *["position"] * 5)
    rows = judged(frame.with_columns(context=passage))
    assert Counter(rows["split"]) == {"train": 80, "validation": 10, "test": 10}
