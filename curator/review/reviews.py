"""The file of verdicts beside a recipe: one line for each word of each person, never rewritten."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from curator.errors import ReviewError, SourceError, shorten
from curator.review.item import Response


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a person was shown of a record, so that a later change of it can be told."""

    record_id: str
    prompt: str  # a hash of what was asked
    answer: str
    label: str | None = None
    people: int = 1  # how many were to answer
    is_calls: bool = False  # the answer is a list of tool calls


@dataclass(frozen=True, kw_only=True)
class Review:
    """What one person said of one record, and what was shown."""

    shown: Shown
    by: str
    at: str
    values: Mapping[str, Any]
    via: str = ""

    @property
    def line(self) -> bytes:
        """Write it as a line of the file; the same review is always the same line."""
        shown = self.shown
        fields = {
            "record_id": shown.record_id,
            "prompt": shown.prompt,
            "answer": shown.answer,
            "label": shown.label,
            "people": shown.people,
            "by": self.by,
            "at": self.at,
            "values": dict(self.values),
            "via": self.via,
        }
        if shown.is_calls:
            fields["is_calls"] = True
        return orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)


def prompt_hash(text: str) -> str:
    """Name what was asked, in 16 hexadecimal digits."""
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest()


def read(path: Path) -> list[Review]:
    """
    Read every review of a file, in its order; a file that is not there has none.

    Raises: SourceError at the line that is no review.
    """
    if not path.is_file():
        return []
    reviews = []
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        if not line.strip():
            continue
        try:
            reviews.append(_review(orjson.loads(line)))
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
            raise SourceError(
                f"this is no review: {shorten(str(error))}",
                where=f"{path}:{number}",
                hint="the file is only ever appended to; take the line out, or mend it",
            ) from error
    return reviews


def append(path: Path, responses: Iterable[Response], shown: Mapping[str, Shown]) -> int:
    """
    Add what was not there yet, and say how many lines that were.

    Collected twice is added once, and so is the last word of a person that is only said again in
    the same place: a worksheet that was saved again has another time. A response without values
    takes back what the same person said there before, if they did.

    Raises: ReviewError for a response to a record that was never sent.
    """
    known = read(path)
    ordered = sorted(known, key=lambda one: one.at)
    last = {(one.shown.record_id, one.by, one.via): one for one in ordered}
    lines = {one.line for one in known}
    added = []
    for response in responses:
        key = (response.record_id, response.by, response.via)
        said = last.get(key)
        if said is None and not response.values:
            continue
        if response.record_id not in shown:
            raise ReviewError(
                f"there is a response to {shorten(response.record_id)}, which was not sent",
                where=response.via,
                hint="it belongs to another recipe, or was added by hand: take it out there",
            )
        review = Review(
            shown=shown[response.record_id],
            by=response.by,
            at=response.at,
            values=response.values,
            via=response.via,
        )
        is_repeat = said is not None and said.at <= review.at and said.values == review.values
        if review.line not in lines and not is_repeat:
            lines.add(review.line)
            last[key] = review
            added.append(review.line)
    if added:
        with path.open("a+b") as file:
            file.seek(max(0, file.tell() - 1))
            gap = b"" if file.read() in (b"", b"\n") else b"\n"  # an editor may have left none
            file.write(gap + b"\n".join(added) + b"\n")
    return len(added)


def responses(reviews: Iterable[Review]) -> list[Response]:
    """Give the reviews as the responses that they were."""
    return [
        Response(
            record_id=one.shown.record_id, by=one.by, at=one.at, values=one.values, via=one.via
        )
        for one in reviews
    ]


def latest(reviews: Sequence[Review]) -> dict[str, list[Review]]:
    """Give each record's reviews, each person's last word only, by time, then person."""
    last: dict[tuple[str, str], Review] = {}
    for review in reviews:
        key = (review.shown.record_id, review.by)
        if key not in last or review.at >= last[key].at:
            last[key] = review
    found: dict[str, list[Review]] = {}
    for review in sorted(last.values(), key=lambda one: (one.at, one.by)):
        found.setdefault(review.shown.record_id, []).append(review)
    return found


def _review(fields: Mapping[str, Any]) -> Review:
    values = fields["values"]
    if not isinstance(values, dict):
        raise TypeError("values is not an object")
    texts = {name: fields[name] for name in ("record_id", "prompt", "answer", "by", "at")}
    if not all(isinstance(value, str) for value in texts.values()):
        raise TypeError(f"{', '.join(texts)} are texts")
    return Review(
        shown=Shown(
            record_id=texts["record_id"],
            prompt=texts["prompt"],
            answer=texts["answer"],
            label=fields.get("label"),
            people=int(fields.get("people", 1)),
            is_calls=fields.get("is_calls") is True,
        ),
        by=texts["by"],
        at=texts["at"],
        values=values,
        via=str(fields.get("via", "")),
    )
