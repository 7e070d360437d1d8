"""Give the text of a file as UTF-8 bytes, whatever its declared encoding; bad bytes stay bad."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import BinaryIO

from curator.errors import RecipeError, SourceError

_FOREIGN = {
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark begins it
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_UTF8 = ("utf-8", "utf-8-sig", "ascii")  # ASCII is read as UTF-8: what it cannot say, that can


def known(encoding: str) -> str:
    """Give the canonical name of ``encoding``. Raises: RecipeError for one that is not known."""
    try:
        "a".encode(encoding)  # refuses codecs that are not for text
        return codecs.lookup(encoding).name
    except LookupError as error:
        raise RecipeError(
            f"{encoding!r} is not an encoding",
            hint="common ones are utf-8, utf-16, cp1252, latin-1",
        ) from error


def utf8_pieces(stream: BinaryIO, encoding: str, uri: str, piece_bytes: int) -> Iterator[bytes]:
    """
    Yield the text in pieces, as UTF-8 without a byte order mark.

    Bytes that the encoding does not know come out as bytes that UTF-8 does not know either, so that
    the rows that hold them can be told. Raises: SourceError when the mark belies the encoding.
    """
    name = known(encoding)
    piece = stream.read(piece_bytes)
    while 0 < len(piece) < 4 and (more := stream.read(4 - len(piece))):
        piece += more
    for mark, real in _FOREIGN.items():
        if piece.startswith(mark) and name in _UTF8:
            raise SourceError(
                f"is written in {real.upper()}, not in {encoding}",
                where=uri,
                hint=f"in the recipe, encoding: {real}",
            )
    if name in _UTF8:
        piece = piece.removeprefix(codecs.BOM_UTF8)
        while piece:
            yield piece
            piece = stream.read(piece_bytes)
        return
    codecs.register_error("curator.bad_bytes", _half_surrogates)
    decoder = codecs.getincrementaldecoder(name)("curator.bad_bytes")
    while True:
        text = decoder.decode(piece, final=not piece).removeprefix("\ufeff")
        if text:
            yield text.encode("utf-8", "surrogatepass")
        if not piece:
            return
        piece = stream.read(piece_bytes)


def _half_surrogates(error: UnicodeError) -> tuple[str, int]:
    """Stand half a surrogate pair for each bad byte: text never holds one, and UTF-8 refuses it."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(chr(0xDC00 + byte) for byte in error.object[error.start : error.end]), error.end


def shown(data: bytes) -> str:
    """Give ``data`` as text in which bytes that are not UTF-8 can be read as escapes."""
    return data.decode("utf-8", "backslashreplace")
