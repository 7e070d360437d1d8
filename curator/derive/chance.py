"""Choices that look random and are none: the same for the same seed, document and span."""

from __future__ import annotations

import hashlib

_BITS = 64


def chance(seed: int, *parts: object) -> float:
    """
    Give a number from 0 up to 1 that only ``seed`` and ``parts`` decide.

    >>> chance(0, "d", 4, 9) == chance(0, "d", 4, 9) != chance(1, "d", 4, 9)
    True
    """
    said = "\0".join(map(str, (seed, *parts))).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(said, digest_size=_BITS // 8).digest()) / (1 << _BITS)
