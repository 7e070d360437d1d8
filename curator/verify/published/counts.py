"""Nothing is lost: the rows of the dataset are as many as the manifest and the card say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from curator.engine import Engine
from curator.errors import Violation, WriteError
from curator.manifest import Manifest, load
from curator.pipeline.folder import DOCUMENTS
from curator.publish.card import front_matter
from curator.publish.layout import CARD
from curator.verify import segments
from curator.verify.published import Checked
from curator.verify.published.proofs import is_of_rows
from curator.verify.published.rows import rows, witness

PROMISE = "nothing is lost"


def check(folder: Path, engine: Engine) -> Checked:
    """Find sums that do not close, and splits with more or fewer rows than were written."""
    manifest = load(folder)
    counted = dict(engine.gather(rows(folder).group_by("split").agg(n=pl.len())).iter_rows())
    messages = [*_sums(manifest, counted), *_card(folder, counted)]
    violations = [
        Violation(rule=PROMISE, message=message, where=str(folder)) for message in messages
    ]
    if is_of_rows(folder):
        violations += segments.lost(witness(folder, engine), engine, PROMISE)
    return Checked(
        violations=tuple(violations),
        not_redone=("rows that were not kept are counted in the manifest alone",),
    )


def _sums(manifest: Manifest, counted: dict[str, int]) -> Iterator[str]:
    ledger = manifest.ledger
    if not ledger.is_closed:
        yield f"the manifest's sum does not close: {ledger.sentence()}"
    total = sum(counted.values())
    has_documents = DOCUMENTS in manifest.artifacts  # kept rows that no dataset holds
    if total > ledger.kept or (total < ledger.kept and not has_documents):
        yield f"the manifest says kept {ledger.kept:,}, the dataset holds {total:,}"
    for split in sorted(counted.keys() | manifest.splits.keys()) if manifest.splits else ():
        said, there = manifest.splits.get(split, 0), counted.get(split, 0)
        if there > said or (there < said and not has_documents):
            yield f"{split}: the manifest says {said:,} rows, the dataset holds {there:,}"


def _card(folder: Path, counted: dict[str, int]) -> Iterator[str]:
    try:
        front = front_matter((folder / "dataset" / CARD).read_text(encoding="utf-8"))
        listed = front["dataset_info"]["splits"]
        said = {one["name"]: one["num_examples"] for one in listed}
    except (OSError, ValueError, KeyError, TypeError, WriteError):
        yield "the card does not say how many rows each split has"
        return
    for split in sorted(counted.keys() | said.keys()):
        if said.get(split, 0) != counted.get(split, 0):
            there = f"the dataset holds {counted.get(split, 0):,}"
            yield f"{split}: the card says {said.get(split, 0):,} rows, {there}"
