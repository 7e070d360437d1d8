"""The workspace and the datasets of a review on a server: found, made, compared."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from typing import Any

from curator.errors import ReviewError, shorten
from curator.review.argilla.faults import library, told
from curator.review.argilla.service import Service, by_name
from curator.review.argilla.settings import Settings, built, differences
from curator.review.questions import Question

_NAME = re.compile(r"[A-Za-z0-9_-]+")
log = logging.getLogger("curator.review")
Found = Mapping[str, Any]


def workspace(service: Service, name: str, *, makes: bool) -> Found:
    """
    Find the workspace; an owner's key also ``makes`` it.

    Raises: ReviewError where it is not there or the key's user is not in it, and where nobody is in
            it while there are people who are in none: they would see nothing to review.
    """
    mine = service.items("me/workspaces")
    found = by_name(mine, name)
    me = service.json("me")
    if found is None:
        if me.get("role") != "owner" or not makes:
            raise _no_workspace(service, name, me, mine)
        if not _NAME.fullmatch(name):
            # the server would take it, and the client could then read no list of workspaces at all
            raise ReviewError(
                f"{shorten(name, 40)!r} cannot be the name of a workspace",
                where=service.where,
                hint="letters, digits, - and _ can be",
            )
        service.call("POST", "workspaces", body={"name": name})
        found = by_name(service.items("me/workspaces"), name)
        if found is None:
            raise _no_workspace(service, name, me, mine)
    if makes and me.get("role") == "owner":
        _check_people(service, found)
    return found


def _no_workspace(service: Service, name: str, me: Found, mine: Sequence[Found]) -> ReviewError:
    user, known = shorten(str(me.get("username")), 30), [str(one.get("name")) for one in mine]
    if known:
        words = f"{user} is in no workspace {name!r}, only in {shorten(', '.join(known))}"
        hint = "name one of them in the recipe as workspace, or let an owner add you to it"
    else:
        words, hint = f"{user} is in no workspace", f"an owner must add {user} to {name!r}"
    return ReviewError(words, where=service.where, hint=hint)


def _check_people(service: Service, found: Found) -> None:
    if service.items(f"workspaces/{found['id']}/users"):
        return
    others = [one for one in service.items("users") if one.get("role") == "annotator"]
    lost = [
        shorten(str(one.get("username")), 30)
        for one in others
        if not service.items(f"users/{one['id']}/workspaces")
    ]
    if lost:
        raise ReviewError(
            f"nobody is in the workspace {found['name']!r}, and {', '.join(lost[:5])} in none: "
            "they would find nothing to review",
            where=service.where,
            hint="in Python: rg.Workspace.add_user, or: curator review serve --annotator NAME",
        )


def find(service: Service, name: str, place: Found) -> Found | None:
    """Find a dataset of a workspace by name."""
    inside = [one for one in service.items("me/datasets") if one.get("workspace_id") == place["id"]]
    return by_name(inside, name)


def ready(service: Service, name: str, place: Found, wanted: Settings) -> Found:
    """
    Give the dataset as ``wanted``, new or as it is there already, its guidelines renewed.

    Raises: ReviewError where it asks something else.
    """
    found = find(service, name, place)
    if found is not None and found.get("status") == "draft":
        # what a killed run has left: a draft holds no records
        service.call("DELETE", f"datasets/{found['id']}", where=name)
        log.info("%s was never finished: made again", name)
        found = None
    if found is None:
        _make(service, name, place, wanted)
        found = find(service, name, place)
        if found is None:
            raise ReviewError("it was made and is not there", where=name, hint="try again")
        return found
    check(service, found, wanted.questions)
    return _renewed(service, found, wanted)


def _make(service: Service, name: str, place: Found, wanted: Settings) -> None:
    rg = library("argilla")
    with told(name, service.access.api_key):
        there = service.client.workspaces(id=str(place["id"]))
        settings = built(wanted)
        rg.Dataset(name=name, workspace=there, settings=settings, client=service.client).create()


def check(service: Service, found: Found, wanted: Sequence[Question]) -> None:
    """Raise ReviewError that says how a dataset asks something else than ``wanted``."""
    name = str(found["name"])
    fields = [str(one.get("name")) for one in service.items(f"datasets/{found['id']}/fields")]
    there = service.items(f"datasets/{found['id']}/questions", where=name)
    if found_differences := differences(wanted, there, fields):
        raise ReviewError(
            f"the dataset {'; it '.join(found_differences)}",
            where=f"{service.where}: {name}",
            hint="put it back in the dataset's settings, or send to another: review: dataset: NAME",
        )


def _renewed(service: Service, found: Found, wanted: Settings) -> Found:
    people = (found.get("distribution") or {}).get("min_submitted")
    changes: dict[str, Any] = {}
    if found.get("guidelines") != wanted.guidelines:
        changes["guidelines"] = wanted.guidelines
    if people != wanted.people:
        changes["distribution"] = {"strategy": "overlap", "min_submitted": wanted.people}
    if not changes:
        return found
    service.call("PATCH", f"datasets/{found['id']}", body=changes, where=str(found["name"]))
    return {**found, **changes}
