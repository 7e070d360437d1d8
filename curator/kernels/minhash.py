"""
Texts -> words -> shingles -> MinHash -> band keys.

Words are maximal runs of letters and digits. ASCII letters are lower-cased here, others by the
caller. Any other character counts as a letter, with two exceptions: the spaces and punctuation of
Latin-1, U+2000-206F, U+3000-303F and U+FF00-FF0F and the byte order mark separate words; and each
character of U+3040-9FFF is a word, because Chinese and Japanese are written without spaces.

Shingles are every three words in a row. A text with fewer words is one shingle of all its words, a
text without words has none.

Source: Broder, On the resemblance and containment of documents, 1997. Multiply-add permutations:
Bohman, Cooper, Frieze, Min-wise independent linear permutations, 2000; they act on well-mixed
hashes here. Banding: Leskovec, Rajaraman, Ullman, Mining of Massive Datasets, 3.4.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from curator.kernels.compiled import compiled

SHINGLE_WORDS = 3
PERMUTATIONS = 128
KEY_CELLS = 2  # a signature begins with the 64-bit key of all words in order

_U = np.uint64
_FNV_START, _FNV = _U(0xCBF29CE484222325), _U(0x100000001B3)
_MIX_1, _MIX_2 = _U(0xFF51AFD7ED558CCD), _U(0xC4CEB9FE1A85EC53)  # MurmurHash3, fmix64
_FIRST, _SECOND, _THIRD = (
    _U(0x9E3779B97F4A7C15),
    _U(0xC2B2AE3D27D4EB4F),
    _U(0x165667B19E3779F9),
)
_33, _32, _LOW = _U(33), _U(32), _U(0xFFFFFFFF)


def _folded_bytes() -> NDArray[np.uint8]:
    """Map each byte to what a word keeps of it; 0 separates."""
    kept = [byte >= 128 or chr(byte).isalnum() for byte in range(256)]
    return np.array(
        [ord(chr(b).lower()) if b < 128 and k else b * k for b, k in enumerate(kept)], np.uint8
    )


def _permutations() -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Draw odd multipliers and addends by SplitMix64 from zero: the same on every machine."""
    state = np.arange(1, 2 * PERMUTATIONS + 1, dtype=np.uint64) * _FIRST
    state = (state ^ (state >> _U(30))) * _U(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> _U(27))) * _U(0x94D049BB133111EB)
    drawn = ((state ^ (state >> _U(31))) >> _32).astype(np.uint32)
    return drawn[:PERMUTATIONS] | np.uint32(1), drawn[PERMUTATIONS:]


_FOLDED = _folded_bytes()
_TIMES, _PLUS = _permutations()
# the letters and digits among U+00A0-00BF, by their last six bits: feminine and masculine ordinals,
# superscripts 1 to 3, micro, and three fractions
_LATIN_1_LETTERS = _U(sum(1 << (c & 63) for c in b"\xaa\xb2\xb3\xb5\xb9\xba\xbc\xbd\xbe"))


@compiled
def _mix(value: np.uint64) -> np.uint64:
    value = (value ^ (value >> _33)) * _MIX_1
    value = (value ^ (value >> _33)) * _MIX_2
    return value ^ (value >> _33)


@compiled
def _separator(data: NDArray[np.uint8], at: int, stop: int) -> int:
    """Length of the separating character that begins at a byte of 0xC2 or more, else 0."""
    lead = data[at]
    if lead == 0xC2 and at + 1 < stop:
        second = data[at + 1]
        letter = (_LATIN_1_LETTERS >> _U(second & 63)) & _U(1)
        return 2 if second >= 0xA0 and letter == _U(0) else 0
    if at + 2 >= stop:
        return 0
    second, third = data[at + 1], data[at + 2]
    if (
        (lead == 0xE2 and (second == 0x80 or (second == 0x81 and third <= 0xAF)))
        or (lead == 0xE3 and second == 0x80)
        or (lead == 0xEF and second == 0xBC and third <= 0x8F)
        or (lead == 0xEF and second == 0xBB and third == 0xBF)
    ):
        return 3
    return 0


@compiled
def _words(data: NDArray[np.uint8], start: int, stop: int, words: NDArray[np.uint64]) -> int:
    """Write the hash of each word (FNV-1a of its bytes); return how many there are."""
    count, at, inside, word = 0, start, False, _FNV_START
    while at < stop:
        byte = data[at]
        if byte < 0xC2:
            # no branch on the end of a word: it comes too irregularly to be foreseen
            kept = _FOLDED[byte]
            words[count] = word
            count += inside and kept == 0
            word = (word ^ _U(kept)) * _FNV if kept != 0 else _FNV_START
            inside = kept != 0
            at += 1
            continue
        gap = _separator(data, at, stop)
        alone = gap == 0 and 0xE3 <= byte <= 0xE9 and at + 2 < stop
        if inside and (gap > 0 or alone):
            words[count] = word
            count += 1
            word, inside = _FNV_START, False
        if alone:
            for step in range(3):
                word = (word ^ _U(data[at + step])) * _FNV
            words[count] = word
            count += 1
            word = _FNV_START
            at += 3
        elif gap > 0:
            at += gap
        else:
            word, inside = (word ^ _U(byte)) * _FNV, True
            at += 1
    words[count] = word
    return count + inside


@compiled
def _shingles(words: NDArray[np.uint64], count: int, shingles: NDArray[np.uint64]) -> int:
    """Write the hash of each shingle, repeats included; return how many there are."""
    if count == 0:
        return 0
    if count < SHINGLE_WORDS:
        whole = words[0] * _FIRST + _U(count)
        if count == 2:
            whole += words[1] * _SECOND
        shingles[0] = _mix(whole)
        return 1
    for at in range(count - 2):
        shingles[at] = _mix(words[at] * _FIRST + words[at + 1] * _SECOND + words[at + 2] * _THIRD)
    return count - 2


@compiled
def _most_words(offsets: NDArray[np.int64]) -> int:
    """Bound the words of any one text: a byte parts two words, or they are three bytes long."""
    return (offsets[1:] - offsets[:-1]).max() // 2 + 2 if offsets.size > 1 else 2


@compiled
def _words_key(words: NDArray[np.uint64], count: int) -> np.uint64:
    key = _U(0) if count == 0 else _FNV_START
    for at in range(count):
        key = _mix(key * _FIRST + words[at])
    return key


@compiled
def sign(
    offsets: NDArray[np.int64], data: NDArray[np.uint8], rows: int, signatures: NDArray[np.uint32]
) -> None:
    """
    Write the signature of each text: the key of its words, then one key a band.

    Shapes: offsets (N + 1,), data (T,) -> signatures (N, KEY_CELLS + B), ``rows`` minima a band.
    Keeps:  zeros for a text without words; no zero in a band of any other.
    """
    size = _most_words(offsets)
    words, shingled = np.empty(size, np.uint64), np.empty(size, np.uint64)
    minima = np.empty(PERMUTATIONS, np.uint32)
    for text in range(offsets.size - 1):
        count = _words(data, offsets[text], offsets[text + 1], words)
        key = _words_key(words, count)
        signatures[text, :] = 0
        signatures[text, 0] = np.uint32(key >> _32)
        signatures[text, 1] = np.uint32(key & _LOW)
        if count == 0:
            continue
        minima[:] = 0xFFFFFFFF
        for at in range(_shingles(words, count, shingled)):
            value = np.uint32(shingled[at] >> _32)
            for p in range(PERMUTATIONS):
                minima[p] = min(minima[p], np.uint32(_TIMES[p] * value + _PLUS[p]))
        for band in range(signatures.shape[1] - KEY_CELLS):
            key = _U(band)
            for at in range(band * rows, band * rows + rows):
                key = _mix(key * _FIRST + _U(minima[at]))
            signatures[text, KEY_CELLS + band] = max(np.uint32(key >> _32), np.uint32(1))


@compiled
def same_words(offsets: NDArray[np.int64], data: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """
    Hash the words of each text in order; 0 for a text without words.

    Shapes: offsets (N + 1,), data (T,) -> (N,), what the first two cells of a signature hold.
    """
    words = np.empty(_most_words(offsets), np.uint64)
    keys = np.empty(offsets.size - 1, np.uint64)
    for text in range(keys.size):
        count = _words(data, offsets[text], offsets[text + 1], words)
        keys[text] = _words_key(words, count)
    return keys


@compiled
def shingles(
    offsets: NDArray[np.int64], data: NDArray[np.uint8]
) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """
    Hash the shingles of each text, repeats included.

    Shapes: offsets (N + 1,), data (T,) -> starts (N + 1,), values (S,): those of text i lie between
            starts[i] and starts[i + 1].
    """
    words = np.empty(_most_words(offsets), np.uint64)
    starts = np.zeros(offsets.size, np.int64)
    values = np.empty((offsets[-1] - offsets[0] + offsets.size) // 2, np.uint64)
    for text in range(offsets.size - 1):
        count = _words(data, offsets[text], offsets[text + 1], words)
        starts[text + 1] = starts[text] + _shingles(words, count, values[starts[text] :])
    return starts, values[: starts[-1]]


def rows_per_band(threshold: float, recall: float = 0.985) -> int:
    """
    Choose the longest band in which pairs at ``threshold`` still meet with this ``recall``.

    >>> [rows_per_band(threshold) for threshold in (0.5, 0.7, 0.8, 0.9, 1.0)]
    [3, 5, 7, 10, 128]
    """
    for rows in range(PERMUTATIONS, 1, -1):
        if 1 - (1 - threshold**rows) ** (PERMUTATIONS // rows) >= recall:
            return rows
    return 1
