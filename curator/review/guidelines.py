"""What a reviewer reads before the first record, written from the recipe's task."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import orjson

from curator.review.questions import LABEL, REASONS, VERDICT, Question
from curator.task import Task

MAX_CHARS = 10_000
"""What Argilla takes."""
MAX_SCHEMA_CHARS = 4_000
MAX_LABELS = 100
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#!|~&$])")


def guidelines(task: Task, asked: Sequence[Question], *, in_sheet: bool = False) -> str:
    """
    Tell a person what the model is to do, what a right answer is, and what each verdict does.

    ``in_sheet`` leaves out what only a page has: drafts, keys, records to discard.
    """
    text = "\n".join(
        [
            *("# What you are asked", ""),
            "Each record is one example from which a model is to learn. Say whether it may.",
            "",
            *_purpose(task),
            *_contract(task, asked),
            *_verdicts(asked),
            *(_cells() if in_sheet else _page()),
        ]
    )
    return text if len(text) <= MAX_CHARS else f"{text[: MAX_CHARS - 2].rstrip()} …"


def _purpose(task: Task) -> Iterator[str]:
    told = [text for text in (task.persona, task.instruction) if text.strip()]
    if not told:
        return
    yield from ("## What the model is to do", "")
    for text in told:
        yield from (f"> {_plain(line)}".rstrip() for line in text.splitlines())
        yield ""


def _contract(task: Task, asked: Sequence[Question]) -> Iterator[str]:
    yield from ("## What a right answer is", "")
    labels = [str(one) for question in asked if question.name == LABEL for one in question.options]
    kind = task.output.kind
    if kind == "labels" and labels:
        yield f"Exactly one of {len(labels):,} labels:"
        yield ""
        yield from (f"- {_plain(label)}" for label in labels[:MAX_LABELS])
        if len(labels) > MAX_LABELS:
            yield f"- and {len(labels) - MAX_LABELS:,} more, which the question lists"
    elif kind == "json_schema":
        schema = orjson.dumps(task.output.json_schema, option=orjson.OPT_INDENT_2).decode()
        if len(schema) > MAX_SCHEMA_CHARS:
            schema = f"{schema[:MAX_SCHEMA_CHARS]}\n…"
        yield from ("JSON that keeps this schema, and nothing around it:", "")
        # no line of indented JSON can begin with a fence, so none can end the block
        yield from ("```json", schema, "```")
    elif kind == "bullets":
        yield "A list, one point a line, each beginning with `- `."
    elif kind == "labels":
        yield "One label, and nothing around it."
    else:
        yield "A text that does what the model is asked: true, complete, and no longer than that."
    yield ""
    if task.reasoning:
        yield "The reasoning is trained on too: it must lead to the answer."
        yield ""


def _verdicts(asked: Sequence[Question]) -> Iterator[str]:
    names = {question.name: question for question in asked}
    answer = names.get(LABEL) or next(
        (question for question in asked if question.name != VERDICT), None
    )
    title = answer.title if answer else "Answer"
    yield from ("## Your verdict", "")
    yield "- **keep**: the example is right as it stands. Change nothing."
    yield f"- **fix**: the example is good but its answer is not. Put it right under *{title}*."
    yield "- **reject**: no model should learn from this, and mending the answer does not help."
    if REASONS in names:
        yield f"  Say why under *{names[REASONS].title}*."
    yield ""
    yield f"*{title}* is filled in with what stands there now. It counts as you leave it."


def _cells() -> Iterator[str]:
    yield ""
    yield "Change it only where the verdict is fix. Rows without a verdict are not taken; sort and"
    yield "filter as you like, and leave the columns of ids as they are."


def _page() -> Iterator[str]:
    yield "What you change and submit is a correction, also where the verdict says keep."
    yield ""
    yield "Where you cannot decide, discard the record: nothing is taken from it."
    yield ""
    yield from ("## Keys", "", "| key | does |", "|---|---|")
    yield "| 1, 2, 3 … | chooses an answer; where one is enough, goes to the next question |"
    yield "| ↑ ↓ | goes to the question before or after |"
    yield "| Shift + Enter, Esc | enters a text, leaves it |"
    yield "| Enter | submits |"
    yield "| Ctrl + S (⌘ S) | saves a draft, which does not count yet |"
    yield "| Backspace | discards |"
    yield "| ← → | goes to the record before or after |"


def _plain(text: str) -> str:
    """Keep the page from reading ``text`` as Markdown or HTML."""
    return _MARKUP.sub(r"\\\1", text)
