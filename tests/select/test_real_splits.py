"""Splits and banks of real data."""

from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from curator.records import KEPT, complete, identify, message
from curator.select import diverse, split
from curator.validate import split_leakage

pytestmark = pytest.mark.real


def banking(real_data: Path, *, with_train: bool) -> pl.LazyFrame:
    """Read banking77; its train rows have a split only ``with_train``."""
    given = pl.lit("train" if with_train else None, dtype=pl.String)
    train = pl.read_csv(real_data / "banking77" / "train.csv").with_columns(split=given)
    test = pl.read_csv(real_data / "banking77" / "test.csv").with_columns(split=pl.lit("test"))
    rows = pl.concat([train, test]).rename({"category": "label"}).with_row_index("position")
    said = message(pl.lit("user"), pl.col("text")), message(pl.lit("assistant"), pl.col("label"))
    return identify(complete(rows.with_columns(messages=pl.concat_list(*said)).drop("text").lazy()))


def judged(frame: pl.LazyFrame, options: split.Options) -> pl.DataFrame:
    """Apply the verdicts of the split."""
    verdicts = split.resolve(split.sign(frame, options), options).collect()
    rows = frame.collect().join(
        verdicts, on="position", how="left", suffix="_new", maintain_order="left"
    )
    return rows.with_columns(
        rejected=pl.coalesce("rejected", "rejected_new"), split=pl.coalesce("split", "split_new")
    ).drop("rejected_new", "split_new", "change")


@pytest.mark.parametrize("with_train", [True, False])
def test_banking77_honours_its_test_set_and_leaks_nothing(
    real_data: Path, *, with_train: bool
) -> None:
    """All 3,080 test rows stay test, and no pair at 0.7 or above crosses."""
    rows = judged(banking(real_data, with_train=with_train), split.Options(seed=17))
    own = rows.tail(3080)
    assert Counter(own["split"]) == {"test": 3080}
    assert own.select(KEPT.all()).item()
    report = split_leakage.validate(rows.lazy(), split_leakage.Options())
    assert report.violations == ()
    assert all(
        pair["closest"] is None or pair["closest"]["similarity"] < 0.7
        for pair in report.facts["across"]
    )


def test_banking77_as_it_comes_leaks(real_data: Path) -> None:
    """The check finds what the published split holds, so its silence elsewhere means something."""
    report = split_leakage.validate(banking(real_data, with_train=True), split_leakage.Options())
    assert report.facts["across"][1]["splits"] == ["train", "test"]
    assert report.facts["across"][1]["rows_crossing"]["near_duplicate"] > 50


def test_a_bank_of_two_exemplars_holds_all_77_labels(real_data: Path) -> None:
    """Two of each label, label by label in turns, all from train."""
    frame = judged(banking(real_data, with_train=True), split.Options(seed=17)).lazy()
    options = diverse.Options(per_label=2, seed=17)
    bank = diverse.resolve(diverse.sign(frame, options), options).sort("exemplar_rank").collect()
    rows = bank.join(frame.collect(), on="position", maintain_order="left")
    assert set(rows["split"]) == {"train"}
    assert rows["label"][:77].n_unique() == 77
    assert Counter(rows["label"].value_counts()["count"]) == {2: 77}
