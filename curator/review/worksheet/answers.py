"""What people wrote into a worksheet: checked against the questions, or named cell by cell."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from curator.errors import ReviewError, Violation, shorten
from curator.review.answer import breach
from curator.review.item import Response
from curator.review.people import plain, pseudonym
from curator.review.questions import ANSWER, KEEP, LABEL, REJECT, VERDICT, Question
from curator.review.worksheet.table import ID, REVIEWER, Table
from curator.task import Task

RULE = "worksheet"
NOBODY = "reviewer"
SEPARATOR = ";"
"""Between several choices in one cell."""


_ESCAPED = re.compile(r"_x(00[01][0-9A-Fa-f]|005[Ff]|[Ff]{3}[EeFf])_")
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")  # spreadsheets drop some of them


class _Mistake(ValueError):
    """What is wrong with one cell, and what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


def digest(text: str) -> str:
    """Know a text again, whatever a spreadsheet did to its line breaks and control characters."""
    seen = _lines(text)
    while (plain := _ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), seen)) != seen:
        seen = plain
    seen = _UNSEEN.sub("", _lines(seen))
    return hashlib.blake2b(seen.encode("utf-8", "replace"), digest_size=8).hexdigest()


@dataclass(kw_only=True)
class Reading:
    """
    A worksheet on its way to responses; ``shown`` is, by record, the digest of what was filled in.

    Keeps: a row without a verdict is no answer, and a text that nobody changed is left out.
    """

    table: Table
    asked: Sequence[Question]
    task: Task
    shown: Mapping[str, Mapping[str, str]]
    at: str
    mistakes: list[Violation] = field(default_factory=list)
    said: dict[tuple[str, str], tuple[int, Response]] = field(default_factory=dict)

    def responses(self, progress: Callable[[int], object]) -> list[Response]:
        """
        Give one response for each record and person, in the order of the rows.

        Raises: ReviewError with every cell that is wrong.
        """
        self._check_columns()
        for number, row in self.table.rows:
            self._read(number, row)
            progress(1)
        self._stop_at_mistakes()
        return [response for _, response in self.said.values()]

    def _check_columns(self) -> None:
        columns = list(self.table.columns)
        if not columns and not self.table.rows:
            return  # every row was deleted: nobody has answered
        for name in (ID, *(one.name for one in self.asked), REVIEWER):
            place = self.table.place(1, name)
            if columns.count(name) > 1:
                self._name(place, f"two columns are called {name!r}", "rename or delete one")
            elif name not in columns:
                like = difflib.get_close_matches(name, columns, n=1)
                was = f"; is it {shorten(like[0])!r}?" if like else ""
                self._name(place, f"the column {name!r} is missing{was}", f"call it {name!r} again")
        self._stop_at_mistakes()

    def _read(self, number: int, row: Mapping[str, Any]) -> None:
        texts = {}
        for name in (ID, REVIEWER, *(one.name for one in self.asked)):
            try:
                texts[name] = _text(row.get(name))
            except _Mistake as mistake:
                self._name(self.table.place(number, name), mistake.message, mistake.hint)
                return
        record_id = texts[ID].strip()
        verdict = texts[VERDICT].strip()
        if record_id not in self.shown:
            if verdict:
                self._name(
                    self.table.place(number, ID),
                    f"{shorten(record_id)!r} is no record that was sent" if record_id
                    else "there is a verdict, but no id",
                    "put the id back, or delete the row",
                )  # fmt: skip
            return
        before = len(self.mistakes)
        values = self._values(number, record_id, texts)
        if verdict and len(self.mistakes) == before:
            name = plain(texts[REVIEWER])
            by = pseudonym(name) if name else NOBODY
            self._keep(number, Response(
                record_id=record_id, by=by, at=self.at, values=values, via=self.table.file
            ))  # fmt: skip

    def _values(self, number: int, record_id: str, texts: Mapping[str, str]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        verdict = texts[VERDICT].strip().casefold()
        for question in self.asked:
            text = texts[question.name]
            sent = self.shown[record_id].get(question.name)
            is_changed = text.strip() != "" if sent is None else digest(text) != sent
            try:
                if is_changed:
                    _check_verdict(question, verdict, is_correction=sent is not None)
                if is_changed and (text.strip() or verdict != REJECT):
                    values[question.name] = _value(question, text, self.task)
                elif question.name == LABEL and text:
                    values[LABEL] = text
            except _Mistake as mistake:
                place = self.table.place(number, question.name)
                self._name(place, mistake.message, mistake.hint, record_id)
        return values

    def _keep(self, number: int, response: Response) -> None:
        key = (response.record_id, response.by)
        if key not in self.said:
            self.said[key] = (number, response)
            return
        first, other = self.said[key]
        if other.values != response.values:
            self._name(
                self.table.place(number, VERDICT),
                f"the same person has said otherwise at {self.table.place(first, VERDICT)}",
                f"empty one of the two verdicts, or write who said which under {REVIEWER!r}",
                response.record_id,
            )

    def _name(self, where: str, message: str, hint: str, record_id: str | None = None) -> None:
        self.mistakes.append(
            Violation(rule=RULE, message=message, where=where, record_id=record_id, hint=hint)
        )

    def _stop_at_mistakes(self) -> None:
        if self.mistakes:
            cells = "1 cell" if len(self.mistakes) == 1 else f"{len(self.mistakes):,} cells"
            raise ReviewError(
                f"{cells} of the worksheet cannot be taken as answered",
                self.mistakes,
                where=self.table.file,
                hint="mend them in the file, save it, and collect again; nothing was collected",
            )


def _check_verdict(question: Question, verdict: str, *, is_correction: bool) -> None:
    """Refuse an answer that its row's verdict does not carry."""
    if question.name == VERDICT:
        return
    if not verdict:
        raise _Mistake(
            f"the {question.name} was {'changed' if is_correction else 'given'}, "
            "but there is no verdict",
            "choose a verdict for this row, or put the cell back",
        )
    if is_correction and verdict == KEEP:
        raise _Mistake(
            f"the verdict is keep, but the {question.name} was changed",
            "choose fix, or put the cell back (a spreadsheet may have changed it by itself)",
        )


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _text(value: Any) -> str:
    """Give what a person sees in a cell."""
    if value is None:
        return ""
    if isinstance(value, str):
        return _lines(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return str(int(value)) if value == value // 1 else str(value)
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return SEPARATOR.join(value)
    raise _Mistake(
        f"{shorten(str(value))} is a {type(value).__name__}, not a text",
        "format the cell as text and write it again",
    )


def _value(question: Question, text: str, task: Task) -> Any:
    if question.kind == "label":
        return _choice(question.options, text)
    if question.kind == "labels":
        parts = [part.strip() for part in text.split(SEPARATOR) if part.strip()]
        return sorted({str(_choice(question.options, part)) for part in parts})
    if question.kind == "rating":
        return _choice(question.options, text)
    if question.name == ANSWER and (broken := breach(task, text)):
        raise _Mistake(broken.message, broken.hint)
    return text


def _choice(options: Sequence[str | int], text: str) -> str | int:
    """Find the option that is meant: as it is written, else whatever the case and the blanks."""
    for meant in (text, text.strip()):
        for option in options:
            if str(option) == meant:
                return option
    alike = [one for one in options if str(one).strip().casefold() == text.strip().casefold()]
    if len(alike) == 1:
        return alike[0]
    names = list(map(str, options))
    near = difflib.get_close_matches(text.strip(), names, n=1)
    known = ", ".join(names) if len(names) <= 10 else f"the {len(names)} that are known"
    raise _Mistake(
        f"{shorten(text)!r} is none of {known}",
        f"did you mean {shorten(near[0])!r}?" if near else "choose one of them",
    )
