"""Find the rows most like a text in an index that is mapped from disk: opened at once, exact."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curator.bank.columns import Column, write_column
from curator.bank.postings import Postings, write_postings
from curator.embed import Embedder
from curator.errors import RecipeError, SourceError, shorten

VERSION = 1
META = "index.json"
EMBED_ROWS = 4096
_ALL = np.zeros(0, np.bool_)
_NO_CODES = np.zeros(0, np.int32)

Where = Mapping[str, str | Collection[str | None] | None] | NDArray[np.bool_]
"""Columns with the value, or values, that they must have; or what is allowed, row by row."""


class Hits(NamedTuple):
    """What was found, best first."""

    rows: NDArray[np.int64]
    scores: NDArray[np.float64]  # BM25, or the cosine of vectors; only of one query comparable


def build(
    texts: pl.Series, columns: pl.DataFrame, out: Path, *, embedder: Embedder | None = None
) -> list[Path]:
    """
    Write the index of ``texts`` to the folder ``out``; give its files.

    ``columns`` holds texts to search by (``id``, ``group``, ``label``, ...), a row for each text.
    With an ``embedder``, vectors stand beside the terms.

    Keeps: same texts, same bytes.
    """
    out.mkdir(parents=True, exist_ok=True)
    unit = write_postings(texts, out)
    for name in columns.columns:
        write_column(columns[name].cast(pl.String), out / name)
    if embedder is not None:
        _write_vectors(texts, embedder, out / "vectors.npy")
    meta = {
        "version": VERSION,
        "rows": len(texts),
        "unit": unit,
        "columns": columns.columns,
        "embedder": None if embedder is None else embedder.name,
    }
    (out / META).write_text(json.dumps(meta, indent=1) + "\n", encoding="utf-8")
    return sorted(out.iterdir())


def open_index(path: Path, *, embedder: Embedder | None = None) -> Index:
    """
    Map the index in the folder ``path``; with an ``embedder``, its vectors are searched.

    Raises: SourceError for what is no index; RecipeError where its vectors are of another embedder.
    """
    try:
        meta = json.loads((path / META).read_text(encoding="utf-8"))
        if meta["version"] != VERSION:
            raise SourceError(
                f"is an index of version {meta['version']}, not {VERSION}",
                where=str(path / META),
                hint="run the recipe again",
            )
        _same_embedder(meta["embedder"], embedder, path)
        index = Index(
            postings=Postings(*(_mapped(path, name) for name in Postings._fields)),
            columns={
                name: Column(*(_mapped(path, f"{name}.{part}") for part in Column._fields))
                for name in meta["columns"]
            },
            count=meta["rows"],
            unit=meta["unit"],
            embedder=embedder,
            vectors=None if embedder is None else _mapped(path, "vectors"),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SourceError(
            f"the index cannot be opened: {shorten(str(error))}",
            where=str(path),
            hint="run the recipe again",
        ) from error
    if not index.is_whole:
        raise SourceError(
            "the index does not hold together: its files are of different sizes",
            where=str(path),
            hint="run the recipe again",
        )
    return index


@dataclass(frozen=True, kw_only=True)
class Index:
    """
    Rows by the terms of their texts, and by their vectors where it was opened with an embedder.

    Nothing is written after it was opened, so threads may share it.
    """

    postings: Postings
    columns: Mapping[str, Column]
    count: int
    unit: float  # what one unit of impact is worth
    embedder: Embedder | None = None
    vectors: NDArray[np.float32] | None = None

    def __len__(self) -> int:
        """Count the rows."""
        return self.count

    @property
    def is_whole(self) -> bool:
        """Whether the sizes of all arrays agree."""
        held = self.postings
        return (
            held.offsets.size == held.vocabulary.size + 1 == held.peaks.size + 1
            and held.offsets[-1] == held.rows.size == held.impacts.size
            and all(len(column) == self.count for column in self.columns.values())
            and (self.vectors is None or len(self.vectors) == self.count)
        )

    def search(
        self,
        query: str,
        k: int,
        *,
        where: Where | None = None,
        exclude_ids: Collection[str] = (),
        exclude_group: str | Collection[str] | None = None,
    ) -> Hits:
        """
        Give the ``k`` rows most like ``query``, exactly; ties go to the lower row.

        By terms, only rows that share one are found: a query without known words finds nothing.

        Raises: RecipeError for a column that the index does not have.
        """
        allowed = self._allowed(where)
        groups, barred = self._groups(exclude_group), self._rows_of(exclude_ids)
        most = min(max(k, 0), self.count)
        if most == 0:
            return Hits(np.zeros(0, np.int64), np.zeros(0))
        if self.embedder is not None and self.vectors is not None:
            likeness = self.vectors @ self.embedder.embed([query])[0]
            return _best(likeness, self._open(allowed, groups, barred), most)
        from curator.kernels.bm25_search import bm25_search

        held = self.postings
        codes = self.columns["group"].codes if groups.size else _NO_CODES
        starts, stops, factors, peaks = held.asked(query)
        rows, sums = bm25_search(
            starts,
            stops,
            factors,
            peaks,
            held.rows,
            held.impacts,
            self.count,
            allowed,
            codes,
            groups,
            barred,
            most,
        )
        scores: NDArray[np.float64] = sums * np.float64(self.unit)
        return Hits(rows, scores)

    def _allowed(self, where: Where | None) -> NDArray[np.bool_]:
        """Say of each row whether it may be found; of no row where all may."""
        if where is None or isinstance(where, np.ndarray):
            if where is not None and where.shape != (self.count,):
                raise ValueError(f"the mask is {where.shape}, and the index has {self.count} rows")
            return _ALL if where is None else where.astype(np.bool_, copy=False)
        allowed = _ALL
        for name, value in where.items():
            values = [value] if value is None or isinstance(value, str) else value
            column = self._column(name)
            hit = np.isin(column.codes, column.codes_of(values))
            allowed = allowed & hit if allowed.size else hit
        return allowed

    def _column(self, name: str) -> Column:
        if name not in self.columns:
            raise RecipeError(
                f"the index has no column {shorten(name)!r}",
                hint=f"one of: {', '.join(self.columns)}",
            )
        return self.columns[name]

    def _groups(self, names: str | Collection[str] | None) -> NDArray[np.int32]:
        values = [names] if isinstance(names, str) else names
        return self._column("group").codes_of(values) if values else _NO_CODES

    def _rows_of(self, ids: Collection[str]) -> NDArray[np.int64]:
        if not ids:
            return np.zeros(0, np.int64)
        column = self._column("id")
        return np.flatnonzero(np.isin(column.codes, column.codes_of(ids)))

    def _open(
        self, allowed: NDArray[np.bool_], groups: NDArray[np.int32], barred: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        free = allowed.copy() if allowed.size else np.ones(self.count, np.bool_)
        if groups.size:
            free &= ~np.isin(self.columns["group"].codes, groups)
        free[barred] = False
        return free


def _best(scores: NDArray[np.float32], free: NDArray[np.bool_], most: int) -> Hits:
    """Give the free rows with the largest scores."""
    rows = np.flatnonzero(free)
    if rows.size > most:
        kept = scores[rows]
        rows = rows[kept >= np.partition(kept, rows.size - most)[rows.size - most]]
    order = rows[np.argsort(-scores[rows], kind="stable")][:most]
    return Hits(order, scores[order].astype(np.float64))


def _write_vectors(texts: pl.Series, embedder: Embedder, path: Path) -> None:
    parts = [
        embedder.embed(some.fill_null("").to_list())
        for some in (texts.slice(at, EMBED_ROWS) for at in range(0, len(texts), EMBED_ROWS))
    ]
    np.save(path, np.concatenate(parts or [np.zeros((0, 1), np.float32)]))


def _mapped(path: Path, name: str) -> NDArray[Any]:
    """Map an array; as a plain one, since what NumPy calls a memmap is slow to pass on."""
    return np.asarray(np.load(path / f"{name}.npy", mmap_mode="r", allow_pickle=False))


def _same_embedder(name: str | None, embedder: Embedder | None, path: Path) -> None:
    if embedder is None or embedder.name == name:
        return
    raise RecipeError(
        f"the index holds {'no vectors' if name is None else f'vectors of {name}'}, "
        f"and the query would be one of {embedder.name}",
        where=str(path),
        hint="search by words, or build the bank again with this embedder"
        if name is None
        else f"open it with the embedder {name}, or build the bank again with this one",
    )
