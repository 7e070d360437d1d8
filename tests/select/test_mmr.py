"""Exemplars that are typical and unlike one another."""

from curator.select import mmr

ROWS = [
    *[{"input": f"when does the ferry leave {word}", "label": "x"} for word in "abcdefgh"],
    *[{"input": f"my refund never arrived {word}", "label": "x"} for word in "abc"],
]


def topics(chosen) -> list[str]:
    """Give the first word of each exemplar."""
    said = chosen["messages"].list.first().struct.field("content")
    return [text.split()[0] for text in said]


def test_the_trade_off_decides_what_comes_second(records, ranked):
    """All weight on the typical shows the common topic twice, half of it the other topic too."""
    assert topics(ranked(mmr, records(ROWS), shots=2, trade_off=1.0)) == ["when", "when"]
    assert topics(ranked(mmr, records(ROWS), shots=2)) == ["when", "my"]
