"""Where the local server is, and who may sign in: one file that only its owner can read."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import NamedTuple

from curator.errors import ReviewError

FILE = "access.json"
OWNER = "owner"
WORKSPACE = "curator"


class Access(NamedTuple):
    """What a client needs to speak to a server."""

    api_url: str
    api_key: str


@dataclass(kw_only=True)
class Ledger:
    """The file of addresses and passwords, as it stands under a home."""

    api_url: str = ""
    api_key: str = ""  # of the owner
    passwords: dict[str, str] = field(default_factory=dict)


def default_home() -> Path:
    """Name the folder that holds everything of the local server."""
    data = os.environ.get("XDG_DATA_HOME")
    return (Path(data) if data else Path.home() / ".local" / "share") / "curator" / "argilla"


def local_access(home: Path | None = None) -> Access | None:
    """
    Tell where the local server was last served and the owner's key; None where it never was.

    Raises: ReviewError where the file is there but cannot be read.
    """
    ledger = read_ledger(home or default_home())
    return Access(ledger.api_url, ledger.api_key) if ledger.api_url and ledger.api_key else None


def read_ledger(home: Path) -> Ledger:
    """Read the file; empty where there is none."""
    path = home / FILE
    try:
        found = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return Ledger()
    except (OSError, ValueError) as error:
        raise _unreadable(path) from error
    if not (isinstance(found, dict) and found.keys() == asdict(Ledger()).keys()):
        raise _unreadable(path)
    passwords = found["passwords"]
    words = [found["api_url"], found["api_key"]]
    words += passwords.values() if isinstance(passwords, dict) else [None]
    if not all(isinstance(word, str) for word in words):
        raise _unreadable(path)
    return Ledger(**found)


def _unreadable(path: Path) -> ReviewError:
    return ReviewError(
        "the addresses and passwords of the local server cannot be read",
        where=str(path),
        hint="delete the file and start `curator review serve` again: it makes new passwords",
    )


def write_ledger(home: Path, ledger: Ledger) -> None:
    """Replace the file in one step; nobody but its owner can read it at any moment."""
    write_private(home / FILE, json.dumps(asdict(ledger), indent=2, ensure_ascii=False) + "\n")


def write_private(path: Path, text: str) -> None:
    """Replace ``path`` in one step by a file of mode 0600."""
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
