"""Every train example an exemplar, for prompts that choose by their query."""

import logging

import polars as pl

from curator.select import nearest


def test_all_of_train_is_chosen_in_turns(caplog, records, ranked, labelled):
    """Ranks run label by label, so that the first few show every label."""
    caplog.set_level(logging.INFO, "curator.select")
    rows = [*labelled({"x": 4, "y": 2}), {"input": "t", "label": "x", "split": "test"}]
    chosen = ranked(nearest, records(rows))
    assert chosen["label"].to_list() == ["x", "y", "x", "y", "x", "x"]
    assert chosen["change"][1] == "nearest: chosen as an exemplar | rank 1 of label y"
    assert caplog.messages == ["nearest: 6 of 6 train rows are exemplars"]


def test_what_is_left_out_is_counted(caplog, records, labelled):
    """The log and the rows say why some can never be shown."""
    caplog.set_level(logging.INFO, "curator.select")
    rows = [*labelled({"x": 2}), {"input": "long " * 9, "label": "x"}]
    options = nearest.Options(max_chars=20)
    verdicts = nearest.resolve(nearest.sign(records(rows), options), options).collect()
    assert caplog.messages == ["nearest: 2 of 3 train rows are exemplars; 1 over max_chars"]
    barred = verdicts.filter(pl.col("exemplar_rank").is_null())
    assert barred["change"].to_list() == ["nearest: passed over as an exemplar | over max_chars"]


def test_the_seed_draws(records, ranked, labelled):
    """Another seed gives another order."""
    frame = records(labelled({"x": 20}))
    assert len({tuple(ranked(nearest, frame, seed=seed)["id"]) for seed in range(3)}) == 3
