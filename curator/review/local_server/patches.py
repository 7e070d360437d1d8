"""What is changed in memory of argilla-server to make it fast; another version stays as it is."""

from __future__ import annotations


def apply() -> None:
    """Change it."""
