"""The folder of the local server: locked by one process, closed to other people, clean at start."""

from __future__ import annotations

import fcntl
import logging
import os
import secrets
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path

from curator.errors import ReviewError
from curator.review.local_server.access import read_ledger, write_private

DATABASE = "argilla.db"
LOG = "server.log"
ENGINE = "curator"
"""The name under which argilla-server finds our search engine."""


@contextmanager
def held(home: Path) -> Iterator[None]:
    """
    Hold ``home`` for this process; the system lets go of it however the process ends.

    Raises: ReviewError where another process holds it, or the folder cannot be used.
    """
    if strange := sorted({char for char in str(home) if char in "?#%"}):
        raise ReviewError(
            f"the path has {' '.join(strange)} in it, which an SQLite address cannot hold",
            where=str(home),
            hint="choose another with --home",
        )
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        home.chmod(0o700)
        lock = (home / "lock").open("w")
    except OSError as error:
        raise ReviewError(
            f"the folder cannot be used: {error.strerror}",
            where=str(home),
            hint="choose another with --home",
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise _in_use(home) from error
        yield


def _in_use(home: Path) -> ReviewError:
    try:
        address = read_ledger(home).api_url
    except ReviewError:
        address = ""
    return ReviewError(
        "a server is already running on this folder",
        where=str(home),
        hint=(f"open {address}" if address else "open the address that it printed")
        + ", or start another with --home and --port",
    )


def prepare(home: Path, address: str) -> None:
    """Set all that argilla-server reads when it is imported, and the log; wipe what is left."""
    temporary = home / "tmp"
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(mode=0o700)
    tempfile.tempdir = str(temporary)  # it copies its pages there, and never removes them
    for name in [name for name in os.environ if name.startswith("ARGILLA_")]:
        del os.environ[name]  # of a server elsewhere: they are not meant for this one
    os.environ |= {
        "ARGILLA_HOME_PATH": str(home),
        "ARGILLA_DATABASE_URL": f"sqlite+aiosqlite:///{home / DATABASE}?check_same_thread=False",
        "ARGILLA_DATABASE_SQLITE_TIMEOUT": "30",
        "ARGILLA_SEARCH_ENGINE": ENGINE,
        "ARGILLA_AUTH_SECRET_KEY": _secret(home / "secret_key"),
        "ARGILLA_AUTH_OAUTH_CFG": str(home / "oauth.yaml"),  # not one of the working directory
        "ARGILLA_CORS_ORIGINS": f'["{address}"]',
        "ARGILLA_DOCS_ENABLED": "false",  # its page loads scripts from outside
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_OFFLINE": "1",
    }
    _log_to(home / LOG)


def _secret(path: Path) -> str:
    """Keep the key that signs sessions: a new one at each start would sign everybody out."""
    if not path.exists():
        write_private(path, secrets.token_hex(32))
    return path.read_text("utf-8")


def _log_to(path: Path) -> None:
    """Send warnings and worse of the whole process to a file: the terminal stays quiet."""
    handler = RotatingFileHandler(path, maxBytes=2_000_000, backupCount=1, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    warnings.filterwarnings("ignore", "Object of type <Record> not in session")  # at each update
    logging.captureWarnings(True)  # noqa: FBT003 - its only parameter
