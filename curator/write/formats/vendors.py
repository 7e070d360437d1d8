"""Hold written files against the rules of vendors, before anyone sends them."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from curator import preflight
from curator.errors import RecipeError, ValidationFailed, Violation
from curator.preflight import Finding, rules
from curator.preflight.rules import Pack

log = logging.getLogger("curator.write")
SENT: tuple[Literal["train", "validation"], ...] = ("train", "validation")
"""A test file stays at home."""
_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class _Broken:
    name: str  # of the file
    finding: Finding
    times: int


def fitting(vendors: Sequence[str], targets: Sequence[str]) -> dict[str, tuple[Pack, ...]]:
    """
    Give for each target the packs of ``vendors`` that it is written for.

    Raises: RecipeError for a vendor without rules, or one that takes none of ``targets``.
    """
    held: dict[str, dict[str, Pack]] = {}
    for vendor in vendors:
        packs = rules.of(vendor)
        pairs = [(name, pack) for pack in packs for name in pack.formats if name in targets]
        if not pairs:
            takes = sorted({name for pack in packs for name in pack.formats})
            raise RecipeError(
                f"check_for: {vendor} takes none of {', '.join(targets)}",
                hint=f"add {' or '.join(takes)} to targets",
            )
        for name, pack in pairs:
            held.setdefault(name, {})[pack.name] = pack
    return {name: tuple(packs.values()) for name, packs in held.items()}


def hold(out: Path, vendors: Sequence[str], targets: Sequence[str]) -> None:
    """
    Accept files that every vendor takes; what a vendor would rather have otherwise is logged.

    Raises: ValidationFailed with the first place of each rule that a file breaks.
    """
    broken = [
        each
        for target, packs in fitting(vendors, targets).items()
        for each in _broken(out, target, packs)
    ]
    if broken:
        refused = ", ".join(dict.fromkeys(each.name for each in broken))
        why = ", ".join(f"{each.finding.rule} {each.times:,}" for each in broken)
        raise ValidationFailed(
            f"{refused} would be refused ({why})",
            [_violation(each) for each in broken[:_SHOWN]],
            hint="reject such rows in the recipe, or leave check_for out and let curator check"
            " FILE --for VENDOR list or mend them",
        )


def _broken(out: Path, target: str, packs: Sequence[Pack]) -> Iterator[_Broken]:
    names = tuple(pack.name for pack in packs)
    today = max(rule.read_on for pack in packs for rule in pack.rules)  # no clock: same every run
    for split in SENT:
        path = out / target / f"{split}.jsonl"
        if not path.is_file():
            continue
        asked = preflight.Options(split=split, max_reported=1)
        report = preflight.check(path, names, today=today, options=asked)
        name = f"formats/{target}/{split}.jsonl"
        for finding in report.findings:
            times = report.counts[finding.rule].findings
            if finding.severity == "error":
                yield _Broken(name=name, finding=finding, times=times)
            else:
                log.info("%s: %s %s: %s", name, finding.rule, f"{times:,}", finding.message)


def _violation(broken: _Broken) -> Violation:
    finding = broken.finding
    place = f":{finding.line}: {finding.path}" if finding.line else ""
    return Violation(
        rule=finding.rule,
        message=finding.message,
        where=f"{broken.name}{place}",
        hint=f"{finding.fix}; {finding.source}",
    )
