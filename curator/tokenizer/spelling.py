"""What each token id spells, in bytes, for tokenizers whose ids joined are the text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

_BYTE = re.compile(r"<0x([0-9A-Fa-f]{2})>")
_HARMLESS = frozenset({"Replace", "ByteFallback", "Fuse", "Strip"})


class Spelling(NamedTuple):
    """The bytes of every id, end to end: id ``i`` is ``data[offsets[i]:offsets[i + 1]]``."""

    data: NDArray[np.uint8]  # (B,)
    offsets: NDArray[np.int64]  # (V + 1,)


def spelling(
    decoder: Mapping[str, Any] | None, vocab: Mapping[str, int], added: Mapping[int, str]
) -> Spelling | None:
    """
    Give the bytes of each id as ``decoder`` joins them; None where it does not join bytes.

    ``vocab`` holds every token, and ``added`` those that stand in a text as they are written.
    A row whose text was normalised does not spell; whoever compares will see.

    Source: tokenizers 0.23, decoders ByteLevel, Metaspace, Replace, ByteFallback.
    """
    parts = _parts(decoder)
    kinds = [part["type"] for part in parts]
    if kinds == ["ByteLevel"]:
        table, unwritten = _byte_level()

        def spelled(token: str) -> bytes:
            if unwritten.search(token):
                return token.encode()
            return token.translate(table).encode("latin-1")

    elif (space := _space(parts)) is not None:
        falls_back = "ByteFallback" in kinds

        def spelled(token: str) -> bytes:
            if falls_back and (byte := _BYTE.fullmatch(token)):
                return bytes.fromhex(byte[1])
            return token.replace(space, " ").encode()

    else:
        return None
    words = [b""] * (max(vocab.values(), default=-1) + 1)
    for token, number in vocab.items():
        words[number] = spelled(token)
    for number, content in added.items():
        words[number] = content.encode()
    offsets = np.zeros(len(words) + 1, np.int64)
    np.cumsum([len(word) for word in words], out=offsets[1:])
    return Spelling(np.frombuffer(b"".join(words), np.uint8), offsets)


def _parts(decoder: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    if decoder is None:
        return []
    if decoder["type"] == "Sequence":
        return [part for each in decoder["decoders"] for part in _parts(each)]
    return [decoder]


def _space(parts: list[Mapping[str, Any]]) -> str | None:
    """Give the sign that stands for a space, where that is all that the decoder undoes."""
    if [part["type"] for part in parts] == ["Metaspace"]:
        return str(parts[0]["replacement"])
    if not {part["type"] for part in parts} <= _HARMLESS:
        return None
    replaced = [part for part in parts if part["type"] == "Replace"]
    if len(replaced) != 1 or replaced[0]["content"] != " ":
        return None
    sign = replaced[0]["pattern"].get("String")
    return sign if isinstance(sign, str) and sign else None


def _byte_level() -> tuple[dict[int, int], re.Pattern[str]]:
    """Give the byte that each character stands for, and what finds a character without one."""
    shown = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [byte for byte in range(256) if byte not in set(shown)]
    table = {byte: byte for byte in shown} | {256 + i: byte for i, byte in enumerate(hidden)}
    return table, re.compile(f"[^{''.join(re.escape(chr(char)) for char in table)}]")
