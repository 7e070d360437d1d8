"""What people submitted, read from a server's records."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from curator.errors import ReviewError, shorten
from curator.review.argilla.records import JOINER
from curator.review.argilla.service import Service
from curator.review.item import Response
from curator.review.people import pseudonym

PAGE = 500
"""Records read at once."""
PASSES = 2  # the server orders by time alone: a page may repeat what tied, and leave out another
SUBMITTED = "submitted"


def responses(
    service: Service,
    dataset: Mapping[str, Any],
    names: Mapping[str, str],
    told: Callable[[int], None],
) -> Iterator[Response]:
    """
    Give every response of a dataset; drafts and discarded ones have no values.

    They are no answers, but whoever had submitted one before has taken it back.

    ``names`` are the user names by id; ``told`` hears how many records of the page were read.
    """
    seen: set[str] = set()
    for _ in range(PASSES):
        expected = 0
        for page, total in _pages(service, dataset):
            expected = total
            fresh = [one for one in page if str(one.get("id")) not in seen]
            seen.update(str(one.get("id")) for one in fresh)
            for one in fresh:
                yield from _said(one, dataset, names)
            told(len(fresh))
        if len(seen) >= expected:
            return


def _pages(
    service: Service, dataset: Mapping[str, Any]
) -> Iterator[tuple[list[dict[str, Any]], int]]:
    path, offset = f"datasets/{dataset['id']}/records", 0
    while True:
        found = service.json(
            path, where=str(dataset["name"]), include="responses", offset=offset, limit=PAGE
        )
        items, total = found.get("items"), found.get("total")
        if not isinstance(items, list) or not isinstance(total, int):
            raise ReviewError(
                "the answer is not one of Argilla", where=service.where, hint="is it 2.0 or newer?"
            )
        yield items, total
        offset += len(items)
        if not items or offset >= total:
            return


def _said(
    record: Mapping[str, Any], dataset: Mapping[str, Any], names: Mapping[str, str]
) -> Iterator[Response]:
    for one in record.get("responses") or ():
        given = (one.get("values") or {}) if one.get("status") == SUBMITTED else {}
        user = str(one.get("user_id"))
        yield Response(
            record_id=str(record.get("external_id") or record["id"]),
            by=pseudonym(names.get(user, user)),
            at=_second(str(one.get("updated_at")), str(dataset["name"])),
            values={
                str(name): _meant(value["value"])
                for name, value in sorted(given.items())
                if isinstance(value, dict) and value.get("value") is not None
            },
            via=f"argilla:{dataset['name']}",
        )


def _meant(value: Any) -> Any:
    """Give a text without what we put into it for the page, had it been copied from there."""
    if not isinstance(value, str):
        return value
    return value.replace(f"<{JOINER}", "<").replace(f"&{JOINER}", "&")


def _second(time: str, where: str) -> str:
    """Write a time of the server, which is UTC, to the second."""
    try:
        read = datetime.fromisoformat(time)
    except ValueError:
        raise ReviewError(
            f"a response has no time: {shorten(time)}", where=where, hint="see the server's log"
        ) from None
    known = read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    return known.strftime("%Y-%m-%dT%H:%M:%SZ")
