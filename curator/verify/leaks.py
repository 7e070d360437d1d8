"""Nothing leaks: the splits are compared anew, every exemplar is looked up among train rows."""

from __future__ import annotations

from pathlib import Path

import orjson
import polars as pl

from curator.engine import Engine
from curator.errors import Violation
from curator.pipeline.folder import REJECTED
from curator.select.split import last_standing
from curator.validate import split_leakage
from curator.verify import segments
from curator.verify.files import gather, named
from curator.verify.witness import of_run

PROMISE = "nothing leaks"


def check(folder: Path, engine: Engine) -> list[Violation]:
    """Find texts, near-repeats and groups in two splits, and exemplars that are not train rows."""
    witness = of_run(folder, engine)
    kept = witness.kept
    has_splits = engine.gather(kept.select(pl.col("split").is_not_null().any())).item()
    crossings = split_leakage.validate(kept, options(folder)).violations if has_splits else ()
    return [
        *crossings,
        *_merged_documents(folder, kept, engine),
        *exemplars(folder, kept, engine),
        *segments.leaked(witness, engine, PROMISE),
    ]


def _merged_documents(folder: Path, kept: pl.LazyFrame, engine: Engine) -> list[Violation]:
    """A document and the one that stands for it are one source: examples of both share a split."""
    lost = pl.scan_parquet(folder / REJECTED).filter(pl.col("text").is_not_null())
    merges = gather(engine, lost.select("id", "merged_into").drop_nulls(), "id")
    stands = {one: other for one, other in merges.iter_rows() if one != other}
    if not stands:
        return []
    names = sorted({*stands, *stands.values()})
    last = pl.DataFrame(
        {"document": names, "stands": [last_standing(name, stands) for name in names]}
    )
    of = pl.coalesce(pl.col("provenance").struct.field("document_id"), "id")
    rows = kept.select("position", "id", "split", document=of).join(last.lazy(), on="document")
    split, first = pl.col("split"), pl.col("split").sort_by("position").first()
    torn = rows.with_columns(other=first.over("stands")).filter(split != pl.col("other"))
    message = "row {position} ({id}) is {split}, but its document was merged with one in {other}"
    return named(gather(engine, torn, "position"), PROMISE, message, where=str(folder))


def options(folder: Path) -> split_leakage.Options:
    """Compare at the likeness that the certificate names, never more loosely than by default."""
    certificate = folder / split_leakage.ARTIFACT
    strict = split_leakage.Options()
    if not certificate.is_file():
        return strict
    try:
        named_threshold = orjson.loads(certificate.read_bytes())["method"]["threshold"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return strict  # a certificate that cannot be read is told as changed bytes
    if not isinstance(named_threshold, int | float):
        return strict
    return split_leakage.Options(threshold=min(strict.threshold, float(named_threshold)))


def exemplars(folder: Path, kept: pl.LazyFrame, engine: Engine) -> list[Violation]:
    """Find exemplars of the bank that are no train rows, or no rows at all."""
    bank = folder / "bank" / "exemplars.jsonl"
    if not bank.is_file():
        return []
    ids = [orjson.loads(line)["id"] for line in bank.read_bytes().splitlines()]
    shown = pl.DataFrame({"id": ids}, schema={"id": pl.String}).with_row_index("rank")
    found = shown.lazy().join(kept.select("id", "split"), on="id", how="left")
    # Without a split step there is one heap of rows, and nothing that an exemplar could leak into.
    outside = found.filter(pl.col("split").fill_null("train") != "train")
    unknown = shown.lazy().join(kept.select("id"), on="id", how="anti")
    return [
        *named(
            gather(engine, outside, "rank", "split"),
            PROMISE,
            "exemplar {rank} ({id}) is a {split} row",
            where=str(bank),
        ),
        *named(
            gather(engine, unknown, "rank"),
            PROMISE,
            "exemplar {rank} ({id}) is no kept row",
            where=str(bank),
        ),
    ]
