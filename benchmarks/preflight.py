"""
Files held against a vendor's rules, beside the vendor's own client and a plain loop.

python -m benchmarks.preflight --rows 1000000

The environments of the client are made on first use and need the network once. Version 2.14.0 is
the last that looks at rows; 3.1.1 only reads them as JSON. Every row of the file passes: the client
ends at the first that does not.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.generate import DATA, ensure
from benchmarks.timing import Comparison, main
from curator.preflight import check
from curator.preflight.report import Report

TODAY = date(2026, 12, 1)
CLIENTS = {"2.14.0": 5, "3.1.1": 3}
"""Versions of the client, and how many times as fast we mean to be."""

_ROLES = ("system", "user", "assistant", "tool")
_IMAGES = tuple(f"data:image/{kind};base64," for kind in ("jpeg", "png", "webp"))
_MOST_CHARS = 13_981_036


def compare(rows: int) -> list[Comparison]:
    """Chats by one pack of rules, by all packs, and with rows that break them."""
    path, broken = _passing(rows), ensure(rows)[0]
    compared = [
        Comparison(
            path="check, chats that pass",
            peer=f"together {version}",
            ours=lambda: _checked(path, "together"),
            theirs=lambda client=client: client(path),
            at_least=at_least,
            notes=_note,
        )
        for version, at_least in CLIENTS.items()
        if (client := _client(version))
    ]
    return [
        *compared,
        Comparison(
            path="check, chats that pass",
            peer="json loop",
            ours=lambda: _checked(path, "together"),
            theirs=lambda: plain(path),
            at_least=5,
            notes=_note,
        ),
        Comparison(
            path="check, two extra fields a row",
            peer="json loop",
            ours=lambda: _checked(broken, "together"),
            theirs=lambda: plain(broken),
            at_least=5,
            notes=_note,
        ),
    ]


def _passing(rows: int) -> Path:
    """Give the generated chats without what Together refuses."""
    path = DATA / f"preflight-{rows}.jsonl"
    if not path.exists():
        source, truth = ensure(rows)
        broken = {line for line, _ in truth["invalid"]}
        made = path.with_suffix(".partial")
        with source.open("rb") as lines, made.open("wb") as out:
            for number, line in enumerate(lines, start=1):
                if number not in broken:
                    chat = {"messages": json.loads(line)["messages"]}
                    out.write(json.dumps(chat, ensure_ascii=False).encode() + b"\n")
        made.replace(path)
    return path


def _checked(path: Path, vendor: str) -> Report:
    return check(path, vendor, today=TODAY)


def _note(ours: Report, theirs: tuple[bool, int]) -> str:
    assert ours.holds() == theirs[0]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found = sum(each.findings for each in ours.counts.values())
    return (
        f"{ours.rows:,} rows, {ours.size_bytes / 1e6:,.0f} MB, {found:,} findings; "
        f"peak of this process {peak:,.0f} MB"
    )


def _client(version: str) -> Callable[[Path], tuple[bool, int]] | None:
    """Give the client's check, in a process that stays; None without the network."""
    environment = DATA / f"venv-together-{version}"
    python = environment / "bin" / "python"
    if not (environment / "ready").exists():
        print(f"installing together {version} into {environment} (once) ...", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(environment)], check=True)
        install = [str(python), "-m", "pip", "install", "--quiet", f"together=={version}"]
        if subprocess.run(install, check=False).returncode:
            return None
        (environment / "ready").touch()
    process = subprocess.Popen(
        [str(python), str(Path(__file__).with_name("peer_together.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "TOGETHER_DISABLE_TQDM": "true"},
        text=True,
    )

    def checked(path: Path) -> tuple[bool, int]:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(str(path)) + "\n")
        process.stdin.flush()
        passed, rows = json.loads(process.stdout.readline())
        return passed, rows

    return checked


def plain(path: Path) -> tuple[bool, int]:
    """Hold a file against the rules for Together's conversations, row by row, as one would."""
    rows, passes = 0, True
    with path.open("rb") as lines:
        for line in lines:
            rows += 1
            try:
                row = json.loads(line.decode(), object_pairs_hook=_once)
            except ValueError:
                passes = False
                continue
            passes &= isinstance(row, dict) and not _wrong(row)
    return passes, rows


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError
    return made


def _wrong(row: dict[str, Any]) -> list[str]:  # noqa: C901 - a plain loop is plain
    wrong = [f"extra {key}" for key in row if key not in ("messages", "tools")]
    messages = row.get("messages")
    if not isinstance(messages, list) or not messages:
        return [*wrong, "no messages"]
    roles, kinds, images = [], set(), 0
    for message in messages:
        if not isinstance(message, dict):
            wrong.append("no message")
            continue
        role, content = message.get("role"), message.get("content")
        calls = message.get("tool_calls")
        roles.append(role)
        if role not in _ROLES:
            wrong.append("role")
        if "content" not in message and (role != "assistant" or "tool_calls" not in message):
            wrong.append("no content")
        if role in ("user", "assistant") and not calls and not (content or "").strip():
            wrong.append("empty content")
        weight = message.get("weight", 0)
        if type(weight) is not int or weight not in (0, 1):
            wrong.append("weight")
        if content:
            kinds.add(type(content))
        if isinstance(content, list):
            images += _images(content, role, weight, wrong)
        elif content is not None and not isinstance(content, str):
            wrong.append("type of content")
    if images > 10 or len(kinds) > 1:
        wrong.append("images")
    if roles[0] not in ("system", "user") or "assistant" not in roles or "system" in roles[1:]:
        wrong.append("roles")
    wrong += ["twice" for before, after in pairwise(roles) if before == after and after != "tool"]
    return wrong


def _images(parts: list[Any], role: str, weight: int, wrong: list[str]) -> int:
    found = 0
    for part in parts:
        if not isinstance(part, dict) or part.get("type") not in ("text", "image_url"):
            wrong.append("part")
        elif part["type"] == "text" and not isinstance(part.get("text"), str):
            wrong.append("text")
        elif part["type"] == "image_url":
            found += 1
            url = (part.get("image_url") or {}).get("url")
            is_image = isinstance(url, str) and url.startswith(_IMAGES) and len(url) <= _MOST_CHARS
            if role != "user" or weight == 1 or not is_image:
                wrong.append("image")
    return found


if __name__ == "__main__":
    main(compare)
