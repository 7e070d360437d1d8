"""Ask for the steps of a procedure: all of them, the next one, the one left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

import polars as pl

from curator.derive.chance import chance
from curator.derive.english import grammar as g
from curator.derive.english.goals import Goal, goal_of
from curator.derive.english.questions import Setting, commands
from curator.derive.english.wording import names_of, uncounted_of
from curator.derive.found import PLAIN, TEXT, Found, derive_from
from curator.derive.page.list_items import Item, items
from curator.derive.page.plain import plain
from curator.derive.page.source import Block, Section, Source

_FEWEST_STEPS = 3
_MOST_STEPS = 30
_MOST_STEP_CHARS = 600
_MOST_TOLD = 1500
_IMPERATIVE_SHARE = 0.6
_STEP_HEADING = re.compile(r"Step (\d{1,2})\s*(?:[:.\u2013\u2014-]\s*)(?=\S)", re.IGNORECASE)
_BY_READER = re.compile(
    r"\b(?:you|we)(?:'ll| (?:can|must|should|may|will|need|have|get|receive))?\b"
)
_LEFT_OVER = re.compile(r"\{[:%{]|<[a-z]+[^>]*>", re.IGNORECASE)
_LEADS = re.compile(
    r"\b(?:steps?|follow (?:these|the)|proceed|do this|as follows|how|process|procedure)\b",
    re.IGNORECASE,
)
_BY_ITSELF = re.compile(
    r"\b(?:performs|executes|does|carries out|goes through|takes|runs|works)\b[^.]*:\Z"
)  # what a command does is no order to the reader
_POINTS = re.compile(
    r"\]\[|\b(?:above|below|the following|step \d|steps \d|next step|previous step)\b"
)
_NOT_COMMANDS = frozenset({"no", "any", "each", "all", "even", "like", "so", "still"})


@dataclass(frozen=True, kw_only=True)
class Options:
    """How much is asked about one procedure: all its steps first, then by chance."""

    per_list: int = 3
    seed: int = 0


@dataclass(frozen=True)
class _Steps:
    goal: Goal
    start: int
    end: int
    steps: tuple[tuple[int, int], ...]  # none where a step has parts of its own


def derive(records: pl.LazyFrame, options: Options) -> pl.LazyFrame:
    """Give examples that ask for the steps of a procedure, the next one, or the one left out."""
    return derive_from(records, partial(find, options=options), step="procedures")


def find(source: Source, options: Options) -> Iterator[Found]:
    """
    Yield the questions of each numbered list of instructions, and of headings "Step 1: ...".

    A list makes none unless its heading, or the sentence that leads to it, says what it is for.
    """
    sections = source.sections
    if not any(block.kind == "list" or "tep" in source.said(block)[:40] for block in source.blocks):
        return
    setting = Setting(
        names=names_of(source),
        uncounted=uncounted_of(source),
        commands=commands([source.title, *(section.heading for section in sections)]),
    )
    found = [
        *(each for section in sections for each in _listed(source, section, setting)),
        *_headed(source, sections, setting),
    ]
    for each in sorted(found, key=lambda steps: steps.start):
        yield from _asked(source, each, options)


def _listed(source: Source, section: Section, setting: Setting) -> Iterator[_Steps]:
    lists = [at for at, block in enumerate(section.blocks) if block.kind == "list"]
    numbered = [at for at in lists if _is_numbered(source, section.blocks[at])]
    for at in numbered:
        block = section.blocks[at]
        lead = section.blocks[at - 1] if at else None
        led_in = plain(source.said(lead)) if lead and lead.kind == "paragraph" else ""
        is_only = len(numbered) == 1 and (led_in[-1:] != ":" or bool(_LEADS.search(led_in)))
        heading = (section.heading or source.title) if is_only else ""
        above = section.above
        first = section.blocks[0].start
        told = replace(setting, said=plain(source.text[first : first + _MOST_TOLD]))
        if _BY_ITSELF.search(led_in):
            continue
        goal = goal_of(led_in, heading, above, source.title, told)
        steps = items(source.text, block.start, block.end)
        if goal is None or not _is_procedure(source, block, steps):
            continue
        is_flat = all(step.depth == 0 for step in steps)
        start = block.start + len(source.said(block)) - len(source.said(block).lstrip())
        spans = tuple((step.start, step.end) for step in steps) if is_flat else ()
        yield _Steps(goal, start, block.end, spans)


def _is_numbered(source: Source, block: Block) -> bool:
    return source.text[block.start : block.start + 8].lstrip()[:1].isdigit()


def _is_procedure(source: Source, block: Block, steps: tuple[Item, ...]) -> bool:
    outer = [step for step in steps if step.depth == 0]
    is_counted = [step.number for step in outer] == list(range(1, len(outer) + 1))
    is_sized = _FEWEST_STEPS <= len(outer) <= _MOST_STEPS
    if not is_counted or not is_sized or _LEFT_OVER.search(source.said(block)):
        return False
    said = [plain(source.text[step.start : step.end]) for step in outer]
    return _are_instructions(said)


def _are_instructions(said: list[str]) -> bool:
    """Say whether most of what is said is to be done: by orders, or by what you and we do."""
    if any(not words or len(words) > _MOST_STEP_CHARS or words[-1] == "?" for words in said):
        return False
    ordered = sum(map(_is_order, said))
    done = sum(bool(_BY_READER.search(words.lower())) or _is_order(words) for words in said)
    return done >= len(said) * _IMPERATIVE_SHARE and ordered * 2 >= len(said) - 1


def _is_order(words: str) -> bool:
    """Say whether ``words`` begin with an order, maybe after a place or a condition."""
    clauses = [words, *words.split(", ", 2)[1:2]]
    for clause in clauses:
        first = clause.split(" ", 1)[0].strip('*_`"').rstrip(".,:;")
        if first.lower() in ("do", "don't", "never", "always", "please", "then", "otherwise"):
            return True
        if first.isalpha() and g.is_base_verb(first) and first.lower() not in _NOT_COMMANDS:
            return True
    return False


def _headed(source: Source, sections: tuple[Section, ...], setting: Setting) -> Iterator[_Steps]:
    """Find runs of headings that count steps under one heading."""
    run: list[Section] = []
    for section in (*sections, None):
        number = _number_of(section) if section else 0
        if section and number == len(run) + 1 and (not run or _is_beside(run[0], section)):
            run.append(section)
            continue
        if section and run and section.level > run[0].level:
            continue  # a part of a step
        if steps := _of_run(source, run, setting):
            yield steps
        run = [section] if section and number == 1 else []


def _number_of(section: Section) -> int:
    match = _STEP_HEADING.match(section.heading)
    return int(match[1]) if match else 0


def _is_beside(one: Section, other: Section) -> bool:
    return (one.level, one.above) == (other.level, other.above)


def _of_run(source: Source, run: list[Section], setting: Setting) -> _Steps | None:
    if len(run) < _FEWEST_STEPS:
        return None
    above = run[0].above
    goal = goal_of("", above[-1] if above else source.title, above[:-1], source.title, setting)
    spans = []
    for section in run:
        if section.opening is None or _STEP_HEADING.match(section.heading) is None:
            return None
        words = _STEP_HEADING.sub("", section.heading, count=1)
        at = source.text.find(words, section.opening.start, section.opening.end)
        if at < 0:
            return None
        spans.append((at, at + len(words)))
    first = run[0].opening
    if goal is None or first is None or not _are_instructions([_said(source, s) for s in spans]):
        return None
    return _Steps(goal, first.start, run[-1].until, tuple(spans))


def _said(source: Source, span: tuple[int, int]) -> str:
    return plain(source.text[span[0] : span[1]])


def _asked(source: Source, steps: _Steps, options: Options) -> Iterator[Found]:
    made = [
        Found(
            question=steps.goal.whole,
            start=steps.start,
            end=steps.end,
            confidence=0.85,
            template=TEXT,
        )
    ]
    said = [_said(source, span) for span in steps.steps]
    if steps.goal.purpose and not any(_POINTS.search(words.lower()) for words in said):
        others = [*_next_steps(steps, said), *_missing_steps(steps, said)]
        made += sorted(
            others, key=lambda each: chance(options.seed, source.id, each.start, each.question)
        )
    chosen = made[: options.per_list]
    yield from sorted(chosen, key=lambda each: (each.start, each.question))


def _next_steps(steps: _Steps, said: list[str]) -> Iterator[Found]:
    for at in range(1, len(said)):
        done = _numbered(said[:at])
        question = (
            f"I want to {steps.goal.purpose}. I have done this so far:\n\n{done}\n\n"
            "What is the next step?"
        )
        start, end = steps.steps[at]
        yield Found(question=question, start=start, end=end, confidence=0.7, template=PLAIN)


def _missing_steps(steps: _Steps, said: list[str]) -> Iterator[Found]:
    for at in range(1, len(said) - 1):
        others = _numbered([*said[:at], *said[at + 1 :]])
        question = (
            f"One step is missing from this list of how to {steps.goal.purpose}:\n\n{others}\n\n"
            "Which step is missing?"
        )
        start, end = steps.steps[at]
        yield Found(question=question, start=start, end=end, confidence=0.7, template=PLAIN)


def _numbered(said: list[str]) -> str:
    return "\n".join(f"{number}. {words}" for number, words in enumerate(said, start=1))
