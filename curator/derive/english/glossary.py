"""Entries of glossaries, in paragraphs, lists and tables, as questions after their terms."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curator.derive.english import grammar
from curator.derive.english.noun_phrases import is_noun_phrase
from curator.derive.english.questions import is_generic
from curator.derive.english.wording import cased, clean
from curator.derive.found import PLAIN, Found
from curator.derive.page.list_items import items
from curator.derive.page.plain import plain
from curator.derive.page.source import Block, Section, Source
from curator.derive.page.table_cells import table

_GLOSSARY = re.compile(
    r"glossary (?:of|for)\b.*|(?:[\w' -]{1,40} )?(?:glossary|glossaries|definitions?|terminology"
    r"|vocabulary|abbreviations|acronyms|(?:key|important|common|useful|defined|technical) terms)"
    r"|terms|words (?:used|we use)\b.*|(?:key to )?(?:the )?terms used\b.*"
    r"|what (?:our|the|these) words mean",
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
_LISTED = re.compile(
    r"(?P<term>[^\n]{1,60})\n:[ \t]+"
    r"(?P<said>\S[^\n]{0,1000}(?:\n(?!:[ \t])[^\n]{1,1000}){0,9})"
)
"""An entry of a Markdown definition list, with one definition."""
_LABEL = frozenset(
    {"after", "answer", "before", "caution", "example", "examples", "filename", "hint", "important"}
    | {"note", "notes", "question", "remember", "result", "step", "summary", "tip", "warning"}
)
COUNTED = re.compile(
    r"(?:appendix|box|chapter|diagram|example|exhibit|exercise|figure|lesson|listing|page|part"
    r"|section|step|table|unit)\s+(?:\d[\d.-]*|[A-Z]|[IVX]+)",
    re.IGNORECASE,
)
"""What names a part of a text by its number, and no term."""
NEEDS_MORE = re.compile(
    r"\b(?:this|these|those|following|here|however(?! (?:many|much|long|often|small|large|far)\b)"
    r"|therefore|thus|hence|otherwise|instead|former"
    r"|latter|another|too|such(?! as\b)|also(?! (?:called|known)\b)"
    r"|(?:the|see|as|described|listed|shown|given) (?:above|below)"
    r"|the example|something (?:quite |very |entirely )?(?:different|else|similar))\b"
    r"|\bthough(?=[.,!?]|\Z)"
    r"|\b(?:above|below)(?=[.,;:)]|\Z)",
    re.IGNORECASE,
)
"""What points at another sentence: a definition that holds it cannot stand alone."""
_MEANS_ONE = frozenset({"a", "an", "the", "any", "one", "anyone", "someone", "something"})
_MOST_CHARS = 1000
_MOST_TERM_WORDS = 5
_FEWEST_ENTRIES = 3  # a list of definitions has more than one or two


def is_glossary(source: Source, section: Section) -> bool:
    """Say whether the heading of a section announces the meaning of words."""
    near = clean(section.heading or ("" if section.level else source.title))
    if near.split(" ")[0].lower() in grammar.PREPOSITIONS:
        return False  # in function definitions
    if is_generic(near) and section.above and not _GLOSSARY.fullmatch(near):
        near = clean(section.above[-1])  # the letters of a long glossary
    return _GLOSSARY.fullmatch(near) is not None


def entries(source: Source, section: Section, names: frozenset[str]) -> Iterator[Found]:
    """Find the entries of a section: all in a glossary, elsewhere a table or a row of them."""
    row: list[Found] = []
    announced = is_glossary(source, section)
    for block in section.blocks:
        if block.kind == "paragraph":
            found = _in_entry(source, block.start, block.end, names, announced=announced)
            if found:
                row.append(found)
            elif announced or len(row) >= _FEWEST_ENTRIES:
                yield from row
                row = []
            else:
                row = []
        elif block.kind == "list" and announced:
            for item in items(source.text, block.start, block.end):
                found = _in_entry(source, item.start, item.end, names, announced=True)
                if found and item.depth == 0:
                    yield found
        elif block.kind == "table":
            yield from _in_table(source, block, names)
    if announced or len(row) >= _FEWEST_ENTRIES:
        yield from row


def listed(source: Source, section: Section, names: frozenset[str]) -> Iterator[Found]:
    """Find the entries of definition lists, which are lists of definitions wherever they stand."""
    for block in section.blocks:
        match = _LISTED.fullmatch(source.said(block)) if block.kind == "paragraph" else None
        if match:
            start = block.start + match.start("said")
            if found := _entry(match["term"], start, block.end, match["said"], names):
                yield found


def _in_entry(
    source: Source, start: int, end: int, names: frozenset[str], *, announced: bool
) -> Found | None:
    head = source.text[start : min(end, start + 200)]
    match = _ENTRY.match(head) or (_BARE_ENTRY.match(head) if announced else None)
    if not match or end - start > _MOST_CHARS:
        return None
    said = source.text[start + match.end() : end]
    is_meant = said.split(" ", 1)[0].lower() in _MEANS_ONE
    if not announced and not (is_meant and _is_known(match["term"])):
        return None
    return _entry(match["term"], start + match.end(), end, said, names)


def _is_known(term: str) -> bool:
    """Say whether a term is words of the language, and no name of a setting."""
    return term[0].isupper() and all(map(grammar.parts, re.findall(r"\w+", term)))


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
    if not words or words.lower() in _LABEL or "{" in words or NEEDS_MORE.search(plain(said)):
        return None
    is_short = len(words.split()) <= _MOST_TERM_WORDS and not COUNTED.fullmatch(words)
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
    is_sentence = first[:1].isupper() and not (first.isupper() and len(first) > 1)
    template = PLAIN if is_sentence else opening[:1].upper() + opening[1:] + PLAIN
    if template != PLAIN and not said.rstrip().endswith((".", "!", "?")):
        template += "."
    return Found(question=question, start=start, end=end, confidence=0.95, template=template)


def _termed(words: str, names: frozenset[str]) -> str:
    """Lower the capital with which an entry begins, unless the term is a name."""
    first, *others = words.split(" ")
    is_name = any(word[:1].isupper() for word in others)
    return words if is_name else " ".join([cased(first, names), *others])
