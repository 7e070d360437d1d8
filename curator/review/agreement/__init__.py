"""How far the people who reviewed the same rows agree, and on what they do not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np

from curator.errors import shorten
from curator.review.agreement import coefficients
from curator.review.agreement.coefficients import Floats, Level
from curator.review.agreement.units import Units, Value, units
from curator.review.item import Response
from curator.review.questions import RATING, Question

RESAMPLES = 1000
MIN_ROWS = 2
"""Rows that several people answered; under that, nothing is measured."""
LEVELS: tuple[Level, ...] = ("nominal", "ordinal", "interval", "ratio")
TOO_FEW = "not enough overlap: fewer than 2 rows were answered by several people"
ONE_VALUE = "only one value was said: agreement cannot be told from chance"
TEXTS = "texts are not measured"
Draws = Callable[[], Iterator[Floats]]
MAX_LINES = 5
"""Lines of the table for each of people, values and confusions."""


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A coefficient with its 95 % interval, or a note why there is none."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    note: str = ""

    def __str__(self) -> str:
        """Read as ``0.74 (0.52 to 0.90)``, or as the note."""
        if self.value is None:
            return self.note
        around = "" if self.low is None else f" ({self.low:.2f} to {self.high:.2f})"
        return f"{self.value:.2f}{around}"


@dataclass(frozen=True, kw_only=True)
class Person:
    """How often somebody said what most of the others said."""

    by: str
    agreed: int
    compared: int  # rows in which the others had one most frequent answer


@dataclass(frozen=True, kw_only=True)
class Disputed:
    """How often a value was said, and how often somebody else said another."""

    value: Value
    rows: int
    disputed: int


@dataclass(frozen=True, kw_only=True)
class Confusion:
    """Two values that were said of the same rows."""

    one: Value
    other: Value
    rows: int


@dataclass(frozen=True, kw_only=True)
class Measured:
    """The agreement on one question."""

    question: str
    people: int
    rows: int  # that at least two people answered
    answers: int
    same: float | None = None  # share of the pairs of answers that are equal, mean of the rows
    alpha: Mapping[str, Estimate]  # Krippendorff's, by level of measurement
    fleiss: Estimate
    cohen: Estimate
    by_person: Sequence[Person] = ()
    by_value: Sequence[Disputed] = ()  # the most disputed first
    confusions: Sequence[Confusion] = ()  # the most frequent first
    note: str = ""  # why nothing was measured

    def lines(self) -> list[str]:
        """Say it in a few lines of text."""
        if self.note:
            return [f"{self.question}: {self.note}"]
        head = f"{self.people} people, {self.rows:,} rows that several answered"
        found = [
            f"{self.question}: {head}, {self.answers:,} answers; {self.same:.0%} of pairs equal",
            *(f"  alpha, {level:<9} {one}" for level, one in self.alpha.items()),
            f"  Fleiss' kappa    {self.fleiss}",
            f"  Cohen's kappa    {self.cohen}",
        ]
        weakest = sorted(self.by_person, key=lambda one: one.agreed / (one.compared or 1))
        for person in weakest[:MAX_LINES]:
            told = f"{person.agreed:,} of {person.compared:,}"
            found.append(f"  with the others  {shorten(person.by)}: {told} rows")
        for value in [one for one in self.by_value if one.disputed][:MAX_LINES]:
            told = f"{value.disputed:,} of {value.rows:,}"
            found.append(f"  disputed         {_shown(value.value)}: {told} rows")
        for pair in self.confusions[:MAX_LINES]:
            told = f"{_shown(pair.one)} / {_shown(pair.other)}"
            found.append(f"  confused         {told}: {pair.rows:,} rows")
        return found


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """The agreement on every question that people were asked."""

    questions: Sequence[Measured]

    def as_dict(self) -> dict[str, Any]:
        """Give it by question, for JSON."""
        return {one.question: asdict(one) for one in self.questions}

    def table(self) -> str:
        """Say it as text."""
        return "\n".join(line for one in self.questions for line in one.lines())


def agreement(
    responses: Iterable[Response],
    asked: Sequence[Question],
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Agreement:
    """
    Measure every question over the rows that several people answered.

    Intervals are percentiles of ``resamples`` bootstrap draws of rows.

    Keeps: the same responses, in whatever order, give the same numbers; none of them is nan.
    """
    held = list(responses)
    return Agreement(
        questions=[_measured(held, one, resamples=resamples, seed=seed) for one in asked]
    )


def alpha_of(responses: Iterable[Response], question: str) -> Estimate:
    """
    Give Krippendorff's alpha of a question, ordinal for the rating, nominal for any other.

    It has a note instead of a value where fewer than two rows were answered by several people, and
    where only one value was said: ONE_VALUE.
    """
    is_rating = question == RATING
    found = units(responses, question, "rating" if is_rating else "labels")
    if len(found.said) < MIN_ROWS:
        return Estimate(note=TOO_FEW)
    level: Level = "ordinal" if is_rating else "nominal"
    return _estimate(_alpha(found, level), found)


def _shown(value: Value) -> str:
    return shorten(value) if isinstance(value, str) else f"{value:g}"


def _measured(
    responses: Sequence[Response], question: Question, *, resamples: int, seed: int
) -> Measured:
    found = units(responses, question.name, question.kind)
    levels = LEVELS if question.kind == "rating" else LEVELS[:1]
    note = TEXTS if question.kind == "text" else TOO_FEW if len(found.said) < MIN_ROWS else ""
    if note:
        none = Estimate(note=note)
        return Measured(
            question=question.name, people=len(found.people), rows=len(found.said),
            answers=found.answers, alpha=dict.fromkeys(levels, none), fleiss=none, cohen=none,
            note=note,
        )  # fmt: skip
    draws = partial(coefficients.resamples, len(found.said), resamples, seed)
    disputes = [Disputed(value=value, rows=rows, disputed=n) for value, rows, n in found.disputes()]
    return Measured(
        question=question.name,
        people=len(found.people),
        rows=len(found.said),
        answers=found.answers,
        same=_same(found.counts),
        alpha={level: _estimate(_alpha(found, level), found, draws) for level in levels},
        fleiss=_estimate(lambda weights: coefficients.fleiss(found.counts, weights), found, draws),
        cohen=_cohen(found, draws),
        by_person=[_person(found, by) for by in found.people],
        by_value=sorted(disputes, key=lambda one: -one.disputed / one.rows),
        confusions=[
            Confusion(one=one, other=other, rows=rows) for one, other, rows in found.confusions()
        ],
    )


def _alpha(found: Units, level: Level) -> Callable[[Floats], Floats]:
    is_number = not any(isinstance(value, str) for value in found.values)
    values = np.array(found.values if is_number else range(len(found.values)), dtype=np.float64)
    return lambda weights: coefficients.alpha(found.counts, values, weights, level)


def _cohen(found: Units, draws: Draws) -> Estimate:
    if len(found.people) != 2:
        return Estimate(note=f"is of two people; {len(found.people)} answered")
    one, other = (
        coefficients.one_hot(np.array(found.codes_of(by)), len(found.values)) for by in found.people
    )
    return _estimate(lambda weights: coefficients.cohen(one, other, weights), found, draws)


def _estimate(
    measure: Callable[[Floats], Floats], found: Units, draws: Draws | None = None
) -> Estimate:
    value = float(measure(np.ones((1, len(found.said))))[0])
    if np.isnan(value):
        return Estimate(note=ONE_VALUE)
    drawn = [measure(weights) for weights in draws()] if draws else []
    around = coefficients.interval(np.concatenate(drawn)) if drawn else None
    low, high = around or (None, None)
    return Estimate(value=value, low=low, high=high)


def _same(counts: Floats) -> float:
    answers = counts.sum(axis=1)
    return float(np.mean(((counts**2).sum(axis=1) - answers) / (answers * (answers - 1))))


def _person(found: Units, by: str) -> Person:
    agreed, compared = found.with_others(by)
    return Person(by=by, agreed=agreed, compared=compared)
