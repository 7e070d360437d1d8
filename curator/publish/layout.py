"""Which files of a run go to the Hub, and where they stand there."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path, PurePosixPath
from typing import Any

from curator.errors import RecipeError
from curator.manifest import MANIFEST
from curator.publish.exemplars import TABLE
from curator.records import SPLITS

PUBLICATION = "publication.json"
CARD = "README.md"
INCLUDED = ("bank", "trainer")
PROOFS = ("leakage.json", "trainer/masks.json", "trainer/trainer.json")
_DATASET = "dataset/"
_KEEP_THEIR_PLACE = ("bank/", "trainer/", MANIFEST, "leakage.json", PUBLICATION)


def files(folder: Path, artifacts: Iterable[str], include: Collection[str]) -> dict[str, Path]:
    """
    Name the files to publish by their place in the repository: the dataset at its top.

    Records, rejects, reviews and the memory of splits stay: they hold what was not mapped.

    Raises: RecipeError where the run has no dataset, or none of what is to be included.
    """
    there = sorted(artifacts)
    for name in ("dataset", *include):
        if not any(path.startswith(f"{name}/") for path in there):
            step = "instruction_set" if name == "dataset" else name
            raise RecipeError(
                f"the run has no {name}/ to publish",
                where=str(folder),
                hint=f"add {step} to write: in the recipe, and run it again",
            )
    wanted = [MANIFEST, *(path for path in there if path in PROOFS)]
    wanted += [path for path in there if path.startswith((_DATASET, *(f"{n}/" for n in include)))]
    return {in_repository(path): folder / path for path in sorted(set(wanted))}


def in_repository(path: str) -> str:
    """Say where a file of a run stands in the repository."""
    return path.removeprefix(_DATASET)


def in_run(path: str) -> str:
    """Say where a file of the repository stands in a run."""
    return path if path.startswith(_KEEP_THEIR_PLACE) else f"{_DATASET}{path}"


def configs(paths: Collection[str]) -> list[dict[str, Any]]:
    """
    List what ``load_dataset(repository, NAME)`` can load beside the dataset, as a card does.

    All configs of a repository have one format, Parquet as the dataset has. The exemplars of a
    bank are ``bank``; a folder of a trainer export that holds Parquet is ``trainer_FORMAT``.
    """
    shards: dict[str, dict[str, str]] = {}
    for place in map(PurePosixPath, sorted(paths)):
        if place.as_posix() == TABLE:
            shards["bank"] = {"train": TABLE}
        elif place.parts[0] == "trainer" and len(place.parts) == 3 and place.suffix == ".parquet":
            split = place.name.split("-")[0]
            pattern = f"{place.parent}/{split}-*.parquet"
            shards.setdefault(f"trainer_{place.parts[1]}", {})[split] = pattern
    return [
        {
            "config_name": name,
            "data_files": [{"split": s, "path": by_split[s]} for s in SPLITS if s in by_split],
        }
        for name, by_split in shards.items()
    ]
