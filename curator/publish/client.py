"""The Hub's client, set up for one push or pull: whose token, which endpoint, how patient."""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any
from urllib.parse import urlsplit

from curator.errors import CuratorError
from curator.publish.faults import LOG_IN, offline

CONNECT_S, ANSWER_S = 10.0, 120.0
_PUBLIC = ("huggingface.co", "hf.co")
_QUERY = re.compile(r"(https?://[^\s'\"?]+)\?[^\s'\"]*")


@dataclass(frozen=True, kw_only=True)
class Hub:
    """An open client; its token is never shown."""

    api: Any = field(repr=False)
    endpoint: str
    token: str | None = field(repr=False)

    def url(self, repo_id: str) -> str:
        """Give the address at which people see a dataset."""
        return f"{self.endpoint}/datasets/{repo_id}"


@contextmanager
def open_hub(kind: type[CuratorError], *, needs_token: bool) -> Iterator[Hub]:
    """
    Give the client of HF_ENDPOINT, with the token of HF_TOKEN or of the Hub's login.

    An endpoint of one's own need not know Xet, so there files go by plain HTTP. No request waits
    for ever, and what the client has to say is said by our logger, without signed addresses.

    Raises: ``kind`` where HF_HUB_OFFLINE is set, or a token is needed and there is none.
    """
    import huggingface_hub
    from huggingface_hub import constants

    endpoint = constants.ENDPOINT
    if constants.is_offline_mode():
        raise offline(kind, endpoint)
    token = huggingface_hub.get_token()
    if needs_token and not token:
        raise kind("there is no token for the Hub", where=endpoint, hint=LOG_IN)
    api = huggingface_hub.HfApi(
        endpoint=endpoint,
        token=token or False,
        library_name="curator",
        library_version=version("curator-toolkit"),
    )
    with ExitStack() as stack:
        for setting in (_plain_http(endpoint), _patient(), _quiet_bars(), _our_words()):
            stack.enter_context(setting)
        yield Hub(api=api, endpoint=endpoint, token=token)


@contextmanager
def _plain_http(endpoint: str) -> Iterator[None]:
    """The setting counts late too: unlike its variable, it is looked up at each upload."""
    from huggingface_hub import constants

    before = constants.HF_HUB_DISABLE_XET
    if (urlsplit(endpoint).hostname or "") not in _PUBLIC:
        constants.HF_HUB_DISABLE_XET = True
    try:
        yield
    finally:
        constants.HF_HUB_DISABLE_XET = before


@contextmanager
def _patient() -> Iterator[None]:
    """The client would wait without end for a server that says nothing: some calls ask it to."""
    import httpx2
    from huggingface_hub.utils import _http

    former = getattr(_http, "_GLOBAL_CLIENT_FACTORY", _http.default_client_factory)

    def bound(request: httpx2.Request) -> None:
        if request.extensions.get("timeout", {}).get("read") is None:
            limits = httpx2.Timeout(ANSWER_S, connect=CONNECT_S).as_dict()
            request.extensions = {**request.extensions, "timeout": limits}

    def client() -> httpx2.Client:
        made = former()
        hooks = made.event_hooks
        made.event_hooks = {**hooks, "request": [*hooks.get("request", ()), bound]}
        return made

    _http.set_client_factory(client)
    try:
        yield
    finally:
        _http.set_client_factory(former)


@contextmanager
def _quiet_bars() -> Iterator[None]:
    from huggingface_hub import utils

    was_shown = not utils.are_progress_bars_disabled()  # type: ignore[attr-defined]
    utils.disable_progress_bars()  # type: ignore[attr-defined]
    try:
        yield
    finally:
        if was_shown:
            utils.enable_progress_bars()  # type: ignore[attr-defined]


class _Relay(logging.Handler):
    """Says what the client logs, one line each: an address may be signed, so its query goes."""

    def emit(self, record: logging.LogRecord) -> None:
        words = _QUERY.sub(r"\1", record.getMessage().strip().split("\n", 1)[0])
        logging.getLogger(__name__).info("%s", words)


@contextmanager
def _our_words() -> Iterator[None]:
    theirs = logging.getLogger("huggingface_hub")
    before, goes_up = list(theirs.handlers), theirs.propagate
    theirs.handlers, theirs.propagate = [_Relay()], False
    try:
        with warnings.catch_warnings():
            warnings.showwarning = _warned
            yield
    finally:
        theirs.handlers, theirs.propagate = before, goes_up


def _warned(message: Warning | str, *_: Any, **__: Any) -> None:
    logging.getLogger(__name__).info("%s", str(message).strip().replace("\n", " "))
