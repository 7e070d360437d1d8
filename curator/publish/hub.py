"""Publish a run on the Hugging Face Hub, in one commit: dataset, card, manifest and proofs."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curator.errors import WriteError
from curator.publish.bundle import Bundle, as_rows, bundled, gate_rows, must_hold
from curator.publish.client import open_hub
from curator.publish.faults import told
from curator.publish.layout import INCLUDED
from curator.publish.repository import MAIN, Repository
from curator.publish.settle import Place, settle

_NAME = re.compile(r"(?=.{1,96}\Z)[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?")
_REF = re.compile(r"(?!refs/)[A-Za-z0-9_][A-Za-z0-9_./-]*(?<![./])")


@dataclass(frozen=True, kw_only=True)
class Options:
    """Where a run is published, what goes along, and what must hold before."""

    repo_id: str  # organisation/name, or user/name
    private: bool = False
    revision: str = MAIN  # the branch; made if it is not there
    tag: str | None = None  # a new tag for the commit
    include: tuple[str, ...] = ()  # bank, trainer
    message: str | None = None  # of the commit
    licences: tuple[str, ...] | None = None  # that rows may have
    personal_data: tuple[str, ...] = ()  # types of it that may stay
    min_alpha: float | None = None  # of the verdicts of people

    def __post_init__(self) -> None:
        """Refuse names that the Hub would refuse, before anything is made."""
        check_repo_id(self.repo_id)
        for name in filter(None, (self.revision, self.tag)):
            if not _REF.fullmatch(name) or ".." in name or "//" in name or name.endswith(".lock"):
                raise ValueError(f"{name!r} cannot be the name of a branch or tag")
        if strange := sorted(set(self.include) - set(INCLUDED)):
            raise ValueError(f"{strange[0]!r} cannot be included: {' and '.join(INCLUDED)} can")


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What was published, and where it is."""

    repo_id: str
    url: str
    revision: str
    commit: str
    tag: str | None
    is_new: bool  # whether this push has made the commit
    bundle: Bundle
    sent: tuple[str, ...]
    deleted: tuple[str, ...]

    @property
    def commit_url(self) -> str:
        """The address of the commit."""
        return f"{self.url}/commit/{self.commit}"

    def as_dict(self) -> dict[str, Any]:
        """Give what a script wants to know, for JSON."""
        return {
            "repo_id": self.repo_id,
            "url": self.url,
            "revision": self.revision,
            "commit": self.commit,
            "commit_url": self.commit_url,
            "tag": self.tag,
            "is_new": self.is_new,
            "files": as_rows(self.bundle.entries),
            "size_bytes": self.bundle.size_bytes,
            "sent": list(self.sent),
            "deleted": list(self.deleted),
            "gates": gate_rows(self.bundle.gates),
        }


def check_repo_id(repo_id: str) -> None:
    """Raise ValueError unless the Hub could have a repository of that name."""
    parts = repo_id.split("/")
    is_name = len(parts) == 2 and all(map(_NAME.fullmatch, parts))
    if not is_name or "--" in repo_id or ".." in repo_id or repo_id.endswith(".git"):
        raise ValueError(
            f"{repo_id!r} is not the name of a repository: give organisation/name, of letters,"
            " digits, '-', '_' and '.'"
        )


def publish(
    folder: Path,
    options: Options,
    *,
    progress: Callable[[int], None] = lambda _: None,
    overwrite: bool = False,
) -> Receipt:
    """
    Put what ``folder`` holds of a finished run on the Hub, in one commit.

    ``progress`` hears how many more bytes have arrived. With ``overwrite``, files of others that
    stand in the way are replaced.

    Keeps:  until the commit, nothing of it is visible; what was cut is finished by doing it again;
            what is there already makes no commit; files of others stay as they are.
    Raises: ValidationFailed where a gate does not hold, before any request; WriteError where the
            Hub refuses or cannot be reached.
    """
    with bundled(folder, options) as made:
        must_hold(made.gates)
        with open_hub(WriteError, needs_token=True) as hub:
            repository = Repository(hub=hub, repo_id=options.repo_id)
            with told(WriteError, repository.url, hub.token):
                repository.ensure(private=options.private)
                done = settle(
                    repository,
                    made,
                    Place(branch=options.revision, tag=options.tag),
                    options.message or _message(made),
                    progress,
                    overwrite=overwrite,
                )
    return Receipt(
        repo_id=options.repo_id,
        url=repository.url,
        revision=options.revision,
        tag=options.tag,
        commit=done.commit,
        is_new=done.is_new,
        bundle=made,
        sent=done.plan.send,
        deleted=done.plan.delete,
    )


def _message(made: Bundle) -> str:
    """Name the set and its splits, as the history of the repository shows them."""
    counts = ", ".join(f"{split} {rows:,}" for split, rows in made.manifest.splits.items())
    return f"Publish {made.manifest.name}" + (f": {counts}" if counts else "")
