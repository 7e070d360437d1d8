"""Read a dataset as ``datasets`` knows it: a saved folder, a folder of files, or a Hub id."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from curator.errors import SourceError, shorten
from curator.read import arrow
from curator.read.files import SourceFile
from curator.read.pieces import lazily
from curator.records import SPLITS

_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?")
_SAVED = ("dataset_dict.json", "state.json")  # what save_to_disk leaves in the folder


@dataclass(frozen=True, kw_only=True)
class Options:
    """What to read, and what its columns mean."""

    path: str  # a folder, or else the id of a dataset on the Hub
    name: str | None = None  # the configuration, where the dataset has several; a folder may not
    revision: str | None = None  # a branch, tag or commit on the Hub; a folder has none
    source_split: str | None = None  # read this split alone
    keep_splits: bool = True  # take over splits named train, validation and test
    map: dict[str, Any] | None = None
    shape: str | None = None
    roles: dict[str, str] | None = None
    split: str | None = None  # for all rows, whatever the dataset says
    group: str | None = None
    licence: str | None = None
    language: str | None = None
    max_chars: int = 1_000_000  # of one text


def read(options: Options) -> pl.LazyFrame:
    """
    Give the rows of all splits, or of ``source_split``, in the dataset's order.

    Where the dataset has several splits, those named train, validation and test fill ``split``; a
    dataset with one split counts as not yet split. Labels come by their names.
    Raises: SourceError when there is no such folder, dataset, configuration or split.
    """
    found = _load(options)
    if options.source_split is not None and options.source_split not in found:
        raise SourceError(
            f"has no split {options.source_split!r}",
            where=options.path,
            hint=f"its splits are {', '.join(found)}" if any(found) else "it has no splits",
        )
    chosen = [options.source_split] if options.source_split is not None else list(found)
    is_split = options.keep_splits and len(found) > 1
    parts = []
    for name in chosen:
        takes_over = is_split and options.split is None and name in SPLITS
        given = replace(options, split=name) if takes_over else options
        parts.append((found[name], given, _source(found[name], name, options)))
    return lazily(lambda: (piece for part in parts for piece in _pieces(*part)))


def _pieces(dataset: Any, options: Options, source: SourceFile) -> Iterator[pl.DataFrame]:
    names = arrow.label_names(dataset.features.arrow_schema)
    batches = dataset.with_format("arrow").iter(batch_size=arrow.BATCH_ROWS)
    yield from arrow.pieces(batches, names, options, source)


def _load(options: Options) -> dict[str, Any]:
    """Give the dataset's splits by name; one that was saved without a name has an empty one."""
    folder = Path(options.path).expanduser()
    if not folder.is_dir() and (folder.exists() or not _HUB_ID.fullmatch(options.path)):
        raise SourceError(
            "is not a folder, and cannot be the id of a dataset",
            where=options.path,
            hint="a file is read by csv, jsonl or parquet; an id looks like organisation/name",
        )
    import datasets
    from huggingface_hub.errors import HfHubHTTPError

    datasets.disable_progress_bars()
    try:
        if any((folder / name).exists() for name in _SAVED):
            loaded = datasets.load_from_disk(str(folder))
        else:
            loaded = _load_dataset(folder, options)
    except (
        datasets.exceptions.DatasetsError,
        HfHubHTTPError,
        OSError,
        ValueError,
        RuntimeError,
        LookupError,
    ) as error:
        if folder.is_dir():
            hint = "it must hold a saved dataset, or data files of one kind"
        else:
            hint = (
                "there is no such folder here; to read from the Hub, check the id, the"
                " configuration (name), the network, and for a private dataset the login"
            )
        raise SourceError(
            f"cannot be loaded: {shorten(str(error), 200)}", where=options.path, hint=hint
        ) from error
    if isinstance(loaded, datasets.Dataset):
        return {str(loaded.split or ""): loaded}
    return {str(name): split for name, split in loaded.items()}


def _load_dataset(folder: Path, options: Options) -> Any:
    import datasets

    if not folder.is_dir():
        return datasets.load_dataset(options.path, options.name, revision=options.revision)
    is_plain = options.name and datasets.get_dataset_config_names(str(folder)) == ["default"]
    return datasets.load_dataset(str(folder), None if is_plain else options.name)


def _source(dataset: Any, name: str, options: Options) -> SourceFile:
    """Stand for one split: its hash is over the hashes of the Arrow files that hold it."""
    digest, size_bytes = hashlib.sha256(), 0
    for each in dataset.cache_files:
        with Path(each["filename"]).open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
            size_bytes += file.tell()
    folder = Path(options.path).expanduser()
    revision = f"@{options.revision}" if options.revision and not folder.is_dir() else ""
    return SourceFile(
        path=folder,
        uri=f"{options.path}{revision}" + (f"#{name}" if name else ""),
        sha256=digest.hexdigest(),
        size_bytes=size_bytes,
    )
