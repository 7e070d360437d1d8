"""What a push changes: what stands in the repository is held against what is to stand there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from curator.publish.layout import PUBLICATION
from curator.publish.publication import Entry, Publication


@dataclass(frozen=True, kw_only=True)
class Remote:
    """A file of the repository, by the name that the Hub gives to its content."""

    git_sha1: str
    sha256: str | None = None  # of files in large storage: there, git names a pointer

    def is_same(self, entry: Entry) -> bool:
        """Say whether it holds what ``entry`` says."""
        if self.sha256 is not None:
            return self.sha256 == entry.sha256
        return self.git_sha1 == entry.git_sha1


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Files to send and to delete, by path; ``clashes`` are files of others that would be lost."""

    send: tuple[str, ...]
    delete: tuple[str, ...]
    clashes: tuple[str, ...]

    @property
    def is_done(self) -> bool:
        """Whether the repository holds everything already."""
        return not self.send and not self.delete


def plan(
    there: Mapping[str, Remote], entries: Mapping[str, Entry], earlier: Publication | None
) -> Plan:
    """
    Send what is not there, delete what an ``earlier`` push has left there, touch nothing else.

    Keeps: a file that somebody else has put there, or has changed since, is a clash where it
           would be overwritten or deleted.
    """
    former = dict(earlier.files) if earlier else {}
    send = [path for path, one in entries.items() if not _holds(there, path, one)]
    delete = [path for path in former if path in there and path not in entries]
    ours = {path for path, one in former.items() if _holds(there, path, one)}
    if earlier is not None:
        ours.add(PUBLICATION)
    clashes = [path for path in [*send, *delete] if path in there and path not in ours]
    return Plan(send=tuple(send), delete=tuple(sorted(delete)), clashes=tuple(sorted(clashes)))


def _holds(there: Mapping[str, Remote], path: str, entry: Entry) -> bool:
    return path in there and there[path].is_same(entry)
