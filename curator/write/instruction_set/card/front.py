"""Front matter of the card: what the Hub and ``datasets`` read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from curator import licences
from curator.errors import shorten
from curator.write.instruction_set.columns import card_features
from curator.write.instruction_set.made import Made

_SIZES = tuple(
    (10 ** (at + 1), f"{low}<n<{high}")
    for at, (low, high) in enumerate(
        [("1K", "10K"), ("10K", "100K"), ("100K", "1M"), ("1M", "10M"), ("10M", "100M"),
         ("100M", "1B"), ("1B", "10B")],
        start=3,
    )
)  # fmt: skip
OTHER = "other"


def matter(made: Made) -> str:
    """Write the front matter, between its two lines of hyphens."""
    import yaml

    fields = dict(_fields(made))
    return f"---\n{yaml.safe_dump(fields, sort_keys=False, allow_unicode=True)}---"


def _fields(made: Made) -> Iterator[tuple[str, Any]]:
    facts = made.facts
    yield "pretty_name", shorten(made.about.title, 200)
    yield from _licence(made)
    yield from _language(made)
    is_labelling = made.task.output.kind == "labels"
    yield "task_categories", ["text-classification" if is_labelling else "text-generation"]
    yield "annotations_creators", _annotators(made)
    yield "tags", ["instruction-tuning", "curator"]
    yield "size_categories", [_size(facts.total)]
    yield (
        "dataset_info",
        {
            "features": card_features(),
            "splits": [
                {
                    "name": split,
                    "num_bytes": facts.num_bytes[split],
                    "num_examples": facts.rows[split],
                }
                for split in facts.splits
            ],
            "download_size": sum(file.size_bytes for file in facts.files),
            "dataset_size": sum(facts.num_bytes.values()),
        },
    )
    data_files = [{"split": split, "path": f"data/{split}-*.parquet"} for split in facts.splits]
    yield "configs", [{"config_name": "default", "data_files": data_files}]


def _size(rows: int) -> str:
    if rows < 1_000:
        return "n<1K"
    return next((word for size, word in _SIZES if rows < size), "10B<n<100B")


def _licence(made: Made) -> Iterator[tuple[str, Any]]:
    """Name licences as the Hub does; those that it does not know are "other", with their names."""
    given = [name for name in made.facts.licences if name is not None]
    if not given:
        return
    known = sorted({found for name in given if (found := licences.identifier(name))})
    others = sorted({name for name in given if licences.identifier(name) is None})
    all_of = [*known, OTHER] if others else known
    yield "license", all_of[0] if len(all_of) == 1 else all_of
    if others:
        slugs = [re.sub("[^a-z0-9.]+", "-", name.lower()).strip("-") for name in others]
        yield "license_name", "-and-".join(slug for slug in slugs if slug)[:96] or OTHER


def _language(made: Made) -> Iterator[tuple[str, Any]]:
    """Give languages without region or script, and the whole tags where they say more."""
    given = sorted(name for name in made.facts.languages if name is not None)
    tags = [tag for tag in given if re.fullmatch(r"[A-Za-z]{2,3}(?:-[0-9A-Za-z]{1,8})*", tag)]
    plain = sorted({tag.partition("-")[0].lower() for tag in tags})
    if plain:
        yield "language", plain
    if any(tag.lower() not in plain for tag in tags):
        yield "language_details", ", ".join(tags)


def _annotators(made: Made) -> list[str]:
    """Labels and answers came with the source, from a step, from people; or from all of these."""
    facts = made.facts
    return [
        *(["found"] if made.read_rows else []),
        *(["machine-generated"] if made.read_rows < facts.total else []),
        *(["expert-generated"] if facts.reviewed else []),
    ]
