"""Bring a published set back into a folder like that of a run, each file held against its hash."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from curator.errors import RecipeError, SourceError, WriteError
from curator.manifest import sha256_of
from curator.publish.client import open_hub
from curator.publish.faults import told
from curator.publish.layout import PUBLICATION, in_run
from curator.publish.publication import Entry, entry, parse
from curator.publish.repository import MAIN, Repository

_THREADS = 4


@dataclass(frozen=True, kw_only=True)
class Pulled:
    """What was brought back, from where, and whether it was there already."""

    repo_id: str
    url: str
    commit: str
    folder: Path
    files: tuple[str, ...]
    size_bytes: int
    is_new: bool

    def as_dict(self) -> dict[str, Any]:
        """Give the fields by name, for JSON."""
        return {**self.__dict__, "folder": str(self.folder), "files": list(self.files)}


def pull(
    repo_id: str,
    out: Path,
    *,
    revision: str = MAIN,
    progress: Callable[[int], None] = lambda _: None,
) -> Pulled:
    """
    Bring what ``curator push`` has published into ``out``; it is there whole, or not at all.

    ``progress`` hears how many more bytes are there. What a pull that was cut has brought waits
    beside ``out``, and is not brought again.

    Raises: SourceError where there is no such set, or a file is not what the publication says;
            RecipeError where ``out`` holds something else; WriteError where it cannot be written.
    """
    if out.is_file():
        raise RecipeError("this is a file", where=str(out), hint="give --out a folder")
    with open_hub(SourceError, needs_token=False) as hub:
        repository = Repository(hub=hub, repo_id=repo_id)
        with told(SourceError, repository.url, hub.token):
            commit = repository.head(revision)
            entries = _entries(repository, commit)
            is_there = out.is_dir() and any(out.iterdir())
            if is_there:
                _must_be_it(out, entries)
            else:
                work = out.absolute().with_name(f".{out.name}.pull")
                arriving = _Arriving(
                    repository=repository, commit=commit, entries=entries, work=work
                )
                _bring(arriving, out, progress)
    return Pulled(
        repo_id=repo_id,
        url=repository.url,
        commit=commit,
        folder=out,
        files=tuple(sorted(in_run(path) for path in entries)),
        size_bytes=sum(one.size_bytes for one in entries.values()),
        is_new=not is_there,
    )


def _entries(repository: Repository, commit: str) -> dict[str, Entry]:
    """Give every file of the publication at ``commit``, and itself."""
    with TemporaryDirectory() as folder:
        data = repository.download(PUBLICATION, commit, Path(folder)).read_bytes()
    published = parse(data, f"{repository.url}/blob/{commit}/{PUBLICATION}")
    return {**published.files, PUBLICATION: entry(data)}


def _must_be_it(out: Path, entries: Mapping[str, Entry]) -> None:
    """Raise unless ``out`` holds exactly these files."""
    wanted = {in_run(path): one.sha256 for path, one in entries.items()}
    there = {p.relative_to(out).as_posix(): p for p in out.rglob("*") if p.is_file()}
    if there.keys() != wanted.keys() or any(
        sha256_of(path) != wanted[name] for name, path in there.items()
    ):
        raise RecipeError(
            "the folder holds something else", where=str(out), hint="give --out a new folder"
        )


def _bring(arriving: _Arriving, out: Path, progress: Callable[[int], None]) -> None:
    """Bring what is missing beside ``out``, and let it take its place when all is there."""

    def one(path: str) -> None:
        arriving.bring(path)
        progress(arriving.entries[path].size_bytes)

    try:
        arriving.run.mkdir(parents=True, exist_ok=True)
        with ThreadPoolExecutor(_THREADS) as threads:
            list(threads.map(one, arriving.entries))
        arriving.clear()
        if out.is_dir():
            out.rmdir()
        arriving.run.rename(out)
        shutil.rmtree(arriving.work)
    except OSError as error:
        if error.filename is None:
            raise  # not of this machine's files
        raise WriteError(
            f"cannot be written: {error.strerror}",
            where=str(error.filename),
            hint="give --out a folder in which you may write",
        ) from error


@dataclass(frozen=True, kw_only=True)
class _Arriving:
    """A set on its way: what has arrived stands in ``run`` already, each file checked."""

    repository: Repository
    commit: str
    entries: Mapping[str, Entry]
    work: Path

    @property
    def run(self) -> Path:
        """What will be the folder."""
        return self.work / "run"

    def bring(self, path: str) -> None:
        """Bring one file, unless it is there."""
        place, wanted = self.run / in_run(path), self.entries[path]
        if place.is_file() and sha256_of(place) == wanted.sha256:
            return
        got = self.repository.download(path, self.commit, self.work / "repository")
        if got.stat().st_size != wanted.size_bytes or sha256_of(got) != wanted.sha256:
            got.unlink()
            raise SourceError(
                f"its bytes are not those that were pushed (sha256 {wanted.sha256[:12]}…)",
                where=f"{self.repository.url}/blob/{self.commit}/{path}",
                hint="somebody has changed it since: pull an earlier --revision",
            )
        place.parent.mkdir(parents=True, exist_ok=True)
        got.replace(place)

    def clear(self) -> None:
        """Remove what an earlier pull of something else has left."""
        wanted = {in_run(path) for path in self.entries}
        for path in sorted(self.run.rglob("*"), reverse=True):
            if path.is_dir():
                if not any(path.iterdir()):
                    path.rmdir()
            elif path.relative_to(self.run).as_posix() not in wanted:
                path.unlink()
