"""Texts -> tokens, each with its place in the text, and a mask of those that count."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curator.errors import shorten
from curator.kernels.buffers import text_buffers
from curator.tokenizer import Encoder
from curator.write.trainer.source import Batch

SAMPLE_ROWS = 64
"""Rows of a batch that are held against the reference tokenizer, where not all are."""

CROSSES = "a token crosses the edge of what is trained on"
UNKNOWN = "what is trained on holds what the tokenizer does not know"


class Differs(Exception):
    """The fast tokenizer gives other ids than the reference: everything must be done again."""


@dataclass(frozen=True, kw_only=True)
class Tokens:
    """
    The tokens of a batch: row ``i`` has ``offsets[i]:offsets[i + 1]``.

    Units: starts and ends in bytes of the row's text, half-open.
    """

    ids: NDArray[np.int32]  # (T,)
    mask: NDArray[np.uint8]  # (T,) 1 where the token is trained on
    offsets: NDArray[np.int64]  # (N + 1,)
    starts: NDArray[np.int64]  # (T,)
    ends: NDArray[np.int64]  # (T,)
    is_spelled: NDArray[np.bool_]  # (N,) the tokens' bytes are the text's, one for one
    why: pl.Series  # (N,) why a row is left out, else null


def tokenise(batch: Batch, encoder: Encoder, *, verify_all: bool) -> Tokens:
    """
    Encode a batch, and mark what counts.

    A row is left out where a token would stand half in what counts: no mask would be right. So is
    one where the token of what is unknown would count: it spells no text.

    Raises: Differs where the engine and the reference disagree.
    """
    texts = batch.rendered.texts
    listed = texts.to_list()
    ids, offsets = encoder.encode(listed)
    _hold_to_reference(listed, ids, offsets, encoder, verify_all=verify_all)
    starts, ends, is_spelled = _places(texts, ids, offsets, encoder)
    from curator.kernels.spell import mask_tokens

    mask, crosses = mask_tokens(offsets, starts, ends, *batch.spans)
    is_unknown = np.zeros(len(texts), bool)
    if encoder.unknown_id is not None:
        counted = np.flatnonzero((ids == encoder.unknown_id) & (mask == 1))
        is_unknown[np.searchsorted(offsets, counted, side="right") - 1] = True
    split = pl.when(pl.Series(crosses)).then(pl.lit(CROSSES))
    unknown = pl.when(pl.Series(is_unknown)).then(pl.lit(UNKNOWN))
    return Tokens(
        ids=ids,
        mask=mask,
        offsets=offsets,
        starts=starts,
        ends=ends,
        is_spelled=is_spelled,
        why=pl.select(pl.coalesce(batch.rendered.why, split, unknown)).to_series(),
    )


def _hold_to_reference(
    texts: list[str],
    ids: NDArray[np.int32],
    offsets: NDArray[np.int64],
    encoder: Encoder,
    *,
    verify_all: bool,
) -> None:
    if encoder.engine.startswith("tokenizers ") or not texts:
        return
    rows = range(0, len(texts), 1 if verify_all else max(1, len(texts) // SAMPLE_ROWS))
    expected, bounds = encoder.reference([texts[row] for row in rows])
    for at, row in enumerate(rows):
        ours = ids[offsets[row] : offsets[row + 1]]
        if not np.array_equal(ours, expected[bounds[at] : bounds[at + 1]]):
            raise Differs(shorten(texts[row], 60))


def _places(
    texts: pl.Series, ids: NDArray[np.int32], offsets: NDArray[np.int64], encoder: Encoder
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Find where each token stands: by the bytes that it spells, else as the reference says."""
    text_offsets, data = text_buffers(texts)
    starts, is_spelled = np.zeros(ids.size, np.int64), np.zeros(len(texts), bool)
    if encoder.spelling is not None:
        from curator.kernels.spell import spell

        spelling = encoder.spelling
        starts, is_spelled = spell(
            ids, offsets, text_offsets, data, spelling.offsets, spelling.data
        )
    ends = np.empty_like(starts)
    ends[:-1] = starts[1:]
    has_tokens = np.diff(offsets) > 0
    ends[offsets[1:][has_tokens] - 1] = np.diff(text_offsets)[has_tokens]
    odd = np.flatnonzero(~is_spelled & has_tokens)
    if odd.size:
        where = np.concatenate([np.arange(offsets[row], offsets[row + 1]) for row in odd])
        starts[where], ends[where] = encoder.token_spans(texts.gather(odd).to_list())
    return starts, ends, is_spelled
