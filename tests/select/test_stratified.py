"""Stratified exemplars: as the labels are spread, none forgotten while there are shots."""

from collections import Counter

from curator.select import stratified


def test_the_seed_draws(records, ranked, labelled):
    """Another seed gives another bank."""
    frame = records(labelled({"x": 50}))
    assert len({tuple(ranked(stratified, frame, seed=seed)["id"]) for seed in range(3)}) == 3


def test_stratified_follows_the_labels(records, ranked, labelled):
    """Ten shots of a set that is 80 % x show x 7 times, and each label at least once."""
    rows = ranked(stratified, records(labelled({"x": 160, "y": 39, "z": 1})), shots=10)
    assert Counter(rows["label"]) == {"x": 7, "y": 2, "z": 1}


def test_more_labels_than_shots(caplog, records, ranked, labelled):
    """Too few shots go to the most frequent labels, and the others are named."""
    rows = ranked(stratified, records(labelled({"x": 1, "y": 3, "z": 2})), shots=2)
    assert rows["label"].to_list() == ["y", "z"]
    assert caplog.messages == [
        "stratified: 1 label gets no exemplar, as there are to be 2 in all: x 0 (of 1 candidate)"
    ]
