"""Random exemplars: the seed alone decides."""

from curator.select import random


def test_the_seed_draws(records, ranked, labelled):
    """Another seed gives another bank."""
    frame = records(labelled({"x": 50}))
    assert len({tuple(ranked(random, frame, seed=seed)["id"]) for seed in range(3)}) == 3
