"""Run the local server in this process until it is interrupted."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from curator.errors import MissingExtra, RecipeError, ReviewError, shorten
from curator.review.local_server import home as place
from curator.review.local_server.access import FILE, OWNER, Ledger, read_ledger, write_ledger

PORT = 6900
MAX_NAME_CHARS = 40
REVIEWER = "reviewer"
"""The annotator who is made where none is named."""


class Started(NamedTuple):
    """A server that answers."""

    address: str
    made: dict[str, str]  # name -> password, of people who could not sign in before
    names: tuple[str, ...]  # everybody
    file: Path  # where all passwords are kept


def serve(
    home: Path,
    *,
    port: int = PORT,
    annotators: Sequence[str] = (),
    ready: Callable[[Started], None],
) -> None:
    """
    Serve until interrupted; ``ready`` is called once, as soon as pages are answered.

    Raises: MissingExtra without argilla-server, RecipeError for a name that cannot be one,
    ReviewError where the folder or port is taken.
    """
    for library, package in (("argilla_server", "argilla-server"), ("fakeredis", "fakeredis")):
        if find_spec(library) is None:
            raise MissingExtra(package, "review-server")
    names = _named(annotators)
    home = home.expanduser().absolute()
    os.umask(0o077)  # whatever the server writes is for one pair of eyes
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as cleanly as Ctrl-C
    with place.held(home), _listen(port) as listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        ledger = read_ledger(home)
        ledger.api_url = address
        place.prepare(home, address)
        with suppress(KeyboardInterrupt):
            asyncio.run(_run(home, ledger, names, listening, ready))


def _named(annotators: Sequence[str]) -> list[str]:
    for name in annotators:
        if name == OWNER:
            raise RecipeError(f"{OWNER!r} is there already", hint="name the annotator otherwise")
        plain = name.replace("-", "").replace("_", "")
        if not (plain.isascii() and plain.isalnum() and len(name) <= MAX_NAME_CHARS):
            raise RecipeError(
                f"{shorten(name)!r} cannot be the name of an annotator",
                hint="letters, digits, - and _ can be",
            )
    return list(dict.fromkeys(annotators))


def _listen(port: int) -> socket.socket:
    """Take the port before anything slow: who connects early waits, and is not refused."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1", port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        raise ReviewError(
            f"port {port} of this machine cannot be used: {error.strerror}",
            hint="choose another with --port, or any that is free with --port 0",
        ) from error
    return listening


async def _run(
    home: Path,
    ledger: Ledger,
    names: list[str],
    listening: socket.socket,
    ready: Callable[[Started], None],
) -> None:
    import uvicorn

    app, engine, made = await _build(home, ledger, names)
    write_ledger(home, ledger)
    config = uvicorn.Config(
        app, log_config=None, log_level="warning", access_log=False, timeout_graceful_shutdown=3
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started and not serving.done():  # noqa: ASYNC110 - it offers no event
        await asyncio.sleep(0.02)
    if server.started:
        ready(Started(ledger.api_url, made, tuple(ledger.passwords), home / FILE))
    try:
        await serving
    finally:
        await engine.dispose()
    if not server.started:
        raise ReviewError("the server did not start", where=str(home / place.LOG))


async def _build(home: Path, ledger: Ledger, names: list[str]) -> tuple[Any, Any, dict[str, str]]:
    """Import argilla-server, which builds all of it, and put our parts in."""
    import argilla_server

    from curator.review.local_server import database, engine, jobs, patches, people
    from curator.review.local_server.pages import Closed, policy

    jobs.run_here()
    engine.register(place.ENGINE)
    patches.apply()
    database.migrate(home / place.DATABASE)
    connections = database.open_engine()
    await database.heal(connections)
    if not names and set(ledger.passwords) <= {OWNER}:
        names = [REVIEWER]
    made = await people.admit(ledger, names)
    pages = Path(argilla_server.__file__).parent / "static"
    return Closed(argilla_server.app, policy(pages)), connections, made
