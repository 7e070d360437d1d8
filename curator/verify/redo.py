"""The rows of a trainer export made again, by the plain way: Jinja and the reference tokenizer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curator.errors import RecipeError, WriteError
from curator.manifest import Manifest
from curator.prompt.training import training_turns
from curator.recipe import steps
from curator.records import IS_CHUNK, IS_EXAMPLE, ROLES
from curator.task import Task
from curator.tokenizer import Encoder, TokenizerFiles, open_encoder, open_files
from curator.write.trainer.chat import Chat, chats
from curator.write.trainer.options import Options
from curator.write.trainer.spill import Spill
from curator.write.trainer.template import ChatTemplate, open_template
from curator.write.trainer.written import Refused, Region, TemplateFault, Written, written

_BATCH_ROWS = 2_000
_COLUMNS = ("id", "split", "messages", "context", "tools", "text")


@dataclass(frozen=True, kw_only=True)
class Makings:
    """What the rows were made by, as the export and the manifest say it."""

    options: Options
    task: Task
    files: TokenizerFiles
    encoder: Encoder
    template: ChatTemplate | None  # of chats


class Redone(NamedTuple):
    """Every kept row in its order, as tokens; row ``i`` has ``offsets[i]:offsets[i + 1]``."""

    rows: pl.DataFrame  # id, split, why (it cannot be written; null where it can)
    ids: NDArray[np.int32]  # (T,)
    marks: NDArray[np.uint8]  # (T,) the lowest bit: it counts; above it who says it, see ``roles``
    offsets: NDArray[np.int64]

    def at(self, starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> Stretch:
        """Take so many tokens from each of ``starts`` on, end to end."""
        before = np.cumsum(lengths) - lengths
        places = np.arange(int(lengths.sum())) + np.repeat(starts - before, lengths)
        marks = self.marks[places]
        return Stretch(self.ids[places], (marks & 1).astype(bool), marks >> 1)


class Stretch(NamedTuple):
    """Some tokens: which, whether they count, and who says them."""

    ids: NDArray[np.int32]
    counts: NDArray[np.bool_]
    roles: NDArray[np.uint8]  # place in ROLES + 1, or 0 where no message says it


def options_of(manifest: Manifest) -> Options:
    """
    Read what the recipe asked of the export.

    Raises: RecipeError where the manifest's recipe asks for none, or for what there is not.
    """
    asked = [step for step in manifest.recipe.get("write") or () if "trainer" in step]
    given = asked[0]["trainer"] if asked and isinstance(asked[0], dict) else None
    try:
        made: Options = steps.options_of("write", "trainer", given or {}, seed=manifest.seed)
    except TypeError as error:
        raise RecipeError(f"the manifest asks for no trainer export: {error}") from error
    return made


def makings(folder: Path, manifest: Manifest, task: Task) -> Makings:
    """Open the tokenizer and the template that stand in the export, not those of the recipe."""
    options = options_of(manifest)
    files = open_files(str(folder / "tokenizer"))
    encoder = open_encoder(files, reference_only=True)
    plain = replace(options, template=None)
    template = None
    if options.rows == "examples":
        template = open_template(plain, files, encoder.control_tokens)
    return Makings(options=options, task=task, files=files, encoder=encoder, template=template)


def redo(kept: pl.LazyFrame, by: Makings, work: Path) -> Redone:
    """
    Write and tokenise every kept row again; tokens wait in the folder ``work``.

    Raises: WriteError where the template cannot be trained with.
    """
    is_wanted = IS_EXAMPLE if by.options.rows == "examples" else IS_CHUNK
    wanted = kept.filter(is_wanted).select(_COLUMNS)
    parts = [pl.DataFrame(schema={"id": pl.String, "split": pl.String, "why": pl.String})]
    with Spill(work, "rows") as spill:
        for rows in wanted.collect_batches(maintain_order=True, chunk_size=_BATCH_ROWS):
            made = list(_chats(rows, by) if by.template else _passages(rows, by))
            texts = [one.text for one in made]
            ids, offsets = by.encoder.reference(texts)
            spill.add(ids, _marks(made, ids, offsets, by.encoder), np.diff(offsets))
            why = pl.Series("why", [one.why for one in made], dtype=pl.String)
            known = rows.select("id", pl.col("split").fill_null("train"), why)
            parts.append(known)
    return Redone(pl.concat(parts), *spill.segments())


class _Made(NamedTuple):
    text: str
    spans: Sequence[tuple[int, int]] = ()  # what is trained on, in code points
    regions: Sequence[Region] = ()
    why: str | None = None


def _chats(rows: pl.DataFrame, by: Makings) -> Iterator[_Made]:
    assert by.template is not None
    turns = training_turns(by.task, rows, reasoning=by.options.reasoning)
    weights = turns.flat["weight"].to_list()
    control = _any_of(by.encoder.control_tokens)
    for number, chat in enumerate(chats(turns, rows["tools"])):
        try:
            row = written(by.template, chat, by.options.train_on)
        except Refused as refused:
            yield _Made("", why=str(refused) or "the template refuses it")
            continue
        except TemplateFault as fault:
            raise WriteError(fault.message, where=f"row {rows['id'][number]}") from fault
        first, last = turns.offsets[number : number + 2]
        why = None
        if found := control.search(_said(chat)):
            why = f"its own words hold the control token {found[0]}"
        spans = _spans(row, weights[first:last], by.options.train_on)
        yield _Made(row.text, spans, row.regions, why)


def _passages(rows: pl.DataFrame, by: Makings) -> Iterator[_Made]:
    begin, end = by.files.begins_with or "", by.files.eos_token or ""
    control = _any_of(by.encoder.control_tokens)
    for passage in rows["text"]:
        text = begin + passage + end
        found = control.search(passage)
        why = f"its own words hold the control token {found[0]}" if found else None
        yield _Made(text, [(0, len(text))], why=why)


def _any_of(tokens: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(tokens, key=lambda token: (-len(token), token))
    return re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")


def _said(chat: Chat) -> str:
    """Give all that a row itself says; a call may hide a mark behind the escapes of its JSON."""
    return json.dumps([chat.messages, chat.tools], ensure_ascii=False, default=str)


def _spans(row: Written, weights: list[int | None], train_on: str) -> list[tuple[int, int]]:
    """Say which characters count."""
    if train_on == "all":
        holes = [one for one in row.regions if weights[one.message] == 0]
        starts = [0, *(hole.end for hole in holes)]
        ends = [*(hole.start for hole in holes), len(row.text)]
        return list(zip(starts, ends, strict=True))
    last = len(weights) - 1
    return [
        (one.start, one.end)
        for one in row.regions
        if one.role == "assistant"
        and weights[one.message] != 0
        and (train_on == "assistant" or one.message == last)
    ]


def _marks(
    made: list[_Made], ids: NDArray[np.int32], offsets: NDArray[np.int64], encoder: Encoder
) -> NDArray[np.uint8]:
    """Mark each token that has a byte of what counts, and the role that says its first."""
    marks = np.zeros(ids.size, np.uint8)
    spelled, ends = _spelled(ids, encoder)
    for row, one in enumerate(made):
        first, last = offsets[row], offsets[row + 1]
        text = one.text.encode()
        base = ends[first]
        if spelled[base : ends[last]] == text:
            bounds = ends[first : last + 1] - base
            begins, stops = bounds[:-1], bounds[1:]
        else:
            begins, stops = encoder.token_spans([one.text])
        counts = np.zeros(len(text) + 2, np.int64)
        for start, end in one.spans:
            begin = len(one.text[:start].encode())
            counts[begin + 1 : begin + 1 + len(one.text[start:end].encode())] = 1
        before = np.cumsum(counts)
        said = np.zeros(len(text) + 1, np.uint8)
        for region in one.regions:
            begin = len(one.text[: region.start].encode())
            stop = begin + len(one.text[region.start : region.end].encode())
            said[begin:stop] = ROLES.index(region.role) + 1
        is_trained = before[np.maximum(stops, begins + 1)] > before[begins]
        marks[first:last] = is_trained | said[begins] << 1
    return marks


def _spelled(ids: NDArray[np.int32], encoder: Encoder) -> tuple[bytes, NDArray[np.int64]]:
    """Join what the ids spell, and say where each of them begins, and all end."""
    ends = np.zeros(ids.size + 1, np.int64)
    if encoder.spelling is None:
        return b"", ends
    bounds = encoder.spelling.offsets
    lengths = bounds[ids + 1] - bounds[ids]
    np.cumsum(lengths, out=ends[1:])
    places = np.arange(ends[-1]) + np.repeat(bounds[ids] - ends[:-1], lengths)
    return encoder.spelling.data[places].tobytes(), ends
