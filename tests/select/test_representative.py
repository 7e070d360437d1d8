"""Exemplars that stand for clusters."""

from curator.select import representative

SIZES = {"when does the ferry leave": 6, "my refund never arrived": 4, "dogs on deck allowed": 2}


def test_each_cluster_is_stood_for_the_largest_first(records, ranked):
    """Three topics, three exemplars, and each says how many rows it stands for."""
    rows = [
        {"input": f"{topic} {i}", "label": "x"}
        for topic, size in SIZES.items()
        for i in range(size)
    ]
    chosen = ranked(representative, records(rows), shots=3)
    said = chosen["messages"].list.first().struct.field("content").to_list()
    assert [text.rsplit(" ", 1)[0] for text in said] == list(SIZES)
    assert [change.rsplit(", ", 1)[1] for change in chosen["change"]] == [
        "stands for 6 of 12",
        "stands for 4 of 12",
        "stands for 2 of 12",
    ]
