"""Which files of a run go to the Hub, and where they stand there."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path, PurePosixPath
from typing import Any

from curator.errors import RecipeError
from curator.manifest import MANIFEST

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


def configs(paths: Collection[str], sizes: dict[str, int]) -> list[dict[str, Any]]:
    """
    List what ``load_dataset(repository, NAME)`` can load beside the dataset, as a card does.

    The exemplars of a bank are ``bank``; each folder of a trainer export with Parquet or JSON lines
    is ``trainer_FORMAT``. A file without rows makes no config.
    """
    shards: dict[str, dict[str, str]] = {}
    for path in sorted(paths):
        place = PurePosixPath(path)
        if not sizes[path]:
            continue
        if path == "bank/exemplars.jsonl":
            shards["bank"] = {"train": path}
        elif place.parts[0] == "trainer" and len(place.parts) == 3:
            name, split = f"trainer_{place.parts[1]}", place.name.split("-")[0]
            if place.suffix == ".parquet":
                pattern = f"{place.parent}/{split}-*.parquet"
                shards.setdefault(name, {})[split] = pattern
            elif place.suffix == ".jsonl" and place.stem in ("train", "validation", "test"):
                shards.setdefault(name, {})[place.stem] = path
    order = ("train", "validation", "test")
    return [
        {
            "config_name": name,
            "data_files": [
                {"split": split, "path": by_split[split]} for split in order if split in by_split
            ],
        }
        for name, by_split in shards.items()
    ]
