"""A dataset repository on the Hub: what is there, and what a push makes there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from curator.errors import WriteError
from curator.publish.client import Hub
from curator.publish.faults import TOKENS, status_of
from curator.publish.layout import CARD, PUBLICATION
from curator.publish.plan import Plan, Remote
from curator.publish.publication import Entry, Publication, parse

MAIN = "main"
_TYPE = "dataset"
_BATCH_FILES, _BATCH_BYTES = 16, 64 << 20


@dataclass(frozen=True, kw_only=True)
class Refs:
    """The branches and tags of a repository, each with the commit that it names."""

    branches: Mapping[str, str]
    tags: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Repository:
    """One dataset repository, by its id."""

    hub: Hub
    repo_id: str

    @property
    def url(self) -> str:
        """Where people see it."""
        return self.hub.url(self.repo_id)

    def ensure(self, *, private: bool) -> None:
        """
        Make the repository if it is not there.

        Raises: WriteError where it cannot be made, or is public though ``private`` is asked.
        """
        from huggingface_hub.errors import HfHubHTTPError, RepositoryNotFoundError

        try:
            info = self.hub.api.repo_info(self.repo_id, repo_type=_TYPE)
        except RepositoryNotFoundError as error:
            if status_of(error) == 401:
                raise  # a token that is not known sees nothing, and makes nothing
        else:
            if private and not info.private:
                raise WriteError(
                    "this repository is public, and private was asked for",
                    where=self.url,
                    hint=f"make it private at {self.url}/settings, or push without --private",
                )
            return
        try:
            # without --private, an organisation's own default counts
            self.hub.api.create_repo(self.repo_id, repo_type=_TYPE, private=private or None)
        except HfHubHTTPError as error:
            if status_of(error) not in (403, 404, 409):
                raise
            raise self._not_made(error) from None

    def refs(self) -> Refs:
        """List branches and tags."""
        found = self.hub.api.list_repo_refs(self.repo_id, repo_type=_TYPE)
        return Refs(
            branches={ref.name: ref.target_commit for ref in found.branches},
            tags={ref.name: ref.target_commit for ref in found.tags},
        )

    def head(self, revision: str) -> str:
        """Give the commit that a branch, a tag or the first characters of a commit name."""
        info = self.hub.api.repo_info(self.repo_id, repo_type=_TYPE, revision=revision)
        return str(info.sha)

    def branch(self, name: str) -> None:
        """Make a branch at the head of main; one that is there stays."""
        self.hub.api.create_branch(self.repo_id, branch=name, repo_type=_TYPE, exist_ok=True)

    def tag(self, name: str, commit: str) -> None:
        """Let a new tag name ``commit``."""
        self.hub.api.create_tag(self.repo_id, tag=name, revision=commit, repo_type=_TYPE)

    def files(self, commit: str) -> dict[str, Remote]:
        """List every file of a commit."""
        tree = self.hub.api.list_repo_tree(
            self.repo_id, recursive=True, revision=commit, repo_type=_TYPE
        )
        return {
            each.path: Remote(git_sha1=each.blob_id, sha256=each.lfs.sha256 if each.lfs else None)
            for each in tree
            if hasattr(each, "blob_id")
        }

    def publication(self, commit: str) -> Publication:
        """
        Read what an earlier push has said that it put there.

        Raises: SourceError where the file of that name is something else.
        """
        with TemporaryDirectory() as folder:
            path = Path(self.download(PUBLICATION, commit, Path(folder)))
            return parse(path.read_bytes(), f"{self.url}/blob/{commit}/{PUBLICATION}")

    def download(self, path: str, commit: str, folder: Path) -> Path:
        """Bring one file of a commit into ``folder``, at the same place."""
        found = self.hub.api.hf_hub_download(
            self.repo_id, path, repo_type=_TYPE, revision=commit, local_dir=folder
        )
        return Path(found)

    def commit(  # noqa: PLR0913 - what a commit is made of
        self,
        plan: Plan,
        contents: Mapping[str, Path | bytes],
        entries: Mapping[str, Entry],
        *,
        branch: str,
        parent: str,
        message: str,
        progress: Callable[[int], None],
    ) -> str:
        """
        Send what a plan asks for, then make it visible in one commit on ``parent``; give its id.

        ``progress`` hears how many more bytes have arrived.
        """
        from huggingface_hub import CommitOperationAdd, CommitOperationDelete, DatasetCard

        if CARD in plan.send:  # a card that is refused is refused before anything is sent
            DatasetCard(_text(contents[CARD])).validate()
        adds = [CommitOperationAdd(path_in_repo=p, path_or_fileobj=contents[p]) for p in plan.send]
        deletes = [CommitOperationDelete(path_in_repo=p, is_folder=False) for p in plan.delete]
        for batch in _batches(adds, entries):
            self.hub.api.preupload_lfs_files(
                self.repo_id,
                additions=batch,
                repo_type=_TYPE,
                revision=branch,
                free_memory=False,
                gitignore_content="",  # that of the repository would leave files out, silently
            )
            progress(sum(entries[one.path_in_repo].size_bytes for one in batch))
        made = self.hub.api.create_commit(
            self.repo_id,
            [*adds, *deletes],
            commit_message=message,
            repo_type=_TYPE,
            revision=branch,
            parent_commit=parent,
        )
        return str(made.oid)

    def _not_made(self, error: Any) -> WriteError:
        """Say why the repository cannot be made, and whose token was used."""
        if status_of(error) == 409:
            return WriteError(
                "this name is taken, by a repository that this token may not see",
                where=self.url,
                hint="give another --repo-id, or a token that may see it",
            )
        namespace = self.repo_id.split("/")[0]
        known = self._known()
        if known and namespace not in known:
            return WriteError(
                f"{namespace!r} is neither {known[0]}, whose token this is, nor an organisation of"
                f" {known[0]}'s: there may be none of that name",
                where=self.url,
                hint=f"give --repo-id NAME/... with one of: {', '.join(known)}",
            )
        said = f": {error.server_message}" if error.server_message else ""
        return WriteError(
            f"this token may not make a dataset there{said}",
            where=self.url,
            hint=f"use a token that may write: {TOKENS}",
        )

    def _known(self) -> list[str]:
        """List the user and the organisations of the token; empty where that is not told."""
        from huggingface_hub.errors import HfHubHTTPError

        try:
            told = self.hub.api.whoami()
        except HfHubHTTPError:
            return []
        return [str(told["name"]), *(str(org["name"]) for org in told.get("orgs") or ())]


def _text(content: Path | bytes) -> str:
    return (content if isinstance(content, bytes) else content.read_bytes()).decode()


def _batches(adds: Iterable[Any], entries: Mapping[str, Entry]) -> Iterable[list[Any]]:
    """Send a few files at once, so that progress is seen and a cut costs little."""
    batch: list[Any] = []
    size = 0
    for add in adds:
        batch.append(add)
        size += entries[add.path_in_repo].size_bytes
        if len(batch) == _BATCH_FILES or size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
