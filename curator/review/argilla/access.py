"""Which server, and whose key: the recipe, the environment, or the server on this machine."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from curator.errors import ReviewError
from curator.review.local_server.access import local_access

URL, KEY = "ARGILLA_API_URL", "ARGILLA_API_KEY"


@dataclass(frozen=True, kw_only=True)
class Access:
    """An address and a key that belongs to it; the key is never shown."""

    api_url: str
    api_key: str = field(repr=False)


def access(api_url: str | None, home: Path | None = None) -> Access:
    """
    Give the address and its key: ``api_url``, else the environment's, else this machine's server.

    Raises: ReviewError where there is no address or no key for it. A recipe may come from others,
            so the environment's key goes to the environment's address alone, where that is set.
    """
    local = local_access(home)
    named = os.environ.get(URL, "").strip()
    wanted = (api_url or named or (local.api_url if local else "")).strip().rstrip("/")
    if not wanted:
        raise ReviewError(
            "no Argilla server is known",
            hint=f"start one with: curator review serve; or set {URL} and {KEY} to yours",
        )
    _check(wanted)
    key = os.environ.get(KEY, "").strip()
    if local and same(wanted, local.api_url) and not (key and named and same(wanted, named)):
        return Access(api_url=wanted, api_key=local.api_key)
    if not key:
        raise ReviewError(
            "there is no key for this server",
            where=wanted,
            hint=f"set {KEY} to yours: Argilla shows it under My settings",
        )
    if named and not same(wanted, named):
        raise ReviewError(
            f"the recipe and {URL} name two servers, and {KEY} may be known to one only",
            where=wanted,
            hint=f"set {URL} to the server that you mean, or unset it",
        )
    return Access(api_url=wanted, api_key=key)


def same(one: str, other: str) -> bool:
    """Say whether two addresses are the same server."""
    return _place(one) == _place(other)


def _place(url: str) -> tuple[str, str, int | None, str]:
    parts = urlsplit(url.strip().rstrip("/"))
    host = (parts.hostname or "").replace("localhost", "127.0.0.1")
    return parts.scheme, host, parts.port, parts.path


def _check(url: str) -> None:
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname)
        has_secret = "@" in parts.netloc
        parts.port  # noqa: B018  # raises where it is no number
    except ValueError:
        is_address = has_secret = False
    if not is_address:
        raise ReviewError(
            "this is not the address of a server",
            where=url.rpartition("@")[2],
            hint="it begins with https://, or with http:// for one on this machine",
        )
    if has_secret:
        raise ReviewError(
            "an address holds a password",
            where=f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}",
            hint=f"the key belongs into {KEY}",
        )
