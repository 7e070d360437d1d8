"""What was found: every broken rule counted, the first ones of each kept whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, NamedTuple

from curator.errors import shorten
from curator.preflight.rules import Pack, Rule, Severity

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "notice")


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One broken rule in one place. Without a row it is of the file as a whole."""

    pack: str
    rule: str
    severity: Severity
    row: int | None
    line: int | None
    path: str
    message: str
    fix: str
    edit: str | None  # what --fix does about it
    source: str
    read_on: str
    age_days: int  # since its source was read

    def as_dict(self) -> dict[str, Any]:
        """Give the fields by name, for JSON."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class Held:
    """A pack that the file was held against, and how it went."""

    pack: str
    vendor: str
    title: str
    why: str  # why this one, if a vendor was asked for
    fits: bool  # most rows have the fields that its rows have
    is_aside: bool  # came with its vendor, and is for rows of another shape than these
    counts: dict[Severity, int]
    rules: int
    old_rules: int  # read more than MAX_AGE_DAYS ago
    read_since: str  # the day the oldest was read

    def holds(self, *, strict: bool = False) -> bool:
        """Say whether the vendor takes the file; with ``strict``, without any warning or notice."""
        return not (sum(self.counts.values()) if strict else self.counts["error"])


class Counted(NamedTuple):
    """How often a rule is broken, in how many rows (0: in the file as a whole), how many listed."""

    findings: int
    rows: int
    reported: int


@dataclass(frozen=True, kw_only=True)
class Report:
    """The findings on one file."""

    path: str
    size_bytes: int
    rows: int
    split: str
    tokens: str  # how they were counted
    today: str
    packs: tuple[Held, ...]
    findings: tuple[Finding, ...]  # by pack, then as they stand in the file
    counts: dict[str, Counted]  # by rule; of rules that are broken

    @property
    def not_reported(self) -> int:
        """Tell how many findings are counted and not listed."""
        return sum(each.findings - each.reported for each in self.counts.values())

    def holds(self, *, strict: bool = False) -> bool:
        """Say whether every vendor takes the file, of those that take such rows at all."""
        return all(held.holds(strict=strict) for held in self.packs if not held.is_aside)

    def as_dict(self) -> dict[str, Any]:
        """Give everything by name, as ``findings.schema.json`` says."""
        return {
            "schema_version": 1,
            "path": self.path,
            "size_bytes": self.size_bytes,
            "rows": self.rows,
            "split": self.split,
            "tokens": self.tokens,
            "today": self.today,
            "packs": [{**asdict(held), "holds": held.holds()} for held in self.packs],
            "counts": {rule: counted._asdict() for rule, counted in self.counts.items()},
            "not_reported": self.not_reported,
            "findings": [finding.as_dict() for finding in self.findings],
        }


class Place(NamedTuple):
    """Where in a file a rule is broken, and what was found there."""

    row: int
    line: int
    path: str
    found: str


@dataclass(kw_only=True)
class Tally:
    """Counts what is found in one pack's rules, and keeps the first ``most`` of each."""

    pack: Pack
    today: date
    most: int
    findings: Counter[int] = field(default_factory=Counter)
    rows: Counter[int] = field(default_factory=Counter)
    kept: dict[int, list[Finding]] = field(default_factory=dict)

    def room(self, rule: int) -> int:
        """Tell how many findings of ``rule`` may still be kept."""
        return self.most - len(self.kept.get(rule, ()))

    def add(self, rule: int, places: Iterable[Place], findings: int, rows: int) -> None:
        """Count ``findings`` in ``rows``; keep the first of ``places`` for which there is room."""
        self.findings[rule] += findings
        self.rows[rule] += rows
        kept = self.kept.setdefault(rule, [])
        first = sorted(places, key=lambda place: place.row or place.line)[: self.room(rule)]
        kept += [self._finding(self.pack.rules[rule], place) for place in first]

    def add_of_file(self, rule: int, found: str, line: int | None) -> None:
        """Count a finding on the file as a whole."""
        self.add(rule, [Place(0, line or 0, "$", found)], findings=1, rows=0)

    def _finding(self, rule: Rule, place: Place) -> Finding:
        return Finding(
            pack=self.pack.name,
            rule=rule.name,
            severity=rule.severity,
            row=place.row or None,
            line=place.line or None,
            path=shorten(place.path, 200),
            message=worded(rule, place.found),
            fix=rule.fix,
            edit=rule.edit["kind"] if rule.edit else None,
            source=rule.source,
            read_on=rule.read_on.isoformat(),
            age_days=(self.today - rule.read_on).days,
        )

    def counted(self) -> dict[str, Counted]:
        """Give the counts by rule, in the order of the pack."""
        return {
            self.pack.rules[rule].name: Counted(
                count, self.rows[rule], len(self.kept.get(rule, ()))
            )
            for rule, count in sorted(self.findings.items())
            if count
        }

    def by_severity(self) -> dict[Severity, int]:
        """Count findings by how bad they are."""
        totals: dict[Severity, int] = dict.fromkeys(SEVERITIES, 0)
        for rule, count in self.findings.items():
            totals[self.pack.rules[rule].severity] += count
        return totals

    def listed(self) -> list[Finding]:
        """Give what was kept: of the file first, then by row."""
        kept = [finding for rule in sorted(self.kept) for finding in self.kept[rule]]
        return sorted(kept, key=lambda finding: (finding.row or 0, finding.line or 0))


def worded(rule: Rule, found: str) -> str:
    """Say what is wrong: the rule's own words, with what was found and what its limits are."""
    message = rule.message
    for name, limit in rule.limits.items():
        message = message.replace(f"{{{name}}}", _limit(limit))
    return message.replace("{found}", shorten(found))


def _limit(limit: Any) -> str:
    if isinstance(limit, bool) or not isinstance(limit, (int, float, list)):
        return str(limit)
    return ", ".join(map(str, limit)) if isinstance(limit, list) else f"{limit:,}"
