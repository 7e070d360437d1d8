"""``curator bank compare``: what each strategy would choose from a run's own rows, side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from curator.cli.options import format_option, print_json
from curator.errors import RecipeError, shorten

if TYPE_CHECKING:
    from curator.cli.bank_choices import Compared

_HEADS = ("strategy", "exemplars", "tokens", "coverage", "redundancy", "labels", "balance", "kNN")


@click.command("compare", short_help="Show strategies side by side on a run's own rows.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--strategies", metavar="NAME,NAME,...", help="Which ones.  [default: all]")
@click.option("--shots", type=click.IntRange(1), help="In all.  [default: 8, if not --per-label]")
@click.option("--per-label", type=click.IntRange(1), help="Of each label.")
@click.option("--k", default=8, show_default=True, type=click.IntRange(1), help="Neighbours.")
@click.option("--seed", default=0, show_default=True, help="What draws are made with.")
@click.option(
    "--embedder", metavar="SPEC", help="Choose and measure by the vectors of this model or address."
)
@format_option
def command(
    folder: Path,
    *,
    strategies: str | None,
    shots: int | None,
    per_label: int | None,
    k: int,
    seed: int,
    embedder: str | None,
    form: str,
) -> None:
    """
    Choose exemplars from the train rows of the run in DIR by each strategy, and compare them.

    \b
    tokens      of all exemplars; for nearest, of the k that a query gets, on average
    coverage    how like its nearest exemplar a train row is, on average
    redundancy  how alike two exemplars are, on average
    labels      with an exemplar, of all labels of the train rows
    balance     1 if all labels have as many exemplars, 0 if one has all
    kNN         share of validation rows (without any: of train rows, each left out in turn)
                whose label is that of most of their k nearest exemplars

    \b
    Example:
      curator bank compare build/messages --strategies random,diverse,nearest
    """  # noqa: D301 - Click's mark for a paragraph that must not be wrapped
    import logging

    from curator.cli.bank_choices import compare

    logging.getLogger("curator").setLevel(logging.ERROR)  # the table says what is missing
    names = None if strategies is None else [name.strip() for name in strategies.split(",")]
    given = {"shots": shots, "per_label": per_label, "seed": seed, "embedder": embedder}
    compared = compare(folder, names, given, k)
    if form == "json":
        print_json(compared.as_dict())
        return
    for line in _table(compared):
        click.echo(line)
    for name, why in compared.failed.items():
        click.echo(shorten(f"{name}: {why.removeprefix(f'{name}: ')}", 200), err=True)
    if not compared.rows:
        raise RecipeError("no strategy could choose anything", where=shorten(str(folder)))


def _table(compared: Compared) -> list[str]:
    rows = [_HEADS, *(_cells(row) for row in compared.rows)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADS))]
    lines = [
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    return [*lines, compared.note]


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    def share(name: str) -> str:
        return "-" if row[name] is None else f"{row[name]:.3f}"

    labels = f"{row['labels']:,}/{row['all_labels']:,}" if row["all_labels"] else "-"
    return (
        row["strategy"],
        f"{row['exemplars']:,}",
        f"{row['tokens']:,}",
        share("coverage"),
        share("redundancy"),
        labels,
        share("balance"),
        share("knn"),
    )
