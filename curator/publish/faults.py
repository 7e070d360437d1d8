"""What the Hub and its client raise, said as what went wrong and what to do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from curator.errors import CuratorError, shorten

AGAIN = "run the same command again: what has arrived stays there, and nothing else is visible yet"
LOG_IN = "set HF_TOKEN, or log in with: hf auth login"
TOKENS = "https://huggingface.co/settings/tokens"
_STORAGE = ("storage", "quota", "payment", "upgrade your plan")


@contextmanager
def told(kind: type[CuratorError], where: str, secret: str | None = None) -> Iterator[None]:
    """Raise what the client raises as ``kind`` that says ``where``; never with ``secret`` in it."""
    import httpx2
    from huggingface_hub import errors

    try:
        yield
    except errors.OfflineModeIsEnabled:
        raise offline(kind, where) from None
    except errors.HfHubHTTPError as error:
        raise _refused(kind, error, where, secret) from None
    except httpx2.HTTPError as error:
        raise _unanswered(kind, error, where) from None
    except errors.LocalEntryNotFoundError as error:
        raise _reached(kind, error, where, secret) from None
    except RuntimeError as error:  # the client wraps what stopped an upload
        cause = error.__cause__
        if isinstance(cause, Exception) and not isinstance(cause, RuntimeError):
            with told(kind, f"{where}: {_plain(str(error), secret)}", secret):
                raise cause from None
        raise kind(_plain(str(error), secret), where=where, hint=AGAIN) from None
    except OSError as error:
        raise kind(
            f"cannot be read or written: {error.strerror or error}",
            where=str(error.filename or where),
            hint="see that there is room, and that you may read and write there",
        ) from None
    except ValueError as error:
        raise kind(
            _plain(_listed(str(error)), secret),
            where=where,
            hint="change what it names, and run the recipe again",
        ) from None


def offline(kind: type[CuratorError], where: str) -> CuratorError:
    """Say that requests are switched off."""
    return kind(
        "HF_HUB_OFFLINE is set, so nothing can be asked of the Hub",
        where=where,
        hint="unset HF_HUB_OFFLINE; what would be sent is shown by --dry-run",
    )


def is_stale(error: BaseException) -> bool:
    """Say whether a commit was refused because another one came before it."""
    return status_of(error) == 412


def status_of(error: BaseException) -> int | None:
    """Give the status that the server answered with, if it did."""
    return getattr(getattr(error, "response", None), "status_code", None)


def _unanswered(kind: type[CuratorError], error: BaseException, where: str) -> CuratorError:
    """Say how a request went without an answer."""
    import httpx2

    if isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout):
        return kind("no server answers there", where=where, hint=f"see HF_ENDPOINT; {AGAIN}")
    if isinstance(error, httpx2.TimeoutException):
        return kind("the server takes too long", where=where, hint=AGAIN)
    return kind(f"the connection broke ({type(error).__name__})", where=where, hint=AGAIN)


def _reached(
    kind: type[CuratorError], error: BaseException, where: str, secret: str | None
) -> CuratorError:
    """A download that failed says so in general; what stopped it stands behind it."""
    cause = error.__cause__ or error.__context__
    if isinstance(cause, Exception) and cause is not error:
        try:
            with told(kind, where, secret):
                raise cause
        except CuratorError as said:
            return said
    return kind(_plain(str(error), secret), where=where, hint=AGAIN)


def _refused(  # noqa: PLR0911 - one return a status
    kind: type[CuratorError], error: Any, where: str, secret: str | None
) -> CuratorError:
    """Say what a status of 400 and above means."""
    status, said = error.response.status_code, _plain(error.server_message or "", secret)
    told_by = f": {said}" if said else ""
    if status == 401 and secret and ("invalid" in said.lower() or not _is_missing(error)):
        return kind(f"the Hub does not know this token{told_by}", where=where, hint=LOG_IN)
    if _is_missing(error) or status in (401, 404):
        return _missing(kind, error, where, said)
    if status in (402, 403, 413) and any(word in said.lower() for word in _STORAGE):
        return kind(
            f"there is no room for this{told_by}",
            where=where,
            hint="free storage or enlarge it at https://huggingface.co/settings/billing",
        )
    if status == 403:
        return kind(
            f"this token may not do that{told_by}",
            where=where,
            hint=f"use a token that may write there: {TOKENS}",
        )
    if status == 412:
        return kind(
            "somebody else has committed there in the meantime, twice",
            where=where,
            hint="run the same command again when they are done",
        )
    if status == 429:
        return kind(f"too many requests{told_by}", where=where, hint=f"wait a while; {AGAIN}")
    if status >= 500:
        return kind(f"the server failed with status {status}{told_by}", where=where, hint=AGAIN)
    return kind(
        f"the server refuses it with status {status}{told_by}",
        where=where,
        hint="if it is about a file's hash or size, that file was hurt on its way: run the same"
        " command again",
    )


def _is_missing(error: Any) -> bool:
    from huggingface_hub.errors import RepositoryNotFoundError

    return isinstance(error, RepositoryNotFoundError)


def _missing(kind: type[CuratorError], error: Any, where: str, said: str) -> CuratorError:
    code = error.response.headers.get("X-Error-Code", "")
    if code == "RevisionNotFound":
        return kind("there is no such branch, tag or commit", where=where, hint="see --revision")
    if code == "EntryNotFound":
        return kind("there is no such file", where=where, hint="was it pushed with curator push?")
    return kind(
        f"there is no such dataset, or this token may not see it{f': {said}' if said else ''}",
        where=where,
        hint=f"see that the name is right; for a private one, {LOG_IN}",
    )


def _listed(words: str) -> str:
    """Give the messages of an answer that lists its errors as JSON."""
    try:
        return "; ".join(one["message"] for one in json.loads(words)["errors"])
    except (ValueError, KeyError, TypeError):
        return words


def _plain(words: str, secret: str | None) -> str:
    return shorten(words.replace(secret or "\0", "…").strip(), 200)
