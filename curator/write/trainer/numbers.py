"""What an export amounts to: the sum of its tokens, how full its packs are, and its certificate."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import polars as pl

from curator.errors import WriteError, shorten
from curator.manifest import sha256_of
from curator.schemas import Gate, load
from curator.write.trainer import certificate, snippets
from curator.write.trainer.export import Export

FILE, SCHEMA = "trainer.json", "trainer"
SCHEMA_VERSION = 1


def write(export: Export) -> None:
    """
    Leave ``trainer.json``, ``masks.json`` and the snippets in the folder of an export.

    Raises: WriteError where the sum of tokens does not close.
    """
    if not export.ledger.is_closed:
        raise WriteError(
            f"the sum of tokens does not close: {export.ledger.sentence()}",
            hint="this is a bug in curator, please report it",
        )
    out = export.out
    _write_json(out / FILE, numbers(export), SCHEMA)
    shards = [
        {"path": path.relative_to(out).as_posix(), "sha256": sha256_of(path)}
        for form in export.options.formats
        for path in sorted((out / form).rglob("*"))
        if path.is_file()
    ]
    proven = certificate.certificate(
        export.proof,
        files=export.files,
        template=export.template,
        packs={name: made.packs.offsets.size - 1 for name, made in export.plans.items()},
        shards=shards,
    )
    _write_json(out / certificate.FILE, proven, certificate.SCHEMA)
    options = export.options
    told = {"max_length": str(options.max_length), "train_on": options.train_on}
    snippets.write(out, options.formats, told)


def numbers(export: Export) -> dict[str, Any]:
    """Give ``trainer.json``: settings, the token ledger, packing, lengths and what was left out."""
    options, ledger = export.options, export.ledger
    total = ledger.total
    return {
        "schema_version": SCHEMA_VERSION,
        "settings": {name: value for name, value in asdict(options).items() if name != "formats"},
        "formats": list(options.formats),
        "ledger": ledger.as_dict(),
        "trained_share": _share(total.trained, total.trained + total.context),
        "packing": {
            name: {
                "packs": int(made.packs.offsets.size - 1),
                "segments": int(made.packs.segments.size),
                "lower_bound": int(made.lower_bound),
                "fill": round(made.fill, 6),
            }
            for name, made in export.plans.items()
        },
        "lengths": _histogram(export.places()["tokens"]),
        "hidden_reasoning": export.hidden_reasoning,
        "left_out": {reason: export.left_out[reason] for reason in sorted(export.left_out)},
    }


def _histogram(lengths: pl.Series) -> list[dict[str, int]]:
    """Count segments by length, in bins that double; the last one holds the longest."""
    if lengths.is_empty():
        return []
    tops = 2 ** np.arange(int(lengths.max()).bit_length() + 1)  # type: ignore[arg-type]
    bins = np.searchsorted(tops, lengths.to_numpy())
    counts = np.bincount(bins, minlength=tops.size)
    return [
        {"up_to": int(top), "segments": int(count)}
        for top, count in zip(tops, counts, strict=True)
        if count
    ]


def _share(part: int, whole: int) -> float:
    return round(part / whole, 6) if whole else 0.0


def _write_json(path: Path, value: dict[str, Any], schema: str) -> None:
    gate = Gate(load(schema))
    if not gate.is_valid(value):
        where, message = next(gate.errors(value))
        raise WriteError(shorten(message), where=f"{path.name}: {where}", hint="report this bug")
    path.write_bytes(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
