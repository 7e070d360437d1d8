"""``curator export``: convert a file of one shape, or the records of a run, into another shape."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from curator.cli.options import format_option, print_json

if TYPE_CHECKING:
    from curator.export import Exported

_SPLITS = ("train", "validation", "test")
_CONVENTIONS = ("in_answer", "think", "reasoning_content", "thinking", "two_messages")


@click.command("export", short_help="Convert a file, or a run, into another shape.")
@click.argument("source", metavar="DIR|FILE", type=click.Path(path_type=Path))
@click.option("--to", "target", required=True, metavar="NAME", help="The shape to write.")
@click.option("--from", "shape", metavar="SHAPE", help="The shape of FILE.  [default: look]")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder to write.  [default: SOURCE.NAME]",
)
@click.option(
    "--split",
    "splits",
    multiple=True,
    type=click.Choice(_SPLITS),
    help="Only rows of this split; may be given again.  [default: all]",
)
@click.option(
    "--reasoning",
    type=click.Choice(_CONVENTIONS),
    help="Where reasoning stands.  [default: a field or think tags; of a run, as its task says]",
)
@click.option("--force", is_flag=True, help="Replace what an earlier export has made.")
@click.option("--quiet", "-q", is_flag=True, help="Say nothing on stderr.")
@format_option
def command(
    source: Path,
    target: str,
    shape: str | None,
    *,
    out: Path | None,
    splits: tuple[str, ...],
    reasoning: str | None,
    force: bool,
    quiet: bool,
    form: str,
) -> None:
    """
    Convert FILE (JSON lines, JSON, CSV or Parquet), or the examples of the run in DIR, to a shape.

    Rows that cannot be read go to rejected.jsonl, those that the shape cannot hold to
    skipped.jsonl. Ends with the sum of all rows, which must close.

    Shapes: messages, alpaca, sharegpt, prompt_completion, prompt_completion_text, text, nemo_sft;
    alpaca_preference, sharegpt_preference, sharegpt_kto, openai_dpo; trl_preference, trl_unpaired,
    trl_stepwise; axolotl_chat_template, axolotl_train_detail, axolotl_input_output; vertex_gemini,
    bedrock_converse, bedrock_claude, bedrock_rft, mistral.

    \b
    Example:
      curator export samples/chats.jsonl --to sharegpt --out build/desk_sharegpt --force
    """  # noqa: D301 - Click's mark for a paragraph that must not be wrapped
    from curator.cli.progress import Bar, speak
    from curator.export import export

    folder = out or Path(f"{source.resolve().name.split('.')[0]}.{target}")
    if not quiet:
        speak()
    with Bar(quiet=quiet) as bar:
        bar.begin("export")
        done = export(
            source, target, folder, shape=shape, splits=splits, reasoning=reasoning,
            force=force, tick=bar.advance,
        )  # fmt: skip
        bar.end("export")
    if form == "json":
        print_json(done.as_dict())
    else:
        click.echo(_report(done))


def _report(done: Exported) -> str:
    """Say what was written, what stayed behind, and close the sum."""
    lines = [f"{done.folder}/"]
    for name in done.files:
        split = name.removesuffix(".jsonl")
        count = done.lines.get(split) if name.endswith(".jsonl") else None
        said = _WHAT.get(name, "") if count is None else f"{count:,} line{'s' * (count != 1)}"
        lines.append(f"  {name:<19}{said}".rstrip())
    for what, counts in (("left behind", done.fields_left_out), ("joined", done.joined)):
        if counts:
            lines.append(f"{what}: {', '.join(f'{name} {n:,}' for name, n in counts.items())}")
    return "\n".join([*lines, done.sentence()])


_WHAT = {
    "left_out.json": "what the shape has no place for, counted",
    "rejected.jsonl": "rows that could not be read, with their reason",
    "skipped.jsonl": "rows that the shape cannot hold, with their reason",
    "dataset_info.json": "how LLaMA-Factory reads the files",
    "axolotl.yaml": "settings for Axolotl",
    "sft_trl.py": "trains with TRL",
    "dpo_trl.py": "trains with TRL",
    "kto_trl.py": "trains with TRL",
}
