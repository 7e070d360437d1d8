"""Which rows are merged, into which, and what is said about it."""

import random

import polars as pl

from curator.records import complete
from curator.refine.near_duplicates import Options, resolve, sign

TEXT = " ".join(f"w{number}" for number in range(40))


def documents(*rows):
    """Give each (text, label, split) a position and the id "r<position>"."""
    padded = [(*row, None, None)[:3] for row in rows]
    schema = dict.fromkeys(["text", "label", "split"], pl.String)
    frame = pl.LazyFrame(padded, schema=schema, orient="row").with_columns(position=pl.row_index())
    return complete(frame.with_columns(id=pl.format("r{}", "position")))


def merged(records, **options):
    """Say for each position that goes which id stands for it."""
    options = Options(**options)
    verdict = resolve(sign(records, options), options).sort("position").collect()
    return dict(verdict.select("position", "merged_into").rows())


def test_what_is_said_of_a_merged_row():
    """Why it goes, what stands for it, and how alike to which row it is."""
    records = documents((f"{TEXT} end",), (f"{TEXT} END!",), (f"{TEXT} fin",))
    verdict = resolve(sign(records, Options()), Options()).sort("position").collect()
    why = "near_duplicates: near-duplicate of a kept row"
    assert verdict.select("position", "merged_into", "rejected", "change").rows() == [
        (1, "r0", f"{why} | 1.0 r0", "near_duplicates: like another row | 1.0 r0"),
        (2, "r0", f"{why} | 0.95 r0", "near_duplicates: like another row | 0.95 r0"),
    ]


def test_rows_with_different_labels_are_never_merged():
    """A conflicting row between two others does not keep them from meeting either."""
    records = documents((TEXT, "a"), (TEXT, "b"), (TEXT, None), (f"{TEXT} x", "a"), (TEXT, "b"))
    assert merged(records) == {3: "r0", 4: "r1"}


def test_a_test_row_stands_before_all_others():
    """Test before validation before train, whatever comes first."""
    rows = [(f"{TEXT} {split}", None, split) for split in ("train", "validation", "test")]
    assert merged(documents(*rows)) == {0: "r2", 1: "r2"}


def test_a_chain_is_one_cluster():
    """The ends of a chain are merged although they are not alike; the change names the next link."""
    words = [f"w{number}" for number in range(60)]
    rows = [(" ".join(words[start : start + 40]),) for start in (0, 4, 8, 12, 16)]
    records = documents(*rows)
    assert merged(records) == dict.fromkeys(range(1, 5), "r0")
    verdict = resolve(sign(records, Options()), Options()).sort("position").collect()
    assert verdict["change"][-1] == "near_duplicates: like another row | 0.81 r3"


def test_the_threshold_decides():
    """Two texts of similarity 0.95 are merged at 0.9 and not at 0.96."""
    records = documents((f"{TEXT} end",), (f"{TEXT} fin",))
    assert merged(records, threshold=0.9) == {1: "r0"}
    assert merged(records, threshold=0.96) == {}


def test_rejected_rows_neither_go_nor_stand():
    """Only kept rows are looked at."""
    out = pl.when(pl.col("position") == 0).then(pl.lit("text_length: too short"))
    assert merged(documents((TEXT,), (TEXT,), (TEXT,)).with_columns(rejected=out)) == {2: "r1"}


def test_appended_rows_take_no_place():
    """With more rows behind, whoever stood still stands, and whoever went still goes to it."""
    rng = random.Random(2)
    words = [[f"w{rng.randrange(60)}" for _ in range(30)] for _ in range(60)]
    rows = [(" ".join([*text, f"x{rng.randrange(9)}"]),) for text in words for _ in range(3)]
    before, after = merged(documents(*rows[:120])), merged(documents(*rows))
    assert len(before) > 50
    assert before.items() <= after.items()


def test_texts_without_words_stay():
    """Nothing can be said of their likeness."""
    assert merged(documents(("?",), ("?",), ("",), ("",), ("\u200b",), ("\u200b",))) == {}


def test_no_rows():
    """Nothing comes of nothing, with the right columns."""
    verdict = resolve(sign(documents(), Options()), Options()).collect()
    assert verdict.columns == ["position", "merged_into", "rejected", "change"]


def test_rows_with_different_contexts_are_never_merged():
    """A question put to another passage is another question; chunks are no repeats of documents."""
    passages = pl.Series(["one", "two", "two", None], dtype=pl.String)
    records = documents((TEXT,), (TEXT,), (TEXT,), (TEXT,)).with_columns(context=passages)
    assert merged(records) == {2: "r1"}
