"""Files that make trainers read the formats as they are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from curator.write.formats.sink import Sink


def write(out: Path, sinks: Sequence[Sink]) -> list[Path]:
    """Write them beside the targets."""
    del out, sinks
    return []
