"""``curator pull``: bring a published set back, each file checked."""

from __future__ import annotations

from pathlib import Path

import click

from curator.cli.options import format_option, print_json


@click.command("pull", short_help="Bring a published set back, each file checked.")
@click.argument("repo_id", metavar="ORG/NAME")
@click.option(
    "--revision", metavar="NAME", default="main", show_default=True, help="Branch, tag or commit."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Folder of the set, new or empty.  [default: pulled/NAME]",
)
@click.option("--quiet", "-q", is_flag=True, help="Say nothing on stderr.")
@format_option
def command(repo_id: str, *, revision: str, out: Path | None, quiet: bool, form: str) -> None:
    """
    Bring back what curator push has published: the dataset with its manifest and proofs.

    Each file is held against the hash in publication.json. The folder is there whole or not at all;
    curator verify reads it.

    \b
    Example:
      curator pull ferry-line/messages
    """  # noqa: D301 - Click's mark for a paragraph that must not be wrapped
    from curator.cli.progress import Bar, speak
    from curator.publish.hub import check_repo_id
    from curator.publish.pull import pull

    try:
        check_repo_id(repo_id)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    if not quiet:
        speak()
    with Bar(quiet=quiet) as bar:
        bar.begin("pull", unit="bytes")
        got = pull(
            repo_id,
            out or Path("pulled") / repo_id.split("/")[1],
            revision=revision,
            progress=bar.advance,
        )
        bar.end("pull")
    if form == "json":
        print_json(got.as_dict())
        return
    said = "" if got.is_new else ", there already"
    click.echo(f"{got.folder}/: {len(got.files):,} files, {got.size_bytes:,} bytes{said}")
    click.echo(f"commit {got.commit} of {got.url}")
    click.echo(f"next: curator verify {got.folder}")
