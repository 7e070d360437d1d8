"""How many exemplars each label gets, and why some get fewer than they should."""

from __future__ import annotations

import heapq
import logging
from collections import Counter

import polars as pl

from curator.errors import shorten
from curator.select.exemplars import Wanted

log = logging.getLogger("curator.select")

MAX_NAMED = 20
"""Labels that a message names before it only counts."""


def quotas(
    shown: pl.DataFrame, labels: list[str], options: Wanted, *, proportional: bool
) -> dict[str, int]:
    """
    Say how many exemplars each label gets, of what may be ``shown``.

    ``per_label`` where given, dealt in turns until there are ``shots`` in all; else ``shots``, one
    for each label first, the rest evenly or ``proportional`` to the candidates (Sainte-Laguë).
    """
    have = dict(shown.group_by("label").len().iter_rows())
    if options.per_label is not None:
        quota = {label: min(options.per_label, have.get(label, 0)) for label in labels}
        return quota if options.in_all is None else _dealt(quota, have, options.in_all)
    seats = _seats(have, options.in_all or 0, proportional=proportional)
    return {label: seats.get(label, 0) for label in labels}


def short(quota: dict[str, int], options: Wanted) -> dict[str, int]:
    """Give the labels that get fewer than they should: all of them where the shots do not fill."""
    wanted = options.per_label or 1
    if options.per_label is None and sum(quota.values()) < (options.in_all or 0):
        return quota
    return {label: got for label, got in quota.items() if got < wanted}


def tell_short(step: str, quota: dict[str, int], drawn: pl.DataFrame, options: Wanted) -> None:
    """Log the labels with a smaller ``quota`` than they should have, and why it is no larger."""
    in_all = options.in_all or 0
    if options.per_label is not None:
        _tell_labels(step, quota, drawn, options.per_label, in_all)
    else:
        _tell_labels(step, quota, drawn, 1, in_all)
        tell_few(step, sum(quota.values()), in_all, drawn)


def _tell_labels(
    step: str, quota: dict[str, int], drawn: pl.DataFrame, wanted: int, in_all: int
) -> None:
    lacking = {label: got for label, got in quota.items() if got < wanted}
    if not lacking:
        return
    has = dict(drawn.filter(pl.col("why_not").is_null()).group_by("label").len().iter_rows())
    is_cut = any(got < min(wanted, has.get(label, 0)) for label, got in lacking.items())
    named = [
        f"{shorten(label, 40) or 'no label'} {got} (of {_candidates(has.get(label, 0))}"
        f"{_barred(drawn.filter(pl.col('label') == label))})"
        for label, got in list(lacking.items())[:MAX_NAMED]
    ]
    log.warning(
        "%s: %s %s%s: %s%s",
        step,
        "1 label gets" if len(lacking) == 1 else f"{len(lacking)} labels get",
        "no exemplar" if wanted == 1 else f"fewer than {wanted} exemplars",
        f", as there are to be {in_all} in all" if is_cut else "",
        ", ".join(named),
        _more(len(lacking)),
    )


def tell_few(step: str, have: int, wanted: int, drawn: pl.DataFrame) -> None:
    """Log that there are too few candidates, if so, and why the others are none."""
    if have < wanted:
        log.warning(
            "%s: %d exemplars were asked for, %d can be had%s", step, wanted, have, _barred(drawn)
        )


def tell_spent(step: str, lost: dict[str, int], max_tokens: int) -> None:
    """Log the exemplars, by label, that the budget of tokens leaves no room for."""
    if lost:
        named = [
            f"{shorten(label, 40) or 'no label'} {count}"
            for label, count in sorted(lost.items())[:MAX_NAMED]
        ]
        log.warning(
            "%s: max_tokens %d leave no room for %d exemplars: %s%s",
            step,
            max_tokens,
            sum(lost.values()),
            ", ".join(named),
            _more(len(lost)),
        )


def _candidates(count: int) -> str:
    return "1 candidate" if count == 1 else f"{count} candidates"


def _barred(drawn: pl.DataFrame) -> str:
    counts = Counter(drawn["why_not"].drop_nulls())
    return "".join(f"; {counts[why]} {why}" for why in sorted(counts))


def _more(count: int) -> str:
    return f" and {count - MAX_NAMED} more" if count > MAX_NAMED else ""


def _dealt(quota: dict[str, int], have: dict[str, int], shots: int) -> dict[str, int]:
    """Cut quotas that add up to more than ``shots``; in the last turn, the most frequent win."""
    turns = [(turn, -have[label], label) for label, got in quota.items() for turn in range(got)]
    dealt = Counter(label for *_, label in sorted(turns)[:shots])
    return {label: dealt[label] for label in quota}


def _seats(have: dict[str, int], shots: int, *, proportional: bool) -> dict[str, int]:
    """Share ``shots`` out one by one; if there are more labels, the most frequent win."""
    first = sorted(have, key=lambda label: (-have[label], label))[:shots]
    quota = dict.fromkeys(first, 1)

    def claim(label: str) -> float:
        return -(have[label] if proportional else 1) / (2 * quota[label] + 1)

    queue = [(claim(label), label) for label in first if have[label] > 1]
    heapq.heapify(queue)
    for _ in range(shots - len(first)):
        if not queue:
            break
        _, label = heapq.heappop(queue)
        quota[label] += 1
        if quota[label] < have[label]:
            heapq.heappush(queue, (claim(label), label))
    return quota
