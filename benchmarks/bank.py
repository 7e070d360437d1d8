"""Retrieve 8 rows a query from the index of a bank, beside scikit-learn and a plain loop."""

from __future__ import annotations

import random
import re
import time
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import polars as pl
from sklearn.feature_extraction.text import TfidfVectorizer

from benchmarks import records
from benchmarks.generate import DATA
from benchmarks.timing import Comparison, main
from curator.bank.index import Index, build, open_index
from curator.records import IS_EXAMPLE, KEPT

K = 8
QUERIES, LOOPED = 50, 5
TIMED = 1_000
LONG = 6  # queries joined to one of about 1,000 characters
GENERATED = 100_000
_WORD = re.compile(r"\w+")


def compare(rows: int) -> list[Comparison]:
    """Queries made of the words of two rows each; the index and the peers' tables stand before."""
    texts = questions(rows)
    columns = pl.DataFrame({"id": pl.int_range(len(texts), eager=True).cast(pl.String)})
    folder = DATA / f"bank-index-{rows}"
    start = time.perf_counter()
    build(texts, columns, folder)
    built_s = time.perf_counter() - start
    index = open_index(folder)
    asked = queries(texts.to_list(), TIMED)

    def ours(count: int) -> list[list[int]]:
        return [index.search(query, K).rows.tolist() for query in asked[:count]]

    vectorizer = TfidfVectorizer()
    table = vectorizer.fit_transform(texts.to_list()).T.tocsr()

    def theirs() -> list[list[int]]:
        found = []
        for query in asked[:QUERIES]:
            likeness = (vectorizer.transform([query]) @ table).toarray()[0]
            best = np.argpartition(-likeness, K)[:K]
            found.append(best[np.argsort(-likeness[best])].tolist())
        return found

    loop = Loop(texts.to_list())
    return [
        Comparison(
            path="retrieve 8",
            peer="scikit-learn TF-IDF, all rows",
            ours=lambda: ours(QUERIES),
            theirs=theirs,
            at_least=3,
            notes=lambda *_: _told(index, folder, asked, built_s),
        ),
        Comparison(
            path="retrieve 8",
            peer="loop over postings",
            ours=lambda: ours(LOOPED),
            theirs=lambda: [loop.search(query) for query in asked[:LOOPED]],
            at_least=30,
        ),
    ]


def questions(rows: int) -> pl.Series:
    """Give the first messages of GENERATED rows; beyond, of halves of two of them."""
    frame = records.clean(min(rows, GENERATED)).lazy().filter(KEPT & IS_EXAMPLE)
    first = frame.select(pl.col("messages").list.first().struct.field("content")).collect()
    texts = first.to_series().fill_null("")
    if rows <= GENERATED:
        return texts
    rng = np.random.default_rng(8)
    words = texts.str.split(" ")
    one, other = pl.col("one"), pl.col("other")
    drawn = {name: words.gather(rng.integers(0, len(texts), rows)) for name in ("one", "other")}
    halves = pl.concat_list(
        one.list.head(one.list.len() // 2), other.list.tail(other.list.len() // 2)
    )
    return pl.DataFrame(drawn).select(halves.list.join(" ")).to_series()


def queries(texts: list[str], count: int) -> list[str]:
    """Join the first third of the words of one row and of another."""
    rng = random.Random(8)
    halves = ([text.split() for text in rng.choices(texts, k=count)] for _ in range(2))
    return [
        " ".join([*one[: len(one) // 3 + 1], *other[: len(other) // 3]])
        for one, other in zip(*halves, strict=True)
    ]


class Loop:
    """TF-IDF over a dictionary of postings, as one writes it in a minute."""

    def __init__(self, texts: list[str]) -> None:
        """Count the words of every text."""
        self.postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for row, text in enumerate(texts):
            words = Counter(_WORD.findall(text.lower()))
            for word, times in words.items():
                self.postings[word].append((row, times / len(words)))
        self.count = len(texts)

    def search(self, query: str) -> list[int]:
        """Add up the words that query and rows share, and sort."""
        scores: dict[int, float] = defaultdict(float)
        for word in _WORD.findall(query.lower()):
            held = self.postings.get(word, [])
            for row, share in held:
                scores[row] += share * np.log(self.count / len(held))
        return sorted(scores, key=lambda row: -scores[row])[:K]


def everything(index: Index, query: str) -> list[int]:
    """Add every posting of the query's terms to its row, then sort: what a search must find."""
    held = index.postings
    sums = np.zeros(len(index), np.int64)
    for start, stop, factor, _ in zip(*held.asked(query), strict=True):
        sums[held.rows[start:stop]] += factor * held.impacts[start:stop].astype(np.int64)
    best = np.argsort(-sums, kind="stable")[:K]
    return best[sums[best] > 0].tolist()


def _told(index: Index, folder: Path, asked: list[str], built_s: float) -> str:
    """Time each query alone, on the one core that a search uses."""
    long = [" ".join(asked[at : at + LONG]) for at in range(0, TIMED - LONG, LONG)]
    short_ms, long_ms = (_milliseconds(index, some) for some in (asked, long))
    start = time.perf_counter()
    open_index(folder)
    opened = (time.perf_counter() - start) * 1000
    same = [
        index.search(query, K).rows.tolist() == everything(index, query) for query in asked[:100]
    ]
    size = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
    return (
        f"{len(index):,} rows, median {np.median(short_ms):.2f} ms, "
        f"p99 {np.percentile(short_ms, 99):.2f} ms "
        f"({LONG} queries in one: {np.median(long_ms):.2f}, {np.percentile(long_ms, 99):.2f}), "
        f"recall {np.mean(same):.3f}, "
        f"opened in {opened:.1f} ms, built in {built_s:.1f} s, {size:.0f} MB"
    )


def _milliseconds(index: Index, asked: list[str]) -> list[float]:
    spent = []
    for query in asked:
        start = time.perf_counter()
        index.search(query, K)
        spent.append((time.perf_counter() - start) * 1000)
    return spent


if __name__ == "__main__":
    main(compare)
