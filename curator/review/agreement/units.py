"""What several people said of the same rows, question by question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np

from curator.review.agreement.coefficients import Floats
from curator.review.item import Response
from curator.review.questions import Kind

Value = str | float


@dataclass(frozen=True, kw_only=True)
class Units:
    """The rows that at least two people answered: row -> person -> value."""

    said: Mapping[str, Mapping[str, Value]]

    @cached_property
    def values(self) -> Sequence[Value]:
        """Every value that was said, in order."""
        found = {value for row in self.said.values() for value in row.values()}
        return sorted(found, key=lambda value: (isinstance(value, str), value))

    @cached_property
    def people(self) -> Sequence[str]:
        """Everybody who answered one of the rows."""
        return sorted({by for row in self.said.values() for by in row})

    @cached_property
    def answers(self) -> int:
        """How often somebody answered."""
        return sum(map(len, self.said.values()))

    @cached_property
    def counts(self) -> Floats:
        """How many people gave a row (U) a value (V)."""
        at = {value: index for index, value in enumerate(self.values)}
        counts = np.zeros((len(self.said), len(at)))
        for nth, row in enumerate(self.said.values()):
            for value in row.values():
                counts[nth, at[value]] += 1
        return counts

    def codes_of(self, person: str) -> Sequence[int]:
        """Give the index of the value that somebody who answered every row gave each of them."""
        at = {value: index for index, value in enumerate(self.values)}
        return [at[row[person]] for row in self.said.values()]

    def with_others(self, person: str) -> tuple[int, int]:
        """
        Count the rows in which a person said what most of the others did, and those compared.

        Rows in which the others have no one most frequent answer are left out.
        """
        agreed = compared = 0
        for row in self.said.values():
            if person not in row:
                continue
            others = Counter(value for by, value in row.items() if by != person).most_common(2)
            if len(others) == 1 or others[0][1] > others[1][1]:
                compared += 1
                agreed += others[0][0] == row[person]
        return agreed, compared

    def disputes(self) -> list[tuple[Value, int, int]]:
        """Count, by value, the rows of which somebody said it and those where not everybody did."""
        counts = self.counts
        is_said = counts > 0
        is_disputed = is_said & (is_said.sum(axis=1) > 1)[:, None]
        rows, disputed = is_said.sum(axis=0), is_disputed.sum(axis=0)
        return [(value, int(rows[at]), int(disputed[at])) for at, value in enumerate(self.values)]

    def confusions(self) -> list[tuple[Value, Value, int]]:
        """Count the rows of which two different values were said, the most frequent pair first."""
        pairs = Counter(
            pair
            for row in self.counts > 0
            for pair in combinations(np.flatnonzero(row).tolist(), 2)
        )
        ranked = sorted(pairs.items(), key=lambda pair: (-pair[1], pair[0]))
        return [(self.values[one], self.values[other], n) for (one, other), n in ranked]


def units(responses: Iterable[Response], question: str, kind: Kind) -> Units:
    """
    Gather what was said to a question, the last word of each person on each row.

    Several choices are one value, whatever their order; what is no number is no rating.
    """
    last: dict[tuple[str, str], Response] = {}
    for response in responses:
        key = (response.record_id, response.by)
        if key not in last or response.at >= last[key].at:
            last[key] = response
    said: dict[str, dict[str, Value]] = {}
    for (record_id, by), response in sorted(last.items()):
        value = _value(response.values.get(question), kind)
        if value is not None:
            said.setdefault(record_id, {})[by] = value
    return Units(said={name: row for name, row in said.items() if len(row) > 1})


def _value(given: object, kind: Kind) -> Value | None:
    if kind == "rating":
        is_number = isinstance(given, int | float) and not isinstance(given, bool)
        return float(given) if is_number else None  # type: ignore[arg-type]
    if kind == "labels" and isinstance(given, list | tuple | set | frozenset):
        return "; ".join(sorted({str(one) for one in given})) or "(none)"
    return given if isinstance(given, str) and given else None
