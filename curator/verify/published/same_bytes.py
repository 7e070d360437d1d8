"""Same bytes: each file is what the publication says, and what the run has made."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from curator.engine import Engine
from curator.errors import CuratorError, SourceError, Violation
from curator.manifest import MANIFEST, Manifest, load, sha256_of
from curator.publish.card import without_configs
from curator.publish.exemplars import LINES, TABLE, write
from curator.publish.layout import CARD, PUBLICATION, configs, in_repository, in_run
from curator.publish.publication import Entry, Publication, entry, parse
from curator.verify.published import Checked

PROMISE = "same bytes"
_HINT = "pull it again"


def check(folder: Path, engine: Engine) -> Checked:
    """Find files that are gone, strange or changed since they were pushed, or since the run."""
    del engine
    manifest = load(folder)
    try:
        published = parse((folder / PUBLICATION).read_bytes(), str(folder / PUBLICATION))
    except SourceError as error:
        found = Violation(rule=PROMISE, message=error.message, where=error.where, hint=_HINT)
        return Checked(violations=(found,))
    wrong = dict([*_of_run(folder, manifest, published), *_pushed(folder, published)])
    kept_back = [path for path in manifest.artifacts if in_repository(path) not in published.files]
    return Checked(
        violations=tuple(
            Violation(rule=PROMISE, message=words, where=str(folder / name), hint=_HINT)
            for name, words in sorted(wrong.items())
        ),
        not_redone=(
            f"{len(kept_back):,} files of the run are not published, so not looked at",
            "ids: the contents that they are made from stand in records.parquet, not here",
        ),
    )


def _pushed(folder: Path, published: Publication) -> Iterator[tuple[str, str]]:
    """Hold the folder against the publication."""
    said = {in_run(path): one for path, one in published.files.items()}
    there = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    there.pop(PUBLICATION, None)
    for name in said.keys() - there.keys():
        yield name, "the publication lists this file, but it is gone"
    for name in there.keys() - said.keys():
        yield name, "the publication does not list this file"
    for name in said.keys() & there.keys():
        if entry(there[name]) != said[name]:
            yield name, "its bytes are not those that were pushed"


def _of_run(folder: Path, manifest: Manifest, published: Publication) -> Iterator[tuple[str, str]]:
    """Hold the publication against the manifest: what was pushed is what the run has made."""
    if published.manifest_sha256 != sha256_of(folder / MANIFEST):
        yield MANIFEST, "it is not the manifest that the publication names"
    told = (published.name, list(published.configs))
    if told != (manifest.name, configs(published.files)):
        yield PUBLICATION, "its name or its configs are not those of the files that it lists"
    added = {one["config_name"] for one in published.configs}
    for path, one in published.files.items():
        name = in_run(path)
        if name != MANIFEST and (words := _unlike(folder, manifest, path, one, added)):
            yield name, words


def _unlike(folder: Path, manifest: Manifest, path: str, one: Entry, added: set[str]) -> str:
    """Say how a file that was pushed is not what the run wrote; empty where it is."""
    name = in_run(path)
    if path == TABLE:
        return "" if _is_table(folder) else "it does not hold what exemplars.jsonl holds"
    if name not in manifest.artifacts:
        return "the manifest does not list this file"
    made = manifest.artifacts[name]["sha256"]
    if path != CARD:
        return "" if one.sha256 == made else "what was pushed is not what the run wrote"
    if _without(folder / name, added) == made:
        return ""
    return "without the configs that were added, it is not the card of the run"


def _is_table(folder: Path) -> bool:
    """Say whether the exemplars that are loaded are those of the bank, made from it again."""
    with TemporaryDirectory() as work:
        again = Path(work) / "exemplars.parquet"
        try:
            write(folder / LINES, again)
            return pl.read_parquet(again).equals(pl.read_parquet(folder / TABLE))
        except (OSError, ValueError, KeyError, CuratorError, pl.exceptions.PolarsError):
            return False


def _without(card: Path, configs: set[str]) -> str:
    """Hash the card as it was before configs were added; empty where that cannot be undone."""
    try:
        plain = without_configs(card.read_text(encoding="utf-8"), configs)
    except (OSError, UnicodeDecodeError, CuratorError):
        return ""
    return hashlib.sha256(plain.encode()).hexdigest()
