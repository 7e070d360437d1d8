"""Rows as messages, for trainers that template and tokenise by themselves."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import polars as pl

from curator import schemas
from curator.prompt.turns import Turns
from curator.schemas.lines import LineGate
from curator.write import write_lines
from curator.write.json_columns import json_messages, json_object, json_or_null, listed


@dataclass(kw_only=True)
class Lines:
    """
    The open ``<split>.jsonl`` files of a folder, fed batch by batch.

    >>> with Lines(folder=folder) as lines:  # doctest: +SKIP
    ...     lines.add(split, turns, tools)
    >>> lines.paths  # doctest: +SKIP
    """

    folder: Path
    where: str = "trainer/messages"  # how errors name the folder
    files: dict[str, IO[bytes]] = field(default_factory=dict)
    written: Counter[str] = field(default_factory=Counter)  # rows of each split

    def __post_init__(self) -> None:
        """Load the schema that every line has to pass."""
        self._gate = LineGate(schemas.load("messages"))
        self._open = ExitStack()

    def add(self, split: pl.Series, turns: Turns, tools: pl.Series) -> None:
        """
        Write one line a row, ``{"messages": [...], "tools": [...]}``, in the file of its split.

        Columns: split (train, validation, test), tools (JSON text or null), a value a row.
        Raises:  WriteError with file and line for a row that breaks the schema.
        """
        messages = listed(turns, json_messages(turns.flat))
        told = tools.to_frame("tools").select(json_or_null(pl.col("tools"))).to_series()
        lines = json_object({"messages": messages, "tools": told})
        rows = pl.DataFrame({"split": split, "line": lines})
        for (name,), part in rows.group_by("split", maintain_order=True):
            held = str(name)
            self.written[held] += write_lines(
                self._file(held), part["line"], self._gate,
                name=f"{self.where}/{held}.jsonl", first=self.written[held] + 1,
            )  # fmt: skip

    @property
    def paths(self) -> list[Path]:
        """The files, by name; a split without rows has none."""
        return sorted(self.folder / f"{split}.jsonl" for split in self.files)

    def _file(self, split: str) -> IO[bytes]:
        if split not in self.files:
            self.folder.mkdir(parents=True, exist_ok=True)
            opened = (self.folder / f"{split}.jsonl").open("wb")
            self.files[split] = self._open.enter_context(opened)
        return self.files[split]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.close()
