"""What the client and the server raise, said as what went wrong and what to do."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson

from curator.errors import MissingExtra, ReviewError, shorten

RESUME = "what has arrived stays there: run the same command again, it goes on from there"
MAX_REASON_CHARS = 160


def library(name: str) -> Any:
    """Import a library of the extra ``review``."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise MissingExtra(error.name or name, "review") from error


@contextmanager
def told(where: str, secret: str = "") -> Iterator[None]:
    """
    Raise what the client raises as ReviewError that says ``where``; never with ``secret`` in it.

    The client lets transport errors of httpx through, and its own for what a server answers.
    """
    httpx, raised = library("httpx"), library("argilla._exceptions")
    try:
        yield
    except raised.ArgillaCredentialsError:
        raise refused(401, "", where) from None
    except raised.ArgillaAPIError as error:
        raise refused(error.status_code, str(error).replace(secret or "\0", "…"), where) from None
    except raised.ArgillaError as error:
        words = str(error.__cause__ or error).replace(secret or "\0", "…")
        raise ReviewError(shorten(words), where=where, hint=RESUME) from None
    except (httpx.ConnectError, httpx.ConnectTimeout):
        raise ReviewError(
            "no server answers there",
            where=where,
            hint="start one with: curator review serve; or set ARGILLA_API_URL to yours",
        ) from None
    except httpx.TimeoutException:
        raise ReviewError("the server takes too long", where=where, hint=RESUME) from None
    except (httpx.InvalidURL, httpx.UnsupportedProtocol):
        raise ReviewError(
            "this is not the address of a server", where=where, hint="it begins with https://"
        ) from None
    except httpx.TransportError as error:
        raise ReviewError(
            f"the connection broke ({type(error).__name__})", where=where, hint=RESUME
        ) from None


def refused(status: int, words: str, where: str) -> ReviewError:
    """Say what a status of 400 and above means."""
    if status == 401:
        return ReviewError(
            "the server does not know this key",
            where=where,
            hint="set ARGILLA_API_KEY to yours there: Argilla shows it under My settings",
        )
    if status == 403:
        return ReviewError(
            "this key may not do that",
            where=where,
            hint="use the key of an owner, or of an admin who is in the workspace",
        )
    if status == 404:
        return ReviewError("this is no longer there", where=where, hint="send the records again")
    if status == 409:
        return ReviewError(
            "somebody has just made the same thing", where=where, hint="run the command again"
        )
    if status >= 500:
        return ReviewError(
            f"the server failed with status {status}", where=where, hint=f"see its log; {RESUME}"
        )
    return ReviewError(
        f"the server refuses it with status {status}: {_reason(words)}",
        where=where,
        hint="see whether the server is older than 2.8 or was set up with other limits",
    )


def _reason(words: str) -> str:
    """Find in the words of the client, or in the server's own, what is wrong and where."""
    text = words.rpartition("Details: ")[2]
    try:
        detail = orjson.loads(text)["detail"]
        found = [
            f"{'.'.join(map(str, one['loc'][1:]))}: {one['msg']}"
            for one in ([] if isinstance(detail, str) else detail["params"]["errors"])
        ]
    except (orjson.JSONDecodeError, LookupError, TypeError):
        return shorten(text)
    return shorten("; ".join(found) if found else str(detail), MAX_REASON_CHARS)
