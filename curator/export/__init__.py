"""Convert a file of one shape, or the records of a run, into another shape, without a recipe."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from curator.conversion import Conversion
from curator.conversion.rendering import Renderer
from curator.engine import Tick
from curator.errors import RecipeError, ValidationFailed, WriteError
from curator.export.origin import Origin, of_file, of_run
from curator.manifest import MANIFEST
from curator.records import IS_EXAMPLE, KEPT, reasons
from curator.task import Task
from curator.write.formats import Options, Sink, load, rows_for, snippets
from curator.write.formats.rows import NEEDED
from curator.write.formats.sink import SUMMARY
from curator.write.ready import ReadyRows

REJECTED = "rejected.jsonl"
_BY_FILE = ("file", "row", "line")


@dataclass(frozen=True, kw_only=True)
class Exported:
    """
    What became of the rows.

    It closes when read = written + left out + rejected + of other splits.
    """

    folder: str
    target: str
    read: int
    written: dict[str, int]  # rows by split
    lines: dict[str, int]  # a row may be two of them
    left_out: dict[str, int] = field(default_factory=dict)  # by reason
    rejected: dict[str, int] = field(default_factory=dict)
    other_splits: dict[str, int] = field(default_factory=dict)  # that were not asked for
    fields_left_out: dict[str, int] = field(default_factory=dict)
    joined: dict[str, int] = field(default_factory=dict)
    files: tuple[str, ...] = ()

    @property
    def is_closed(self) -> bool:
        """Whether every row is accounted for."""
        ends = (self.written, self.left_out, self.rejected, self.other_splits)
        return self.read == sum(sum(counts.values()) for counts in ends)

    def sentence(self) -> str:
        """``read 100 = written 97 + left out 2 (tools 2) + rejected 1 (broken JSON 1)``."""
        ends = [
            f"written {sum(self.written.values()):,}",
            f"left out {_counted(self.left_out)}",
            f"rejected {_counted(self.rejected)}",
        ]
        if self.other_splits:
            ends.append(f"other splits {_counted(self.other_splits)}")
        return f"read {self.read:,} = {' + '.join(ends)}"

    def as_dict(self) -> dict[str, Any]:
        """Give the fields by name, for JSON."""
        return asdict(self)


def export(  # noqa: PLR0913 - what a conversion is told
    source: Path,
    target: str,
    out: Path,
    *,
    shape: str | None = None,
    splits: Sequence[str] = (),
    reasoning: str | None = None,
    force: bool = False,
    tick: Tick = lambda _: None,
) -> Exported:
    """
    Write the rows of ``source`` in the shape ``target`` into the folder ``out``, whole or not.

    A folder is that of a finished run: its examples are rendered by its task. A file holds rows of
    one ``shape``, recognised if none is named; their reasoning is carried along. What cannot be
    read is in ``rejected.jsonl``, what the shape cannot hold in ``skipped.jsonl``.

    Raises: SourceError, RecipeError, WriteError; ValidationFailed for a sum that is open.
    """
    load(target)
    origin = of_run(source, target) if source.is_dir() else of_file(source, shape)
    _check_free(out, force=force)
    how = reasoning or (_carried(target) if origin.is_file else None)
    work = out.with_name(f".{out.name}.partial")
    shutil.rmtree(work, ignore_errors=True)
    try:
        wanted = _Wanted(
            target=target, options=Options(reasoning=how), splits=tuple(splits), where=str(out)
        )
        told = replace(_convert(origin, wanted, work, tick), folder=str(out))
        _move(work, out)
    except OSError as error:
        raise WriteError(f"cannot be written: {error.strerror}", where=str(out)) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return told


def _carried(target: str) -> str | None:
    """Choose where reasoning that was read stands: in a field, or else between tags."""
    places = load(target).REASONING
    return next((how for how in ("reasoning_content", "think") if how in places), None)


@dataclass(frozen=True, kw_only=True)
class _Wanted:
    """What is to be written."""

    target: str
    options: Options
    splits: tuple[str, ...]  # none: all
    where: str  # how the folder is called

    def parts(self, batch: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame, list[str]]:
        """Part rows: those to write, those that could not be read, and the splits of the others."""
        split = pl.col("split").fill_null("train")
        is_wanted = split.is_in(list(self.splits)) if self.splits else pl.lit(value=True)
        held = batch.filter(KEPT & IS_EXAMPLE)
        other = held.filter(~is_wanted).select(split)["split"].to_list()
        return held.filter(is_wanted).select(NEEDED), batch.filter(~KEPT), other


def _convert(origin: Origin, wanted: _Wanted, work: Path, tick: Tick) -> Exported:
    """Walk through the rows once, and count where each of them ends."""
    read = 0
    rejected, other = Counter[str](), Counter[str]()
    with ExitStack() as files:
        called = _BY_FILE if origin.is_file else ("id", "split")
        sink = Sink(
            target=wanted.target, folder=work, files=files, called=called, where=wanted.where
        )
        for batch, task, ready in _lots(origin, wanted, sink):
            if batch.height:
                examples, bad, elsewhere = wanted.parts(batch)
                sink.add(rows_for(sink.target, examples, wanted.options, task), ready)
                rejected.update(_reject(bad, work))
                other.update(elsewhere)
            else:
                sink.add_ready(ready)
            count = batch.height + len(ready)
            read += count
            tick(count)
        sink.close()
    snippets.write(work, [sink])
    done = _book(sink, read, rejected, other)
    if not done.is_closed:
        raise ValidationFailed(
            f"the sum does not close: {done.sentence()}",
            hint="rows were lost on the way: this is a bug in curator, please report it",
        )
    return done


def _lots(
    origin: Origin, wanted: _Wanted, sink: Sink
) -> Iterator[tuple[pl.DataFrame, Task, ReadyRows]]:
    """Give the rows in order, some at a time: records with their task, and rows that are ready."""
    for batch, task in origin.batches():
        yield batch, task, ReadyRows()
    if origin.lines:
        task = Task()
        renderer = Renderer(target=wanted.target, options=wanted.options, task=task)
        for done in Conversion(origin.lines, renderer, sink.gate, wanted.splits).pieces():
            yield done.rest, task, done.ready


def _book(sink: Sink, read: int, rejected: Counter[str], other: Counter[str]) -> Exported:
    summary = sink.summary()
    return Exported(
        folder=str(sink.folder),
        target=sink.target,
        read=read,
        written=summary["written"],
        lines=summary.get("lines", summary["written"]),
        left_out=summary["rows_left_out"],
        rejected=dict(sorted(rejected.items())),
        other_splits=dict(sorted(other.items())),
        fields_left_out=summary["fields_left_out"],
        joined=summary.get("joined", {}),
        files=tuple(sorted(path.name for path in sink.folder.iterdir())),
    )


def _reject(bad: pl.DataFrame, work: Path) -> list[str]:
    """Write what could not be read, and give the reasons."""
    if not bad.height:
        return []
    origin = pl.col("provenance").struct
    why = reasons()
    rows = bad.select(
        file=origin.field("uri"), row=origin.field("row"), line=origin.field("line"),
        reason=why["reason"], detail=why["detail"], raw=pl.col("raw"),
    )  # fmt: skip
    with (work / REJECTED).open("ab") as file:
        file.writelines(orjson.dumps(row) + b"\n" for row in rows.iter_rows(named=True))
    return rows["reason"].to_list()


def _check_free(out: Path, *, force: bool) -> None:
    """Refuse to write over anything, but what an earlier export has made if that is asked for."""
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    if not force:
        raise RecipeError(
            "there is something already",
            where=str(out),
            hint="give --out a new folder, or --force to replace what is there",
        )
    if not (out / SUMMARY).is_file() or (out / MANIFEST).exists():
        raise RecipeError(
            "holds what no export has made: it is not replaced",
            where=str(out),
            hint="give --out a new or empty folder",
        )


def _move(work: Path, out: Path) -> None:
    """Give the folder its name; what had it before is gone then."""
    former = out.with_name(f".{out.name}.former")
    shutil.rmtree(former, ignore_errors=True)
    if out.exists():
        out.replace(former)
    work.replace(out)
    shutil.rmtree(former, ignore_errors=True)


def _counted(counts: Mapping[str, int]) -> str:
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    named = ", ".join(f"{name} {n:,}" for name, n in ranked)
    return f"{sum(counts.values()):,}" + (f" ({named})" if named else "")
