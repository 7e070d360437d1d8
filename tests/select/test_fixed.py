"""Exemplars that a person names."""

import polars as pl
import pytest

from curator.errors import RecipeError
from curator.select import fixed


@pytest.fixture
def frame(records, labelled):
    """Four train rows and one of test."""
    test = {"input": "t", "label": "x", "split": "test"}
    return records([*labelled({"x": 2, "y": 2}), test])


def test_they_stand_in_the_order_of_their_names(frame, ranked):
    """Whole ids and beginnings of ids, upper or lower case."""
    ids = frame.collect()["id"]
    chosen = ranked(fixed, frame, ids=(ids[2], ids[0][:12].upper(), ids[3]))
    assert chosen["position"].to_list() == [2, 0, 3]
    assert chosen["change"][1] == "fixed: chosen as an exemplar | rank 1 of label x"


def test_an_order_can_be_asked_for(frame, ranked):
    """In turns, a label's own order stays that of the names."""
    ids = frame.collect()["id"]
    named = tuple(ids[at] for at in (1, 0, 3, 2))
    chosen = ranked(fixed, frame, ids=named, order="label_interleaved")
    assert chosen["position"].to_list() == [1, 3, 0, 2]


def test_the_id_from_before_a_change_counts(frame, ranked):
    """What was looked up in the source still names the row that came of it."""
    former = pl.when(pl.col("position") == 1).then(pl.lit("f" * 32))
    place = pl.struct(parent_id=former, confidence=pl.lit(None, dtype=pl.Float64))
    moved = frame.with_columns(provenance=place)
    assert ranked(fixed, moved, ids=("f" * 32,))["position"].to_list() == [1]


def test_every_wrong_id_is_named(frame):
    """Unknown, ambiguous, not from train, named twice: all in one error."""
    ids = frame.collect()["id"]
    options = fixed.Options(ids=("zz", "", ids[4], ids[0], ids[0][:9]))
    with pytest.raises(RecipeError) as caught:
        fixed.resolve(fixed.sign(frame, options), options).collect()
    assert str(caught.value).splitlines() == [
        "fixed: 4 of 5 ids name no exemplar",
        "zz: no kept example with an answer has this id",
        "(empty): several examples have an id that begins so",
        f"{ids[4]}: it is in test, and exemplars come from train only",
        f"{ids[0][:9]}: it is named twice",
    ]


def test_a_rule_that_bars_a_named_row_is_said(frame, caplog):
    """The other named rows are shown, and the barred one bears the reason."""
    caplog.set_level("INFO", "curator")
    ids = frame.collect()["id"]
    options = fixed.Options(ids=(ids[0], ids[1]), require_reasoning=True)
    verdicts = fixed.resolve(fixed.sign(frame, options), options).collect()
    assert caplog.messages == [f"fixed: {one} is not shown: no reasoning" for one in ids[:2]]
    told = "fixed: passed over as an exemplar | no reasoning"
    assert verdicts["change"].to_list() == [told, told]


def test_row_order_does_not_matter(records, ranked, labelled):
    """Names decide, nothing else."""
    rows = labelled({"x": 3, "y": 3})
    ids = tuple(records(rows).collect()["id"])
    banks = [ranked(fixed, records(given), ids=ids)["id"] for given in (rows, rows[::-1])]
    assert tuple(banks[0]) == tuple(banks[1]) == ids
