"""
The same work as people write it with ``datasets.map``: python -m benchmarks.peer_datasets FILE OUT.

Read line by line, clean, filter by length, drop exact repeats with a set and near ones with rensa,
split, write Parquet. What it drops goes to OUT/dropped.json: reason -> lines.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import datasets
from rensa import RMinHash, RMinHashLSH

from benchmarks.clean import clean_row
from benchmarks.near_duplicates import THRESHOLD, shingled

PERMUTATIONS, BANDS = 128, 16
Dropped = dict[str, list[int]]


def load(path: Path, dropped: Dropped, cache: Path) -> datasets.Dataset:
    """Read the lines that can be read, because ``load_dataset`` stops at the first that cannot."""
    features = datasets.Features(
        {
            "messages": [{"role": datasets.Value("string"), "content": datasets.Value("string")}],
            "label": datasets.Value("string"),
            "source": datasets.Value("string"),
            "line": datasets.Value("int64"),
        }
    )

    def rows() -> Iterator[dict[str, Any]]:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                try:
                    row = json.loads(line)
                    said = [{"role": m["role"], "content": m["content"]} for m in row["messages"]]
                    yield {
                        "messages": said,
                        "label": row["topic"],
                        "source": row["source"],
                        "line": number,
                    }
                except (ValueError, TypeError, KeyError):
                    dropped["invalid"].append(number)

    return datasets.Dataset.from_generator(rows, features=features, cache_dir=str(cache))


def prompt(row: dict[str, Any]) -> str:
    """Join all that was said before the answer."""
    return "\n".join(message["content"] for message in row["messages"][:-1])


def drop_exact(rows: datasets.Dataset, dropped: Dropped) -> datasets.Dataset:
    """Keep the first of rows that say the same."""
    seen: set[bytes] = set()

    def is_new(row: dict[str, Any]) -> bool:
        said = "\n".join(message["content"] for message in row["messages"])
        key = hashlib.blake2b(said.encode(), digest_size=16).digest()
        if key in seen:
            dropped["exact"].append(row["line"])
            return False
        seen.add(key)
        return True

    return rows.filter(is_new, load_from_cache_file=False)


def drop_near(rows: datasets.Dataset, dropped: Dropped) -> datasets.Dataset:
    """Keep the first of rows whose inputs rensa takes for alike."""
    index = RMinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS, num_bands=BANDS)

    def sketch(row: dict[str, Any]) -> RMinHash:
        made = RMinHash(num_perm=PERMUTATIONS, seed=42)
        made.update(shingled(prompt(row)))
        return made

    kept: dict[int, RMinHash] = {}

    def is_new(row: dict[str, Any], at: int) -> bool:
        mine = sketch(row)
        if any(mine.jaccard(kept[other]) >= THRESHOLD for other in index.query(mine)):
            dropped["near"].append(row["line"])
            return False
        index.insert(at, mine)
        kept[at] = mine
        return True

    return rows.filter(is_new, with_indices=True, load_from_cache_file=False)


def main() -> None:
    """Do it all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("out", type=Path)
    asked = parser.parse_args()
    datasets.disable_progress_bars()
    dropped: Dropped = defaultdict(list)
    rows = load(asked.file, dropped, asked.out / "cache")
    rows = rows.map(clean_row, load_from_cache_file=False)
    rows = rows.filter(lambda row: row["fits"], load_from_cache_file=False)
    rows = drop_near(drop_exact(rows, dropped), dropped)
    parts = rows.train_test_split(test_size=0.2, seed=17)
    held = parts["test"].train_test_split(test_size=0.5, seed=17)
    for name, part in (
        ("train", parts["train"]),
        ("validation", held["train"]),
        ("test", held["test"]),
    ):
        part.to_parquet(asked.out / f"{name}.parquet")
    (asked.out / "dropped.json").write_text(json.dumps(dropped))


if __name__ == "__main__":
    main()
