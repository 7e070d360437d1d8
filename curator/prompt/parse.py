"""
What a model answered: the value its task's contract asks for, or a reason why there is none.

Evaluation and training agree on it: what an exemplar shows, or a training row says, is read back
as the answer it was written from.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from curator.errors import RecipeError, shorten
from curator.prompt import json_answers, labels
from curator.task import Task

Reason = Literal["empty", "no list", "text after the list"] | labels.Doubt | json_answers.Broken

_POINT = re.compile(r"(?:[-*+•‣◦–—]|\d{1,3}[.)])[ \t]+(\S.*)")  # noqa: RUF001 - what models write
_FENCED = re.compile(r"\s*```[^`\n]*\n(.*)\n[ \t]*```\s*", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Parsed:
    """
    A value (a label, what JSON says, a list of points, text), or a reason and a detail.

    ``reasoning`` is what stood before the answer marker.
    """

    value: Any = None
    reason: Reason | None = None
    detail: str = ""
    reasoning: str = ""

    @property
    def is_answer(self) -> bool:
        """Whether there is a value; JSON's null is one."""
        return self.reason is None


def parse(task: Task, text: str, *, is_reasoned: bool = True) -> Parsed:
    """
    Read an answer by its contract.

    The answer is what follows the task's marker: the last one that begins a line, else the last of
    all; without a marker, the whole text. ``is_reasoned=False`` looks for none: the prompt did not
    ask for one, so that a marker is text.

    labels: one of them (``labels.py`` says which words may stand around it).
    JSON:   the first that keeps the schema: the whole answer, a fenced block, an object in words.
    list:   one text a point; words before the first point are passed over, words after are not.
    text:   the answer without blanks around it.

    Keeps:  linear time and no exception, whatever ``text`` is.
    Raises: RecipeError if the labels are to come from the data and have not been given.

    >>> parse(Task.from_dict({"output": {"labels": ["refund", "other"]}}), "Label: Refund.").value
    'refund'
    """
    kind = task.output.kind
    if kind == "labels" and not task.output.labels:
        raise RecipeError(
            "the labels are to come from the data: which are there is not known yet",
            where="$.task.output.labels",
            hint="give them with task.with_labels(labels)",
        )
    if kind == "labels" and text in task.output.labels:
        return Parsed(value=text)
    reasoning, answer = _parted(task.answer_marker, text) if is_reasoned else ("", text)
    if not answer.strip():
        return Parsed(reason="empty", reasoning=reasoning)
    if kind == "labels":
        value, reason, detail = labels.named(task.output.labels, answer)
        return Parsed(value=value, reason=reason, detail=detail, reasoning=reasoning)
    if kind == "json_schema":
        value, broken, detail = json_answers.found(task.output, answer)
        return Parsed(value=value, reason=broken, detail=detail, reasoning=reasoning)
    if kind == "bullets":
        return _points(answer, reasoning)
    return Parsed(value=answer.strip(), reasoning=reasoning)


@lru_cache(maxsize=32)
def _markers(marker: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Match a marker at the beginning of a line, and anywhere; headings and bold may be around."""
    core = rf"{re.escape(marker)}[*_]{{0,3}} ?"
    begins = re.compile(rf"^[ \t>*_#]{{0,8}}{core}", re.IGNORECASE | re.MULTILINE)
    return begins, re.compile(rf"(?<!\w){core}", re.IGNORECASE)


def _parted(marker: str, text: str) -> tuple[str, str]:
    for pattern in _markers(marker):
        if last := deque(pattern.finditer(text), maxlen=1):
            return text[: last[0].start()].strip(), text[last[0].end() :]
    return "", text


def _points(answer: str, reasoning: str) -> Parsed:
    fenced = _FENCED.fullmatch(answer)
    points: list[list[str]] = []
    is_after_blank = False
    for line in (fenced.group(1) if fenced else answer).split("\n"):
        bare = line.strip()
        point = _POINT.fullmatch(bare)
        if point:
            points.append([point.group(1)])
        elif bare and points:
            if is_after_blank and not line.startswith((" ", "\t")):
                return Parsed(
                    reason="text after the list", detail=shorten(bare), reasoning=reasoning
                )
            points[-1].append(bare)
        is_after_blank = not bare
    if not points:
        return Parsed(reason="no list", detail=shorten(answer.strip()), reasoning=reasoning)
    return Parsed(value=[" ".join(lines) for lines in points], reasoning=reasoning)
