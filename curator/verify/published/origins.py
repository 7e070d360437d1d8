"""Rows tell their life: each names a row of a file that the manifest lists."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from curator.engine import Engine
from curator.manifest import load
from curator.verify.files import gather, named
from curator.verify.published import Checked
from curator.verify.published.rows import rows

PROMISE = "rows tell their life"


def check(folder: Path, engine: Engine) -> Checked:
    """Find rows without a source, and rows of files that the run has not read."""
    manifest = load(folder)
    place = pl.col("provenance").struct.field
    from_where = rows(folder).select(
        "position", "id", uri=place("uri"), sha256=place("sha256"), row=place("row")
    )
    known = pl.all_horizontal(pl.col(name).is_not_null() for name in ("uri", "sha256", "row"))
    read = pl.LazyFrame(
        [(one["uri"], one["sha256"]) for one in manifest.inputs],
        schema={"uri": pl.String, "sha256": pl.String},
        orient="row",
    )
    where = str(folder / "dataset" / "data")
    orphans = gather(engine, from_where.filter(~known), "position")
    message = "row {position} ({id}) does not say which row of which file it was"
    violations = named(orphans, PROMISE, message, where=where)
    strange = from_where.filter(known).join(read, on=["uri", "sha256"], how="anti")
    message = "row {position} ({id}) is of {uri}, which the manifest does not list with that hash"
    violations += named(gather(engine, strange, "position"), PROMISE, message, where=where)
    return Checked(
        violations=tuple(violations),
        not_redone=("what became of rows that were not kept, and spans of documents",),
    )
