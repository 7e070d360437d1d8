"""The publication: what was pushed, file by file, so that anybody can check it."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson

from curator.errors import SourceError, WriteError, shorten
from curator.schemas import Gate, load

_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One file: what it holds, by both names that the Hub knows content by, and how long it is."""

    sha256: str
    git_sha1: str
    size_bytes: int


@dataclass(frozen=True, kw_only=True)
class Publication:
    """What stands in ``publication.json``; the same run and options give the same bytes."""

    name: str
    manifest_sha256: str
    included: tuple[str, ...]
    configs: tuple[dict[str, Any], ...]
    files: dict[str, Entry]  # place in the repository -> what stands there
    gates: tuple[dict[str, str], ...]
    schema_version: int = 1

    def as_dict(self) -> dict[str, Any]:
        """Give the fields by name, for JSON."""
        return {**asdict(self), "files": {path: asdict(one) for path, one in self.files.items()}}

    def to_bytes(self) -> bytes:
        """
        Write it as JSON.

        Raises: WriteError where it breaks its schema, as a file does whose name is not plain.
        """
        value = self.as_dict()
        text = orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        if found := _broken(orjson.loads(text)):
            raise WriteError(found[1], where=f"publication.json: {found[0]}")
        return text


def parse(data: bytes, where: str) -> Publication:
    """
    Read what a push wrote; nothing in it is believed before its schema has let it through.

    Raises: SourceError where it is none.
    """
    try:
        fields = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise SourceError(f"is not JSON: {error}", where=where) from error
    if found := _broken(fields):
        raise SourceError(found[1], where=f"{where}: {found[0]}")
    files = {path: Entry(**one) for path, one in fields.pop("files").items()}
    lists: dict[str, Any] = {
        name: tuple(fields.pop(name)) for name in ("included", "configs", "gates")
    }
    return Publication(**fields, **lists, files=files)


def entry(content: Path | bytes) -> Entry:
    """Hash a file, or bytes that will be one, in one reading."""
    size = len(content) if isinstance(content, bytes) else content.stat().st_size
    sha256 = hashlib.sha256()
    git = hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
    if isinstance(content, bytes):
        sha256.update(content)
        git.update(content)
    else:
        with content.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                sha256.update(chunk)
                git.update(chunk)
    return Entry(sha256=sha256.hexdigest(), git_sha1=git.hexdigest(), size_bytes=size)


def _broken(value: Any) -> tuple[str, str] | None:
    gate = Gate(load("publication"))
    if gate.is_valid(value):
        return None
    where, message = next(gate.errors(value))
    return where, shorten(message)
