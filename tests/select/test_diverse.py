"""Diverse exemplars: even over the labels, spread within each."""

import logging
from collections import Counter

from curator.select import diverse, pools


def test_diverse_is_even_over_labels(records, ranked, labelled):
    """A rare label gets as many exemplars as a frequent one."""
    rows = ranked(diverse, records(labelled({"x": 90, "y": 10})), shots=6)
    assert Counter(rows["label"]) == {"x": 3, "y": 3}


def test_diverse_spreads_within_a_label(records, ranked):
    """Three topics with ten wordings each: three shots show all three, starting in the middle."""
    topics = ["when does the ferry leave", "my refund never arrived", "dogs on deck allowed"]
    rows = [{"input": f"{topic} {word}", "label": "x"} for topic in topics for word in "abcdefghij"]
    chosen = (
        ranked(diverse, records(rows), shots=3)["messages"].list.first().struct.field("content")
    )
    assert {text.rsplit(" ", 1)[0] for text in chosen} == set(topics)


def test_a_large_label_is_chosen_from_a_drawn_pool(caplog, monkeypatch, records, ranked, labelled):
    """Past the limit the pool is drawn by the seed, and the log says from how many."""
    monkeypatch.setattr(pools, "POOL_ROWS", 5)
    caplog.set_level(logging.INFO, "curator.select")
    assert ranked(diverse, records(labelled({"x": 9})), shots=3).height == 3
    assert caplog.messages == ["diverse: x: chosen from 5 of 9 candidates"]
