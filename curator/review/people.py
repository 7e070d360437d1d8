"""Who said it: names stay where they are, pseudonyms go into files."""

from __future__ import annotations

import hashlib


def pseudonym(name: str) -> str:
    """Name a person by 8 hexadecimal digits that are always the same."""
    digest = hashlib.blake2b(name.encode("utf-8", "replace"), digest_size=4)
    return f"reviewer-{digest.hexdigest()}"


def plain(name: str) -> str:
    """Write a name that was typed into a cell as it compares."""
    return name.strip().casefold()


def is_person(by: str, name: str) -> bool:
    """Say whether ``by`` is the pseudonym of ``name``, or is ``name`` itself."""
    return by in (name, pseudonym(name), pseudonym(plain(name)))
