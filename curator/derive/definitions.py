"""Definition sentences, glossaries and abbreviations become questions after their meaning."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import polars as pl

from curator.derive import grammar
from curator.derive.found import PLAIN, Found, derive_from
from curator.derive.list_items import items
from curator.derive.noun_phrases import is_noun_phrase
from curator.derive.plain import plain
from curator.derive.questions import is_generic
from curator.derive.sentences import sentences
from curator.derive.source import Block, Section, Source
from curator.derive.table_cells import table
from curator.derive.things import says_what
from curator.derive.wording import cased, clean, dangles, names_of, words_of

_GLOSSARY = re.compile(
    r"(?:glossary (?:of|for)\b.*|(?:[\w' -]{1,40} )?(?:glossary|glossaries|definitions?|terminology|vocabulary|abbreviations|acronyms"
    r"|(?:key |important |common |useful |defined |technical )terms)|terms|words (?:used|we use)\b.*"
    r"|(?:key to )?(?:the )?terms used\b.*|what (?:our|the|these) words mean)",
    re.IGNORECASE,
)
_TERM_HEAD = re.compile(
    r"(?:the )?(?:terms?|words?|phrases?|expressions?|abbreviations?|acronyms?|concepts?)",
    re.IGNORECASE,
)
_MEANING_HEAD = re.compile(
    r"(?:its |the )?(?:meanings?|definitions?|explanation|stands for|full form|what (?:it|this|we"
    r"|they) means?|in plain (?:words|language|english)|means)",
    re.IGNORECASE,
)
_MARK = r"(?:\*\*\*|___|\*\*|__|\*|_|`)"
_ENTRY = re.compile(
    rf"(?P<mark>{_MARK})(?P<term>[^*_`\n:]{{1,60}}?)[ ]?(?:(?P=mark)[ ]?[:=\u2013\u2014-]"
    rf"|:(?P=mark)|(?P=mark)[ ][-\u2013\u2014])[ \t\n]+(?=\S)"
)
_BARE_ENTRY = re.compile(
    r"(?P<term>[^\W\d_][\w /&'()-]{0,58}?)(?::|[ ](?:-|=|\u2013|\u2014))[ \t]+(?=\S)"
)
_LABEL = frozenset(
    [
        "note",
        "notes",
        "tip",
        "warning",
        "caution",
        "important",
        "example",
        "examples",
        "before",
        "after",
        "question",
        "answer",
        "hint",
        "remember",
        "summary",
        "step",
        "result",
    ]
)
_SENTENCE = re.compile(
    r"(?P<article>(?:An?|The)\s+)?(?P<open>\*\*\*|\*\*|__|\*|_|\"|\u201c|`)"
    r"(?P<term>[^*_`\"\u201c\u201d\n.:;]{2,60})(?:\*\*\*|\*\*|__|\*|_|\"|\u201d|`)"
    r"(?P<also>,?\s+(?:or|also called|also known as)\s+[^.;:]{2,60}?,?|\s*\([^()]{1,60}\))?\s+"
    r"(?P<verb>is\s+defined\s+as|are\s+defined\s+as|refers?\s+to|means?|stands?\s+for|is|are)\s+"
    r"(?P<rest>\S+)",
    re.DOTALL,
)
_OPENING = re.compile(
    r"(?P<article>(?:An?|The)\s+)?(?P<term>[^*_`\"\u201c\u201d\n.:;,()]{2,60}?)"
    r"(?P<also>,?\s+(?:or|also called|also known as)\s+[^.;:,]{2,60},|\s*\([^()]{1,60}\))?\s+"
    r"(?P<verb>is\s+defined\s+as|are\s+defined\s+as|refers?\s+to|means?|is|are)\s+(?P<rest>\S+)",
    re.DOTALL,
)
_TERM_OPENING = re.compile(r"The\s+terms?\s+(?=[*_\"\u201c`])")
_CALLED = re.compile(
    r"\b(?:is|are)\s+(?:called|known\s+as)\s+(?P<article>(?:an?|the)\s+)?"
    r"(?P<open>\*\*|__|\*|_|\"|\u201c)(?P<term>[^*_\"\u201c\u201d\n.:;]{2,60})"
    r"(?:\*\*|__|\*|_|\"|\u201d)[.]?\Z"
)
_NEEDS_MORE = re.compile(
    r"\b(?:this|these|those|such|above|below|following|here|also|however|therefore|thus|hence"
    r"|otherwise|instead|former|latter|another|too)\b",
    re.IGNORECASE,
)
_SAYS_WHAT = frozenset({"a", "an", "the", "any", "one", "anyone", "someone", "something"})
_EXPANDED = re.compile(
    r"(?<![\w*])((?:[\w'-]+ ){1,9}?[\w'-]+) \((?:the )?\"?([A-Z][A-Z0-9]{1,7})s?\"?\)"
)
_SMALL = frozenset(["of", "and", "the", "for", "in", "on", "to", "a", "an", "de", "&"])
_PERSON = re.compile(r"the (?:person|man|woman|adult|member|officer|one who)\b")
_MOST_CHARS = 1000
_MOST_TERM_WORDS = 5


@dataclass(frozen=True, kw_only=True)
class Options:
    """Nothing can be set."""


def find(source: Source, options: Options) -> Iterator[Found]:  # noqa: ARG001 - as every step
    """Find sentences that define, entries of glossaries, and abbreviations with their words."""
    names = names_of(source)
    seen: set[str] = set()
    for section in source.sections:
        for found in _in_section(source, section, names):
            if found.question not in seen and not dangles(found.question):
                seen.add(found.question)
                yield found


def _in_section(source: Source, section: Section, names: frozenset[str]) -> Iterator[Found]:
    near = section.heading or ("" if section.level else source.title)
    if is_generic(near) and section.above and not _GLOSSARY.fullmatch(clean(near)):
        near = section.above[-1]  # the letters of a long glossary
    is_glossary = _GLOSSARY.fullmatch(clean(near)) is not None
    opening = True
    for block in section.blocks:
        if block.kind == "paragraph":
            entry = _in_entry(source, block.start, block.end, names, is_glossary=is_glossary)
            if entry:
                yield entry
            elif source.text[block.start] not in ">|<":
                yield from _in_paragraph(source, block, section, names, opening=opening)
            opening = False
        elif block.kind == "list" and is_glossary:
            for item in items(source.text, block.start, block.end):
                entry = _in_entry(source, item.start, item.end, names, is_glossary=True)
                if entry and item.depth == 0:
                    yield entry
        elif block.kind == "table":
            yield from _in_table(source, block, names)


def _in_entry(
    source: Source, start: int, end: int, names: frozenset[str], *, is_glossary: bool
) -> Found | None:
    head = source.text[start : min(end, start + 200)]
    match = _ENTRY.match(head) or (_BARE_ENTRY.match(head) if is_glossary else None)
    if not match or end - start > _MOST_CHARS:
        return None
    said = source.text[start + match.end() : end]
    is_meant = said.split(" ", 1)[0].lower() in _SAYS_WHAT
    if not is_glossary and not is_meant:
        return None
    return _entry(match["term"], start + match.end(), end, said, names)


def _in_table(source: Source, block: Block, names: frozenset[str]) -> Iterator[Found]:
    cells = table(source.text, block.start, block.end)
    if cells is None or not _TERM_HEAD.fullmatch(cells.head[0].words):
        return
    for column, head in enumerate(cells.head[1:], start=1):
        if _MEANING_HEAD.fullmatch(head.words):
            for row in cells.rows:
                term, meaning = row[0], row[column]
                if term.words and meaning.words:
                    yield from filter(
                        None,
                        [_entry(term.words, meaning.start, meaning.end, meaning.words, names)],
                    )
            return


def _entry(term: str, start: int, end: int, said: str, names: frozenset[str]) -> Found | None:
    """Ask after an entry of a glossary, and make a sentence of a meaning that is none."""
    words = clean(plain(term)).strip("\"'\u201c\u201d")
    if not words or words.lower() in _LABEL or "{" in words or _NEEDS_MORE.search(plain(said)):
        return None
    is_short = len(words.split()) <= _MOST_TERM_WORDS
    if not is_short or not (is_noun_phrase(words) or len(words.split()) == 1):
        return None
    words = _termed(words, names)
    first = said.split(" ", 1)[0]
    is_one = first.lower() in ("a", "an") and not grammar.is_plural(words.split()[-1])
    is_thing = is_one and is_noun_phrase(words) and words.split()[0].lower() != "the"
    if is_thing:
        is_name = all(word[0].isupper() for word in words.split()) and len(words.split()) < 2
        which = "" if is_name else f"{grammar.article(words)} "
        question, opening = f"What is {which}{words}?", f"{which}{words} is "
    else:
        question = f'What does "{words}" mean?'
        opening = f'"{words[:1].upper()}{words[1:]}" means '
    template = PLAIN if first[:1].isupper() else opening[:1].upper() + opening[1:] + PLAIN
    if template != PLAIN and not said.rstrip().endswith((".", "!", "?")):
        template += "."
    return Found(question=question, start=start, end=end, confidence=0.95, template=template)


def _termed(words: str, names: frozenset[str]) -> str:
    """Lower the capital with which an entry begins, unless the term is a name."""
    first, *others = words.split(" ")
    is_name = any(word[:1].isupper() for word in others)
    return words if is_name else " ".join([cased(first, names), *others])


def _in_paragraph(
    source: Source, block: Block, section: Section, names: frozenset[str], *, opening: bool
) -> Iterator[Found]:
    if block.end - block.start > _MOST_CHARS * 20:
        return
    heading = section.heading or ("" if section.level else source.title)
    for at, (start, end) in enumerate(sentences(source.text, block.start, block.end)):
        said = source.text[start:end]
        yield from _expanded(source, start, end)
        if end - start > _MOST_CHARS or said.endswith((":", "?")) or said[0] in "(<>|":
            continue
        question = _asked(said, names)
        confidence = 0.85
        if not question and opening and at == 0:
            question = _asked_of_heading(said, heading, names)
        if question:
            yield Found(
                question=question, start=start, end=end, confidence=confidence, template=PLAIN
            )


def _asked(said: str, names: frozenset[str]) -> str | None:
    """Ask after the marked term that a sentence defines."""
    if match := _CALLED.search(said[-200:]):
        is_whole = not _NEEDS_MORE.search(plain(said)) and not dangles(plain(said))
        return _what(match["article"], match["term"], "is", names) if is_whole else None
    lead = _TERM_OPENING.match(said)
    match = _SENTENCE.match(said, lead.end() if lead else 0)
    if not match or _NEEDS_MORE.search(plain(said)):
        return None
    verb, article = match["verb"].split()[0], match["article"]
    is_state = verb in ("is", "are") and match["verb"] == verb
    if is_state and not says_what(match["rest"], said[match.end() :]):
        return None
    if is_state and match["open"] in '*_`"\u201c' and match["open"] not in ("**", "__", "***"):
        # a title or a name in italics may be anything
        if not article and match["rest"].lower() not in _SAYS_WHAT:
            return None
        if match["open"] == "`":
            return None
    if is_state and not article and match["rest"].lower() not in _SAYS_WHAT:
        return None
    if is_state and article and article.strip() == "The" and match["rest"] not in _SAYS_WHAT:
        return None
    if match["rest"].lower() in ("not", "never", "no"):
        return None
    asked = _what(article, match["term"], match["verb"], names)
    is_person = _PERSON.match(said, match.start("rest")) and article == "The "
    return asked and asked.replace("What is", "Who is") if is_person else asked


def _asked_of_heading(said: str, heading: str, names: frozenset[str]) -> str | None:
    """Ask after the heading where the first sentence under it says what it is."""
    match = _OPENING.match(said)
    words = clean(heading)
    if not match or not words or _NEEDS_MORE.search(plain(said)):
        return None
    bare = re.sub(r"^(?:an?|the)\s+", "", words, flags=re.IGNORECASE)
    if _stem(bare) != _stem(match["term"]):
        return None
    is_state = match["verb"] in ("is", "are")
    if is_state and match["rest"].lower() not in _SAYS_WHAT:
        return None
    if is_state and not says_what(match["rest"], said[match.end() :]):
        return None
    return _what(match["article"], match["term"], match["verb"], names)


def _stem(words: str) -> list[str]:
    lower = words.lower().split()
    return [*lower[:-1], grammar.lemma_of_noun(lower[-1])] if lower else []


def _what(article: str | None, term: str, verb: str, names: frozenset[str]) -> str | None:
    words = " ".join(term.split())
    if not words_of(words) or not is_noun_phrase(words) or "{" in words:
        return None
    which = (article or "").strip().lower()
    words = words if which and words[0].isupper() else cased(words, names)
    if verb.split(maxsplit=1)[0] in ("mean", "means", "refer", "refers") and not which:
        return f'What does "{words}" mean?'
    if verb.startswith("stand"):
        return f"What does {words} stand for?"
    if verb.startswith("are") or verb in ("mean", "refer"):
        return f"What are {which + ' ' if which == 'the' else ''}{words}?"
    if which in ("a", "an"):
        which = grammar.article(words)
    return f"What is {which + ' ' if which else ''}{words}?"


def _expanded(source: Source, start: int, end: int) -> Iterator[Found]:
    """Find the words that an abbreviation in brackets stands for, letter by letter."""
    for match in _EXPANDED.finditer(source.text, start, end):
        words, letters = match[1].split(" "), match[2]
        for first in range(len(words)):
            some = words[first:]
            big = [part for word in some if word.lower() not in _SMALL for part in word.split("-")]
            every = [part for word in some for part in word.split("-")]
            is_long = any(len(word) > len(letters) for word in some) and len(some) > 1
            if (
                is_long
                and some[0].lower() not in _SMALL
                and letters in (_initials(big), _initials(every))
            ):
                begin = match.start(1) + sum(len(word) + 1 for word in words[:first])
                yield Found(
                    question=f"What does {letters} stand for?",
                    start=begin,
                    end=match.end(1),
                    confidence=0.95,
                    template=PLAIN,
                )
                break


def _initials(words: list[str]) -> str:
    return "".join(word[:1] for word in words).upper()


def derive(records: pl.LazyFrame, options: Options) -> pl.LazyFrame:
    """Give an example for every term that a document defines."""
    return derive_from(records, partial(find, options=options), step="definitions")
