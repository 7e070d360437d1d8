"""
Send records to the server of ``curator review serve``, and to the same server as it is released.

Runs where ``make test-review`` has installed: .venv-review/bin/python -m benchmarks.review
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from curator.review.argilla import Options, collect, send
from curator.review.guidelines import guidelines
from curator.review.item import Item
from curator.review.questions import questions
from curator.task import Output, Task

TARGET_S = 60  # for 10,000 records
LABELS = tuple(f"topic {number}" for number in range(14))
TASK = Task(instruction="Say what it is about.", output=Output(labels=LABELS))
AS_RELEASED = (
    "import sys, types; bare = types.ModuleType('patches'); bare.apply = lambda: None; "
    "sys.modules['curator.review.local_server.patches'] = bare; "
)


def items(count: int) -> list[Item]:
    """Make records such as support messages are."""
    return [
        Item(
            id=f"{number:032x}",
            messages=[{"role": "user", "content": f"message {number}: " + "where is my bag? " * 9}],
            answer=LABELS[number % 14],
            label=LABELS[number % 14],
            metadata={"split": "train", "label": LABELS[number % 14], "tokens": 40 + number % 90},
        )
        for number in range(count)
    ]


def timed(home: Path, count: int, before: str) -> tuple[float, float]:
    """Start a server, and give the seconds of sending and of reading everything back."""
    flags = ["review", "serve", "--home", str(home), "--port", "0"]
    code = f"{before}from curator.cli import main; main({flags!r})"
    said = home.parent / f"{home.name}.said"
    with said.open("w") as file:
        server = subprocess.Popen([sys.executable, "-u", "-c", code], stdout=file, stderr=file)
    try:
        access = home / "access.json"
        while "Open http" not in said.read_text():
            time.sleep(0.2)
            if server.poll() is not None:
                raise SystemExit(said.read_text())
        found = json.loads(access.read_text())
        os.environ |= {"ARGILLA_API_URL": found["api_url"], "ARGILLA_API_KEY": found["api_key"]}
        asked = questions(TASK)
        start = time.perf_counter()
        ticket = send(
            items(count), Options(), name="bench", task=TASK, asked=asked,
            guidelines=guidelines(TASK, asked), progress=lambda _: None,
        )  # fmt: skip
        sent = time.perf_counter()
        list(collect(ticket, progress=lambda _: None))
        return sent - start, time.perf_counter() - sent
    finally:
        server.terminate()
        server.wait()


def main() -> int:
    """Print both, and 1 if sending takes longer than it may."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--released", type=int, default=2_000, help="records for the plain server")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        ours = timed(Path(folder) / "ours", asked.records, "")
        plain = timed(Path(folder) / "plain", asked.released, AS_RELEASED)
    scaled = plain[0] * asked.records / asked.released
    print(f"{asked.records:,} records: sent in {ours[0]:.1f} s, read back in {ours[1]:.1f} s")
    print(f"as released: {asked.released:,} records in {plain[0]:.1f} s, so {scaled:.0f} s for all")
    print(f"{scaled / ours[0]:.1f} times as fast; target {TARGET_S} s for 10,000")
    return 0 if ours[0] * 10_000 / asked.records <= TARGET_S else 1


if __name__ == "__main__":
    raise SystemExit(main())
