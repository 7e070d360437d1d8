"""Texts as token ids, flat: by a fast engine where it covers the tokenizer, else the reference."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from curator.errors import MissingExtra, RecipeError, shorten
from curator.tokenizer.added import add_tokens
from curator.tokenizer.files import TokenizerFiles
from curator.tokenizer.spelling import Spelling, spelling

BATCH_TEXTS = 1_000  # the reference makes an object for every token

Flat = tuple[NDArray[np.int32], NDArray[np.int64]]


class Encoder:
    """
    A tokenizer that adds no token: control tokens that stand in a text are read as such.

    Keeps: truncation, padding and what the tokenizer would put around a text are off.
    """

    engine: str  # such as "fastokens 0.3.5"
    vocab_size: int  # above every id
    bos_id: int | None
    eos_id: int | None
    unknown_id: int | None  # of what is not in the vocabulary
    control_tokens: tuple[str, ...]  # sorted
    control_ids: NDArray[np.int32]  # sorted
    spelling: Spelling | None  # None where ids do not spell bytes

    def __init__(self, files: TokenizerFiles, *, reference_only: bool = False) -> None:
        """Open the reference, and the fast engine unless it is unwanted or cannot read it."""
        self._reference, written = _reference(files)
        self._fast = None if reference_only else _fast(written)
        self.engine = _version("tokenizers" if self._fast is None else "fastokens")
        vocab: dict[str, int] = self._reference.get_vocab(with_added_tokens=True)
        added: dict[int, Any] = self._reference.get_added_tokens_decoder()
        self.vocab_size = max(vocab.values(), default=-1) + 1
        named = (files.bos_token, files.eos_token)
        self.bos_id, self.eos_id = (None if name is None else vocab.get(name) for name in named)
        control = {number: token.content for number, token in added.items() if token.special}
        self.control_tokens = tuple(sorted(control.values()))
        self.control_ids = np.array(sorted(control), np.int32)
        told = json.loads(files.json)
        model = told["model"]
        self.unknown_id = model.get("unk_id", vocab.get(model.get("unk_token")))
        self._falls_back = bool(model.get("byte_fallback"))
        self.spelling = spelling(
            told.get("decoder"),
            vocab,
            {number: token.content for number, token in added.items()},
        )

    def encode(self, texts: Sequence[str]) -> Flat:
        """
        Give the ids of all texts end to end.

        Shapes: N texts -> ids (T,), offsets (N + 1,); text i has ``ids[offsets[i]:offsets[i+1]]``.
        """
        if self._fast is None:
            return self.reference(texts)
        ids, offsets = self._fast.encode_batch_flat(list(texts))
        flat = (
            np.frombuffer(ids, "<i4").astype(np.int32, copy=False),
            np.frombuffer(offsets, "<i8").astype(np.int64, copy=False),
        )
        return self._mended(flat, texts) if self._falls_back else flat

    def _mended(self, flat: Flat, texts: Sequence[str]) -> Flat:
        """Encode again what fastokens 0.3 takes for a byte: the text ``<0x0A>``, written out."""
        rows = [row for row, text in enumerate(texts) if "<0x" in text]
        if not rows:
            return flat
        ids, offsets = flat
        right, bounds = self.reference([texts[row] for row in rows])
        lengths = np.diff(offsets)
        lengths[rows] = np.diff(bounds)
        parts, kept_to = [], 0
        for place, row in enumerate(rows):
            parts += [ids[kept_to : offsets[row]], right[bounds[place] : bounds[place + 1]]]
            kept_to = offsets[row + 1]
        return _frozen(np.concatenate([*parts, ids[kept_to:]]), lengths)

    def reference(self, texts: Sequence[str]) -> Flat:
        """Give what ``encode`` gives, by the library that everything else is held against."""
        parts = [np.zeros(0, np.int32)]
        for start in range(0, len(texts), BATCH_TEXTS):
            batch = list(texts[start : start + BATCH_TEXTS])
            encoded = self._reference.encode_batch_fast(batch, add_special_tokens=False)
            parts += [np.array(one.ids, np.int32) for one in encoded]
        return _frozen(np.concatenate(parts), [part.size for part in parts[1:]])

    def token_spans(self, texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """
        Give where each token of ``reference(texts)`` begins and ends in its text.

        A token that holds a part of a character spans the whole of it.

        Shapes: (T,) each. Units: bytes of the text as UTF-8, half-open.
        """
        starts, ends = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        for start in range(0, len(texts), BATCH_TEXTS):
            batch = list(texts[start : start + BATCH_TEXTS])
            for text, one in zip(
                batch, self._reference.encode_batch(batch, add_special_tokens=False), strict=True
            ):
                spans = np.array(one.offsets, np.int64).reshape(-1, 2)
                if not text.isascii():
                    spans = _bytes_before(text)[spans]
                starts.append(spans[:, 0])
                ends.append(spans[:, 1])
        return np.concatenate(starts), np.concatenate(ends)

    def decode(self, ids: Sequence[int]) -> str:
        """Give the text of ``ids``, control tokens written out."""
        return str(self._reference.decode(list(ids), skip_special_tokens=False))


def open_encoder(files: TokenizerFiles, *, reference_only: bool = False) -> Encoder:
    """
    Open the tokenizer of ``files``.

    Raises: MissingExtra without tokenizers; RecipeError if the file is none.
    """
    return Encoder(files, reference_only=reference_only)


def _reference(files: TokenizerFiles) -> tuple[Any, str]:
    """Give the tokenizer, and the JSON of it that another engine should read."""
    try:
        from tokenizers import Tokenizer
    except ImportError as error:
        raise MissingExtra("tokenizers", "train") from error
    try:
        tokenizer = Tokenizer.from_buffer(files.json)
    except ValueError as error:
        words = shorten(str(error))
        raise RecipeError(f"{shorten(files.name)} is not a tokenizer: {words}") from error
    written = files.json.decode("utf-8")
    if add_tokens(tokenizer, files):
        written = tokenizer.to_str()
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.post_processor = None  # it would trim the spaces of a token from its span
    return tokenizer, written


def _fast(written: str) -> Any:
    try:
        from fastokens import Tokenizer
    except ImportError:
        return None
    try:
        tokenizer = Tokenizer.from_json_str(written)
        tokenizer.no_truncation()
        tokenizer.no_padding()
    except ValueError:  # what it does not cover
        return None
    return tokenizer


def _frozen(ids: NDArray[np.int32], lengths: ArrayLike) -> Flat:
    """Give ids and where each text's begin, read-only as those of the fast engine are."""
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    ids.flags.writeable = offsets.flags.writeable = False
    return ids, offsets


def _version(library: str) -> str:
    from importlib.metadata import version

    return f"{library} {version(library)}"


def _bytes_before(text: str) -> NDArray[np.int64]:
    """Give how many bytes come before each character, and at the end of all."""
    points = np.frombuffer(text.encode("utf-32-le"), "<u4")
    before = np.zeros(points.size + 1, np.int64)
    widths = 1 + (points > 0x7F).astype(np.int64) + (points > 0x7FF) + (points > 0xFFFF)
    np.cumsum(widths, out=before[1:])
    return before
