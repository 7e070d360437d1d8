"""The best rows of an inverted index, exactly, without reading most of its common terms."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from curator.kernels.compiled import compiled

WINDOW = 4096  # rows whose sums stay in the first cache
CHEAP = 64  # postings that are sooner added than weighed
LOOK_UP = 16  # postings that are added in the time of looking one up


@compiled
def bm25_search(  # noqa: PLR0917 - compiled functions take no keywords
    starts: NDArray[np.int64],
    stops: NDArray[np.int64],
    factors: NDArray[np.int64],
    peaks: NDArray[np.int64],
    rows: NDArray[np.int32],
    impacts: NDArray[np.uint16],
    count: int,
    is_allowed: NDArray[np.bool_],
    groups: NDArray[np.int32],
    barred_groups: NDArray[np.int32],
    barred_rows: NDArray[np.int64],
    most: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """
    Give the ``most`` rows of ``count`` with the largest sums above 0; ties go to the lower row.

    Query term t adds ``factors[t] * impacts[p]`` to ``rows[p]`` for p in [starts[t], stops[t]);
    ``peaks[t]`` is the largest impact there. Terms come in ascending order of factor times peak:
    while the first ones together cannot lift a row over the worst of the best, they are only
    looked up for rows that others bring.

    Shapes: starts, stops, factors, peaks (Q,), rows, impacts (P,), is_allowed (N,) or (0,) for
            all, groups (N,) or (0,), barred_* ascending -> rows (K,), sums (K,), best first.
    Keeps:  the sums of whole numbers, so the order of adding never matters.
    Source: MaxScore, Turtle and Flood 1995, in windows as Lucene's MaxScoreBulkScorer.
    """
    asked = starts.shape[0]
    at = starts.copy()
    bound = np.zeros(asked + 1, np.int64)
    for term in range(asked):
        bound[term + 1] = bound[term] + factors[term] * peaks[term]
    sums = np.zeros(WINDOW, np.int64)
    best = np.empty(most, np.int64)
    best_row = np.empty(most, np.int64)
    held = 0
    least = np.int64(0)  # a row must have more than this
    essential = 0
    base = 0
    while base < count:
        while essential < asked and bound[essential + 1] <= least:
            essential += 1
        if essential == asked:
            break
        following = count
        for term in range(essential, asked):
            if at[term] < stops[term] and rows[at[term]] < base:
                at[term] = _seek(rows, at[term], stops[term], base)
            if at[term] < stops[term]:
                following = min(following, int(rows[at[term]]))
        if following >= count:
            break
        base = following - following % WINDOW
        end = min(base + WINDOW, count)
        for term in range(essential, asked):
            at[term] = _add(sums, rows, impacts, at[term], stops[term], base, factors[term])
        added = essential
        while added > 0:  # what many rows of the window would look up is added to all of them
            term = added - 1
            postings = (stops[term] - starts[term]) * WINDOW // count
            if postings > CHEAP:
                hopeful = np.int64(0)
                for slot in range(WINDOW):
                    hopeful += np.int64(sums[slot] + bound[added] > least)
                if hopeful * LOOK_UP < postings:
                    break
            at[term] = _seek(rows, at[term], stops[term], base)
            at[term] = _add(sums, rows, impacts, at[term], stops[term], base, factors[term])
            added = term
        for slot in range(end - base):
            total = sums[slot]
            if total == 0:
                continue
            sums[slot] = 0
            if total + bound[added] <= least:
                continue
            row = base + slot
            if is_allowed.shape[0] > 0 and not is_allowed[row]:
                continue
            if barred_groups.shape[0] > 0 and _has(barred_groups, np.int64(groups[row])):
                continue
            if _has(barred_rows, row):
                continue
            for term in range(added - 1, -1, -1):
                if total + bound[term + 1] <= least:
                    break
                at[term] = _seek(rows, at[term], stops[term], row)
                place = at[term]
                if place < stops[term] and rows[place] == row:
                    total += factors[term] * np.int64(impacts[place])
            if total > least:
                held = _keep(best, best_row, held, total, row)
                if held == most:
                    least = best[0]
        base = end
    order = np.argsort(best_row[:held])
    order = order[np.argsort(-best[:held][order], kind="mergesort")]
    return best_row[:held][order], best[:held][order]


@compiled
def _add(  # noqa: PLR0917 - compiled functions take no keywords
    sums: NDArray[np.int64],
    rows: NDArray[np.int32],
    impacts: NDArray[np.uint16],
    place: Any,
    stop: Any,
    base: Any,
    factor: Any,
) -> Any:
    """Add a term to the rows of the window that begins at ``base``; give the place behind them."""
    while place < stop:
        # unsigned: one comparison holds at both ends, and no index counts from behind
        slot = np.uint64(np.int64(rows[place]) - base)
        if slot >= np.uint64(sums.shape[0]):
            break
        sums[slot] += factor * np.int64(impacts[place])
        place += 1
    return place


@compiled
def place(  # noqa: PLR0917 - compiled functions take no keywords
    terms: NDArray[np.int64],
    rows: NDArray[np.int32],
    impacts: NDArray[np.uint16],
    ends: NDArray[np.int64],
    to_rows: NDArray[np.int32],
    to_impacts: NDArray[np.uint16],
) -> None:
    """Append each posting to its term's: ``ends[t]`` is where term t goes on, and moves."""
    for posting in range(terms.shape[0]):
        end = ends[terms[posting]]
        to_rows[end] = rows[posting]
        to_impacts[end] = impacts[posting]
        ends[terms[posting]] = end + 1


@compiled
def _keep(
    best: NDArray[np.int64], best_row: NDArray[np.int64], held: int, total: Any, row: Any
) -> int:
    """Put a row on a heap whose root is the worst, which makes way when all places are taken."""
    if held < best.shape[0]:
        place = held
        held += 1
        while place > 0:
            above = (place - 1) // 2
            # rows come in ascending order, so of equal sums the one that came last is the worst
            if best[above] < total:
                break
            best[place], best_row[place] = best[above], best_row[above]
            place = above
    else:
        place = 0
        while 2 * place + 1 < held:
            below = 2 * place + 1
            other = below + 1
            if other < held and (
                best[other] < best[below]
                or (best[other] == best[below] and best_row[other] > best_row[below])
            ):
                below = other
            if best[below] >= total:
                break
            best[place], best_row[place] = best[below], best_row[below]
            place = below
    best[place] = total
    best_row[place] = row
    return held


@compiled
def _seek(rows: NDArray[np.int32], place: Any, stop: Any, row: Any) -> Any:
    """Give the first place in [place, stop) whose row is not below ``row``, by doubling steps."""
    step = np.int64(1)
    low = place
    while low + step < stop and rows[low + step] < row:
        low += step
        step *= 2
    high = min(low + step, stop)
    while low < high:
        middle = (low + high) // 2
        if rows[middle] < row:
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def _has(items: NDArray[Any], sought: Any) -> bool:
    low, high = 0, items.shape[0]
    while low < high:
        middle = (low + high) // 2
        if items[middle] < sought:
            low = middle + 1
        else:
            high = middle
    return bool(low < items.shape[0] and items[low] == sought)
