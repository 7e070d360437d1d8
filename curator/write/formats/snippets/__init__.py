"""Files that make trainers read the formats as they are, with the splits that were written."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from curator.records import SPLITS
from curator.write.formats.sink import Sink
from curator.write.formats.snippets import axolotl, llama_factory, trl

REGISTRY = "dataset_info.json"
GUESSED_BYTES = 10 << 20
"""From so much of a file ``datasets`` guesses its columns, where nobody names them."""

log = logging.getLogger("curator.write")


def write(home: Path, sinks: Sequence[Sink]) -> list[Path]:
    """
    Write what belongs to each target into its folder, and the registry of all into ``home``.

    LLaMA-Factory finds the registry with ``dataset_dir``, and a file by its target and split.
    """
    files: dict[Path, str] = {}
    registry: dict[str, Any] = {}
    for sink in sinks:
        splits = [split for split in SPLITS if sink.lines[split]]
        beside = axolotl.settings(sink.target, splits) | trl.script(sink.target, splits)
        files |= {sink.folder / name: text for name, text in beside.items()}
        for split in splits:
            file_name = (sink.folder / f"{split}.jsonl").relative_to(home).as_posix()
            described = llama_factory.entry(
                sink.target, file_name, sink.fields[split], is_plain=not sink.special[split]
            )
            if described is not None:
                registry[f"{sink.target}_{split}"] = described
            if described is not None or "axolotl.yaml" in beside:
                _warn(f"{sink.where}/{split}.jsonl", sink.fields[split])
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")
    if registry:
        path = home / REGISTRY
        path.write_bytes(orjson.dumps(registry, option=orjson.OPT_INDENT_2) + b"\n")
        files[path] = ""
    return sorted(files)


def _warn(name: str, fields: Mapping[str, int]) -> None:
    """Say which fields come up too late for trainers that let ``datasets`` guess the columns."""
    for field, first in fields.items():
        if first >= GUESSED_BYTES:
            log.warning(
                "%s: %s comes up first after %.0f MB, and datasets.load_dataset guesses columns"
                " from the first 10 MB: name its columns, or shuffle the file",
                name, field, first / (1 << 20),
            )  # fmt: skip
