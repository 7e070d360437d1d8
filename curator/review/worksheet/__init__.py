"""Let people review in a spreadsheet: a file out, and the same file, filled in, back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from curator.errors import RecipeError, ReviewError
from curator.review.asked import Asked
from curator.review.item import Item, Response
from curator.review.questions import ANSWER, LABEL, Question
from curator.review.worksheet.answers import Reading, digest
from curator.review.worksheet.table import ANSWER_NOW, LABEL_NOW, REVIEWER, Table, prefilled, sheet
from curator.task import Task

BACKEND = "worksheet"
KINDS = ("jsonl", "csv", "xlsx")
_NOW = {ANSWER: ANSWER_NOW, LABEL: LABEL_NOW}


@dataclass(frozen=True, kw_only=True)
class Options(Asked):
    """Where the worksheet is written; its suffix says which kind it is."""

    path: str | None = None  # .jsonl, .csv or .xlsx; null: <recipe>.review.xlsx


def send(  # noqa: PLR0913 - what every backend is given
    items: Iterable[Item],
    options: Options,
    *,
    name: str,
    task: Task,
    asked: Sequence[Question],
    guidelines: str,
    progress: Callable[[int], object],
) -> dict[str, Any]:
    """
    Write the worksheet, and give what ``collect`` needs to know again.

    Keeps:  a file in which somebody has answered is never written over.
    Raises: RecipeError for a suffix that is no kind of worksheet, ReviewError if it cannot be
            written.
    """
    path = Path(options.path or f"{name}.review.xlsx")
    module = _kind(path)
    held = list(items)
    _check_nothing_is_lost(path, asked)
    try:
        _put(path, partial(module.write, sheet=sheet(held, asked, guidelines)))
    except OSError as error:
        raise ReviewError(
            f"cannot be written: {error.strerror}",
            where=str(path),
            hint="close it where it is open, or set path to another place",
        ) from error
    progress(len(held))
    corrected = [question for question in asked if question.name in _NOW]
    return {
        "backend": BACKEND,
        "path": str(path),
        "questions": [{**one._asdict(), "options": list(one.options)} for one in asked],
        "output": _contract(task),
        "shown": {
            item.id: {one.name: digest(prefilled(item, one)) for one in corrected} for item in held
        },
    }


def collect(ticket: Mapping[str, Any], *, progress: Callable[[int], object]) -> Iterator[Response]:
    """
    Read the answers; rows without a verdict, and rows that were deleted, have none.

    Raises: ReviewError with every cell that is wrong, before the first answer is given.
    """
    path = Path(ticket["path"])
    if not path.is_file():
        raise ReviewError(
            "the worksheet is not there",
            where=str(path),
            hint="put it back where it was written, or send again",
        )
    reading = Reading(
        table=_read(path),
        asked=[Question(**one) for one in ticket["questions"]],
        task=Task.from_dict({"output": ticket["output"]}),
        shown=ticket["shown"],
        at=datetime.fromtimestamp(path.stat().st_mtime, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
    return iter(reading.responses(progress))


def _put(path: Path, write: Callable[[Path], None]) -> None:
    """Write beside ``path`` first, so that it is whole or not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.stem}.partial{path.suffix}")
    try:
        write(unfinished)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _kind(path: Path) -> Any:
    kind = path.suffix.lower().removeprefix(".")
    if kind not in KINDS:
        raise RecipeError(
            f"{path.name} is no kind of worksheet",
            where="$.review.worksheet.path",
            hint=f"let the path end in {', '.join(f'.{known}' for known in KINDS)}",
        )
    return import_module(f"{__name__}.{kind}")


def _read(path: Path) -> Table:
    module = _kind(path)
    try:
        table: Table = module.read(path)
    except OSError as error:
        raise ReviewError(f"cannot be read: {error.strerror}", where=str(path)) from error
    return table


def _check_nothing_is_lost(path: Path, asked: Sequence[Question]) -> None:
    """Refuse to write over a worksheet in which somebody has answered, or over another file."""
    if not path.exists():
        return
    table = _read(path)
    filled = [one.name for one in asked if one.name not in _NOW] + [REVIEWER]
    for number, row in table.rows:
        changed = [one for one, now in _NOW.items() if row.get(one, row.get(now)) != row.get(now)]
        if answered := [one for one in filled if row.get(one) not in (None, "")] + changed:
            raise ReviewError(
                "somebody has answered here, so the worksheet is not written again",
                where=table.place(number, answered[0]),
                hint="collect first and move the file away, or set path to another file",
            )


def _contract(task: Task) -> dict[str, Any]:
    """Give the task's output as a recipe says it."""
    output = task.output
    if output.labels:
        return {"labels": list(output.labels)}
    if output.json_schema is not None:
        return {"json_schema": dict(output.json_schema)}
    return {"labels": "from_data"} if output.labels_from_data else {"format": output.format}
