"""``curator run``: make every artifact of a recipe."""

from __future__ import annotations

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
@click.option(
    "--verify-tokens",
    is_flag=True,
    help="Hold every token of write.trainer, not a sample, against the reference tokenizer.",
)
@click.option("--quiet", "-q", is_flag=True, help="Say nothing on stderr.")
@format_option
def command(
    recipe: Path,
    variables: dict[str, str],
    sets: dict[str, str],
    *,
    out: Path | None,
    fresh: bool,
    verify_tokens: bool,
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
    from curator.cli.progress import Bar, speak
    from curator.pipeline.run import run

    if verify_tokens:
        sets = {**sets, "write.trainer.verify_tokens": "true"}
    plan = load_recipe(recipe, variables, sets)
    folder = out or Path("build") / plan.name
    if not quiet:
        speak()
    with Bar(quiet=quiet) as bar:
        manifest = run(plan, folder, observer=bar, forget_splits=fresh)
    if form == "json":
        print_json({"folder": str(folder), **manifest.as_dict()})
    else:
        click.echo(_report(folder, manifest))


def _report(folder: Path, manifest: Manifest) -> str:
    """Say what was made and where, and close the sum."""
    files: dict[str, int] = {}
    for path in [*manifest.artifacts, "manifest.json"]:
        top, _, rest = path.partition("/")
        name = f"{top}/" if rest else top
        files[name] = files.get(name, 0) + 1
    lines = [f"{folder}/"]
    for name, count in files.items():
        what = _WHAT.get(name.rstrip("/"), "")
        lines.append(f"  {name:<19}{what}" + (f" ({count} files)" if count > 1 else ""))
    if manifest.splits:
        lines.append("split " + ", ".join(f"{k} {n:,}" for k, n in manifest.splits.items()))
    from curator.write.trainer.ledger import TokenLedger

    tokens = [TokenLedger.from_dict(counts).sentence() for counts in manifest.tokens.values()]
    return "\n".join([*lines, *tokens, manifest.ledger.sentence()])


_WHAT = {
    "bank": "exemplars, and prompts of every technique",
    "dataset": "Parquet that datasets.load_dataset reads, with card and Croissant file",
    "formats": "JSON lines for trainers, one folder a format",
    "leakage.json": "how the splits were compared, and the closest pairs",
    "records.parquet": "every kept example",
    "documents.parquet": "every kept document",
    "rejected.parquet": "every other row, with step and reason",
    "trainer": "tokens, masked and packed, each mask proven",
    "manifest.json": "inputs, counts and hashes; written last",
}
