"""What people said of the rows of a recipe, in numbers: for the manifest, without a name in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from curator.review import reviews
from curator.review.agreement import Measured, agreement
from curator.review.agreement.units import units
from curator.review.questions import VERDICT, questions
from curator.review.verdicts import Verdict
from curator.task import Task

MAX_IDS = 100


def said(
    found: Sequence[reviews.Review], decided: Mapping[str, Verdict], task: Task
) -> dict[str, Any]:
    """
    Give people, answers, verdicts, agreement and the rows that people differ on; JSON.

    Keeps: the same reviews give the same numbers; empty where there are none.
    """
    if not found:
        return {}
    last = reviews.latest(found)
    answers = [one for of_row in last.values() for one in of_row]
    labels = sorted({one.shown.label for one in found if one.shown.label})
    asked = questions(replace(task).with_labels(labels) if labels else task)
    measured = agreement(reviews.responses(found), asked)
    of_verdict = units(reviews.responses(found), VERDICT, "labels").said
    disputed = sorted(row for row, people in of_verdict.items() if len(set(people.values())) > 1)
    return {
        "people": len({one.by for one in answers}),
        "rows": len(last),
        "rows_of_several": sum(len(of_row) > 1 for of_row in last.values()),
        "answers": len(answers),
        "verdicts": dict(sorted(Counter(one.status or "open" for one in decided.values()).items())),
        "agreement": {one.question: _numbers(one) for one in measured.questions if one.rows},
        "disputed": {"rows": len(disputed), "ids": disputed[:MAX_IDS]},
    }


def _numbers(measured: Measured) -> dict[str, Any]:
    level = "ordinal" if "ordinal" in measured.alpha else "nominal"
    alpha = measured.alpha[level]
    return {
        "rows": measured.rows,
        "same": measured.same,
        "alpha": alpha.value,
        "low": alpha.low,
        "high": alpha.high,
        "note": measured.note or alpha.note,
    }
