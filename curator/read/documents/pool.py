"""Read files as documents, in parallel, in workers that may break, hang or swell without harm."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
from collections.abc import Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from curator.errors import CuratorError, MissingExtra, SourceError
from curator.read.documents.document import Block, Document
from curator.read.documents.formats import TEXT, document, kind_of, named_kind
from curator.read.documents.worker import MAX_MEMORY_BYTES, read_bytes, receive, send
from curator.read.files import SourceFile
from curator.read.values import Unmappable

_LOOK_AHEAD = 4
"""So many files a worker may be read before their turn; their documents wait in memory."""
_LITTLE_BYTES = 1 << 18
"""Text together no larger than this is read here: the start of a worker takes as long."""
_LAST_WORDS = {"memory", "broke"}
_WAY_OUT = "open it in the program that wrote it, and save it anew"
_ONE_THREAD = ("OMP_NUM_THREADS", "POLARS_MAX_THREADS", "RAYON_NUM_THREADS")


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What holds for each file."""

    encoding: str
    max_bytes: int
    max_chars: int
    max_seconds: float


def parsed(
    sources: Sequence[SourceFile], limits: Limits, workers: int | None = None
) -> Generator[Document | Unmappable, None, None]:
    """
    Yield for each file, in order, its document or why it has none.

    Workers end with the iterator; ``workers`` is as many as there are cores when it is not given.
    Raises: MissingExtra, SourceError.
    """
    crew = _Crew(min(workers or _cores(), len(sources)), limits)
    is_interrupted = False
    try:
        if workers is None and _are_little(sources):
            for source in sources:
                yield _read_here(source, limits) or crew.only(source)
        else:
            yield from _in_turn(sources, crew)
    except KeyboardInterrupt:
        is_interrupted = True
    finally:
        crew.end()
    if is_interrupted:  # raised anew, for the traceback of the first one holds on to the workers
        raise KeyboardInterrupt


def _in_turn(sources: Sequence[SourceFile], crew: _Crew) -> Iterator[Document | Unmappable]:
    found: dict[int, Document | Unmappable] = {}
    sent = 0
    for turn in range(len(sources)):
        while turn not in found:
            while sent < min(len(sources), turn + crew.size * _LOOK_AHEAD) and crew.is_free:
                crew.give(sent, sources[sent])
                sent += 1
            found.update(crew.finished())
        yield found.pop(turn)


def _are_little(sources: Sequence[SourceFile]) -> bool:
    """Say whether all seem to be text, and done before a worker had started."""
    size_bytes = sum(source.size_bytes for source in sources)
    return size_bytes <= _LITTLE_BYTES and all(
        named_kind(source.path.name) in TEXT for source in sources
    )


def _read_here(source: SourceFile, limits: Limits) -> Document | Unmappable | None:
    """Read text in this process; none for any other kind, and for what unpacks to more."""
    try:
        data = read_bytes(source, min(limits.max_bytes, _LITTLE_BYTES))
    except Unmappable:
        return None
    try:
        if data and kind_of(data, source.path.name) not in TEXT:
            return None
        return document(data, source.path.name, limits.encoding, limits.max_chars)
    except Unmappable as why:
        return why


class _Worker:
    """One process, which is idle or at one file."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "curator.read.documents.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,  # a reply that is read ahead is one that the selector does not see
            env=_environment(),
        )
        self.requests = cast("BinaryIO", self.process.stdin)
        self.replies = cast("BinaryIO", self.process.stdout)
        self.is_ready = False

    def end(self) -> int:
        """Leave neither process nor pipe behind."""
        self.process.kill()
        code = self.process.wait()
        self.replies.close()
        self.requests.close()
        if code == -signal.SIGINT:  # the whole foreground hears Ctrl-C; this thread may not
            raise KeyboardInterrupt
        return code


class _Crew:
    """Workers, started when there is work for them, and again when one ended over a file."""

    def __init__(self, size: int, limits: Limits) -> None:
        self.size, self._limits = size, limits
        self._idle: list[_Worker] = []
        self._busy: dict[_Worker, int] = {}
        self._selector = selectors.DefaultSelector()

    @property
    def is_free(self) -> bool:
        return len(self._busy) < self.size

    def give(self, turn: int, source: SourceFile) -> None:
        """Have a worker begin with ``source``."""
        place = {"path": str(source.path), "uri": source.uri, "size_bytes": source.size_bytes}
        request = place | asdict(self._limits)
        if self._idle:
            worker = self._idle.pop()
            with suppress(BrokenPipeError):
                send(worker.requests, request)
                return self._watch(worker, turn)
            worker.end()  # it ended while it had nothing to do: not this file's fault
        worker = _Worker()
        self._watch(worker, turn)
        with suppress(BrokenPipeError):  # then its replies end too
            send(worker.requests, request)
        return None

    def _watch(self, worker: _Worker, turn: int) -> None:
        self._busy[worker] = turn
        self._selector.register(worker.replies, selectors.EVENT_READ, worker)

    def finished(self) -> dict[int, Document | Unmappable]:
        """Wait until a worker is through with its file, or has just become ready for one."""
        found: dict[int, Document | Unmappable] = {}
        for key, _ in self._selector.select():
            worker: _Worker = key.data
            reply = receive(worker.replies)
            if reply is not None and "ready" in reply:
                worker.is_ready = True
                continue
            self._selector.unregister(worker.replies)
            turn = self._busy.pop(worker)
            code = None
            if reply is None or reply.keys() & _LAST_WORDS:
                code = worker.end()
            else:
                self._idle.append(worker)
            if not worker.is_ready:
                raise SourceError(
                    "the process that reads documents does not start",
                    hint=f"see why: {sys.executable} -m curator.read.documents.worker",
                )
            found[turn] = self._outcome(reply, code)
        return found

    def only(self, source: SourceFile) -> Document | Unmappable:
        """Wait for ``source`` while nothing else is under way."""
        self.give(0, source)
        while not (found := self.finished()):
            pass
        return found[0]

    def end(self) -> None:
        """End every worker at once."""
        self._selector.close()
        for worker in [*self._busy, *self._idle]:
            with suppress(KeyboardInterrupt):  # the others must end too
                worker.end()
        self._busy.clear()
        self._idle.clear()

    def _outcome(self, reply: dict[str, Any] | None, code: int | None) -> Document | Unmappable:
        if reply is None and code == -signal.SIGALRM:
            return Unmappable("took too long", f"longer than {self._limits.max_seconds:g} s")
        if reply is None:
            return Unmappable("the parser broke down on it", _WAY_OUT)
        match reply:
            case {"document": found}:
                return Document(
                    found["text"],
                    found["title"],
                    tuple(Block(*block) for block in found["blocks"]),
                    found["meta"],
                    tuple(found["left_out"]),
                    found["language"],
                )
            case {"rejected": [reason, detail]}:
                return Unmappable(reason, detail)
            case {"broke": error}:
                return Unmappable("the parser broke down on it", f"{error}: {_WAY_OUT}")
            case {"memory": _}:
                most = f"more than {MAX_MEMORY_BYTES >> 30} GiB"
                return Unmappable("needs too much memory", f"{most}: split it")
            case {"missing": fields}:
                raise _again(MissingExtra("", ""), fields)
            case _:
                raise _again(SourceError(""), reply["unreadable"])


def _again(error: CuratorError, fields: dict[str, Any]) -> CuratorError:
    error.__dict__.update(fields)
    return error


def _cores() -> int:
    """Count the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _environment() -> dict[str, str]:
    """Let a worker import what this process would import, and compute in one thread."""
    home = str(Path(__file__).parents[3])
    places = [home, *(place for place in sys.path if place and place != home)]
    return os.environ | dict.fromkeys(_ONE_THREAD, "1") | {"PYTHONPATH": os.pathsep.join(places)}
