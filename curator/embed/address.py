"""Vectors from an OpenAI-compatible address: in batches, with patience, and with a secret kept."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import numpy as np
from numpy.typing import NDArray

from curator.errors import RecipeError, SourceError, shorten

KEYS = ("CURATOR_EMBEDDINGS_KEY", "OPENAI_API_KEY")
BATCH_TEXTS, BATCH_CHARS = 128, 200_000
AT_ONCE = 4
TRIES = 6
LONGEST_PAUSE_S = 60.0
PASSING = {408, 409, 429, 500, 502, 503, 504}
HINTS = {
    401: f"set {KEYS[0]} or {KEYS[1]} to a key for it",
    403: f"set {KEYS[0]} or {KEYS[1]} to a key that may use the model",
    404: "the address ends before /embeddings, and the model stands behind #",
}


class _NoRedirects(HTTPRedirectHandler):
    """Another host must not be sent the key."""

    def redirect_request(self, *_args: Any, **_named: Any) -> None:
        """Follow nothing."""


@dataclass(frozen=True, kw_only=True)
class Address:
    """A model behind ``url``, which ends in /embeddings."""

    url: str
    model: str
    timeout_s: float = 60.0
    pause_s: float = 0.5  # before the second try; doubled before each one after it
    name: str = field(init=False)

    def __post_init__(self) -> None:
        """Name the model without what may be secret in an address."""
        parts = urlsplit(self.url)
        base = parts.path.removesuffix("/embeddings")
        object.__setattr__(self, "name", f"{parts.scheme}://{parts.netloc}{base}#{self.model}")

    @classmethod
    def from_spec(cls, spec: str) -> Address:
        """
        Read ``https://host/v1#model`` or ``https://host/v1?model=model``.

        Raises: RecipeError where the model is missing or a password stands in the address.
        """
        try:
            parts = urlsplit(spec)
            _ = parts.port
        except ValueError as error:
            raise RecipeError(f"this is no address of an embedder: {error}") from error
        shown = shorten(
            urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
        )
        if "@" in parts.netloc:
            raise RecipeError(
                f"{shown}: an address holds no user or password",
                hint=f"put the key into {KEYS[0]}",
            )
        query = dict(parse_qsl(parts.query))
        model = parts.fragment or query.pop("model", "")
        if not model or not parts.hostname:
            raise RecipeError(
                f"{shown} does not name a model",
                hint="write it behind the address: https://host/v1#model",
            )
        path = parts.path.rstrip("/").removesuffix("/embeddings") + "/embeddings"
        return cls(
            url=urlunsplit((parts.scheme, parts.netloc, path, urlencode(query), "")), model=model
        )

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """
        Ask for the vectors of ``texts``, a batch at a time, in order.

        Raises: RecipeError for what asking again cannot help; SourceError after TRIES.
        """
        with ThreadPoolExecutor(AT_ONCE) as pool:
            parts = list(pool.map(self._ask, _batches(texts)))
        if len({part.shape[1] for part in parts}) > 1:
            raise SourceError("vectors of different lengths were given", where=self.name)
        return np.concatenate(parts)

    def _ask(self, texts: list[str]) -> NDArray[np.float32]:
        # an empty text is refused by some, and has nothing to say to any
        asked = {"model": self.model, "input": [text or " " for text in texts]}
        headers = {"Content-Type": "application/json", "User-Agent": "curator"}
        key = next((os.environ[name].strip() for name in KEYS if os.environ.get(name)), "")
        if key:
            headers["Authorization"] = f"Bearer {key}"
        # the address was given by the user, and its scheme was looked at
        request = Request(self.url, json.dumps(asked).encode(), headers)  # noqa: S310
        for attempt in range(1, TRIES + 1):
            pause_s = min(self.pause_s * 2 ** (attempt - 1), LONGEST_PAUSE_S)
            try:
                with build_opener(_NoRedirects).open(request, timeout=self.timeout_s) as reply:
                    return self._vectors(reply.read(), len(texts))
            except HTTPError as error:
                with error:
                    what = _said(error, key)
                    if error.code not in PASSING:
                        raise RecipeError(
                            what, where=self.name, hint=HINTS.get(error.code, "")
                        ) from None
                    pause_s = _asked_pause_s(error) or pause_s
            except (URLError, TimeoutError, ConnectionError, HTTPException) as error:
                what = shorten(str(getattr(error, "reason", "") or error or type(error).__name__))
            if attempt < TRIES:
                time.sleep(pause_s)
        raise SourceError(
            f"no vectors after {TRIES} tries: {what}",
            where=self.name,
            hint="run it again later: what was given is cached",
        )

    def _vectors(self, body: bytes, count: int) -> NDArray[np.float32]:
        """Put the vectors of a reply in order."""
        try:
            vectors = _table(json.loads(body)["data"], count)
        except (ValueError, KeyError, TypeError) as error:
            raise SourceError(
                f"the reply holds no vectors: {shorten(str(error))}", where=self.name
            ) from error
        return vectors


def _table(data: list[dict[str, Any]], count: int) -> NDArray[np.float32]:
    ordered = sorted(data, key=lambda one: one["index"])
    if [one["index"] for one in ordered] != list(range(count)):
        raise ValueError(f"{len(data)} vectors for {count} texts")
    vectors = np.array([one["embedding"] for one in ordered], np.float32)
    if vectors.ndim != 2 or not vectors.shape[1]:
        raise ValueError("no lists of numbers")
    return vectors


def _batches(texts: Sequence[str]) -> list[list[str]]:
    batches: list[list[str]] = []
    chars = 0
    for text in texts:
        if not batches or len(batches[-1]) == BATCH_TEXTS or chars + len(text) > BATCH_CHARS:
            batches.append([])
            chars = 0
        batches[-1].append(text)
        chars += len(text)
    return batches


def _said(error: HTTPError, key: str) -> str:
    """Give the status and what the server says of it, cut, without the key."""
    try:
        told = json.loads(error.read(10_000))
        words = told["error"]["message"] if isinstance(told["error"], dict) else told["error"]
    except (OSError, ValueError, KeyError, TypeError, HTTPException):
        words = error.reason
    told_words = str(words).replace(key, "***") if key else str(words)
    return f"HTTP {error.code}: {shorten(told_words)}"


def _asked_pause_s(error: HTTPError) -> float:
    """Give the seconds that the server asks to wait, where it says so in seconds."""
    said = error.headers.get("Retry-After") or ""
    return min(float(said), LONGEST_PAUSE_S) if said.isdigit() else 0.0
