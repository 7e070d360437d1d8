"""Everything that one push brings to the Hub, put together before anything is sent."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from curator.errors import SourceError, ValidationFailed, Violation, shorten
from curator.manifest import MANIFEST, Manifest, load
from curator.publish.card import with_configs
from curator.publish.exemplars import LINES, TABLE, write
from curator.publish.gates import Gate, gates, whole
from curator.publish.layout import CARD, PUBLICATION, configs, files
from curator.publish.publication import Entry, Publication, entry

if TYPE_CHECKING:
    from curator.publish.hub import Options

Contents = dict[str, Path | bytes]
_MAX_NAMED = 10
_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """The files of a push by their place in the repository, and what was found of them."""

    manifest: Manifest
    publication: Publication
    contents: Contents = field(repr=False)
    entries: dict[str, Entry]  # those of the publication, and its own
    gates: tuple[Gate, ...]

    @property
    def size_bytes(self) -> int:
        """All bytes of all files."""
        return sum(one.size_bytes for one in self.entries.values())

    @property
    def card(self) -> str:
        """The text of the card."""
        card = self.contents[CARD]
        return (card if isinstance(card, bytes) else card.read_bytes()).decode()


@contextmanager
def bundled(folder: Path, options: Options) -> Iterator[Bundle]:
    """
    Put together what is to be published of the run in ``folder``; nothing is written there.

    Raises: SourceError where no run has finished, or one has been pulled; RecipeError where it
            lacks what is to be included; ValidationFailed where its files have changed since.
    """
    manifest = load(folder)
    if (folder / PUBLICATION).is_file():
        raise SourceError(
            "this is what was published of a run, not the run",
            where=str(folder),
            hint="push the folder that curator run has made",
        )
    _warn_of_own_paths(manifest)
    held = whole.gate(folder, manifest)
    must_hold((held,))  # the other gates read these files
    checked = (held, *gates(folder, options))
    with TemporaryDirectory() as work:
        contents = _contents(folder, manifest, options, Path(work))
        yield _bundle(manifest, options, contents, checked)


def _warn_of_own_paths(manifest: Manifest) -> None:
    """Whoever reads a set sees where its rows came from: say so where that tells of a machine."""
    own = [each["uri"] for each in manifest.inputs if Path(each["uri"]).is_absolute()]
    if own:
        more = f" and {len(own) - 1:,} more" if len(own) > 1 else ""
        _log.warning(
            "paths of this machine go out with the rows: %s%s; with relative paths in the recipe,"
            " or in --var, they would not",
            shorten(own[0]),
            more,
        )


def _contents(folder: Path, manifest: Manifest, options: Options, work: Path) -> Contents:
    contents: Contents = {**files(folder, manifest.artifacts, options.include)}
    if "bank" in options.include and (folder / LINES).stat().st_size:
        write(folder / LINES, work / "exemplars.parquet")
        contents[TABLE] = work / "exemplars.parquet"
    card = (folder / "dataset" / CARD).read_text(encoding="utf-8")
    contents[CARD] = with_configs(card, configs(contents)).encode()
    return contents


def _bundle(
    manifest: Manifest, options: Options, contents: Contents, checked: tuple[Gate, ...]
) -> Bundle:
    entries = {path: entry(content) for path, content in sorted(contents.items())}
    publication = Publication(
        name=manifest.name,
        manifest_sha256=entries[MANIFEST].sha256,
        included=tuple(sorted(set(options.include))),
        configs=tuple(configs(contents)),
        files=dict(entries),
        gates=tuple({"name": gate.name, "said": gate.said} for gate in checked),
    )
    contents[PUBLICATION] = publication.to_bytes()
    entries[PUBLICATION] = entry(contents[PUBLICATION])
    return Bundle(
        manifest=manifest,
        publication=publication,
        contents=contents,
        entries=dict(sorted(entries.items())),
        gates=checked,
    )


def must_hold(checked: tuple[Gate, ...]) -> None:
    """Raise ValidationFailed, with the rows that stand against them, unless all gates hold."""
    broken = [gate for gate in checked if not gate.holds]
    if not broken:
        return
    found: list[Violation] = []
    for gate in broken:
        found += gate.violations[:_MAX_NAMED]
        if more := len(gate.violations) - _MAX_NAMED:
            found += [Violation(rule=gate.name, message=f"and {more:,} more")] if more > 0 else []
    said = "; ".join(f"{gate.name}: {gate.said}" for gate in broken)
    raise ValidationFailed(f"nothing was published: {said}", found)


def folder_counts(entries: dict[str, Entry]) -> dict[str, tuple[int, int]]:
    """Count files and bytes by the first part of their path, for people to read."""
    counts: dict[str, tuple[int, int]] = {}
    for path, one in entries.items():
        top, _, rest = path.partition("/")
        name = f"{top}/" if rest else top
        number, size = counts.get(name, (0, 0))
        counts[name] = (number + 1, size + one.size_bytes)
    return counts


def gate_rows(checked: tuple[Gate, ...]) -> list[dict[str, Any]]:
    """List what was found at each gate, for JSON."""
    return [
        {
            "name": gate.name,
            "holds": gate.holds,
            "said": gate.said,
            "violations": [found.as_dict() for found in gate.violations],
        }
        for gate in checked
    ]


def as_rows(entries: dict[str, Entry]) -> list[dict[str, Any]]:
    """List the files for JSON."""
    return [
        {"path": path, "sha256": one.sha256, "size_bytes": one.size_bytes}
        for path, one in entries.items()
    ]
