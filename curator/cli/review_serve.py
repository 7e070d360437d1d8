"""``curator review serve``: an Argilla server on this machine, for the people who review."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from curator.review.local_server.serve import Started


@click.command("serve", short_help="Start an Argilla server on this machine.")
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of all its data.  [default: ~/.local/share/curator/argilla]",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=6900,
    show_default=True,
    help="Port on 127.0.0.1; 0 takes one that is free.",
)
@click.option(
    "--annotator",
    "annotators",
    multiple=True,
    metavar="NAME",
    help="Let somebody review; may be given several times. The first start makes `reviewer`.",
)
def command(home: Path | None, port: int, annotators: tuple[str, ...]) -> None:
    """
    Start an Argilla server on this machine, with no Docker, database or account to set up.

    Prints the address to open and, once, the passwords. Everything is kept in --home; Ctrl-C
    ends the server, and the next start goes on where it was.

    \b
    Example:
      curator review serve --annotator ann --annotator ben
    """  # noqa: D301 - Click's mark for a paragraph that must not be wrapped
    from curator.review.local_server.access import default_home
    from curator.review.local_server.serve import serve

    click.echo("starting ...", err=True)
    serve(home or default_home(), port=port, annotators=annotators, ready=_say)


def _say(started: Started) -> None:
    lines = [f"Open {started.address} in a browser. Ctrl-C ends the server."]
    known = [name for name in started.names if name not in started.made]
    width = max(len(name) for name in started.names)
    if started.made:
        lines += ["", "Sign in as (shown only now):"]
        lines += [f"  {name:<{width}}  {word}" for name, word in started.made.items()]
    if known:
        lines += ["", f"{'Also' if started.made else 'Sign in as'}: {', '.join(known)}"]
    lines += ["", f"All passwords, and the owner's API key: {started.file}"]
    click.echo("\n".join(lines))
