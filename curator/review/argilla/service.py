"""One server: the client's connection, with bulk requests of its own for records."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from curator.errors import ReviewError, shorten
from curator.review.argilla.access import Access
from curator.review.argilla.faults import library, refused, told

OLDEST = 2
"""Argilla before 2.0 knows neither these settings nor how work is shared out."""
TRIES = 3  # after a status of 500 the next request on that connection may break as well
WAIT_S = 0.5
TIMEOUT_S = 120
CONNECT_S = 10


@dataclass(frozen=True)
class Service:
    """
    A server that has let us in.

    Settings go through the client's classes. Records do not: the client builds and checks each
    twice, and reads all that the server sends back.
    """

    client: Any
    access: Access

    @property
    def where(self) -> str:
        """Give the address."""
        return self.access.api_url

    def call(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        params: Mapping[str, str | int] | None = None,
        where: str = "",
    ) -> Any:
        """
        Send a request that may be sent twice, and give the response.

        Raises: ReviewError at ``where`` for a status of 400 and above, and for no answer.
        """
        place = where or self.where
        content = None if body is None else orjson.dumps(body)
        headers = {} if body is None else {"content-type": "application/json"}
        httpx = library("httpx")
        for tries_left in reversed(range(TRIES)):
            with told(place, self.access.api_key):
                try:
                    response = self.client.api.http_client.request(
                        method, f"/api/v1/{path}", content=content, params=params, headers=headers
                    )
                except (httpx.ReadError, httpx.RemoteProtocolError):
                    if not tries_left:
                        raise
                    continue
            if response.status_code < 500 or not tries_left:
                break
            time.sleep(WAIT_S)
        if response.status_code >= 400:
            words = response.text.replace(self.access.api_key, "…")
            raise refused(response.status_code, words, place)
        return response

    def items(self, path: str, *, where: str = "", **params: str | int) -> list[dict[str, Any]]:
        """Give the items of a list."""
        found = self.json(path, where=where, **params).get("items")
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise _strange(where or self.where)
        return found

    def json(self, path: str, *, where: str = "", **params: str | int) -> dict[str, Any]:
        """Give the object that stands at ``path``."""
        response = self.call("GET", path, params=params, where=where)
        try:
            found = orjson.loads(response.content)
        except orjson.JSONDecodeError:
            found = None
        if not isinstance(found, dict):
            raise _strange(where or self.where)
        return found


def connect(access: Access) -> Service:
    """
    Sign in.

    Raises: ReviewError where no server answers, where it is not Argilla 2, or not with this key.
    """
    _check_version(access)
    argilla = library("argilla")
    with told(access.api_url, access.api_key):
        client = argilla.Argilla(
            api_url=access.api_url, api_key=access.api_key, timeout=TIMEOUT_S, retries=0
        )
    return Service(client, access)


def _check_version(access: Access) -> None:
    """Ask without the key, so that it goes to no server that is not Argilla."""
    httpx = library("httpx")
    with told(access.api_url):
        response = httpx.get(f"{access.api_url}/api/v1/version", timeout=CONNECT_S)
    try:
        version = orjson.loads(response.content)["version"] if response.status_code < 400 else ""
        major = int(version.split(".")[0])
    except (orjson.JSONDecodeError, LookupError, TypeError, ValueError, AttributeError):
        raise ReviewError(
            "what answers there is not Argilla 2",
            where=access.api_url,
            hint="give the address of the page where you sign in, or update that server to 2.8",
        ) from None
    if major < OLDEST:
        raise ReviewError(
            f"the server is Argilla {shorten(version, 20)}, and 2.0 is the oldest that can be used",
            where=access.api_url,
            hint="update it to 2.8, or start one on this machine: curator review serve",
        )


def _strange(where: str) -> ReviewError:
    return ReviewError(
        "the answer is not one of Argilla", where=where, hint="see what stands before the server"
    )


def by_name(items: Sequence[Mapping[str, Any]], name: str) -> Mapping[str, Any] | None:
    """Find the item of that name."""
    return next((item for item in items if item.get("name") == name), None)
