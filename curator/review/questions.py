"""What people are asked of a record: its answer, a verdict, and a few words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from curator.task import Task

VERDICT, ANSWER, LABEL, REASONS, RATING, COMMENT = (
    "verdict",
    "answer",
    "label",
    "reasons",
    "rating",
    "comment",
)
KEEP, FIX, REJECT = "keep", "fix", "reject"
WHY_REJECT = ("wrong answer", "unclear question", "not our task", "private data", "other")

Kind = Literal["label", "labels", "text", "rating"]


class Question(NamedTuple):
    """One question; ``options`` are the choices of a label or a rating."""

    name: str
    kind: Kind
    title: str
    description: str
    options: Sequence[str | int] = ()
    required: bool = False


def questions(task: Task, labels: Sequence[str] = ()) -> tuple[Question, ...]:
    """
    List the questions for a task, the verdict first.

    A task whose output is a label asks for the label, with the task's ``labels`` or those of the
    data; any other asks for the answer as it should be.
    """
    known = task.output.labels or tuple(labels)
    verdict = Question(
        VERDICT, "label", "Verdict", "Keep it as it is, fix it below, or reject it.",
        (KEEP, FIX, REJECT), required=True,
    )  # fmt: skip
    if task.output.kind == "labels" and known:
        answer = Question(LABEL, "label", "Label", "The label that is right.", known)
    else:
        answer = Question(ANSWER, "text", "Answer", "The answer as it should be.")
    return (
        verdict,
        answer,
        Question(REASONS, "labels", "Reasons", "Why it is rejected.", WHY_REJECT),
        Question(RATING, "rating", "Quality", "1 is useless, 5 a model.", (1, 2, 3, 4, 5)),
        Question(COMMENT, "text", "Comment", "Anything that whoever reads this should know."),
    )
