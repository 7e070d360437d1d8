"""
Write chat rows of realistic length with known flaws, and the truth about them.

python -m benchmarks.generate --rows 100000 --out chats.jsonl

Beside ``chats.jsonl`` stands ``chats.truth.json``: for each planted row its line (1-based), what
was done to it, and the line of the row it repeats. Same rows and seed, same bytes; fewer rows are a
prefix of more.
"""

from __future__ import annotations

import argparse
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

VERSION = 1
DATA = Path(__file__).parent / "data"
CHUNK_ROWS = 10_000
VOCABULARY = 20_000
TOPICS = ("account", "billing", "delivery", "login", "orders", "refund", "returns", "other")
SHARES = {"exact": 0.02, "near": 0.03, "conflict": 0.002, "invalid": 0.005, "unclean": 0.02}
"""What part of the rows is planted as what; all other rows are originals."""

BROKEN = ("json", "utf-8", "duplicate key", "type")
UNCLEAN = {
    "line ends": lambda text: text.replace(b" ", b"\\r\\n", 1),
    "unusual spaces": lambda text: text.replace(b" ", "\xa0".encode(), 1),
    "invisible characters": lambda text: text.replace(b" ", " \u200b".encode(), 1),
    "unicode": lambda text: text.replace(b" ", " cafe\u0301 ".encode(), 1),
    "surrounding space": lambda text: b"  " + text,
}
_WORD = re.compile(rb"[a-z0-9\x80-\xff]+")

Talk = list[list[bytes]]
"""The words of each message, user and assistant in turn."""


@dataclass
class Truth:
    """What was planted, by line."""

    rows: int
    seed: int
    version: int = VERSION
    exact: list[tuple[int, int]] = field(default_factory=list)  # line, line it repeats
    conflict: list[tuple[int, int]] = field(default_factory=list)  # the same with another topic
    near: list[tuple[int, int, float]] = field(default_factory=list)  # with Jaccard of the input
    invalid: list[tuple[int, str]] = field(default_factory=list)  # line, what is wrong
    unclean: list[tuple[int, str]] = field(default_factory=list)  # line, what must be changed


def generate(path: Path, rows: int, seed: int = 17) -> Path:
    """Write ``rows`` lines to ``path`` and the truth beside it; give the truth's path."""
    writer = _Writer(seed=seed, truth=Truth(rows=rows, seed=seed))
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        for start in range(0, rows, CHUNK_ROWS):
            lines = writer.chunk(start)
            file.write(b"\n".join([*lines[: rows - start], b""]))
    truth = path.with_suffix(".truth.json")
    told = {
        k: [e for e in v if e[0] <= rows] if isinstance(v, list) else v
        for k, v in vars(writer.truth).items()
    }
    truth.write_text(json.dumps(told) + "\n")
    return truth


def ensure(rows: int, seed: int = 17) -> tuple[Path, dict[str, Any]]:
    """Give a file of so many rows and its truth, made if it is not there yet."""
    path = DATA / f"chats-{rows}-{seed}.jsonl"
    truth = path.with_suffix(".truth.json")
    if not truth.exists() or json.loads(truth.read_text())["version"] != VERSION:
        generate(path, rows, seed)
    told: dict[str, Any] = json.loads(truth.read_text())
    return path, told


def vocabulary(rng: np.random.Generator) -> list[bytes]:
    """Make words from syllables, the frequent ones short, some with an accent."""
    onsets = (
        "b",
        "br",
        "c",
        "ch",
        "d",
        "f",
        "fl",
        "g",
        "gr",
        "h",
        "j",
        "k",
        "l",
        "m",
        "n",
        "p",
        "pr",
        "r",
        "s",
        "st",
        "t",
        "v",
        "w",
    )
    vowels = ("a", "e", "i", "o", "u", "ea", "ou", "ai")
    words: dict[str, None] = {}
    while len(words) < VOCABULARY:
        syllables = 1 + min(3, int(rng.exponential(0.4 + len(words) / VOCABULARY * 1.6)))
        word = "".join(rng.choice(onsets) + rng.choice(vowels) for _ in range(syllables))
        word += str(rng.choice(["", "n", "s", "r", "t"]))
        words[word.replace("ea", "é") if rng.random() < 0.05 else word] = None
    return [word.encode() for word in words]


class _Writer:
    """Makes rows chunk by chunk; remembers some originals to repeat."""

    def __init__(self, seed: int, truth: Truth) -> None:
        self.seed, self.truth = seed, truth
        words = vocabulary(np.random.default_rng(seed))
        self.plain = words[1000:]  # rare words, for edits
        written = [
            words,
            [w + b"," for w in words],
            [w + b"." for w in words],
            [w + b".\\n\\n" + v for w, v in zip(words, reversed(words), strict=True)],
        ]
        self.words = np.array([word for form in written for word in form], dtype=object)
        self.accept, self.alias = _alias(1 / np.arange(2, VOCABULARY + 2))
        self.pool: list[tuple[int, Talk, int]] = []

    def draw(self, rng: np.random.Generator, count: int) -> np.ndarray:
        """Draw words with frequencies after Zipf, a few with a mark behind them."""
        at = rng.integers(VOCABULARY, size=count)
        word = np.where(rng.random(count, dtype=np.float32) < self.accept[at], at, self.alias[at])
        form = np.searchsorted([0.88, 0.94, 0.995], rng.random(count, dtype=np.float32))
        return self.words[word + VOCABULARY * form]

    def chunk(self, start: int) -> list[bytes]:
        """Make the lines of one chunk; what they hold depends on the seed and all chunks before."""
        rng = np.random.default_rng([self.seed, start])
        turns = rng.integers(1, 4, size=CHUNK_ROWS)
        lengths = np.empty((CHUNK_ROWS, 3, 2), dtype=np.int64)
        lengths[:, :, 0] = rng.integers(8, 70, size=(CHUNK_ROWS, 3))
        lengths[:, :, 1] = rng.integers(25, 180, size=(CHUNK_ROWS, 3))
        lengths[np.arange(3) >= turns[:, None]] = 0
        ends = lengths.reshape(CHUNK_ROWS, 6).cumsum().reshape(CHUNK_ROWS, 6).tolist()
        words = self.draw(rng, int(lengths.sum())).tolist()
        topics = rng.integers(len(TOPICS), size=CHUNK_ROWS).tolist()
        kinds = np.searchsorted(np.cumsum(list(SHARES.values())), rng.random(CHUNK_ROWS)).tolist()
        names = [*SHARES, "original"]
        lines, begin = [], 0
        for row, stops in enumerate(ends):
            talk: Talk = []
            for stop in stops[: 2 * turns[row]]:
                talk.append(words[begin:stop])
                begin = stop
            lines.append(self.row(rng, start + row + 1, names[kinds[row]], talk, topics[row]))
        return lines

    def row(self, rng: np.random.Generator, line: int, kind: str, talk: Talk, topic: int) -> bytes:
        """Make one line; a row that should repeat another does so if there is one yet."""
        if kind in ("exact", "near", "conflict") and self.pool:
            of, source, source_topic = self.pool[rng.integers(len(self.pool))]
            if kind == "near":
                talk = _edited(rng, source, self.plain)
                alike = jaccard(_input(source), _input(talk))
                self.truth.near.append((line, of, round(alike, 6)))
            else:
                talk = source
                getattr(self.truth, kind).append((line, of))
            topic = source_topic if kind != "conflict" else (source_topic + 1) % len(TOPICS)
        elif kind == "unclean":
            return self.unclean(rng, line, talk, topic)
        elif kind == "invalid":
            wrong = BROKEN[rng.integers(len(BROKEN))]
            self.truth.invalid.append((line, wrong))
            return _broken(_json(line, talk, topic), wrong)
        elif rng.random() < 0.05:
            self.pool.append((line, talk, topic))
            if len(self.pool) > CHUNK_ROWS:  # memory stays flat; old rows leave at random
                self.pool[rng.integers(CHUNK_ROWS)] = self.pool.pop()
        return _json(line, talk, topic)

    def unclean(self, rng: np.random.Generator, line: int, talk: Talk, topic: int) -> bytes:
        """Make one line whose first message must be put in order."""
        name = list(UNCLEAN)[rng.integers(len(UNCLEAN))]
        self.truth.unclean.append((line, name))
        first = UNCLEAN[name](b" ".join(talk[0]))
        return _json(line, [[first], *talk[1:]], topic)


def jaccard(left: bytes, right: bytes) -> float:
    """Say how much two texts share: of their sets of three words in a row."""
    a, b = (_shingles(text) for text in (left, right))
    return len(a & b) / max(len(a | b), 1)


def _shingles(text: bytes) -> set[tuple[bytes, ...]]:
    words = _WORD.findall(text.lower().replace(b"\\n", b" "))
    return {tuple(words[at : at + 3]) for at in range(max(len(words) - 2, 1))}


def _input(talk: Talk) -> bytes:
    return b"\n".join(b" ".join(words) for words in talk[:-1])


def _edited(rng: np.random.Generator, talk: Talk, words: list[bytes]) -> Talk:
    """Replace, add or leave out one to three words of the input."""
    edited = [list(message) for message in talk]
    for _ in range(rng.integers(1, 4)):
        message = edited[rng.integers(len(edited) - 1)]
        at = int(rng.integers(len(message)))
        match rng.integers(3):
            case 0:
                message[at] = words[rng.integers(len(words))]
            case 1:
                message.insert(at, words[rng.integers(len(words))])
            case _:
                del message[at]
    return edited


_HEADS = tuple(b'{"role": "%s", "content": "' % role for role in (b"user", b"assistant"))


def _json(line: int, talk: Talk, topic: int) -> bytes:
    """Spell one row; no word holds a character that JSON must escape beyond what it brings."""
    said = b'"}, '.join(_HEADS[at % 2] + b" ".join(words) for at, words in enumerate(talk))
    return b'{"messages": [%s"}], "topic": "%s", "source": "desk-%d", "ticket": %d}' % (
        said,
        TOPICS[topic].encode(),
        line % 7,
        line,
    )


def _broken(line: bytes, wrong: str) -> bytes:
    match wrong:
        case "json":
            return line[: len(line) // 2]
        case "utf-8":
            return line.replace(b" ", b" \xff", 10)
        case "duplicate key":
            return line[:-1] + b', "topic": "other"}'
        case _:
            return line.replace(b'"messages": [', b'"messages": 7, "was": [', 1)


def _alias(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lay out weights so that one draw and one comparison pick an index. Source: Walker 1977."""
    scaled = (weights / weights.sum() * len(weights)).tolist()
    accept, alias = np.ones(len(weights)), np.arange(len(weights))
    small = [at for at, weight in enumerate(scaled) if weight < 1]
    large = [at for at, weight in enumerate(scaled) if weight >= 1]
    while small and large:
        less, more = small.pop(), large.pop()
        accept[less], alias[less] = scaled[less], more
        scaled[more] -= 1 - scaled[less]
        (small if scaled[more] < 1 else large).append(more)
    return accept, alias


def main() -> None:
    """Write a file as the command line asks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=17)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    path = asked.out or DATA / f"chats-{asked.rows}-{asked.seed}.jsonl"
    truth = generate(path, asked.rows, asked.seed)
    print(f"{path} ({path.stat().st_size:,} bytes), {truth.name}")


if __name__ == "__main__":
    main()
