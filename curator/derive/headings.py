"""A heading becomes the question that its section answers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

import polars as pl

from curator.derive.english import questions
from curator.derive.english.doings import is_command
from curator.derive.english.wording import clean, names_of, uncounted_of, words_of
from curator.derive.found import PLAIN, TEXT, Found, derive_from
from curator.derive.page.plain import plain
from curator.derive.page.source import Block, Section, Source

_FEWEST_WORDS = 4
_POINTER = re.compile(
    r"(?:see|refer to|go to|click|read|visit|for (?:more|further))\b", re.IGNORECASE
)
_LEANS = re.compile(
    r"(?:again|also|similarly|likewise|additionally|in addition|furthermore|moreover|however"
    r"|therefore|thus|finally|next|conversely|by contrast|in contrast),",
    re.IGNORECASE,
)  # on what was said before the heading
_LEFT_OVER = re.compile(r"\{%|\{\{|^\s*:::", re.MULTILINE)  # orders to a page generator
_BEFORE = re.compile(r"^[ \t*_#>|-]{0,12}before\W", re.MULTILINE | re.IGNORECASE)
_AFTER = re.compile(r"^[ \t*_#>|-]{0,12}after\W", re.MULTILINE | re.IGNORECASE)
_LINK_ITEM = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+[*_]*\[", re.MULTILINE)
_ITEM = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s", re.MULTILINE)
_FEWEST_WORDS_ON_TOPIC = 20
_HOW = re.compile(r"(?:When it comes [^?]*, )?(?:how (?:do|can) I|what should I)\b", re.IGNORECASE)
_WAY = re.compile(r"\bhow (?:do|can) I\b", re.IGNORECASE)
_DO = re.compile(r"\bwhat should I do\b", re.IGNORECASE)
_SHOULD = re.compile(r"(?:When it comes [^?]*, )?should I\b", re.IGNORECASE)
_DONE = re.compile(r"\b(?:you|we|should|must|can|may|will|do|don['\u2019]t)\b", re.IGNORECASE)
_NEEDED = re.compile(r"\b(?:needs?|requires?|costs?|instead)\b", re.IGNORECASE)
_SHOWN = re.compile(r"^ *(?:```|~~~|\||\d+[.)] )| \| ", re.MULTILINE)  # code, a table, steps
_FENCE = re.compile(r"^ *(?:```|~~~)", re.MULTILINE)
_FEWEST_IN_A_LINE = 5  # columns of words tell nobody how
_GRAMMAR = 0.7  # the confidence of a question that grammar makes
_SURE = 0.85  # what is so sure holds for a section whose parts have headings of their own


@dataclass(frozen=True, kw_only=True)
class Options:
    """How long an answer may be."""

    max_chars: int = 4000


def find(source: Source, options: Options) -> Iterator[Found]:
    """Find the sections whose headings, by their grammar, ask something that they answer."""
    setting = _setting(source)
    found: list[Found] = []
    for section in source.sections:
        heading = section.heading or (source.title if not section.level else "")
        answer = answer_of(source, section, options.max_chars)
        if not heading or heading.rstrip().endswith("?") or answer is None:
            continue
        if any(map(questions.is_faq, section.above)):
            continue  # what people ask belongs to the questions step
        start, end, template = answer
        said = plain(source.text[start : min(end, start + 600)])
        own = replace(setting, said=said)
        asked = questions.question_of(heading, section.above, source.title, own)
        has_parts = section.until > section.blocks[-1].end or (
            not section.level and len(source.sections) > 1
        )
        if (
            asked
            and not (has_parts and asked[1] < _SURE)
            and _tells(*asked, section, source.text[start:end])
        ):
            found.append(
                Found(
                    question=asked[0],
                    start=start,
                    end=end,
                    confidence=asked[1],
                    template=template,
                )
            )
    times = Counter(each.question for each in found)
    yield from (each for each in found if times[each.question] == 1)


def _setting(source: Source) -> questions.Setting:
    headings = [source.title, *(section.heading for section in source.sections)]
    return questions.Setting(
        names=names_of(source),
        uncounted=uncounted_of(source),
        commands=questions.commands(headings),
    )


def _tells(asked: str, confidence: float, section: Section, said: str) -> bool:
    """Say whether what a section says is enough: of a mere topic one expects more."""
    lines = said.split("\n")
    if _HOW.match(asked) and not any(map(_is_said, lines)):
        return False
    is_way = _WAY.search(asked) is not None
    if is_way or _DO.search(asked) or _SHOULD.match(asked):
        is_shown = is_way and (_SHOWN.search(said) or _NEEDED.search(said))
        if not (is_shown or _DONE.search(said) or any(map(_has_order, lines))):
            return False
    return confidence >= _GRAMMAR or _tells_of_topic(section, said)


def _tells_of_topic(section: Section, said: str) -> bool:
    """Say whether there are words enough; those of a mere column of words do not count."""
    written = said.split("\n")
    if not _FENCE.search(said):
        written = [line for line in written if _is_said(line) or "|" in line]
    return section.level > 0 and len(" ".join(written).split()) >= _FEWEST_WORDS_ON_TOPIC


def _has_order(line: str) -> bool:
    return any(is_command(clean(said)) for said in plain(_ITEM.sub("", line)).split(". "))


def _is_said(line: str) -> bool:
    words = [word for word in words_of(line) if word != "-"]
    return len(words) >= _FEWEST_IN_A_LINE or line.rstrip("*_ ").endswith((".", "!"))


def answer_of(source: Source, section: Section, max_chars: int) -> tuple[int, int, str] | None:
    """Give the span and the template of what a section says, or None where that is no answer."""
    return answer_in(source, section.blocks, max_chars)


def answer_in(
    source: Source, blocks: tuple[Block, ...], max_chars: int
) -> tuple[int, int, str] | None:
    """Give the span and the template of what ``blocks`` say, or None where that is no answer."""
    told = [block for block in blocks if _has_words(source, block)]
    if not told or told[-1].end - told[0].start > max_chars:
        return None
    start, end = told[0].start, told[-1].end
    text = source.text[start:end]
    is_code = all(block.kind == "code" for block in told)
    is_cut = told[-1].kind == "paragraph" and text.rstrip().rstrip("*_").endswith(":")
    is_short = len(text.split()) < _FEWEST_WORDS
    is_pointer = len(told) == 1 and bool(_POINTER.match(plain(text))) and text.count(". ") == 0
    is_asking = text.count("?") > 1 and text.count("?") >= text.count(". ")
    is_shelf = len(_LINK_ITEM.findall(text)) * 2 > max(len(_ITEM.findall(text)), 1)
    is_led_in = _LEANS.match(text) is not None
    if is_code or is_cut or is_short or is_pointer or is_asking or is_shelf or is_led_in:
        return None
    if _LEFT_OVER.search(text) or (_BEFORE.search(text) and _AFTER.search(text)):
        return None  # a rewriting, which is no answer
    is_one = len(told) == 1 and told[0].kind == "paragraph" and text[0] not in ">|"
    start += len(text) - len(text.lstrip())
    return start, end, PLAIN if is_one else TEXT


def _has_words(source: Source, block: Block) -> bool:
    said = source.said(block)
    if block.kind != "paragraph":
        return True
    is_picture = said.startswith(("![", "<img", "[![")) and said.count("\n") == 0
    return not is_picture and any(char.isalnum() for char in plain(said[:5000]))


def derive(records: pl.LazyFrame, options: Options) -> pl.LazyFrame:
    """Give an example for every heading that can be asked, answered by its own section."""
    return derive_from(records, partial(find, options=options), step="headings")
