"""
How many tokens a text is: counted by a tokenizer file, or estimated without one.

The estimate counts pieces of text, each no longer than what tokenizers of today usually keep whole:
six Latin letters, three digits, two marks of punctuation, two letters of another alphabet, one
of any other character, and one more for a character outside the basic plane. A single space
belongs to what follows it; a longer blank, or a line break, is a piece.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from curator.errors import MissingExtra, RecipeError, shorten

ESTIMATE = "estimate: six letters, three digits or two marks a token"
FILE = "tokenizer.json"
BATCH_TEXTS = 1_000

_PIECE = (
    r"\p{Latin}{1,6}|[0-9]{1,3}|[!-/:-@\[-`{-~]{1,2}"
    r"|[\p{L}\p{M}--\p{Latin}\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]{1,2}"
    r"|[\r\n]+|[ \t]{2,}|[^ \t\r\n]"
)
_WIDE = r"[\x{10000}-\x{10FFFF}]"


class Counter(Protocol):
    """Counts tokens of many texts at once, without any that mark beginning or end."""

    name: str
    is_estimate: bool

    def __call__(self, texts: Sequence[str]) -> list[int]:
        """Give the number of tokens of each text."""
        ...


def counter(path: str | None) -> Counter:
    """
    Open what counts: the ``tokenizer.json`` at ``path`` or in that folder; the estimate for None.

    Raises: RecipeError if there is no such file or it is none; MissingExtra without tokenizers.
    """
    return _Estimate() if path is None else _Counted(Path(path))


class _Estimate:
    """Counts pieces; the same texts, the same numbers, on every machine."""

    name = ESTIMATE
    is_estimate = True

    def __call__(self, texts: Sequence[str]) -> list[int]:
        import polars as pl

        column = pl.Series(_clean(texts), dtype=pl.String)
        pieces = column.str.count_matches(_PIECE) + column.str.count_matches(_WIDE)
        return pieces.to_list()


class _Counted:
    """Counts what a tokenizer file gives; marks that it reserves are counted as plain text."""

    is_estimate = False

    def __init__(self, path: Path) -> None:
        file = path / FILE if path.is_dir() else path
        if not file.is_file():
            raise RecipeError(
                f"there is no tokenizer at {shorten(str(path))}",
                hint=f"name a {FILE}, or a folder that holds one",
            )
        try:
            from tokenizers import Tokenizer
        except ImportError as error:
            raise MissingExtra("tokenizers", "train") from error

        read = file.read_bytes()
        try:
            self._tokenizer: Any = Tokenizer.from_buffer(read)
        except ValueError as error:
            words = shorten(str(error))
            raise RecipeError(f"{shorten(str(path))} is not a tokenizer: {words}") from error
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._tokenizer.encode_special_tokens = True
        self.name = f"{file.name} {_digest(read)}"

    def __call__(self, texts: Sequence[str]) -> list[int]:
        encode = self._tokenizer.encode_batch_fast
        cleaned = _clean(texts)
        return [
            len(encoded.ids)
            for start in range(0, len(cleaned), BATCH_TEXTS)
            for encoded in encode(cleaned[start : start + BATCH_TEXTS], add_special_tokens=False)
        ]


def _digest(data: bytes) -> str:
    import hashlib

    return f"sha256:{hashlib.sha256(data).hexdigest()[:16]}"


def _clean(texts: Sequence[str]) -> list[str]:
    # half a surrogate pair is no text: neither library takes one
    return [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
