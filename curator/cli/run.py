"""``curator run``: make every artifact of a recipe."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

import click

from curator.cli.options import format_option, load_recipe, print_json, recipe_options

if TYPE_CHECKING:
    from curator.manifest import Manifest


@click.command("run", short_help="Make every artifact of a recipe.")
@recipe_options
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the artifacts.  [default: build/NAME]",
)
@click.option("--fresh", is_flag=True, help="Forget the splits of earlier runs.")
@click.option("--quiet", "-q", is_flag=True, help="Say nothing on stderr.")
@format_option
def command(
    recipe: Path,
    variables: dict[str, str],
    sets: dict[str, str],
    *,
    out: Path | None,
    fresh: bool,
    quiet: bool,
    form: str,
) -> None:
    """
    Make every artifact of RECIPE: a file, or the name of a recipe that ships with curator.

    Ends with the sum of all rows, which must close.

    \b
    Example:
      curator run recipes/messages.yaml
    """  # noqa: D301 - Click's mark for a paragraph that must not be wrapped
    from curator.cli.progress import Bar
    from curator.engine import polars
    from curator.pipeline.run import Run

    plan = load_recipe(recipe, variables, sets)
    folder = out or Path("build") / plan.name
    if not quiet:
        _speak()
    with Bar(quiet=quiet) as bar:
        run = Run(recipe=plan, out=folder, engine=polars, observer=bar, forget_splits=fresh)
        manifest = run.run()
    if form == "json":
        print_json({"folder": str(folder), **manifest.as_dict()})
    else:
        click.echo(_report(folder, manifest))


def _speak() -> None:
    """Let what readers and steps have to say appear on stderr, one plain line each."""
    logger = logging.getLogger("curator")
    if not logger.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("  %(message)s"))
        logger.addHandler(handler)
    logger.setLevel(logging.INFO)


def _report(folder: Path, manifest: Manifest) -> str:
    """Say what was made and where, and close the sum."""
    lines = []
    if manifest.splits:
        lines.append("splits  " + "  ".join(f"{k} {n:,}" for k, n in manifest.splits.items()))
    lines.append("made")
    tops: dict[str, list[int]] = {}
    for path, entry in manifest.artifacts.items():
        top, _, rest = path.partition("/")
        tops.setdefault(f"{folder}/{top}{'/' if rest else ''}", []).append(entry["size_bytes"])
    tops[f"{folder}/manifest.json"] = [(folder / "manifest.json").stat().st_size]
    width = max(map(len, tops))
    for name, sizes in tops.items():
        files = f"  {len(sizes)} files" if len(sizes) > 1 else ""
        lines.append(f"  {name:<{width}}  {_size(sum(sizes)):>9}{files}")
    return "\n".join([*lines, manifest.ledger.sentence()])


def _size(size_bytes: int) -> str:
    size = float(size_bytes)
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:,.0f} {unit}" if unit == "B" else f"{size:,.1f} {unit}"
        size /= 1000
    return f"{size:,.1f} GB"
