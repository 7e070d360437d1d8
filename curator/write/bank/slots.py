"""How the exemplars were chosen, and why there are not more of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from curator import schemas
from curator.errors import shorten
from curator.manifest import Manifest
from curator.prompt.message import SHOTS
from curator.records import completion

BUDGET = ("shots", "per_label", "max_chars", "max_tokens")
_CHOSEN = re.compile(r"(?P<step>[^:]+): chosen as an exemplar(?: \| (?P<detail>.*))?", re.DOTALL)
_GAIN = re.compile(r".*, gain (?P<gain>-?\d+(?:\.\d+)?(?:e-?\d+)?)", re.DOTALL)


def why(changes: Iterable[str] | None) -> dict[str, Any] | None:
    """
    Read from the life of a row why it was chosen: step, detail and gain; None if nothing says it.

    >>> why(["mmr: chosen as an exemplar | rank 3 of label refund, gain 0.0123"])
    {'step': 'mmr', 'detail': 'rank 3 of label refund, gain 0.0123', 'gain': 0.0123}
    """
    notes = [note for note in map(_CHOSEN.fullmatch, changes or ()) if note]
    if not notes:
        return None
    said = {"step": notes[-1]["step"], "detail": notes[-1]["detail"]}
    gain = _GAIN.fullmatch(said["detail"] or "")
    found = {**said, "gain": float(gain["gain"]) if gain else None}
    return {key: value for key, value in found.items() if value is not None}


def strategies(manifest: Manifest, chosen: Counter[str]) -> list[dict[str, Any]]:
    """List the steps that chose exemplars, in order, with all their options, and how many each."""
    steps = []
    for entry in manifest.recipe.get("select") or []:
        (name, given), *_ = entry.items() if isinstance(entry, Mapping) else [(entry, None)]
        if name != "split":
            known = schemas.load("recipe")["$defs"].get(f"select.{name}", {}).get("properties", {})
            rules = {key: schemas.follow(rule) for key, rule in known.items()}
            usual = {key: rule["default"] for key, rule in rules.items() if "default" in rule}
            own_seed = {"seed": manifest.seed} if "seed" in rules else {}
            options = {**usual, **own_seed, **(given or {})}
            steps.append({"step": name, "options": options, "exemplars": chosen[name]})
    return steps


def empty_slots(
    examples: pl.LazyFrame, options: Mapping[str, Any], known: Sequence[str], step: str
) -> list[dict[str, Any]]:
    """
    Name each label that got fewer exemplars than it should, or none, with the reasons by count.

    A label should get ``per_label``; without that option each should get one. The entry without a
    label is for the ``shots`` in all, or for rows that have none. The reasons are those that the
    step has noted on the rows. A step without either option owes nothing but these.
    """
    if not step:
        return []
    counts = examples.filter(pl.col("split") == "train").group_by("label", why=_why_not())
    of: dict[str | None, Counter[str | None]] = {label: Counter() for label in known}
    filled: Counter[str | None] = Counter()
    counted = counts.agg(
        rows=pl.col("id").n_unique(), got=pl.col("exemplar_rank").count()
    ).collect()
    for label, reason, rows, got in counted.sort("label", "why").iter_rows():
        of.setdefault(label, Counter())[reason] += rows
        filled[label] += got
    per_label, shots = options.get("per_label"), in_all(options)
    if per_label is None and shots is None:
        of = {label: counts for label, counts in of.items() if any(counts.keys() - {None})}
    wanted = 1 if per_label is None else per_label
    named = sorted(of, key=lambda label: (label is not None, label or ""))
    if per_label is None and set(named) == {None}:
        named = []
    total = filled.total()
    spared = _spared(options, step, len(named), total)
    slots = [
        _slot(label, wanted, filled[label], of[label], spared)
        for label in named
        if filled[label] < wanted
    ]
    if per_label is None and shots is not None and total < shots:
        every: Counter[str | None] = sum(of.values(), Counter())
        slots.insert(0, _slot(None, shots, total, every, _spared(options, step, 0, total)))
    return slots


def _slot(
    label: str | None, wanted: int, filled: int, counts: Counter[str | None], spared: str
) -> dict[str, Any]:
    reasons = [f"{rows} {reason}" for reason, rows in sorted(counts.items(), key=str) if reason]
    if (more := counts[None] - filled) > 0:
        reasons.append(f"{more} {spared}")
    if not counts.total():
        reasons = ["no train example"]
    elif not reasons:
        reasons = ["no more train examples"]
    slot = {"label": label, "wanted": wanted, "filled": filled, "why": reasons}
    return {key: value for key, value in slot.items() if value is not None}


def in_all(options: Mapping[str, Any]) -> int | None:
    """Give how many exemplars a step was to choose at most, if it was told or asks for a number."""
    shots: int | None = options.get("shots")
    is_open = "shots" in options and options.get("per_label") is None
    return SHOTS if shots is None and is_open else shots


def _spared(options: Mapping[str, Any], step: str, labels: int, total: int) -> str:
    """Say what kept a row away that every rule lets through, where ``total`` were chosen."""
    shots = in_all(options)
    if shots is not None and shots <= total and shots < labels * (options.get("per_label") or 1):
        return f"without a place: {shots} shots for {labels} labels"
    if options.get("max_tokens") is not None:
        return f"not within max_tokens {options['max_tokens']}"
    return f"passed over by {shorten(step)}"


def _why_not() -> pl.Expr:
    """Give what kept a train row from being shown, as the step said it; null where nothing did."""
    note = pl.element().str.extract(r"^[^:]+: passed over as an exemplar \| ((?s:.*))$")
    said = pl.col("changes").list.eval(note).list.drop_nulls().list.last()
    answered = pl.when(completion().is_null()).then(pl.lit("no answer")).otherwise(said)
    return pl.when(pl.col("exemplar_rank").is_null()).then(answered)
