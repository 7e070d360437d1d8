"""Text files with a run's own facts in them: settings and scripts for trainers."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from string import Template


def filled(package: str | None, name: str, facts: Mapping[str, str]) -> str:
    """Give the template ``name`` of a package with its facts filled in. Raises: KeyError."""
    assert package is not None
    template = Template((files(package) / f"{name}.in").read_text("utf-8"))
    return template.substitute(facts)
