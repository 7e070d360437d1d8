"""
Chats to packs on disk, beside what trainers do with them, and beside encoding alone.

python -m benchmarks.trainer_export [--rows 1000000] [--full | --peak]

The peers are in the environment of ``make test-trainers``; without it only encoding is compared.
TRL and transformers get 10,000 of the rows and encoding 100,000, their time scaled by rows, unless
``--full`` is asked. ``--peak`` exports once in a process of its own, and tells what memory it took.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks import trainer_data
from benchmarks.generate import DATA
from benchmarks.timing import RUNS, Comparison, Timed, Work, measure, show
from curator.manifest import Ledger, Manifest, versions
from curator.write import trainer
from curator.write.trainer import packing
from curator.write.trainer.options import Options

SHARE_ROWS, ENCODED_ROWS, ENCODED_AT_ONCE = 10_000, 100_000, 1_000
MAX_LENGTH = 2048
PLAN_S = 0.05
"""What a plan of 100,000 examples may take."""

ENVIRONMENT = Path(os.environ.get("CURATOR_TRAINERS", ".venv-trainers"))
OPTIONS = Options(
    tokenizer=str(DATA / "tokenizer-32k"),
    template="chatml",
    train_on="assistant",
    max_length=MAX_LENGTH,
)
Ask = Callable[..., dict[str, Any]]


def compare(rows: int, *, full: bool = False) -> list[Comparison]:
    """Compare the whole export with each peer, and the plan alone with TRL's."""
    trainer_data.tokenizer()
    whole = pl.scan_parquet(trainer_data.kept(rows)).select(pl.len()).collect().item()
    segments = exported(rows)

    def share(most: int) -> int:
        return whole if full else min(whole, most)

    def against(name: str, theirs: Work, count: int, at_least: float) -> Comparison:
        part = "" if count == whole else f" ({count:,} rows, scaled)"
        same = segments.filter(pl.col("row") < count)
        return Comparison(
            path="trainer export",
            peer=name + part,
            ours=ours,
            theirs=theirs,
            at_least=at_least,
            peer_scale=whole / count,
            notes=lambda _, told: _told(ours.median_s, segments, same, told),
        )

    ours = Timed(lambda: export(rows))
    encoded, prepared = share(ENCODED_ROWS), share(SHARE_ROWS)
    alone = encoding(trainer_data.messages(rows, encoded))
    found = [against("encode_batch_fast alone", alone, encoded, 3)]
    ask = peer(str(trainer_data.messages(rows, prepared)))
    if ask is None:
        print(f"trainer export: no TRL in {ENVIRONMENT}, which make test-trainers makes")
        return found
    for name, does, at_least in (
        ("TRL, prepare and pack", "prepare", 20),
        ("transformers, with masks", "template", 5),
    ):
        theirs = partial(ask, do=does, rows=prepared)
        found.append(against(name, theirs, prepared, at_least))
    lengths = segments["tokens"].to_numpy().astype(np.int64)
    return [*found, planning(lengths, ask, 1_000), planning(lengths, ask, None)]


def export(rows: int, out: Path | None = None) -> None:
    """Write the export to ``out``, or to a folder that is removed."""
    with TemporaryDirectory() as folder:
        records = pl.scan_parquet(trainer_data.kept(rows))
        made = Path(folder) if out is None else out
        manifest = Manifest(
            name="chats",
            recipe={},
            seed=17,
            versions=versions(),
            inputs=(),
            ledger=Ledger(read=rows, kept=rows),
        )
        trainer.write(records, OPTIONS, made, task=trainer_data.TASK, manifest=manifest)


def exported(rows: int) -> pl.DataFrame:
    """Give row, tokens and trained tokens of every example of an export."""
    with TemporaryDirectory() as folder:
        export(rows, Path(folder))
        path = Path(folder) / "segments.parquet"
        return pl.read_parquet(path, columns=["row", "tokens", "trained"])


def encoding(chats: Path) -> Work:
    """Encode texts that are rendered already, and keep nothing."""
    from tokenizers import Tokenizer

    reader = Tokenizer.from_file(str(trainer_data.tokenizer() / "tokenizer.json"))
    texts = [
        "".join(f"<|im_start|>{m['role']}\n{m['content']}<|im_end|>\n" for m in messages)
        for messages in pl.read_parquet(chats)["messages"]
    ]

    def encode() -> dict[str, int]:
        tokens = 0
        for start in range(0, len(texts), ENCODED_AT_ONCE):
            batch = texts[start : start + ENCODED_AT_ONCE]
            tokens += sum(map(len, reader.encode_batch_fast(batch, add_special_tokens=False)))
        return {"tokens": tokens}

    return encode


def planning(lengths: NDArray[np.int64], ask: Ask, at_once: int | None) -> Comparison:
    """Plan packs; the peer also moves tokens of one byte each."""
    path = DATA / f"lengths-{lengths.size}.parquet"
    pl.DataFrame({"tokens": lengths}).write_parquet(path)
    ours = Timed(lambda: packing.plan(lengths, MAX_LENGTH, max_segments=None, seed=0))

    def told(made: packing.Plan, theirs: dict[str, int]) -> str:
        fill = int(lengths.sum()) / (theirs["packs"] * MAX_LENGTH)
        allowed = PLAN_S * max(1, lengths.size / 100_000)
        late = "" if ours.median_s <= allowed else f", over {allowed} s: TOO SLOW"
        loose = "" if made.fill >= fill else ": LOOSER"
        return (
            f"{lengths.size:,} examples in {ours.median_s:.4f} s{late}; fill ours {made.fill:.4f}, "
            f"theirs {fill:.4f}{loose}; {made.packs.offsets.size - 1:,} packs, at least "
            f"{made.lower_bound:,} are needed"
        )

    return Comparison(
        path="trainer export, plan",
        peer="TRL bfd, all rows at once" if at_once is None else f"TRL bfd, {at_once:,} at once",
        ours=ours,
        theirs=lambda: ask(do="pack", lengths=str(path), batch_rows=at_once),
        at_least=10,
        notes=told,
    )


def _told(seconds: float, whole: pl.DataFrame, same: pl.DataFrame, theirs: dict[str, Any]) -> str:
    """Say how fast tokens are written, and whether the peer counts the same in its share."""
    counts = [name for name in ("tokens", "trained") if name in theirs]
    equal = all(same[name].sum() == theirs[name] for name in counts)
    return (
        f"{whole['tokens'].sum() / seconds:,.0f} tokens/s, {whole['tokens'].sum():,} tokens, "
        f"{whole['trained'].sum() / whole['tokens'].sum():.1%} trained; "
        f"{' and '.join(counts)} {'equal' if equal else 'DIFFER FROM'} the peer's"
    )


@cache
def peer(chats: str) -> Ask | None:
    """Give TRL and transformers in a process that stays; None without their environment."""
    python = ENVIRONMENT / "python" / "bin" / "python"
    if not python.exists():
        return None
    worker = Path(__file__).with_name("peer_trl.py")
    command = [str(python), str(worker), str(trainer_data.tokenizer()), chats]
    process = Popen(command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, text=True)

    def ask(**asked: Any) -> dict[str, Any]:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(asked) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
        if not line:
            raise SystemExit(f"{' '.join(command)} broke off at {asked}")
        told: dict[str, Any] = json.loads(line)
        return told

    return ask


def peak(rows: int) -> str:
    """Export once in a small process of its own, and say what it took."""
    trainer_data.tokenizer()
    trainer_data.kept(rows)
    with TemporaryDirectory() as folder:
        asked = ["-m", "benchmarks.trainer_export", "--rows", str(rows), "--export", folder]
        start = time.perf_counter()
        process = Popen([sys.executable, *asked])
        own = watched(process.pid)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        if status:
            raise SystemExit(f"python {' '.join(asked)} failed")
        segments = pl.read_parquet(Path(folder) / "segments.parquet", columns=["tokens"])
    tokens = segments["tokens"].sum()
    return (
        f"trainer export: {segments.height:,} chats, {tokens:,} tokens in {seconds:.1f} s, "
        f"{tokens / seconds:,.0f} tokens/s, start of Python included, "
        f"peak {usage.ru_maxrss / 2**10:,.0f} MiB, of which its own {own / 2**20:,.0f} MiB "
        "(the others are pages of files, which the system takes back when it needs them)"
    )


def watched(process: int) -> int:
    """Wait for a process to end; give the most bytes that it had beside pages of files (Linux)."""
    most, memory = 0, Path(f"/proc/{process}/statm")
    while os.waitid(os.P_PID, process, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        resident, shared = map(int, memory.read_text().split()[1:3])
        most = max(most, (resident - shared) * os.sysconf("SC_PAGE_SIZE"))
        time.sleep(0.02)
    return most


def main() -> None:
    """Do what the command line asks."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--full", action="store_true", help="give every peer all rows")
    parser.add_argument("--peak", action="store_true", help="export once, and tell the memory")
    parser.add_argument("--export", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.export:
        export(asked.rows, asked.export)
    elif asked.peak:
        print(peak(asked.rows))
    else:
        compared = compare(asked.rows, full=asked.full)
        print(show([measure(comparison, asked.runs) for comparison in compared]))


if __name__ == "__main__":
    main()
