"""``curator check --for``: a data file against the rules of vendors, in a table or as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from curator.cli.options import print_json
from curator.errors import ValidationFailed, shorten

if TYPE_CHECKING:
    from rich.table import Table

    from curator.preflight.mend import Fixed
    from curator.preflight.report import Finding, Held, Report

_COLOURS = {"error": "red", "warning": "yellow", "notice": "cyan"}
_PLAIN_WIDTH = 110


def check_data(path: Path, *, form: str, strict: bool, fix: bool, **asked: Any) -> None:
    """Hold ``path`` against ``vendors``, mending it first if asked to; exits 4 if it is refused."""
    from curator.preflight import Options, check

    today = datetime.now(tz=UTC).date()
    vendors = tuple(name.strip() for each in asked["vendors"] for name in each.split(","))
    options = Options(
        split=asked["split"], tokenizer=asked["tokenizer"], max_reported=asked["max_reported"]
    )
    if not fix and (asked["out"] or asked["force"]):
        raise click.UsageError("--out and --force need --fix")
    fixed = _fixed(path, vendors, asked, strict=strict) if fix else None
    report = check(
        fixed.out if fixed else path,
        fixed.pack if fixed else vendors,
        today=today,
        options=options,
    )
    if form == "json":
        told = report.as_dict()
        print_json({"fixed": _as_dict(fixed), "report": told} if fixed else told)
    else:
        for line in [*(_mended(fixed) if fixed else ()), *_summary(report, strict=strict)]:
            click.echo(line)
        _show(report)
    if not report.holds(strict=strict):
        raise click.exceptions.Exit(ValidationFailed.exit_code)


def _fixed(path: Path, vendors: tuple[str, ...], asked: dict[str, Any], *, strict: bool) -> Fixed:
    from curator.preflight import mend

    if len(vendors) > 1:
        raise click.UsageError("--fix mends for one vendor at a time")
    options = mend.Options(
        split=asked["split"],
        tokenizer=asked["tokenizer"],
        out=asked["out"],
        is_strict=strict,
        overwrites=asked["force"],
    )
    return mend.fix(path, vendors[0], options)


def _as_dict(fixed: Fixed) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        name: str(value) if isinstance(value, Path) else value
        for name, value in asdict(fixed).items()
    }


def _mended(fixed: Fixed) -> Iterator[str]:
    """Say what was done, each kind of edit with what it changes."""
    from curator.preflight.edits import CHANGES

    for edit, rows in fixed.edits.items():
        yield f"mended   {rows:>9,}  {edit}: {CHANGES[edit]}"
    for rule, rows in fixed.reasons.items():
        yield f"dropped  {rows:>9,}  {rule}"
    for what, path in (("edits", fixed.changes), ("dropped rows", fixed.left_out)):
        if path:
            yield f"{what} are in {shorten(str(path), 200)}"
    yield (
        f"read {fixed.rows:,} = as they were {fixed.as_they_were:,} + mended {fixed.mended:,}"
        f" + dropped {fixed.dropped:,}"
    )


def _summary(report: Report, *, strict: bool) -> Iterator[str]:
    """Say of the file and of each pack how it went."""
    tokens = "" if report.tokens.startswith("estimated") else f", tokens by {report.tokens}"
    yield (
        f"{shorten(report.path, 200)}: {report.rows:,} rows, {report.size_bytes:,} bytes,"
        f" for {report.split}{tokens}"
    )
    for held in report.packs:
        holds = held.holds(strict=strict)
        word = click.style("passes ", fg="green") if holds else click.style("refused", fg="red")
        if held.is_aside:
            yield f"aside    {held.pack:<21} {held.why}"
            continue
        why = f" ({held.why})" if held.why else ""
        yield f"{word}  {held.pack:<21} {_counts(held) + why}"
        if held.old_rules:
            yield (
                f"         {held.old_rules} of its {held.rules} rules were read more than 90 days"
                f" ago, since {held.read_since}: look whether they still hold"
            )


def _counts(held: Held) -> str:
    told = [
        f"{count:,} {name}{'s' if count != 1 else ''}"
        for name, count in held.counts.items()
        if count
    ]
    return ", ".join(told) or f"{held.rules} rules, nothing found"


def _show(report: Report) -> None:
    """Print the first finding of every broken rule, worst first, of packs for such rows."""
    from rich.console import Console

    packs = [held for held in report.packs if not held.is_aside]
    if any(sum(held.counts.values()) for held in packs):
        console = Console(highlight=False)
        if not console.is_terminal:
            console = Console(highlight=False, width=_PLAIN_WIDTH)
        with console.capture() as printed:
            console.print(_table(report, packs))
        for line in printed.get().splitlines():
            click.echo(line.rstrip())


def _table(report: Report, packs: Sequence[Held]) -> Table:
    from rich import box
    from rich.console import Group
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("rule, what is wrong, and what to do", overflow="fold", ratio=1)
    table.add_column("", no_wrap=True)
    table.add_column("found", justify="right")
    table.add_column("first", overflow="fold")
    first: dict[str, Finding] = {}
    for finding in report.findings:
        first.setdefault(finding.rule, finding)
    worst = list(_COLOURS)
    for held in packs:
        rules = [finding for finding in first.values() if finding.pack == held.pack]
        for finding in sorted(rules, key=lambda each: worst.index(each.severity)):
            said = Text(f"{finding.message}\n-> {finding.fix}{_by_machine(finding)}")
            table.add_row(
                Group(Text(finding.rule, style="bold"), Padding(said, (0, 0, 0, 2))),
                Text(finding.severity, style=_COLOURS[finding.severity]),
                f"{report.counts[finding.rule].findings:,}",
                Text(_where(finding)),
            )
        table.add_section()
    return table


def _by_machine(finding: Finding) -> str:
    if finding.edit is None:
        return ""
    return " (--fix drops the row)" if finding.edit == "drop_row" else " (--fix does)"


def _where(finding: Finding) -> str:
    path = "" if finding.path == "$" else f" {finding.path}"
    return f"line {finding.line}{path}" if finding.line else "the file"
