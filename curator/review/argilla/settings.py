"""What the page shows and asks, first in plain words, then as the client's classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from curator.errors import shorten
from curator.review.argilla.faults import library
from curator.review.questions import Question

CHAT, INPUT, PASSAGE, REASONING, STANDS = "chat", "input", "passage", "reasoning", "stands"
MAX_OPTIONS = 500
MAX_OPTION_CHARS = 200
MIN_OPTIONS = 2
MAX_SHOWN_OPTIONS = 20  # of a longer list; the page finds the others by typing

FIELDS: Mapping[str, str] = {
    CHAT: "What was said before",
    INPUT: "Input",
    REASONING: "Reasoning",
    STANDS: "Answer as it stands",
    PASSAGE: "Passage",  # last: it may be long
}
"""
The same for every task, so that any row fits any dataset; only the input is in every row.

No field, question or property has the name of another: the client reads them into one namespace.
"""
TERMS: Mapping[str, str] = {
    "split": "Split",
    "given_label": "Label as it stands",
    "source": "Source",
    "why": "Why it is in the queue",
}
INTEGERS: Mapping[str, str] = {"tokens": "Tokens", "exemplar_rank": "Place in the bank"}
FLOATS: Mapping[str, str] = {"confidence": "Confidence"}
METADATA_NAMES: Mapping[str, str] = {"label": "given_label"}
"""What a property is called where a question has the name of the item's metadata."""

_KINDS = {"label": "label_selection", "labels": "multi_label_selection"}


class Settings(NamedTuple):
    """A dataset, before there is a server."""

    questions: tuple[Question, ...]
    guidelines: str
    people: int  # who must submit a record until it is done


def settings(asked: Sequence[Question], guidelines: str, people: int) -> Settings:
    """Fit the questions to what Argilla can ask: a label without a usable list becomes a text."""
    return Settings(tuple(map(_askable, asked)), guidelines, people)


def _askable(question: Question) -> Question:
    if question.kind not in ("label", "labels"):
        return question
    options = question.options
    fits = MIN_OPTIONS <= len(options) <= MAX_OPTIONS and all(
        0 < len(str(option)) <= MAX_OPTION_CHARS for option in options
    )
    return question if fits else question._replace(kind="text", options=())


def built(wanted: Settings) -> Any:
    """
    Turn them into the classes of the client that has signed in last.

    Nothing is Markdown: the page would load what a record's text names.
    """
    rg = library("argilla")
    fields = [
        (rg.ChatField if name == CHAT else rg.TextField)(
            name=name, title=title, required=name == INPUT, use_markdown=False
        )
        for name, title in FIELDS.items()
    ]
    properties = [
        kind(name=name, title=title)
        for kind, named in (
            (rg.TermsMetadataProperty, TERMS),
            (rg.IntegerMetadataProperty, INTEGERS),
            (rg.FloatMetadataProperty, FLOATS),
        )
        for name, title in named.items()
    ]
    return rg.Settings(
        fields=fields,
        questions=[_built(question) for question in wanted.questions],
        metadata=properties,
        guidelines=wanted.guidelines,
        allow_extra_metadata=True,
        distribution=rg.TaskDistribution(min_submitted=wanted.people),
    )


def _built(question: Question) -> Any:
    rg = library("argilla")
    common = {
        "name": question.name,
        "title": question.title,
        "description": question.description or None,
        "required": question.required,
    }
    if question.kind == "rating":
        return rg.RatingQuestion(values=[int(one) for one in question.options], **common)
    if question.kind == "text":
        return rg.TextQuestion(use_markdown=False, **common)
    labels = [str(one) for one in question.options]
    kind = rg.LabelQuestion if question.kind == "label" else rg.MultiLabelQuestion
    shown = min(len(labels), MAX_SHOWN_OPTIONS) if len(labels) > MIN_OPTIONS else None
    return kind(labels=labels, visible_labels=shown, **common)


def differences(
    wanted: Sequence[Question], there: Sequence[Mapping[str, Any]], fields: Sequence[str]
) -> list[str]:
    """Say how the questions and fields of a server's dataset differ from those that we ask."""
    known = {str(one.get("name")): one for one in there}
    found = [f"has no field {shorten(name, 30)!r}" for name in FIELDS if name not in fields]
    for question in wanted:
        one = known.pop(question.name, None)
        found += [f"has no question {question.name!r}"] if one is None else _differs(question, one)
    extra = [name for name, one in known.items() if one.get("required")]
    return found + [f"also requires {shorten(name, 30)!r}" for name in extra]


def _differs(question: Question, there: Mapping[str, Any]) -> list[str]:
    title, its = there.get("title"), there.get("settings") or {}
    if title != question.title:
        told = shorten(str(title), 40)
        return [f"asks {told!r} where {question.title!r} is asked: {question.name!r} was renamed"]
    if its.get("type") != _KINDS.get(question.kind, question.kind):
        return [f"asks {question.name!r} as {shorten(str(its.get('type')), 30)}"]
    options = {one.get("value") for one in its.get("options") or ()}
    missing = [one for one in question.options if one not in options]
    surplus = len(options) - len(question.options) + len(missing)
    if missing:
        shown = ", ".join(shorten(str(one), 30) for one in missing[:3])
        return [f"does not offer {shown} under {question.name!r}"]
    return [f"offers {surplus} more under {question.name!r}"] if surplus else []
