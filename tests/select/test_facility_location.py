"""Covering exemplars: what each adds is noted, and the sum is what all cover."""

from collections import Counter

import numpy as np
import polars as pl

from curator.records import text_over
from curator.select import facility_location, pools

TOPICS = ["when does the ferry leave", "my refund never arrived", "dogs on deck allowed"]


def gains(rows: pl.DataFrame) -> list[float]:
    """Read the gains out of the notes."""
    return rows["change"].str.extract(r", gain (\d\.\d{4})$").cast(pl.Float64).to_list()


def test_the_largest_topic_comes_first(records, ranked):
    """Nine, six and three wordings of three topics: one exemplar of each, by their number."""
    rows = [
        {"input": f"{topic} {word}", "label": "x"}
        for topic, words in zip(TOPICS, ("abcdefghi", "abcdef", "abc"), strict=True)
        for word in words
    ]
    chosen = ranked(facility_location, records(rows), shots=3)
    said = chosen["messages"].list.first().struct.field("content").to_list()
    assert [text.rsplit(" ", 1)[0] for text in said] == TOPICS
    assert gains(chosen) == sorted(gains(chosen), reverse=True)


def test_gains_add_up_to_the_share_that_is_covered(records, ranked):
    """The mean likeness of each candidate to the nearest exemplar of its own label."""
    rows = [{"input": f"{topic} {i}", "label": "xy"[i % 2]} for topic in TOPICS for i in range(6)]
    frame = records(rows)
    chosen = ranked(facility_location, frame, shots=4)
    texts = frame.select(text=text_over("input")).collect()["text"]
    points = pools.points(texts, None).astype(float) / 1024
    label = np.array([row["label"] for row in rows])
    at = chosen["position"].to_numpy()
    likeness = np.where(label[:, None] == label[at], points @ points[at].T, 0)
    assert abs(sum(gains(chosen)) - likeness.max(1).mean()) < 0.001


def test_shots_follow_the_labels(records, ranked, labelled):
    """Coverage is of rows, so a frequent label gets more, and a rare one its first."""
    rows = ranked(facility_location, records(labelled({"x": 80, "y": 19, "z": 1})), shots=10)
    assert Counter(rows["label"]) == {"x": 7, "y": 2, "z": 1}


def test_as_chosen_is_by_falling_gain(records, ranked, labelled):
    """Over all labels, the exemplar that covers most stands first."""
    frame = records(labelled({"x": 40, "y": 10}))
    chosen = ranked(facility_location, frame, shots=6, order="as_chosen")
    assert gains(chosen) == sorted(gains(chosen), reverse=True)
