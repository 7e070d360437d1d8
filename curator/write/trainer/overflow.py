"""What becomes of rows that have more tokens than a model reads at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from curator.errors import WriteError
from curator.kernels.totals import totals
from curator.write.trainer.options import Overflow

UNTRAINED = "nothing to train on"
UNTRAINED_PART = "nothing to train on in a part"
UNTRAINED_ONCE_CUT = "nothing to train on once cut"
TOO_LONG = "too long"
TURN_TOO_LONG = "turn too long"


class Piece(NamedTuple):
    """Tokens ``start:stop`` of a row that are written."""

    row: int
    start: int
    stop: int
    part: int  # which piece of its row, from 0, those left out counted too
    trained: int  # tokens that count


class LeftOut(NamedTuple):
    """Tokens ``start:stop`` of a row that are not written; ``part`` is None for a whole row."""

    row: int
    start: int
    stop: int
    part: int | None
    reason: str  # one of the few above, to count by
    detail: str  # the reason with its numbers


class Pieces(NamedTuple):
    """K pieces as columns, by row, then by place; most are whole rows."""

    row: NDArray[np.int64]
    start: NDArray[np.int64]
    stop: NDArray[np.int64]
    part: NDArray[np.int64]
    trained: NDArray[np.int64]

    def stretches(self, offsets: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """
        Lay the pieces out as ``kernels.gather`` copies them.

        Piece ``i`` is tokens ``bounds[places[i]]:bounds[places[i] + 1]`` of rows that lie at
        ``offsets``; what lies between two pieces is the stretch between theirs.
        """
        begin = offsets[self.row]
        ends = np.column_stack([begin + self.start, begin + self.stop]).ravel()
        return ends, np.arange(0, ends.size, 2)


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """Every token of N rows: in a piece, left out, or cut off the end of a row."""

    pieces: Pieces
    left_out: list[LeftOut]  # by row, then by place
    truncated: NDArray[np.int64]  # (N,) tokens cut off a row that is written

    @property
    def trained(self) -> NDArray[np.int64]:
        """Tokens of each row that are written and count, (N,)."""
        return self._by_row(self.pieces.row, self.pieces.trained)

    @property
    def context(self) -> NDArray[np.int64]:
        """Tokens of each row that are written and do not count, (N,)."""
        _, start, stop, _, trained = self.pieces
        return self._by_row(self.pieces.row, stop - start - trained)

    @property
    def dropped(self) -> NDArray[np.int64]:
        """Tokens of each row that are left out, (N,)."""
        row = np.array([gone.row for gone in self.left_out], np.int64)
        return self._by_row(row, np.array([gone.stop - gone.start for gone in self.left_out]))

    def _by_row(self, row: NDArray[np.int64], tokens: NDArray[np.int64]) -> NDArray[np.int64]:
        total = np.zeros_like(self.truncated)
        np.add.at(total, row, tokens.astype(np.int64))
        return total


def fit(
    mask: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    overflow: Overflow,
    max_length: int,
    *,
    turn_starts: Callable[[int], Sequence[int]],
) -> Fitted:
    """
    Give rows as pieces of at most ``max_length`` tokens, each with a token that counts.

    A row without such a token is left out, however long it is. ``split_turns`` cuts a row where
    turns start, each piece as long as can be, so into as few as fit; ``turn_starts`` says how many
    tokens of such a row come before each of its turns. Where a row that is too long is an error,
    it is left out all the same: ``refuse`` tells of all of them once the last batch is known.

    Shapes: mask (T,) 1 where the token counts, offsets (N + 1,).
    """
    lengths = np.diff(offsets)
    trained = totals(mask, offsets)
    fits = lengths <= max_length
    pieces: list[Piece] = []
    left_out = [
        LeftOut(int(row), 0, int(lengths[row]), None, UNTRAINED, UNTRAINED)
        for row in np.flatnonzero(trained == 0)
    ]
    truncated = np.zeros_like(lengths)
    for row in np.flatnonzero((trained > 0) & ~fits).tolist():
        counts = mask[offsets[row] : offsets[row + 1]]
        for part in _long(row, counts, overflow, max_length, turn_starts):
            if isinstance(part, LeftOut):
                left_out.append(part)
            else:
                pieces.append(part)
                if overflow == "truncate_end":
                    truncated[row] = counts.size - part.stop
    whole = np.flatnonzero((trained > 0) & fits)
    return Fitted(
        pieces=_columns(whole, lengths[whole], trained[whole], pieces),
        left_out=sorted(left_out, key=lambda gone: (gone.row, gone.start)),
        truncated=truncated,
    )


def refuse(left_out: Sequence[LeftOut], *, name: Callable[[int], str]) -> None:
    """
    Go on only if no row has been left out because it is too long.

    Raises: WriteError with the first of these rows, how many there are, and the longest.
    """
    long = [gone for gone in left_out if gone.reason == TOO_LONG]
    if not long:
        return
    first, longest = min(gone.row for gone in long), max(gone.stop for gone in long)
    words = next(gone.detail for gone in long if gone.row == first)
    if len(long) > 1:
        words += f" ({len(long):,} rows are too long, the longest has {longest:,} tokens)"
    raise WriteError(
        words,
        where=f"row {name(first)}",
        hint=f"set max_length: {longest}, or overflow: drop, truncate_end or split_turns",
    )


def _long(
    row: int,
    counts: NDArray[np.uint8],
    overflow: Overflow,
    max_length: int,
    turn_starts: Callable[[int], Sequence[int]],
) -> Iterator[Piece | LeftOut]:
    """Say what becomes of a row that is too long, and has a token that counts."""
    size = counts.size
    if overflow == "split_turns":
        yield from _split(row, counts, turn_starts(row), max_length)
    elif overflow == "truncate_end":
        if trained := int(np.count_nonzero(counts[:max_length])):
            yield Piece(row, 0, max_length, 0, trained)
        else:
            words = f"{UNTRAINED} in its first {max_length:,} tokens of {size:,}"
            yield LeftOut(row, 0, size, None, UNTRAINED_ONCE_CUT, words)
    else:
        yield LeftOut(row, 0, size, None, TOO_LONG, _too_long(TOO_LONG, size, max_length))


def _split(
    row: int, counts: NDArray[np.uint8], turn_starts: Sequence[int], max_length: int
) -> Iterator[Piece | LeftOut]:
    inside = {start for start in turn_starts if 0 < start < counts.size}
    cuts = _cuts(sorted({0, counts.size, *inside}), max_length)
    for part, (start, stop) in enumerate(pairwise(cuts)):
        trained = int(np.count_nonzero(counts[start:stop]))
        if not trained:
            words = f"{UNTRAINED} in part {part}"
            yield LeftOut(row, start, stop, part, UNTRAINED_PART, words)
        elif stop - start > max_length:
            words = _too_long(TURN_TOO_LONG, stop - start, max_length)
            yield LeftOut(row, start, stop, part, TURN_TOO_LONG, words)
        else:
            yield Piece(row, start, stop, part, trained)


def _cuts(starts: Sequence[int], max_length: int) -> list[int]:
    """
    Choose the cuts: each as far from the one before as fits, or the next if even that does not.

    >>> _cuts([0, 3, 5, 9, 20, 22], max_length=6)
    [0, 5, 9, 20, 22]
    """
    cuts = [starts[0]]
    for here, after in pairwise([*starts[1:], starts[-1] + max_length + 1]):
        if after - cuts[-1] > max_length:
            cuts.append(here)
    return cuts


def _too_long(words: str, tokens: int, max_length: int) -> str:
    return f"{words}: {tokens:,} tokens, max_length is {max_length:,}"


def _columns(
    whole: NDArray[np.int64],
    lengths: NDArray[np.int64],
    trained: NDArray[np.int64],
    cut: Sequence[Piece],
) -> Pieces:
    """Put the rows that are whole and the pieces of the others in order."""
    zeros = np.zeros_like(whole)
    pieces = Pieces(row=whole, start=zeros, stop=lengths, part=zeros, trained=trained)
    if not cut:
        return pieces
    both = [np.concatenate(pair) for pair in zip(pieces, np.array(cut, np.int64).T, strict=True)]
    order = np.argsort(both[0], kind="stable")
    return Pieces(*(column[order] for column in both))
