"""
The process that parses files for another one: what breaks here breaks alone.

Requests come in on stdin and replies go out on stdout, each a length (8 bytes, big-endian) and
JSON. The kernel holds the limits, so they hold even when the asking process is gone.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

import orjson

from curator.errors import MissingExtra, SourceError
from curator.read.documents.formats import document
from curator.read.files import SourceFile, open_bytes
from curator.read.values import Unmappable

MAX_MEMORY_BYTES = 2 << 30
LENGTH_BYTES = 8


def main() -> None:
    """Answer until stdin ends."""
    requests, replies = _channels()
    _limit()

    def broke(kind: type[BaseException], _: BaseException, __: TracebackType | None) -> None:
        told = {"memory": True} if kind is MemoryError else {"broke": kind.__name__}
        send(replies, told)  # no message: it may hold addresses, which differ from run to run

    sys.excepthook = broke
    send(replies, {"ready": True})
    while (request := receive(requests)) is not None:
        signal.setitimer(signal.ITIMER_REAL, request["max_seconds"])  # then SIGALRM ends us
        reply = _answer(request)
        signal.setitimer(signal.ITIMER_REAL, 0)
        send(replies, reply)
        if "memory" in reply:
            return  # what is left of it may be in pieces


def send(stream: BinaryIO, message: dict[str, Any]) -> None:
    """Write one message."""
    data = orjson.dumps(message)
    rest = memoryview(len(data).to_bytes(LENGTH_BYTES, "big") + data)
    while rest:
        rest = rest[stream.write(rest) :]


def receive(stream: BinaryIO) -> Any | None:
    """Read one message and no byte more; none where the stream ends, in a message too."""
    head = _exactly(stream, LENGTH_BYTES)
    size = int.from_bytes(head, "big")
    if len(head) < LENGTH_BYTES or size > MAX_MEMORY_BYTES:
        return None
    data = _exactly(stream, size)
    return orjson.loads(data) if len(data) == size else None


def _exactly(stream: BinaryIO, size: int) -> bytes:
    pieces = []
    while size and (piece := stream.read(size)):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


def read_bytes(source: SourceFile, max_bytes: int) -> bytes:
    """Give the unpacked file. Raises: Unmappable for one that is too large, or badly packed."""
    data = b""
    if source.size_bytes <= max_bytes:
        with open_bytes(source) as stream:
            try:
                data = stream.read(max_bytes + 1)
            except SourceError as error:
                raise Unmappable("damaged file", f"{error.message}: {error.hint}") from error
    if max(source.size_bytes, len(data)) > max_bytes:
        raise Unmappable("too large", f"more than {max_bytes:,} bytes: split it")
    return data


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    try:
        reply: dict[str, Any] = {"document": _document(request)}
    except Unmappable as why:
        reply = {"rejected": [why.reason, why.detail]}
    except RecursionError:
        reply = {"rejected": ["nested too deep", "simplify it, or leave it out"]}
    except MemoryError:
        reply = {"memory": True}
    except MissingExtra as error:
        reply = {"missing": error.__dict__}
    except SourceError as error:
        reply = {"unreadable": error.__dict__}
    return reply


def _document(request: dict[str, Any]) -> dict[str, Any]:
    path = Path(request["path"])
    source = SourceFile(path=path, uri=request["uri"], sha256="", size_bytes=request["size_bytes"])
    data = read_bytes(source, request["max_bytes"])
    found = document(data, path.name, request["encoding"], request["max_chars"])
    blocks = [tuple(block) for block in found.blocks]
    told = {"title": found.title, "text": found.text, "meta": found.meta, "blocks": blocks}
    return told | {"left_out": found.left_out, "language": found.language}


def _channels() -> tuple[BinaryIO, BinaryIO]:
    """Take stdin and stdout away from everything else: a C library may print what it likes."""
    requests, replies = os.fdopen(os.dup(0), "rb", 0), os.fdopen(os.dup(1), "wb", 0)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    return requests, replies


def _limit() -> None:
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # to end by it tells the asking process of Ctrl-C
    for what, most in ((resource.RLIMIT_DATA, MAX_MEMORY_BYTES), (resource.RLIMIT_CORE, 0)):
        hard = resource.getrlimit(what)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)  # noqa: PLW2901
        resource.setrlimit(what, (most, most))


if __name__ == "__main__":
    main()
