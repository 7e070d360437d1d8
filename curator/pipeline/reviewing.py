"""Where people's verdicts meet a run: laid over its rows, and waited for."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from curator import records as rows
from curator.engine import Engine
from curator.errors import ReviewError, shorten
from curator.pipeline import folder, ticket
from curator.recipe import Recipe
from curator.review import overlay, reviews
from curator.review.asked import Asked
from curator.review.queue import queue
from curator.review.verdicts import Verdict, verdicts

log = logging.getLogger("curator.review")
STALE, CONFLICTS = "reviews.stale.jsonl", "reviews.conflicts.jsonl"
MAX_NAMED = 5


@dataclass(frozen=True)
class Reviewing:
    """The reviews beside a recipe, and what the recipe asks for."""

    recipe: Recipe
    engine: Engine

    @cached_property
    def asked(self) -> Sequence[Asked]:
        """What each review step of the recipe asks."""
        return [step.options for step in self.recipe.room("review")]

    @cached_property
    def reviews(self) -> list[reviews.Review]:
        """What people have said so far."""
        return reviews.read(self.recipe.reviews)

    @cached_property
    def decided(self) -> Mapping[str, Verdict]:
        """What was decided of each record that somebody has seen, by its id then."""
        resolve = self.asked[0].resolve if self.asked else Asked().resolve
        return verdicts(self.reviews, resolve, self.recipe.task)

    def lay(self, plan: pl.LazyFrame) -> pl.LazyFrame:
        """
        Lay the verdicts over the rows, and list those whose row has changed since.

        Raises: ReviewError where a person and the source have both changed an answer.
        """
        if not self.decided:
            return plan
        known = set(self.engine.gather(plan.select("id"))["id"])
        if self.decided.keys() <= known:
            changed = overlay.Unmatched(stale=(), conflicts=())
        else:
            identities = self.engine.gather(overlay.identities(plan))
            changed = overlay.unmatched(identities, self.decided)
        self._list(STALE, changed.stale)
        self._list(CONFLICTS, changed.conflicts)
        if changed.stale:
            log.info(
                "review: %d verdicts are on rows that have changed since: %s",
                len(changed.stale), self.recipe.beside(STALE),
            )  # fmt: skip
        if changed.conflicts:
            named = ", ".join(one.shown.record_id[:12] for one in changed.conflicts[:MAX_NAMED])
            raise ReviewError(
                f"{len(changed.conflicts)} answers were changed by people and by the source: "
                f"{named}",
                where=str(self.recipe.beside(CONFLICTS)),
                hint="make the answer in the source what it should be, or take the reviews out of "
                f"{self.recipe.reviews}",
            )
        return rows.identify(overlay.lay(plan, self.decided))

    @cached_property
    def said(self) -> dict[str, Any]:
        """What people said in numbers, for the manifest; empty where nobody said anything."""
        if not self.reviews:
            return {}
        from curator.pipeline.said import said  # numpy and the bootstrap: not for every run

        return said(self.reviews, self.decided, self.recipe.task)

    def wait(self, kept: pl.LazyFrame, out: Path) -> None:
        """
        Go on only when every row of every queue has a verdict, and people agree well enough.

        Raises: ReviewError with what is missing, and what to run.
        """
        status = pl.col("review").struct.field("status")
        done = kept.filter(status.is_not_null()).select("id")
        for step, asked in zip(self.recipe.room("review"), self.asked, strict=True):
            chosen = queue(folder.all_rows(out), asked, self.recipe.task)
            missing = chosen.filter(~pl.col("id").is_in(self.engine.gather(done)["id"].implode()))
            if asked.required and missing.height:
                raise self._missing(step.name, chosen.height, missing, out)
            self._hold_to_alpha(asked)

    def _missing(self, backend: str, total: int, missing: pl.DataFrame, out: Path) -> ReviewError:
        why = Counter(self.decided[name].open for name in missing["id"] if name in self.decided)
        told = "".join(f"; {n} {words}" for words, n in why.most_common(MAX_NAMED))
        recipe = shorten(str(self.recipe.path), 200)
        held = ticket.read(self.recipe) if self.recipe.beside(ticket.FILE).is_file() else None
        place = ticket.where(held, missing["id"]) if held else ""
        send = f"curator review send {recipe} --backend {backend} --out {out}"
        return ReviewError(
            f"{missing.height:,} of {total:,} rows wait for a verdict{told}",
            where=str(out),
            hint=f"{f'open {place}' if place else send}; when people have answered: "
            f"curator review collect {recipe}, then curator run {recipe} again",
        )

    def _hold_to_alpha(self, asked: Asked) -> None:
        if asked.min_alpha is None:
            return
        from curator.review.agreement import ONE_VALUE, alpha_of

        alpha = alpha_of(reviews.responses(self.reviews), "verdict")
        is_enough = (
            alpha.note == ONE_VALUE if alpha.value is None else alpha.value >= asked.min_alpha
        )
        if not is_enough:
            raise ReviewError(
                f"people's agreement (alpha) is too low: {alpha}; min_alpha is {asked.min_alpha}",
                where=str(self.recipe.reviews),
                hint=f"curator review agreement {self.recipe.path} shows where they differ",
            )

    def _list(self, name: str, those: Sequence[Verdict]) -> None:
        path = self.recipe.beside(name)
        if not those:
            path.unlink(missing_ok=True)
            return
        lines = [
            {
                "record_id": one.shown.record_id,
                "status": one.status,
                "open": one.open,
                "by": one.by,
                "shown": {"answer": one.shown.answer, "label": one.shown.label},
                "answer": one.answer,
                "label": one.label,
                "reason": one.reason,
            }
            for one in those
        ]
        path.write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in lines))
