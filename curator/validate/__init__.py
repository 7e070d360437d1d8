"""Checks on the whole set: one file a check."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from curator.errors import Violation


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a check found: every broken rule, and the facts it measured on the way."""

    violations: tuple[Violation, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)
