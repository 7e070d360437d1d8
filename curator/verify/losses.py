"""Nothing is lost: positions and source rows have no gap, artifacts hold what records do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson
import polars as pl

from curator.engine import Engine
from curator.errors import Violation
from curator.manifest import Ledger, load
from curator.pipeline.folder import RECORDS, kept_rows
from curator.records import IS_CHUNK, IS_EXAMPLE
from curator.verify import segments
from curator.verify.files import gather, named, record_files
from curator.verify.witness import of_run
from curator.write.formats import holds_passages, lines_of, targets

PROMISE = "nothing is lost"


def check(folder: Path, engine: Engine) -> list[Violation]:
    """Find rows that are missing, doubled, or absent from an artifact that should hold them."""
    return [
        *_positions(folder, engine),
        *_source_rows(folder, engine),
        *_ledger(folder, engine),
        *_dataset(folder, engine),
        *_formats(folder, engine),
        *segments.lost(of_run(folder, engine), engine, PROMISE),
    ]


def _positions(folder: Path, engine: Engine) -> list[Violation]:
    """Every position from 0 on stands in exactly one file."""
    plans = [
        pl.scan_parquet(path).select("position", "id", file=pl.lit(path.name))
        for path in record_files(folder)
    ]
    rows = gather(engine, pl.concat(plans), "position")
    doubled = rows.filter(pl.col("position").is_duplicated())
    before = pl.col("position").shift(1, fill_value=-1)
    gaps = rows.unique("position", keep="first", maintain_order=True).filter(
        pl.col("position") - before > 1
    )
    gaps = gaps.with_columns(missing=pl.col("position") - 1)
    return [
        *named(doubled, PROMISE, "row {position} ({id}) stands twice, here in {file}"),
        *named(
            gaps,
            PROMISE,
            "row {missing} stands in no file: the row before {position} ({id}) in {file} is gone",
        ),
    ]


def _source_rows(folder: Path, engine: Engine) -> list[Violation]:
    """Each source file gave its rows 1 to n; a hole among them is a row that went astray."""
    origin = pl.col("provenance").struct
    plans = [
        pl.scan_parquet(path).select(
            "position", "id", uri=origin.field("uri"), row=origin.field("row")
        )
        for path in record_files(folder)
    ]
    rows = gather(engine, pl.concat(plans).filter(pl.col("row").is_not_null()), "position")
    jump = pl.col("row") - pl.col("row").shift(1, fill_value=0).over("uri", order_by="position")
    holes = rows.with_columns(jump=jump).filter(pl.col("jump") > 1)
    holes = holes.with_columns(missing=pl.col("row") - 1)
    return named(holes, PROMISE, "row {missing} of {uri} stands in no file: {id} follows the hole")


def _ledger(folder: Path, engine: Engine) -> list[Violation]:
    """The sum of the manifest is the sum of the files."""
    said = load(folder).ledger
    counts: dict[str, int] = {}
    made = 0
    is_made = pl.col("provenance").struct.field("derived_by").is_not_null()
    for path in record_files(folder):
        rows = engine.gather(pl.scan_parquet(path).select(all=pl.len(), made=is_made.sum()))
        counts[path.stem] = rows["all"].item()
        made += rows["made"].item()
    rejected = counts.pop("rejected")
    found = Ledger(read=sum(counts.values()) + rejected - made, kept=sum(counts.values()))
    said_rejected = sum(sum(why.values()) for why in said.rejected.values())
    violations = []
    for name, claimed, counted in (
        ("read", said.read, found.read),
        ("derived", sum(said.derived.values()), made),
        ("kept", said.kept, found.kept),
        ("rejected", said_rejected, rejected),
    ):
        if claimed != counted:
            message = f"the manifest says {name} {claimed:,}, the files hold {counted:,}"
            violations.append(Violation(rule=PROMISE, message=message, where=str(folder)))
    return violations


def _dataset(folder: Path, engine: Engine) -> list[Violation]:
    """The dataset's shards hold the kept examples of their split: no more, no fewer."""
    shards = sorted(folder.glob("dataset/data/*.parquet"))
    if not shards:
        return []
    written = pl.concat(
        [
            pl.scan_parquet(path).select(
                pl.col("id").cast(pl.String), split=pl.lit(path.name.split("-")[0])
            )
            for path in shards
        ]
    )
    kept = pl.scan_parquet(folder / RECORDS).select("id", pl.col("split").fill_null("train"))
    counted = [
        plan.group_by("id", "split").agg(n=pl.len().cast(pl.Int64)) for plan in (kept, written)
    ]
    both = counted[0].join(
        counted[1], on=["id", "split"], how="full", coalesce=True, suffix="_written"
    )
    wrong = gather(
        engine,
        both.with_columns(pl.col("n", "n_written").fill_null(0)).filter(
            pl.col("n") != pl.col("n_written")
        ),
        "split",
        "id",
    )
    return named(
        wrong,
        PROMISE,
        "{id} stands {n} times in records.parquet and {n_written} times in dataset/ ({split})",
    )


def _formats(folder: Path, engine: Engine) -> list[Violation]:
    """Each format has the lines of each kept example of a split, or names it among the skipped."""
    kept = kept_rows(folder).with_columns(pl.col("split").fill_null("train"))
    violations = []
    for target in sorted(path for path in folder.glob("formats/*") if path.is_dir()):
        if target.name not in targets():
            message = "there is no format of this name"
            violations.append(Violation(rule=PROMISE, message=message, where=str(target)))
            continue
        ids = [orjson.loads(line)["id"] for line in _lines(target / "skipped.jsonl")]
        skipped = pl.col("id").is_in(ids)
        is_row = IS_EXAMPLE | IS_CHUNK if holds_passages(target.name) else IS_EXAMPLE
        counts = engine.gather(
            kept.filter(is_row)
            .group_by("split")
            .agg(
                rows=pl.len(),
                lines=lines_of(target.name).filter(~skipped).sum(),
                skipped=skipped.sum(),
            )
        )
        if (all_skipped := int(counts["skipped"].sum())) != len(ids):
            message = f"{len(ids):,} rows are skipped by name, {all_skipped:,} of them are kept"
            violations.append(Violation(rule=PROMISE, message=message, where=str(target)))
        for split, rows, lines, _ in counts.sort("split").iter_rows():
            held = sum(1 for _ in _lines(target / f"{split}.jsonl"))
            if held != lines:
                message = f"{rows:,} rows are {split}, in {lines:,} lines; {held:,} are there"
                violations.append(Violation(rule=PROMISE, message=message, where=str(target)))
    return violations


def _lines(path: Path) -> Iterator[bytes]:
    if path.is_file():
        with path.open("rb") as lines:
            yield from lines
