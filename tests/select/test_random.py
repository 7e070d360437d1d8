"""Random exemplars: the seed alone decides."""

from curator.select import random


def test_the_seed_draws(records, ranked, labelled):
    """Another seed gives another bank."""
    frame = records(labelled({"x": 50}))
    assert len({tuple(ranked(random, frame, seed=seed)["id"]) for seed in range(3)}) == 3


def test_labels_count_for_nothing(records, ranked, labelled):
    """Eight of a hundred rows of ten labels are not of one label."""
    frame = records(labelled({f"l{i}": 10 for i in range(10)}))
    assert all(ranked(random, frame, seed=seed)["label"].n_unique() > 2 for seed in range(5))
