"""Open ZIP containers (office files, EPUB) within limits that no header can talk its way around."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from curator.read.values import Unmappable

MAX_ENTRIES = 10_000
MAX_ENTRY_BYTES = 256 << 20
"""One part may unpack to so much; the largest sheet of a workbook that people use is far below."""
MAX_TOTAL_BYTES = 512 << 20
MAX_RATIO = 200
"""All parts together may be so many times the file; office files are seldom above 20."""
MAX_FREE_BYTES = 16 << 20
"""All parts together may come to this size whatever the ratio."""

_ENTRY_MARK = b"PK\x01\x02"
_LOCAL_MARK = b"PK\x03\x04"
_LOCAL_HEADER_BYTES = 30
_ENCRYPTED = 0x1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_PACKED_BYTES = 1 << 16
_PIECE_BYTES = 1 << 20


@dataclass(frozen=True)
class Archive:
    """A container whose parts were all measured: none unpacks to more than the limits."""

    names: tuple[str, ...]
    """In the order of the container's directory, folders left out."""
    _data: bytes
    _places: dict[str, _Place]

    def read(self, name: str) -> bytes:
        """Give one part. Raises: Unmappable for one that is missing or damaged."""
        if name not in self._places:
            raise Unmappable("damaged file", f"it holds no {name}: save it anew")
        place = self._places[name]
        found = b"".join(_unpacked(self._data, place))
        if zlib.crc32(found) != place.crc:
            raise _damaged(f"{name} is not what its checksum says")
        return found


@dataclass(frozen=True)
class _Place:
    name: str
    start: int
    end: int
    is_deflated: bool
    crc: int


def open_archive(data: bytes) -> Archive:
    """
    Measure every part by unpacking it, a piece at a time, and keep none of it.

    Later reads, and foreign libraries given the same ``data``, stay within the limits.
    Raises: Unmappable (damaged file, encrypted, too large).
    """
    if data.count(_ENTRY_MARK) > 2 * MAX_ENTRIES:  # before an object is made for each
        raise _too_many()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as container:
            entries = container.infolist()
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, ValueError) as error:
        raise _damaged("its ZIP directory cannot be read") from error
    if len(entries) > MAX_ENTRIES:
        raise _too_many()
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise Unmappable("encrypted", "save it without a password")
    if any(entry.compress_type not in _METHODS for entry in entries):
        raise _damaged("its parts are packed in a way office files do not use")
    places = [_place(data, entry) for entry in entries]
    _apart(data, entries)
    _measure(data, places)
    by_name = {place.name: place for place in places if not place.name.endswith("/")}
    return Archive(tuple(by_name), data, by_name)


def _place(data: bytes, entry: zipfile.ZipInfo) -> _Place:
    start = _content_start(data, entry.header_offset)
    end = start + entry.compress_size
    if end > len(data):
        raise _damaged("its end is missing")
    is_deflated = entry.compress_type == zipfile.ZIP_DEFLATED
    return _Place(entry.filename, start, end, is_deflated, entry.CRC)


def _content_start(data: bytes, at: int) -> int:
    if at < 0 or data[at : at + 4] != _LOCAL_MARK or at + _LOCAL_HEADER_BYTES > len(data):
        raise _damaged("its ZIP directory points to nothing")
    name_bytes = int.from_bytes(data[at + 26 : at + 28], "little")
    extra_bytes = int.from_bytes(data[at + 28 : at + 30], "little")
    return at + _LOCAL_HEADER_BYTES + name_bytes + extra_bytes


def _apart(data: bytes, entries: list[zipfile.ZipInfo]) -> None:
    """Refuse parts that share bytes: so a small file is made to unpack to a huge one."""
    spans = sorted(
        (entry.header_offset, _content_start(data, entry.header_offset) + entry.compress_size)
        for entry in entries
    )
    if any(end > start for (_, end), (start, _) in pairwise(spans)):
        raise _damaged("its parts overlap, as in files made to do harm")


def _measure(data: bytes, places: list[_Place]) -> None:
    allowed = min(MAX_TOTAL_BYTES, max(MAX_FREE_BYTES, MAX_RATIO * len(data)))
    total_bytes = 0
    for place in places:
        entry_bytes = 0
        try:
            for piece in _unpacked(data, place):
                entry_bytes += len(piece)
                if entry_bytes > MAX_ENTRY_BYTES or total_bytes + entry_bytes > allowed:
                    break
        except Unmappable:
            continue  # a damaged picture does no harm to who reads only the text
        finally:
            total_bytes += entry_bytes
        if entry_bytes > MAX_ENTRY_BYTES:
            what = f"one of its parts unpacks to more than {MAX_ENTRY_BYTES:,} bytes"
            raise Unmappable("too large", f"{what}: split it")
        if total_bytes > allowed:
            raise Unmappable(
                "too large",
                f"{len(data):,} bytes that unpack to more than {allowed:,}: split it",
            )


def _unpacked(data: bytes, place: _Place) -> Iterator[bytes]:
    if not place.is_deflated:
        yield data[place.start : place.end]
        return
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for at in range(place.start, place.end, _PACKED_BYTES):
            packed = data[at : min(at + _PACKED_BYTES, place.end)]
            while packed and not stream.eof:
                yield stream.decompress(packed, _PIECE_BYTES)
                packed = stream.unconsumed_tail
        while not stream.eof and (piece := stream.decompress(b"", _PIECE_BYTES)):
            yield piece
    except zlib.error as error:
        raise _damaged(f"{place.name} cannot be unpacked") from error
    if not stream.eof:
        raise _damaged(f"{place.name} breaks off")


def _damaged(what: str) -> Unmappable:
    return Unmappable("damaged file", f"{what}: save it anew")


def _too_many() -> Unmappable:
    return Unmappable("too large", f"it holds more than {MAX_ENTRIES:,} parts: split it")
