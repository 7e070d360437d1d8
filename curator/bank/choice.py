"""Which ranks a strategy that needs no index proposes, in what order."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

STRATEGIES = ("nearest", "as_ranked", "random")
"""``nearest``: most like the query; ``as_ranked``: the order of the bank; ``random``: a draw that
the same query repeats."""
DEFAULT_ORDER = {"nearest": "nearest_last", "as_ranked": "as_chosen", "random": "as_chosen"}


def drawn(count: int, seed: str) -> Iterator[int]:
    """
    Give every number below ``count`` once, in an order that ``seed`` alone decides.

    What is drawn first costs no more in a large bank than in a small one.
    Source: Fisher-Yates, with the swaps kept in a dictionary.
    """
    moved: dict[int, int] = {}
    for place in range(count):
        digest = hashlib.blake2b(f"{place}:{seed}".encode(errors="replace"), digest_size=8)
        other = place + int.from_bytes(digest.digest()) % (count - place)
        yield moved.get(other, other)
        moved[other] = moved.pop(place, place)
