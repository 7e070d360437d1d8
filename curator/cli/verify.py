"""``curator verify``: check the promises on a run's files."""

from __future__ import annotations

from pathlib import Path

import click

from curator.cli.options import format_option, print_json


@click.command(
    "verify", short_help="Check the promises on a run's files, each held against the others."
)
@click.argument("folder", type=click.Path(path_type=Path))
@format_option
def command(folder: Path, *, form: str) -> None:
    """
    Check the promises anew on the files of the run in FOLDER, each held against the others.

    FOLDER may be what curator pull has brought: then it is said what cannot be done anew without
    the records. Exits 4 when any is broken.

    \b
    Example:
      curator verify build/messages
    """  # noqa: D301 - Click's mark for a paragraph that must not be wrapped
    from curator.engine import polars
    from curator.errors import ValidationFailed
    from curator.verify import verify

    promises = verify(folder, polars)
    if form == "json":
        print_json(
            [
                {
                    "promise": promise.name,
                    "holds": promise.holds,
                    "violations": [found.as_dict() for found in promise.violations],
                    "not_redone": list(promise.not_redone),
                }
                for promise in promises
            ]
        )
    else:
        for promise in promises:
            holds = (
                click.style("holds ", fg="green")
                if promise.holds
                else click.style("BROKEN", fg="red")
            )
            click.echo(f"{holds}  {promise.name:<21} {promise.means}")
            for violation in promise.violations:
                click.echo("          " + str(violation).replace("\n", "\n          "))
            for what in promise.not_redone:
                click.secho(f"          not done anew: {what}", dim=True)
    if not all(promise.holds for promise in promises):
        raise click.exceptions.Exit(ValidationFailed.exit_code)
