"""The folder of a run: what may stand in it, and the seal that says it is whole."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from curator.errors import RecipeError, Violation, WriteError, shorten
from curator.manifest import MANIFEST, Manifest, sha256_of
from curator.records import complete
from curator.schemas import Gate, load

RECORDS, DOCUMENTS, REJECTED = "records.parquet", "documents.parquet", "rejected.parquet"
VIOLATIONS = "violations.jsonl"
WORK = ".work"
_OURS = {RECORDS, DOCUMENTS, REJECTED, VIOLATIONS, WORK, MANIFEST}


def claim(out: Path, artifacts: Iterable[str]) -> None:
    """
    Make room for a run to work in; what an earlier run made stays until there is something better.

    Raises: RecipeError where the folder holds anything that no run has made.
    """
    if out.is_file():
        raise RecipeError("this is a file", where=str(out), hint="give --out a folder")
    entries = sorted(out.iterdir()) if out.exists() else []
    strangers = [entry.name for entry in entries if entry.name not in _OURS | set(artifacts)]
    if strangers and not (out / MANIFEST).is_file():
        raise RecipeError(
            f"the folder holds files that no run has made: {', '.join(strangers[:3])}",
            where=str(out),
            hint="give --out a new or empty folder",
        )
    shutil.rmtree(out / WORK, ignore_errors=True)
    try:
        (out / WORK).mkdir(parents=True)
    except OSError as error:
        raise WriteError(
            f"cannot be written: {error.strerror}",
            where=str(out),
            hint="give --out a folder in which you may write",
        ) from error


def release(out: Path) -> None:
    """Take an empty folder away: a run that failed early leaves nothing behind."""
    if out.is_dir() and not any(out.iterdir()):
        out.rmdir()


def clear(out: Path) -> None:
    """Remove an earlier run; its manifest goes first, so that what is left never looks whole."""
    (out / MANIFEST).unlink(missing_ok=True)
    for entry in sorted(out.iterdir()):
        if entry.name == WORK:
            continue
        if entry.is_dir():
            shutil.rmtree(entry)
        else:
            entry.unlink(missing_ok=True)


def seal(out: Path, manifest: Manifest) -> Manifest:
    """Hash every file of the run and write the manifest, last and in one move."""
    files = sorted(
        path for path in out.rglob("*") if path.is_file() and out / WORK not in path.parents
    )
    sealed = manifest.with_artifacts(
        {
            path.relative_to(out).as_posix(): {
                "sha256": sha256_of(path),
                "size_bytes": path.stat().st_size,
            }
            for path in files
        }
    )
    write_json(out / MANIFEST, sealed.as_dict(), "manifest")
    return sealed


def kept_rows(out: Path) -> pl.LazyFrame:
    """Scan every kept row of a run, examples then documents, with the columns of RECORD."""
    files = [out / name for name in (RECORDS, DOCUMENTS) if (out / name).is_file()]
    return pl.concat([complete(pl.scan_parquet(path)) for path in files])


def documents(out: Path) -> pl.LazyFrame | None:
    """Scan the kept documents of a run, if there are any."""
    path = out / DOCUMENTS
    return complete(pl.scan_parquet(path)) if path.is_file() else None


def all_rows(out: Path) -> pl.LazyFrame:
    """Scan every row of a run, kept ones first, with the columns of RECORD."""
    rejected = complete(pl.scan_parquet(out / REJECTED).drop("step", "reason", "detail"))
    return pl.concat([kept_rows(out), rejected])


def write_json(path: Path, value: Any, schema: str) -> None:
    """
    Write ``value`` indented, under a partial name until it is whole.

    Raises: WriteError where it breaks the schema of that name.
    """
    gate = Gate(load(schema))
    if not gate.is_valid(value):
        where, message = next(gate.errors(value))
        raise WriteError(shorten(message), where=f"{path}: {where}", hint="please report this bug")
    partial = path.with_name(path.name + ".partial")
    partial.write_bytes(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    partial.replace(path)


def write_violations(out: Path, violations: Iterable[Violation]) -> Path:
    """List every violation, one JSON object a line."""
    path = out / VIOLATIONS
    path.write_bytes(b"".join(orjson.dumps(found.as_dict()) + b"\n" for found in violations))
    return path
