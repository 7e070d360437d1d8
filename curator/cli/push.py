"""``curator push``: publish a run on the Hugging Face Hub."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from curator.cli.options import format_option, print_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from curator.publish.bundle import Bundle
    from curator.publish.hub import Options, Receipt

INCLUDED = ("bank", "trainer")


@click.command("push", short_help="Publish a run on the Hugging Face Hub.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--repo-id", metavar="ORG/NAME", help="Where.  [default: the recipe's]")
@click.option("--private", is_flag=True, default=None, help="Make the repository private.")
@click.option("--revision", metavar="BRANCH", help="Of the repository.  [default: main]")
@click.option("--tag", metavar="NAME", help="A new tag for the commit.")
@click.option(
    "--include",
    multiple=True,
    type=click.Choice(INCLUDED),
    help="What goes along whole, as further configs; may be given twice.",
)
@click.option("--message", metavar="TEXT", help="What the commit says.")
@click.option("--licence", "licences", multiple=True, metavar="ID", help="One that rows may have.")
@click.option(
    "--personal-data", multiple=True, metavar="TYPE", help="Of which some may stay in the rows."
)
@click.option("--min-alpha", type=float, metavar="X", help="Least agreement of those who reviewed.")
@click.option("--overwrite", is_flag=True, help="Replace files that curator did not write.")
@click.option("--dry-run", is_flag=True, help="Show what would be sent; ask the Hub nothing.")
@click.option("--quiet", "-q", is_flag=True, help="Say nothing on stderr.")
@format_option
def command(
    folder: Path, *, overwrite: bool, dry_run: bool, quiet: bool, form: str, **flags: Any
) -> None:
    """
    Publish the run in DIR: dataset, card, manifest and proofs, in one commit.

    First every promise is checked, as curator verify does, and every gate. What the recipe says
    under publish counts where no flag does. The token is that of HF_TOKEN, or of: hf auth login.

    \b
    Example:
      curator push build/messages --repo-id ferry-line/messages --private --dry-run
    """  # noqa: D301 - Click's mark for a paragraph that must not be wrapped
    from curator.cli.progress import Bar, speak
    from curator.publish.bundle import bundled, must_hold
    from curator.publish.hub import publish

    options = _options(folder, flags)
    if not quiet:
        speak()
    with Bar(quiet=quiet) as bar:
        bar.begin("verify")
        _verify(folder)
        bar.end("verify")
        if not dry_run:
            bar.begin("push", unit="bytes")
            receipt = publish(folder, options, progress=bar.advance, overwrite=overwrite)
            bar.end("push")
    if not dry_run:
        print_json(receipt.as_dict()) if form == "json" else click.echo(_receipt(receipt))
        return
    with bundled(folder, options) as made:
        _show(made, options, form)
        must_hold(made.gates)


def _options(folder: Path, flags: Mapping[str, Any]) -> Options:
    """Take what the recipe of the run says under ``publish``; flags win."""
    from curator.manifest import load
    from curator.recipe.steps import options_of

    manifest = load(folder)
    steps = [step["hub"] for step in manifest.recipe.get("publish") or () if "hub" in step]
    asked = flags["repo_id"]
    if len(steps) > 1:  # which of them is meant?
        steps = [step for step in steps if step["repo_id"] == asked]
        if asked is None:
            raise click.UsageError("the recipe names several repositories: give --repo-id")
    given = {name: value for name, value in flags.items() if value not in (None, ())}
    together = {**(steps[0] if steps else {}), **given}
    if "repo_id" not in together:
        raise click.UsageError(
            "where to? give --repo-id ORG/NAME, or publish: [hub: {repo_id: ...}] in the recipe"
        )
    try:
        made: Options = options_of("publish", "hub", together, seed=manifest.seed)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    return made


def _verify(folder: Path) -> None:
    """Raise ValidationFailed where a promise is broken."""
    from curator.errors import ValidationFailed
    from curator.verify import verify

    broken = [promise for promise in verify(folder) if not promise.holds]
    if broken:
        names = ", ".join(promise.name for promise in broken)
        found = [violation for promise in broken for violation in promise.violations[:3]]
        raise ValidationFailed(
            f"nothing was published, these do not hold: {names}",
            found,
            hint=f"see all of it with: curator verify {folder}",
        )


def _show(made: Bundle, options: Options, form: str) -> None:
    """Show what a push would send: files, card and gates."""
    from curator.publish.bundle import as_rows, gate_rows

    if form == "json":
        print_json(
            {
                "repo_id": options.repo_id,
                "revision": options.revision,
                "files": as_rows(made.entries),
                "size_bytes": made.size_bytes,
                "card": made.card,
                "gates": gate_rows(made.gates),
            }
        )
        return
    width = max(map(len, made.entries))
    click.echo(f"would publish {options.repo_id}, {options.revision}")
    for path, one in made.entries.items():
        click.echo(f"  {path:<{width}}  {one.size_bytes:>14,} bytes")
    click.echo(_total(made))
    click.echo(_gates(made))
    click.echo(f"\n{made.card}", nl=False)


def _receipt(receipt: Receipt) -> str:
    """Say what was published, and where."""
    from curator.publish.bundle import folder_counts

    made = receipt.bundle
    lines = [receipt.url]
    for name, (number, size) in folder_counts(made.entries).items():
        files = f"{number:,} files, " if name.endswith("/") else ""
        lines.append(f"  {name:<19}{files}{size:,} bytes")
    lines += [_total(made), _gates(made)]
    named = f"{receipt.revision}" + (f", tag {receipt.tag}" if receipt.tag else "")
    if receipt.is_new:
        changed = f"{len(receipt.sent):,} sent, {len(receipt.deleted):,} deleted"
        lines += [f"{changed}, in one commit of {named}", receipt.commit_url]
    else:
        lines += [f"nothing has changed: {named} holds all of it", receipt.commit_url]
    return "\n".join(lines)


def _total(made: Bundle) -> str:
    return f"{len(made.entries):,} files, {made.size_bytes:,} bytes"


def _gates(made: Bundle) -> str:
    width = max(len(gate.name) for gate in made.gates)
    return "\n".join(
        f"{'holds ' if gate.holds else 'BROKEN'}  {gate.name:<{width}}  {gate.said}"
        for gate in made.gates
    )
