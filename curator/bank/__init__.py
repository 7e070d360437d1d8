"""The bank at prompt time: open it, search it, put prompts together from it."""

from __future__ import annotations

from pathlib import Path

from curator.bank.bank import Bank, Hit
from curator.bank.query import input_of

__all__ = ["Bank", "Hit", "input_of", "open_bank"]


def open_bank(path: str | Path, *, embedder: str | None = None) -> Bank:
    """
    Open the bank of a run: ``path`` is the run's folder or its ``bank/``.

    With an ``embedder``, the one with which the bank was written, queries are compared by vectors.

    Exemplars are read when they are asked for; nothing is ever written there.

    Raises: SourceError where there is no bank, or it cannot be read.
    """
    return Bank(Path(path), embedder)
