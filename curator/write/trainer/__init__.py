"""Write rows as a GPU job reads them: tokenised, masked, packed, each mask proven."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from curator.manifest import Manifest
from curator.task import Task
from curator.tokenizer import TokenizerFiles, open_encoder, open_files
from curator.write.trainer import numbers, shards
from curator.write.trainer.export import SKIPPED, Export
from curator.write.trainer.options import Options
from curator.write.trainer.proof import Proof
from curator.write.trainer.template import open_template
from curator.write.trainer.tokenise import Differs

__all__ = ["FOLDER", "Options", "is_ready", "token_ledger", "write"]

log = logging.getLogger("curator.write")
FOLDER = "trainer"
_REASONS_TOLD = 3


def is_ready(options: Options) -> None:
    """
    Accept options whose tokenizer and template are there and can be read.

    Raises: RecipeError for a tokenizer, template or format that is not there or does not fit.
    """
    shards.check(options)
    files = open_files(options.tokenizer)
    if options.rows == "examples":
        open_template(options, files, open_encoder(files).control_tokens)


def write(
    records: pl.LazyFrame, options: Options, out: Path, *, task: Task, manifest: Manifest
) -> list[Path]:
    """
    Write the kept rows as tokens in every format that is asked for, with proof and numbers.

    A row without a split counts as train. Rows that cannot be trained on are named, with their
    reason, in ``skipped.jsonl``; their tokens are counted as dropped.

    Raises: RecipeError as ``is_ready`` does; WriteError for a template that cannot be trained
            with, for a row that is too long, and where there is no row.
    """
    shards.check(options)
    del manifest  # the rows say everything
    files = open_files(options.tokenizer)
    try:
        _export(_opened(options, files, out), records, task)
    except Differs as text:
        log.warning(
            "%s: the fast tokenizer differs from the reference, which takes its place: %s",
            FOLDER, text,
        )  # fmt: skip
        shutil.rmtree(out)
        out.mkdir()
        _export(_opened(options, files, out, reference_only=True), records, task)
    return sorted(path for path in out.rglob("*") if path.is_file())


def token_ledger(folder: Path) -> dict[str, Any]:
    """Read from a finished export how many tokens came in, and where they went."""
    ledger: dict[str, Any] = orjson.loads((folder / numbers.FILE).read_bytes())["ledger"]
    return ledger


def _opened(
    options: Options, files: TokenizerFiles, out: Path, *, reference_only: bool = False
) -> Export:
    encoder = open_encoder(files, reference_only=reference_only)
    is_chat = options.rows == "examples"
    return Export(
        options=options,
        files=files,
        encoder=encoder,
        template=open_template(options, files, encoder.control_tokens) if is_chat else None,
        out=out,
        proof=Proof(encoder=encoder, options=options),
    )


def _export(export: Export, records: pl.LazyFrame, task: Task) -> None:
    export.tokenise(records, task)
    export.pack()
    export.write()
    numbers.write(export)
    if hidden := export.hidden_reasoning:
        log.warning(
            "%s: the reasoning of %s turns is not trained on; task: {reasoning: true} shows it in"
            " last answers, and trainer: {reasoning: field} beside it wherever the template does",
            FOLDER, f"{hidden:,}",
        )  # fmt: skip
    if export.left_out:
        often = export.left_out.most_common(_REASONS_TOLD)
        reasons = ", ".join(f"{why} {count:,}" for why, count in often)
        log.info("%s: left out, and listed in %s/%s: %s", FOLDER, FOLDER, SKIPPED, reasons)
