"""What of a trainer export was published: all of it, or the proof of its masks alone."""

from __future__ import annotations

from pathlib import Path

from curator.errors import SourceError
from curator.manifest import load
from curator.verify.segments import FOLDER, MASKS, NUMBERS, SEGMENTS, told

FIELD = "field"


def is_there(folder: Path) -> bool:
    """Say whether the export itself was published."""
    return (folder / FOLDER / SEGMENTS).is_file()


def is_of_rows(folder: Path) -> bool:
    """Say whether there is an export that was made of the rows of the dataset."""
    if not is_there(folder):
        return False
    try:
        return bool(told(folder / FOLDER, NUMBERS)["settings"]["rows"] == "examples")
    except (SourceError, KeyError, TypeError):
        return False


def why_not(folder: Path) -> str:
    """Say why the tokens of an export cannot be made again; empty where they can, or none are."""
    masks = folder / FOLDER / MASKS
    if not masks.is_file():
        return ""
    if not is_there(folder):
        return "tokens are not published: masks.json says what was proven of them"
    if not is_of_rows(folder):
        return "the passages of the trainer export are not published as text"
    try:
        settings = told(folder / FOLDER, NUMBERS)["settings"]
    except SourceError:
        return "the settings of the trainer export cannot be read"
    wants_reasoning = (load(folder).recipe.get("task") or {}).get("reasoning", False)
    if settings.get("reasoning") == FIELD and wants_reasoning:
        return "the dataset has reasoning in its answers, the tokens have it in a place of its own"
    return ""
