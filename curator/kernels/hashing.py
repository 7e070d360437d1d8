"""XXH64 of every text: a hash that is the same in every process, version and machine."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from curator.kernels.compiled import compiled

_U = np.uint64
_P1, _P2, _P3 = _U(0x9E3779B185EBCA87), _U(0xC2B2AE3D27D4EB4F), _U(0x165667B19E3779F9)
_P4, _P5 = _U(0x85EBCA77C2B2AE63), _U(0x27D4EB2F165667C5)
_8 = _U(8)


@compiled
def _turn(value: np.uint64, bits: int) -> np.uint64:
    return value << _U(bits) | value >> _U(64 - bits)


@compiled
def _word(data: NDArray[np.uint8], at: int) -> np.uint64:
    """Read eight bytes, the first one lowest; the compiler makes one load of it."""
    return (
        _U(data[at])
        | _U(data[at + 1]) << _8
        | _U(data[at + 2]) << _U(16)
        | _U(data[at + 3]) << _U(24)
        | _U(data[at + 4]) << _U(32)
        | _U(data[at + 5]) << _U(40)
        | _U(data[at + 6]) << _U(48)
        | _U(data[at + 7]) << _U(56)
    )


@compiled
def _round(state: np.uint64, word: np.uint64) -> np.uint64:
    return _turn(state + word * _P2, 31) * _P1


@compiled
def _merge(value: np.uint64, state: np.uint64) -> np.uint64:
    return (value ^ _round(_U(0), state)) * _P1 + _P4


@compiled
def xxh64(offsets: NDArray[np.int64], data: NDArray[np.uint8], seed: int) -> NDArray[np.uint64]:
    """
    Hash each text.

    Shapes: offsets (N + 1,), data (T,) -> (N,).
    Source: the xxHash specification 0.1.1, XXH64.
    """
    hashes = np.empty(offsets.size - 1, np.uint64)
    start = _U(seed)
    for text in range(hashes.size):
        at, stop = offsets[text], offsets[text + 1]
        length = _U(stop - at)
        if stop - at >= 32:
            one, two, three, four = start + _P1 + _P2, start + _P2, start, start - _P1
            while stop - at >= 32:
                one = _round(one, _word(data, at))
                two = _round(two, _word(data, at + 8))
                three = _round(three, _word(data, at + 16))
                four = _round(four, _word(data, at + 24))
                at += 32
            value = _turn(one, 1) + _turn(two, 7) + _turn(three, 12) + _turn(four, 18)
            value = _merge(_merge(_merge(_merge(value, one), two), three), four)
        else:
            value = start + _P5
        value += length
        while stop - at >= 8:
            value = _turn(value ^ _round(_U(0), _word(data, at)), 27) * _P1 + _P4
            at += 8
        if stop - at >= 4:
            half = (
                _U(data[at])
                | _U(data[at + 1]) << _8
                | _U(data[at + 2]) << _U(16)
                | _U(data[at + 3]) << _U(24)
            )
            value = _turn(value ^ half * _P1, 23) * _P2 + _P3
            at += 4
        while at < stop:
            value = _turn(value ^ _U(data[at]) * _P5, 11) * _P1
            at += 1
        value = (value ^ value >> _U(33)) * _P2
        value = (value ^ value >> _U(29)) * _P3
        hashes[text] = value ^ value >> _U(32)
    return hashes
