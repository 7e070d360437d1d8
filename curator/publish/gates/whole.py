"""Publish what a run has sealed, and nothing else: each file is held against the manifest."""

from __future__ import annotations

from pathlib import Path

from curator.errors import Violation
from curator.manifest import MANIFEST, Manifest, sha256_of
from curator.publish.gates import Gate

NAME = "whole"
_HINT = "run the recipe again: what is published must be what the run has made"


def gate(folder: Path, manifest: Manifest) -> Gate:
    """Find files that are gone, strange or changed since the run wrote its manifest."""
    said = manifest.artifacts
    there = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    there.pop(MANIFEST, None)
    wrong = {
        **dict.fromkeys(said.keys() - there, "the manifest lists this file, but it is gone"),
        **dict.fromkeys(there.keys() - said, "the manifest does not list this file"),
    }
    for name in said.keys() & there.keys():
        if sha256_of(there[name]) != said[name]["sha256"]:
            wrong[name] = "its bytes are not those that the run wrote"
    violations = tuple(
        Violation(rule=NAME, message=message, where=str(folder / name), hint=_HINT)
        for name, message in sorted(wrong.items())
    )
    total = f"{len(said):,} files"
    words = f"{len(violations):,} of {total} differ from" if violations else f"{total} are those of"
    return Gate(
        name=NAME, holds=not violations, said=f"{words} the manifest", violations=violations
    )
