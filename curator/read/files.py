"""Find the files a recipe names, and open them: plain, gzip or zstd, never more than is safe."""

from __future__ import annotations

import difflib
import glob
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from curator.errors import SourceError, shorten

MAX_RATIO = 200
"""A compressed file may grow this many times; text seldom grows more than 30 times."""
MAX_FREE_BYTES = 1 << 30
"""A compressed file may grow to this size whatever its ratio."""

_BUFFER_BYTES = 1 << 20
_MAGIC = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}


@dataclass(frozen=True, kw_only=True)
class SourceFile:
    """A file as it was when the run began."""

    path: Path
    uri: str  # as the recipe names it
    sha256: str  # of the bytes on disk, compressed or not
    size_bytes: int


def find(path: str | tuple[str, ...]) -> list[SourceFile]:
    """
    List the files that ``path`` names, pattern by pattern, each one's matches sorted, none twice.

    ``*``, ``?``, ``[...]`` and ``**`` match as in a shell; a name that exists is never a pattern.
    Raises: SourceError naming the pattern that matches no file.
    """
    patterns = (path,) if isinstance(path, str) else path
    if not patterns:
        raise SourceError("no path is given", hint="name a file, or a pattern such as data/*.csv")
    places: dict[Path, str] = {}  # a file named by two patterns is read once
    for pattern in patterns:
        for uri, place in _match(pattern):
            places.setdefault(place, uri)
    return [_look(place, uri) for place, uri in places.items()]


def open_bytes(
    source: SourceFile, *, max_ratio: int = MAX_RATIO, max_free_bytes: int = MAX_FREE_BYTES
) -> BinaryIO:
    """
    Open ``source`` at its first decompressed byte; its magic bytes, not its name, tell the packing.

    Raises: SourceError, also while reading: the archive is damaged or cut short, or it grows beyond
    both ``max_ratio`` times its size and ``max_free_bytes``.
    """
    try:
        plain = io.BufferedReader(io.FileIO(source.path), _BUFFER_BYTES)
        head = plain.peek(4)
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", where=source.uri) from error
    packing = next((name for magic, name in _MAGIC.items() if head.startswith(magic)), "")
    if not packing:
        return plain
    allowed = max(max_ratio * source.size_bytes, max_free_bytes)
    unpacked = _Unpacked(plain, packing, source.uri, allowed)
    return cast("BinaryIO", io.BufferedReader(unpacked, _BUFFER_BYTES))


class _Unpacked(io.RawIOBase):
    """The decompressed bytes of an archive, which may be hostile."""

    def __init__(self, packed: BinaryIO, packing: str, uri: str, allowed_bytes: int) -> None:
        from pyarrow import CompressedInputStream

        self._packing, self._uri, self._allowed = packing, uri, allowed_bytes
        self._packed, self._given = packed, 0
        self._stream = CompressedInputStream(packed, packing)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            count = int(self._stream.readinto(buffer))
        except OSError as error:
            raise SourceError(
                f"the {self._packing} archive is damaged or cut short: {shorten(str(error))}",
                where=self._uri,
                hint="copy or pack the file again",
            ) from error
        self._given += count
        if self._given > self._allowed:
            raise SourceError(
                f"the {self._packing} archive unpacks to more than {self._allowed:,} bytes",
                where=self._uri,
                hint="if you trust it, unpack it and name the unpacked file",
            )
        return count

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
            self._packed.close()
        super().close()


def _match(pattern: str) -> Iterator[tuple[str, Path]]:
    place = Path(pattern).expanduser()
    if place.is_dir():
        raise SourceError(
            "is a folder, not a file",
            where=pattern,
            hint=f"name its files, for example {pattern.rstrip('/')}/*{_common_ending(place)}",
        )
    if place.is_file():
        yield pattern, place
        return
    expanded = str(place)
    # what the recipe wrote stays in the uri: "~" is not replaced by a home folder
    home = len(expanded) - len(pattern) if pattern.startswith("~") else 0
    matches = glob.glob(expanded, recursive=True)  # noqa: PTH207 - Path.glob takes no whole pattern
    names = sorted(name for name in matches if Path(name).is_file())
    if not names:
        raise SourceError(
            "no file matches" if glob.has_magic(pattern) else "no such file",
            where=pattern,
            hint=_nearest(pattern),
        )
    for name in names:
        yield "~" + name[home + 1 :] if home else name, Path(name)


def _look(place: Path, uri: str) -> SourceFile:
    try:
        with place.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            size_bytes = file.tell()
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", where=uri) from error
    return SourceFile(path=place, uri=uri, sha256=sha256, size_bytes=size_bytes)


def _common_ending(folder: Path) -> str:
    endings = [entry.suffix for entry in folder.iterdir() if entry.is_file()]
    return max(sorted(set(endings)), key=endings.count, default="")


def _nearest(pattern: str) -> str:
    """Say which name is nearest to the first part of ``pattern`` that does not exist."""
    known = Path()
    for part in Path(pattern).parts:
        folder = known.expanduser()
        if part == "~" or glob.has_magic(part) or (folder / part).exists():
            known = known / part
            if glob.has_magic(part):
                break
            continue
        if not folder.is_dir():
            break
        names = sorted(entry.name for entry in folder.iterdir())
        close = difflib.get_close_matches(part, names, n=1)
        if close:
            return f"the nearest name is {known / close[0]}"
        return f"there is no {part!r} in {'this folder' if known == Path() else known}"
    return "check the pattern, and the folder in which the command runs"
