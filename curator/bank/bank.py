"""An open bank: what a prompt shows beside a query is chosen here, and nothing is ever written."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from numbers import Integral
from pathlib import Path
from threading import Lock
from typing import Any

from curator.bank import about as about_file
from curator.bank.choice import DEFAULT_ORDER, STRATEGIES, drawn
from curator.bank.lines import Lines
from curator.bank.order import ordered
from curator.bank.query import Asked, Query, group_names
from curator.bank.retrieval import INDEX, Retrieval, open_retrieval
from curator.errors import RecipeError, SourceError
from curator.prompt import Exemplar, Message, shown, switches
from curator.prompt.budget import Prompt, fit
from curator.prompt.message import SHOTS
from curator.task import Style
from curator.tokenizer import counter

EXEMPLARS, OFFSETS = "exemplars.jsonl", "lines.npy"
SPARE = 4  # rows looked at beyond those wanted: some may be the query's twins
MAX_TOKENS = 2000
Keep = Callable[[Mapping[str, Any]], bool]


@dataclass(frozen=True, kw_only=True)
class Hit:
    """An exemplar that was found: its line of ``exemplars.jsonl``, and how like the query it is."""

    rank: int
    score: float  # 0 where nothing was compared; only scores of one query can be compared
    exemplar: Mapping[str, Any]


class Bank:
    """
    Exemplars in order of rank, ready to be searched and shown. Threads may share it.

    A query never gets its own twin: an exemplar of the same words, the same id or a group named.
    """

    def __init__(self, path: Path, embedder: str | None = None) -> None:
        """Open the bank in ``path``, a run's folder or its ``bank/``."""
        self.embedder = embedder
        self.folder = about_file.found_in(path)
        self.about = about_file.read(self.folder)
        self.task = about_file.task_of(self.about, self.folder)
        self._lock = Lock()
        self._opened: dict[str, Any] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel to another process as a path."""
        return Bank, (self.folder, self.embedder)

    def __repr__(self) -> str:
        """Name the folder."""
        return f"Bank({str(self.folder)!r})"

    def __len__(self) -> int:
        """Count the exemplars."""
        return len(self._lines)

    def __getitem__(self, rank: int) -> dict[str, Any]:
        """Give the exemplar of a rank. Raises: SourceError for a line that is none."""
        return _checked(self._lines[rank], f"{self._lines.path}:{rank + 1}")

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Give all exemplars by rank."""
        return (self[rank] for rank in range(len(self)))

    def ranks(
        self,
        *,
        where: Mapping[str, Any] | None = None,
        exclude_group: str | Iterable[str] | None = None,
    ) -> list[int]:
        """Give the ranks that a search with the same arguments may find."""
        free = self._retrieval.allowed(where, group_names(exclude_group))
        return [rank for rank, is_free in enumerate(free.tolist()) if is_free]

    def search(
        self,
        query: Asked,
        k: int = SHOTS,
        *,
        where: Mapping[str, Any] | None = None,
        exclude_group: str | Iterable[str] | None = None,
    ) -> list[Hit]:
        """
        Give the ``k`` exemplars most like the query, best first; ties go to the lower rank.

        ``where`` keeps those of a label, source, id, group or document_id, or of one of several.
        Fewer are given where fewer share anything with the query.
        """
        asked = Query.of(query, group=exclude_group, context=None)
        return self._nearest(asked, _whole(k, "k"), where)

    def choose(
        self,
        query: Asked,
        shots: int = SHOTS,
        *,
        strategy: str = "nearest",
        technique: str = "few_shot",
        exclude_group: str | Iterable[str] | None = None,
    ) -> list[Hit]:
        """
        Give the exemplars that a prompt of ``technique`` shows, first chosen first.

        ``nearest`` goes on with the first ranks where too few share anything with the query.

        Raises: RecipeError for a strategy or technique that is not known.
        """
        asked = Query.of(query, group=exclude_group, context=None)
        return self._chosen(asked, _whole(shots, "shots"), strategy, technique)

    def fit(  # noqa: PLR0913 - a prompt, and what it may show
        self,
        query: Asked,
        technique: str = "few_shot",
        shots: int = SHOTS,
        strategy: str = "nearest",
        max_tokens: int | None = MAX_TOKENS,
        *,
        exclude_group: str | Iterable[str] | None = None,
        context: str | None = None,
        order: str | None = None,
        tokenizer: str | None = None,
        exemplar_style: Style | None = None,
    ) -> Prompt:
        """
        Put the prompt together, and say which exemplars it shows and which had no room.

        ``order`` is that of the strategy unless named: ``nearest_last`` for ``nearest``. What was
        chosen last is dropped first, wherever it stands.

        Raises: RecipeError for what is not known, or where the query alone is over ``max_tokens``.
        """
        asked = Query.of(query, group=exclude_group, context=context)
        chosen = self._chosen(asked, _whole(shots, "shots"), strategy, technique)
        lines = [hit.exemplar for hit in chosen]
        places = ordered(lines, order or DEFAULT_ORDER[strategy])
        return fit(
            self.task,
            [as_exemplar(lines[place]) for place in places],
            asked.turns,
            technique,
            max_tokens=sys.maxsize if max_tokens is None else max_tokens,
            counter=counter(tokenizer),
            ranks=places,
            context=asked.context,
            exemplar_style=exemplar_style,
        )

    def prompt(
        self,
        query: Asked,
        technique: str = "few_shot",
        shots: int = SHOTS,
        strategy: str = "nearest",
        max_tokens: int | None = MAX_TOKENS,
        **more: Any,
    ) -> list[Message]:
        """Give the messages of ``fit``, ready to be sent; ``more`` is what ``fit`` takes."""
        return self.fit(query, technique, shots, strategy, max_tokens, **more).messages

    def _chosen(self, asked: Query, shots: int, strategy: str, technique: str) -> list[Hit]:
        if strategy not in STRATEGIES:
            raise RecipeError(
                f"unknown strategy {strategy!r}", hint=f"one of: {', '.join(STRATEGIES)}"
            )
        show = switches(technique)
        if not show.shots or not len(self):
            return []
        if show.reasoning and not self.about["counts"]["with_reasoning"]:
            return []

        def may_be_shown(line: Mapping[str, Any]) -> bool:
            return bool(shown([as_exemplar(line)], technique, self.task))

        if strategy == "random":
            every = drawn(len(self), asked.text)
            return self._walked(asked, shots, self._outside(asked, every), may_be_shown)
        found = [] if strategy == "as_ranked" else self._nearest(asked, shots, None, may_be_shown)
        known = {hit.rank for hit in found}
        rest = (rank for rank in range(len(self)) if rank not in known)
        others = self._outside(asked, rest)
        return found + self._walked(asked, shots - len(found), others, may_be_shown)

    def _outside(self, asked: Query, ranks: Iterable[int]) -> Iterable[int]:
        """Leave out the ranks of the query's groups."""
        if not asked.groups:
            return ranks
        free = self._retrieval.allowed(None, asked.groups)
        return (rank for rank in ranks if free[rank])

    def _walked(self, asked: Query, most: int, ranks: Iterable[int], keep: Keep) -> list[Hit]:
        """Take the first of ``ranks`` that may be shown."""
        found: list[Hit] = []
        remaining = iter(ranks)
        while len(found) < most:
            some = [(rank, 0.0) for rank in islice(remaining, most + SPARE)]
            if not some:
                break
            found += self._allowed(asked, some, keep)
        return found[:most]

    def _nearest(
        self, asked: Query, most: int, where: Mapping[str, Any] | None, keep: Keep | None = None
    ) -> list[Hit]:
        """Look for more until enough are found that may be shown."""
        wanted = most + SPARE
        while True:
            ranked = self._retrieval.search(asked.text, wanted, where, asked.groups)
            found = self._allowed(asked, ranked, keep)
            if len(found) >= most or len(ranked) < wanted:
                return found[:most]
            wanted *= 4

    def _allowed(
        self, asked: Query, ranked: Iterable[tuple[int, float]], keep: Keep | None
    ) -> list[Hit]:
        """Read exemplars, and leave out the query's twins and those that cannot be shown."""
        hits = [Hit(rank=rank, score=score, exemplar=self[rank]) for rank, score in ranked]
        twins = asked.twins([hit.exemplar for hit in hits])
        return [
            hit
            for hit, is_twin in zip(hits, twins, strict=True)
            if not is_twin and (keep is None or keep(hit.exemplar))
        ]

    @property
    def _lines(self) -> Lines:
        lines: Lines = self._once("lines", self._open_lines)
        return lines

    @property
    def _retrieval(self) -> Retrieval:
        _ = self._lines  # opened first: the lock is not taken twice
        retrieval: Retrieval = self._once("retrieval", self._open_retrieval)
        return retrieval

    def _open_retrieval(self) -> Retrieval:
        lines: Lines = self._opened["lines"]
        checked = (_checked(line, f"{lines.path}:{n}") for n, line in enumerate(lines, 1))
        return open_retrieval(self.folder, len(lines), checked, self.embedder)

    def _open_lines(self) -> Lines:
        held = self.folder / INDEX / OFFSETS
        lines = Lines(self.folder / EXEMPLARS, held if held.is_file() else None)
        told = self.about["counts"]["exemplars"]
        if len(lines) != told:
            raise SourceError(
                f"has {len(lines):,} lines, and {about_file.FILE} tells of {told:,}",
                where=str(lines.path),
                hint="the file was cut or changed: run the recipe again",
            )
        return lines

    def _once(self, name: str, make: Any) -> Any:
        with self._lock:
            if name not in self._opened:
                self._opened[name] = make()
            return self._opened[name]


def as_exemplar(line: Mapping[str, Any]) -> Exemplar:
    """Make what a prompt shows of a line of ``exemplars.jsonl``."""
    *prompt, completion = line["messages"]
    return Exemplar(
        id=line["id"], prompt=prompt, completion=completion, context=line.get("context")
    )


def _checked(line: dict[str, Any], where: str) -> dict[str, Any]:
    """Let a line pass that prompts can be made of: an id, and turns that end in an answer."""
    said = line.get("messages")
    turns = said if isinstance(said, list) else []
    is_said = all(
        isinstance(turn, dict)
        and isinstance(turn.get("role"), str)
        and isinstance(turn.get("content"), str | None)
        for turn in turns
    )
    if not (turns and is_said and turns[-1]["role"] == "assistant" and "id" in line):
        raise SourceError("is no exemplar: it has no turns that end in an answer", where=where)
    return line


def _whole(number: int, name: str) -> int:
    if not isinstance(number, Integral) or number < 0:
        raise RecipeError(f"{name} is {number!r}: it has to be a whole number, 0 or more")
    return number
