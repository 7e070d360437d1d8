"""Walk records through the rooms of a recipe, room by room; the manifest comes last."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

import polars as pl

from curator import records as rows
from curator.engine import Engine, Tick, polars
from curator.errors import ReviewError, ValidationFailed, Violation
from curator.manifest import Ledger, Manifest, versions
from curator.pipeline import folder, ledger
from curator.pipeline.observer import Observer, Silent
from curator.pipeline.reviewing import Reviewing
from curator.recipe import Recipe, Step
from curator.task import Task

_FORMAT = {"curator": "1"}  # stands in each Parquet file that we write


def sources(recipe: Recipe) -> pl.LazyFrame:
    """Read every source of the recipe, in its order, numbered by ``position`` and identified."""
    read = [step.module.read(step.options) for step in recipe.room("read")]
    position = pl.col("position").cast(pl.Int64)
    numbered = pl.concat(read).drop("position").with_row_index("position").with_columns(position)
    return rows.identify(numbered).select(*rows.RECORD)


def derived(step: Step, plan: pl.LazyFrame, height: int) -> pl.LazyFrame:
    """Give the rows that ``step`` makes out of the ``height`` rows of ``plan``, numbered on."""
    position = pl.col("position").cast(pl.Int64)
    made = step.module.derive(plan, step.options).drop("position")
    numbered = made.with_row_index("position", offset=height).with_columns(position)
    return rows.identify(numbered).select(*rows.RECORD)


def judge(step: Step, plan: pl.LazyFrame, engine: Engine, work: Path, tick: Tick) -> pl.LazyFrame:
    """
    Sign, resolve, and lay the verdicts over the plan.

    Signatures are settled in the folder ``work``: a step may read them more than once.
    """
    signed = work / f"{step}.signed.parquet"
    signatures = engine.settle(step.module.sign(plan, step.options), signed, tick)
    verdicts = engine.gather(step.module.resolve(signatures, step.options))
    signed.unlink()
    return rows.judge(plan, verdicts)


def run(
    recipe: Recipe,
    out: Path | None = None,
    *,
    engine: Engine = polars,
    observer: Observer | None = None,
    forget_splits: bool = False,
) -> Manifest:
    """
    Make every artifact of ``recipe`` in ``out`` (``build/<name>``); a manifest there means whole.

    Raises: SourceError, ValidationFailed (a check, the limit, a sum that is open), WriteError.
    """
    folder_of_run = Path("build") / recipe.name if out is None else Path(out)
    return Run(
        recipe=recipe,
        out=folder_of_run,
        engine=engine,
        observer=observer or Silent(),
        forget_splits=forget_splits,
    ).run()


@dataclass
class Run:
    """One walk through a recipe: its method ``run`` is the whole of it, the others are stages."""

    recipe: Recipe
    out: Path
    engine: Engine
    observer: Observer = field(default_factory=Silent)
    forget_splits: bool = False
    _derived: dict[str, int] = field(default_factory=dict, init=False)  # step -> rows it made
    _serial: Iterator[int] = field(default_factory=count, init=False)

    @cached_property
    def reviewing(self) -> Reviewing:
        """People's verdicts on the rows of the recipe."""
        return Reviewing(self.recipe, self.engine)

    @property
    def work(self) -> Path:
        """Where settled plans lie until the run ends."""
        return self.out / folder.WORK

    def run(self) -> Manifest:
        """Walk through all rooms; whatever happens, the work folder goes again."""
        for step in self.recipe.steps:
            step.check_ready()  # what is not there is missed before hours of work, not after
        written = [step.module.FOLDER for step in self.recipe.room("write")]
        reports = [getattr(step.module, "ARTIFACT", "") for step in self.recipe.room("validate")]
        folder.claim(self.out, [*written, *reports])
        try:
            return self._walk()
        finally:
            shutil.rmtree(self.work, ignore_errors=True)
            folder.release(self.out)

    def _walk(self) -> Manifest:
        read = self._settle("read", sources(self.recipe))
        final = self._save(read, self._select(self._refine(self._derive(read))))
        book = ledger.ledger(self.engine, read, self._derived, final)
        self._hold_to_limit(book)
        kept = folder.kept_rows(self.out)
        self._wait(kept)
        manifest = Manifest(
            name=self.recipe.name,
            recipe=self.recipe.values,
            seed=self.recipe.seed,
            versions=versions(),
            inputs=ledger.inputs(self.engine, final),
            ledger=book,
            changes=ledger.changes(self.engine, final),
            splits=ledger.splits(self.engine, kept),
            checks=self._validate(kept),
            review=self.reviewing.said,
        )
        manifest = self._write(kept, manifest)
        self._remember(kept)
        with self._stage("seal"):
            return folder.seal(self.out, manifest)

    def _derive(self, plan: pl.LazyFrame) -> pl.LazyFrame:
        """Each step sees what was read and what the steps before it made."""
        height = self._count(plan) if self.recipe.room("derive") else 0
        for step in self.recipe.room("derive"):
            made = self._settle(str(step), derived(step, plan, height))
            more = self._count(made)
            self._derived[step.name] = self._derived.get(step.name, 0) + more
            plan, height = pl.concat([plan, made]), height + more
        return plan

    def _count(self, plan: pl.LazyFrame) -> int:
        return int(self.engine.gather(plan.select(pl.len())).item())

    def _refine(self, plan: pl.LazyFrame) -> pl.LazyFrame:
        """Row-local steps pile up in one plan; before a whole-set step the pile is settled."""
        pending: list[str] = []
        for step in self.recipe.room("refine"):
            if step.is_whole_set:
                plan = self._settle_pending(pending, plan)
                with self._stage(str(step)):
                    plan = self._judge(step, plan)
            else:
                plan = step.module.refine(plan, step.options)
                pending.append(step.name)
        return self._settle_pending(pending, plan)

    def _settle_pending(self, pending: list[str], plan: pl.LazyFrame) -> pl.LazyFrame:
        if not pending:
            return plan
        name = "refine." + "+".join(pending)
        pending.clear()
        return self._settle(name, rows.identify(plan))

    def _select(self, plan: pl.LazyFrame) -> pl.LazyFrame:
        is_laid = False
        for step in self.recipe.room("select"):
            if step.name != "split" and not is_laid:  # a corrected row keeps the split that it had
                plan, is_laid = self._reviewed(plan), True
            with self._stage(str(step)):
                if step.name == "split" and (memory := self._memory()) is not None:
                    plan = step.module.recall(plan, memory)
                plan = self._judge(step, plan)
        return plan if is_laid else self._reviewed(plan)

    def _reviewed(self, plan: pl.LazyFrame) -> pl.LazyFrame:
        if not self.reviewing.decided:
            return plan
        return self._settle("review", self.reviewing.lay(plan))

    def _save(self, read: pl.LazyFrame, plan: pl.LazyFrame) -> pl.LazyFrame:
        """Part the rows by their fate, into files that replace those of an earlier run."""
        folder.clear(self.out)
        with self._stage("save"):
            kept = plan.filter(rows.KEPT)
            plans = {
                folder.RECORDS: kept.filter(rows.IS_EXAMPLE).select(*rows.EXAMPLE),
                folder.REJECTED: plan.filter(~rows.KEPT).with_columns(**rows.reasons()),
            }
            if self.engine.gather(read.select(rows.IS_DOCUMENT.any())).item():
                plans[folder.DOCUMENTS] = kept.filter(rows.IS_DOCUMENT).select(*rows.DOCUMENT)
            self.engine.sink({self.out / name: plan for name, plan in plans.items()}, _FORMAT)
        return folder.all_rows(self.out)

    def _validate(self, kept: pl.LazyFrame) -> dict[str, dict[str, Any]]:
        facts: dict[str, dict[str, Any]] = {}
        violations: list[Violation] = []
        for step in self.recipe.room("validate"):
            with self._stage(str(step)):
                report = step.module.validate(kept, step.options)
            facts[step.name] = report.facts
            violations += report.violations
            if artifact := getattr(step.module, "ARTIFACT", None):
                folder.write_json(self.out / artifact, report.facts, artifact.removesuffix(".json"))
        if violations:
            path = folder.write_violations(self.out, violations)
            raise ValidationFailed(
                f"the records break the checks of {self.recipe.path}: {len(violations)} violations",
                violations[:5],
                hint=f"all are in {path}; no artifact was written",
            )
        return facts

    def _hold_to_limit(self, book: Ledger) -> None:
        if not book.is_closed:
            raise ValidationFailed(
                f"the sum does not close: {book.sentence()}",
                hint="a step lost rows: this is a bug in curator, please report it",
            )
        share = (book.total - book.kept) / book.total if book.total else 0.0
        if share > self.recipe.max_rejected:
            raise ValidationFailed(
                f"{share:.1%} of the rows were rejected, limits.max_rejected allows "
                f"{self.recipe.max_rejected:.1%}: {book.sentence()}",
                hint=f"{self.out / folder.REJECTED} holds every one with its reason",
            )

    def _wait(self, kept: pl.LazyFrame) -> None:
        """Where verdicts are missing, what is there is kept: splits too, so that no row moves."""
        try:
            self.reviewing.wait(kept, self.out)
        except ReviewError:
            self._remember(kept)
            raise

    def _write(self, kept: pl.LazyFrame, manifest: Manifest) -> Manifest:
        """Make each artifact under a temporary name; one of tokens gives the sum of them."""
        task = self._task(kept.filter(rows.IS_EXAMPLE))
        tokens = {}
        for step in self.recipe.room("write"):
            with self._stage(str(step)):
                name = step.module.FOLDER
                temporary = self.work / name
                temporary.mkdir()
                step.module.write(kept, step.options, temporary, task=task, manifest=manifest)
                if count := getattr(step.module, "token_ledger", None):
                    tokens[name] = count(temporary)
                temporary.replace(self.out / name)
        return replace(manifest, tokens=tokens)

    def _task(self, examples: pl.LazyFrame) -> Task:
        if not self.recipe.task.output.labels_from_data:
            return self.recipe.task
        labels = self.engine.gather(examples.select(pl.col("label").drop_nulls().unique()))
        return self.recipe.task.with_labels(tuple(sorted(labels["label"])))

    def _remember(self, kept: pl.LazyFrame) -> None:
        for step in self.recipe.room("select"):
            if step.name == "split":
                remembered = step.module.remember(kept, self._memory())
                self.engine.sink({self.recipe.memory: remembered}, _FORMAT)

    def _memory(self) -> pl.LazyFrame | None:
        """Scan the splits of earlier runs, unless there are none or they are to be forgotten."""
        path = self.recipe.memory
        return pl.scan_parquet(path) if path.is_file() and not self.forget_splits else None

    def _judge(self, step: Step, plan: pl.LazyFrame) -> pl.LazyFrame:
        return judge(step, plan, self.engine, self.work, self.observer.advance)

    def _settle(self, stage: str, plan: pl.LazyFrame) -> pl.LazyFrame:
        with self._stage(stage):
            path = self.work / f"{next(self._serial)}.{stage}.parquet"  # a step may come twice
            return self.engine.settle(plan, path, self.observer.advance)

    @contextmanager
    def _stage(self, name: str) -> Iterator[None]:
        self.observer.begin(name)
        try:
            yield
        finally:
            self.observer.end(name)
