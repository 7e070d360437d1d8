"""Choose by each strategy from the rows of a run, in memory, and measure what was chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from curator.bank import measures
from curator.embed import Features, features, open_embedder
from curator.engine import polars as engine
from curator.errors import RecipeError, SourceError, shorten
from curator.pipeline.folder import RECORDS
from curator.recipe import steps
from curator.records import IS_EXAMPLE, complete, completion, text_over
from curator.tokenizer import counter

BANK = "(this bank)"
PER_QUERY = "nearest"
MOST_ASKED = 10_000
"""Train rows that are compared with the chosen: more of them are drawn by id, and that is said."""


@dataclass(frozen=True, kw_only=True)
class Compared:
    """What each strategy chose, measured on the same rows."""

    rows: list[dict[str, Any]]
    failed: dict[str, str]  # strategy -> why it chose nothing
    note: str  # on which rows

    def as_dict(self) -> dict[str, Any]:
        """Give the fields by name, for JSON."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class _Ground:
    """The rows of a run as all strategies see them; places count rows of ``frame``."""

    frame: pl.DataFrame  # position, label, owner, tokens; by position
    features: Features | measures.Vectors
    by: str  # said of what likeness is measured by
    train: measures.Rows
    covered: measures.Rows  # train rows whose coverage is measured
    asked: measures.Rows  # labelled rows whose label is foretold
    is_validation: bool
    labels: int  # of train rows


def compare(
    folder: Path, names: Sequence[str] | None, options: Mapping[str, Any], k: int
) -> Compared:
    """
    Choose by every strategy named, or by all that need no more than ``options``.

    Raises: RecipeError for a name that is none; SourceError where no run has finished.
    """
    known = strategies()
    strange = [name for name in names or () if name not in known]
    if strange:
        raise RecipeError(
            f"{shorten(strange[0])} is no strategy", hint=f"one of: {', '.join(known)}"
        )
    records = _records(folder)
    ground = _ground(records, options.get("embedder"))
    rows, failed = [], {}
    ranked = records.filter(pl.col("exemplar_rank").is_not_null())
    held = engine.gather(ranked.select("position", "exemplar_rank")).sort("exemplar_rank")
    if held.height and names is None:
        rows.append(_measured(ground, BANK, held["position"], k))
    unranked = records.with_columns(exemplar_rank=pl.lit(None, dtype=pl.Int32))
    for name in names or [name for name in known if not _needs_more(name)]:
        try:
            chosen = _choice(unranked, name, options)
        except RecipeError as error:
            failed[name] = error.message
            continue
        rows.append(_measured(ground, name, chosen, k))
    return Compared(rows=rows, failed=failed, note=_note(ground, k))


def strategies() -> tuple[str, ...]:
    """List the select steps that choose exemplars: those with ``order`` among their options."""
    return tuple(
        name
        for name in steps.files("select")
        if {"order", "shots"}
        & {field.name for field in fields(steps.module("select", name).Options)}
    )


def _needs_more(name: str) -> bool:
    """Whether a strategy has to be told something, such as the ids to show."""
    return any(
        field.default is MISSING and field.default_factory is MISSING
        for field in fields(steps.module("select", name).Options)
    )


def _records(folder: Path) -> pl.LazyFrame:
    path = folder / RECORDS
    if not path.is_file() and (folder.parent / RECORDS).is_file():
        path = folder.parent / RECORDS  # the bank's own folder was named
    if not path.is_file():
        raise SourceError(
            f"there is no {RECORDS}: strategies choose from the rows of a run",
            where=shorten(str(folder)),
            hint="name the folder of a run, not a bank that was copied out of it",
        )
    return complete(pl.scan_parquet(path)).filter(IS_EXAMPLE)


def _choice(records: pl.LazyFrame, name: str, options: Mapping[str, Any]) -> pl.Series:
    """Give the positions that a strategy chooses, by rank."""
    module = steps.module("select", name)
    known = {field.name for field in fields(module.Options)}
    given = module.Options(**{key: value for key, value in options.items() if key in known})
    verdicts = engine.gather(module.resolve(module.sign(records, given), given))
    chosen = verdicts.filter(pl.col("exemplar_rank").is_not_null())
    return chosen.sort("exemplar_rank")["position"]


def _ground(records: pl.LazyFrame, embedder: str | None) -> _Ground:
    field = pl.element().struct.field("content")
    asked = pl.col("split").is_in(["train", "validation"]) & completion().is_not_null()
    frame = engine.gather(
        records.filter(asked).select(
            "position",
            "id",
            "split",
            "label",
            "group",
            text=text_over("input").fill_null(""),
            said=pl.col("messages").list.eval(field).list.join("\n", ignore_nulls=True),
        )
    ).sort("position")
    owner = pl.coalesce(pl.format("group {}", "group"), pl.format("id {}", "id"))
    tokens = pl.Series(counter(None)(frame["said"].to_list()), dtype=pl.Int64)
    by, spoken = _compared(frame["text"], embedder)
    label = pl.col("label").rank("dense").cast(pl.Int64) - 1
    frame = frame.select(
        "position",
        "id",
        "split",
        label=label.fill_null(-1),
        owner=owner.rank("dense").cast(pl.Int64),
        tokens=tokens,
    )
    place = np.arange(frame.height)
    is_train = (frame["split"] == "train").to_numpy()
    is_labelled = (frame["label"] >= 0).to_numpy()
    validation = place[~is_train & is_labelled]
    covered = _some(frame, place[is_train])
    return _Ground(
        frame=frame,
        features=spoken,
        by=by,
        train=place[is_train],
        covered=covered,
        asked=validation if validation.size else covered[is_labelled[covered]],
        is_validation=bool(validation.size),
        labels=frame.filter(pl.Series(is_train & is_labelled))["label"].n_unique(),
    )


def _compared(texts: pl.Series, embedder: str | None) -> tuple[str, Features | measures.Vectors]:
    """Give what is compared of each text, its words or a model's vector, and what to say of it."""
    if embedder is None:
        return "", features(texts)
    model = open_embedder(embedder)
    return f"; by the vectors of {model.name}", model.embed(texts.to_list())


def _some(frame: pl.DataFrame, places: measures.Rows) -> measures.Rows:
    """Give all places or, of too many, those of the smallest ids: ids are hashes, a fair draw."""
    if places.size <= MOST_ASKED:
        return places
    by_id = frame["id"].gather(places).arg_sort().head(MOST_ASKED).to_numpy()
    return np.sort(places[by_id])


def _measured(ground: _Ground, name: str, positions: pl.Series, k: int) -> dict[str, Any]:
    frame = ground.frame
    chosen = np.searchsorted(frame["position"].to_numpy(), positions.to_numpy())
    tokens, labels = frame["tokens"].to_numpy(), frame["label"].to_numpy()
    owners = frame["owner"].to_numpy()
    near = measures.nearest(ground.features, ground.asked, chosen, k, owners)
    told = measures.majority(near.places, labels[chosen])
    shown = int(tokens[chosen].sum())
    if name == PER_QUERY and chosen.size:  # a query is shown k of them
        places = near.places
        if not ground.asked.size:
            places = measures.nearest(ground.features, ground.covered, chosen, k, owners).places
        held = np.where(places >= 0, tokens[chosen][places], 0)
        shown = int(np.rint(held.sum(axis=1).mean()))
    named = labels[chosen][labels[chosen] >= 0]
    return {
        "strategy": name,
        "exemplars": int(chosen.size),
        "tokens": shown,
        "coverage": measures.coverage(ground.features, ground.covered, chosen),
        "redundancy": measures.redundancy(ground.features, chosen),
        "labels": int(np.unique(named).size),
        "all_labels": ground.labels,
        "balance": measures.evenness(_counts(named, ground)) if ground.labels else None,
        "knn": float((told == labels[ground.asked]).mean()) if ground.asked.size else None,
    }


def _counts(named: measures.Rows, ground: _Ground) -> measures.Rows:
    """Count the exemplars of every label of the train rows, with 0 for those that have none."""
    labels = ground.frame["label"].gather(ground.train).to_numpy()
    every = np.unique(labels[labels >= 0])
    return np.bincount(np.searchsorted(every, named), minlength=every.size).astype(np.int64)


def _note(ground: _Ground, k: int) -> str:
    if ground.is_validation:
        judged = f"kNN of {k} on {ground.asked.size:,} validation rows"
    elif ground.asked.size:
        judged = f"kNN of {k} on {ground.asked.size:,} train rows, each left out in turn"
    else:
        judged = "no kNN: no row has a label"
    covered = f"coverage of {ground.covered.size:,} of {ground.train.size:,} train rows"
    return f"{covered}; {judged}{ground.by}"
