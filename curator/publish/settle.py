"""Bring a branch to hold a bundle, whatever stands there now: one commit, or none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from curator.errors import SourceError, WriteError
from curator.publish.bundle import Bundle
from curator.publish.faults import is_stale
from curator.publish.layout import PUBLICATION
from curator.publish.plan import Plan, Remote, plan
from curator.publish.publication import Publication
from curator.publish.repository import Repository

_TRIES = 2
_MAX_NAMED = 3


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where in the repository: the branch, and the tag that the commit is to have."""

    branch: str
    tag: str | None = None


@dataclass(frozen=True, kw_only=True)
class Done:
    """What was changed, by which commit; one that is not new held everything before."""

    commit: str
    is_new: bool
    plan: Plan


def settle(  # noqa: PLR0913 - what, where, and how it is told
    repository: Repository,
    made: Bundle,
    place: Place,
    message: str,
    progress: Callable[[int], None],
    *,
    overwrite: bool,
) -> Done:
    """
    Commit what is missing on the newest commit; if another comes in between, look once more.

    Raises: WriteError where files of others stand in the way, or the tag names something else;
            what the client raises, a second stale parent among it.
    """
    from huggingface_hub.errors import HfHubHTTPError

    for last in (False, True)[-_TRIES:]:
        head, tags = _refs(repository, place.branch)
        there = repository.files(head)
        change = plan(there, made.entries, _earlier(repository, head, there))
        if change.clashes and not overwrite:
            raise _in_the_way(repository, change)
        is_tagged = _is_tagged(repository, made, place.tag, tags)
        commit = head
        if not change.is_done:
            try:
                commit = repository.commit(
                    change,
                    made.contents,
                    made.entries,
                    branch=place.branch,
                    parent=head,
                    message=message,
                    progress=progress,
                )
            except HfHubHTTPError as error:
                if last or not is_stale(error):
                    raise
                continue
        if place.tag and not is_tagged:
            repository.tag(place.tag, commit)
        return Done(commit=commit, is_new=not change.is_done, plan=change)
    raise AssertionError  # the last try returns or raises


def _refs(repository: Repository, branch: str) -> tuple[str, Mapping[str, str]]:
    """Give the head of the branch, which is made if it is not there, and all tags."""
    refs = repository.refs()
    if branch not in refs.branches:
        repository.branch(branch)
        refs = repository.refs()
    return refs.branches[branch], refs.tags


def _earlier(repository: Repository, head: str, there: Mapping[str, Remote]) -> Publication | None:
    """Read the earlier publication; a file of that name that is none is a file of somebody's."""
    if PUBLICATION not in there:
        return None
    try:
        return repository.publication(head)
    except SourceError:
        return None


def _is_tagged(
    repository: Repository, made: Bundle, tag: str | None, tags: Mapping[str, str]
) -> bool:
    """Say whether the tag names this bundle already; one that names another is not moved."""
    if tag is None or tag not in tags:
        return False
    held = repository.files(tags[tag]).get(PUBLICATION)
    if held and held.is_same(made.entries[PUBLICATION]):
        return True
    raise WriteError(
        f"the tag {tag!r} is there, and names another set",
        where=repository.url,
        hint="tags are not moved: give another --tag",
    )


def _in_the_way(repository: Repository, change: Plan) -> WriteError:
    named = ", ".join(change.clashes[:_MAX_NAMED])
    more = len(change.clashes) - _MAX_NAMED
    return WriteError(
        f"files that curator did not write stand in the way, or were changed since: {named}"
        + (f" and {more:,} more" if more > 0 else ""),
        where=repository.url,
        hint="give another --repo-id or --revision, or replace them: --overwrite",
    )
