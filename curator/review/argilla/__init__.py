"""
Ask people in Argilla: any server, the team's own or the one on this machine.

A row that several people see is done when all of them have answered, and Argilla holds one such
number for a dataset. So where only a share of the rows is seen by several, that share goes to
``NAME-overlap``, the others to ``NAME``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from curator.errors import ReviewError
from curator.review.argilla.access import access
from curator.review.argilla.datasets import Found, check, find, ready, workspace
from curator.review.argilla.records import batches, record
from curator.review.argilla.responses import responses
from curator.review.argilla.service import Service, connect
from curator.review.argilla.settings import Settings, settings
from curator.review.asked import Asked
from curator.review.item import Item, Response
from curator.review.questions import Question
from curator.task import Task

BACKEND = "argilla"
OVERLAP = "-overlap"


@dataclass(frozen=True, kw_only=True)
class Options(Asked):
    """Where people are asked."""

    dataset: str | None = None  # the recipe's name
    workspace: str = "curator"  # an owner's key makes it
    api_url: str | None = None  # ARGILLA_API_URL, or the server on this machine


def send(  # noqa: PLR0913 - what every backend is given
    items: Iterable[Item],
    options: Options,
    *,
    name: str,
    task: Task,
    asked: Sequence[Question],
    guidelines: str,
    progress: Callable[[int], None],
) -> dict[str, Any]:
    """
    Put the items into Argilla, and give what ``collect`` needs to know.

    ``progress`` hears how many more have arrived.

    Keeps:  an item that was sent before is there once, with its answers, its metadata renewed; what
            has arrived before a failure stays, so sending again goes on from there.
    Raises: ReviewError where there is no server, workspace or right to it, and where a dataset of
            that name asks other things.
    """
    del task  # the questions and the guidelines say what is to be known of it
    service = connect(access(options.api_url))
    place = workspace(service, options.workspace, makes=True)
    main = options.dataset or name
    targets = _Targets(service, place, main, options, settings(asked, guidelines, 1))
    records = ((targets.name(item), item) for item in items)
    written = ((target, record(item, *targets.questions(target))) for target, item in records)
    for target, batch in batches(written):
        targets.put(target, batch)
        progress(len(batch))
    return {
        "backend": BACKEND,
        "api_url": service.where,
        "workspace": options.workspace,
        "dataset": main,
        "datasets": targets.listed(),
        "questions": [one._asdict() for one in targets.wanted.questions],
    }


def collect(ticket: Mapping[str, Any], *, progress: Callable[[int], None]) -> Iterator[Response]:
    """
    Give what people have submitted, and without values what they only began or took back.

    ``progress`` hears how many more records were read.

    Raises: ReviewError where a dataset is no longer there or no longer asks what it asked.
    """
    service = connect(access(ticket["api_url"]))
    place = workspace(service, ticket["workspace"], makes=False)
    asked = [Question(**one) for one in ticket["questions"]]
    found = [(one["name"], find(service, one["name"], place)) for one in ticket["datasets"]]
    for name, dataset in found:
        if dataset is None:
            raise ReviewError(
                "the dataset is no longer there",
                where=f"{service.where}: {name}",
                hint="what was collected before is kept; to ask again: curator review send",
            )
        check(service, dataset, asked)
    names = _user_names(service, place)
    for _, dataset in found:
        assert dataset is not None
        yield from responses(service, dataset, names, progress)


def _user_names(service: Service, place: Found) -> dict[str, str]:
    """Name the people who may answer; an admin's key does not see the owners, save itself."""
    me = service.json("me")
    everybody = "users" if me.get("role") == "owner" else f"workspaces/{place['id']}/users"
    return {str(one["id"]): str(one["username"]) for one in [*service.items(everybody), me]}


class _Targets:
    """The datasets that are sent to, each made or compared when the first item goes there."""

    def __init__(
        self, service: Service, place: Found, main: str, options: Options, wanted: Settings
    ) -> None:
        self.service, self.place, self.main = service, place, main
        self.options, self.wanted = options, wanted
        self.is_shared = options.people > 1 and options.overlap < 1
        self.found: dict[str, Found] = {}
        self.ids: dict[str, dict[str, str]] = {}

    def name(self, item: Item) -> str:
        """Say where an item goes."""
        return f"{self.main}{OVERLAP}" if self.is_shared and item.people > 1 else self.main

    def questions(self, target: str) -> tuple[Sequence[Question], Mapping[str, str]]:
        """Give the questions of a dataset and their ids on the server."""
        if target not in self.ids:
            is_seen_by_one = self.is_shared and target == self.main
            people = 1 if is_seen_by_one else self.options.people
            wanted = self.wanted._replace(people=people)
            self.found[target] = found = ready(self.service, target, self.place, wanted)
            there = self.service.items(f"datasets/{found['id']}/questions", where=target)
            self.ids[target] = {str(one["name"]): str(one["id"]) for one in there}
        return self.wanted.questions, self.ids[target]

    def put(self, target: str, batch: Sequence[Mapping[str, Any]]) -> None:
        """Add records, or renew those that are there."""
        path = f"datasets/{self.found[target]['id']}/records/bulk"
        self.service.call("PUT", path, body={"items": batch}, where=target)

    def listed(self) -> list[dict[str, Any]]:
        """Name every dataset, with those that an earlier sending has filled."""
        for name in (self.main, f"{self.main}{OVERLAP}"):
            if name not in self.found and (found := find(self.service, name, self.place)):
                self.found[name] = found
        return [
            {
                "name": name,
                "people": found["distribution"]["min_submitted"],
                "open": f"{self.service.where}/dataset/{found['id']}/annotation-mode",
            }
            for name, found in sorted(self.found.items())
        ]
