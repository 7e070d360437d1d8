"""What normalising changes, what it must leave alone, and that it says so."""

import re
import unicodedata

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.records import MESSAGES, complete
from curator.refine.normalize_text import KINDS, Options, refine

JOINERS = "\u200c\u200d"
WHITE = "\t\n\x0b\x0c\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)
BIDI_AND_OTHER_FORMAT = [
    (0x00, 0x08), (0x0E, 0x1F), (0x7F, 0x84), (0x86, 0x9F), (0xAD, 0xAD), (0x61C, 0x61C),
    (0x200B, 0x200B), (0x200E, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0xFEFF, 0xFEFF),
    (0xFFF9, 0xFFFB), (0xE0000, 0xE007F),
]  # fmt: skip
JOINED_SCRIPTS = [
    (0x590, 0x1AAF), (0x1B00, 0x1CFF), (0x2190, 0x2BFF), (0x2E80, 0xA63F), (0xA800, 0x10FFFF),
]  # fmt: skip
FLAG = re.compile("\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f")


def within(char, ranges):
    return any(low <= ord(char) <= high for low, high in ranges)


def takes_joiner(char):
    kind = unicodedata.category(char)
    letter = kind[0] in "LM" or kind == "So" or "\U0001f3fb" <= char <= "\U0001f3ff"
    return letter and within(char, JOINED_SCRIPTS)


def drop_invisible(text):
    kept, at, joinable = [], 0, False
    while at < len(text):
        flag, char = FLAG.match(text, at), text[at]
        if flag:
            kept.append(flag.group())
            at, joinable = flag.end(), False
            continue
        if char in JOINERS:
            kept.append(char if joinable else "")
            joinable = False
        else:
            kept.append("" if within(char, BIDI_AND_OTHER_FORMAT) else char)
            between = joinable and unicodedata.category(char)[0] == "M"
            joinable = between or takes_joiner(char)
        at += 1
    return "".join(kept)


ORACLE = {
    "line_ends": lambda text: re.sub("\r\n|[\r\x0b\x0c\x85\u2028\u2029]", "\n", text),
    "spaces": lambda text: re.sub("[\xa0\u2000-\u200a\u202f\u205f]", " ", text),
    "invisible": drop_invisible,
    "unicode": lambda text: unicodedata.normalize("NFC", text),
    "strip": lambda text: text.strip(WHITE),
}


def plain(text, kinds=tuple(ORACLE)):
    """What the step must make of a text, and the kinds of change, one character at a time."""
    changes = []
    for kind in kinds:
        before, text = text, ORACLE[kind](text)
        if text != before:
            changes.append(f"normalize_text: {KINDS[kind][0]}")
    return text, changes


def examples(*contents, **columns):
    rows = [[[{"role": "user", "content": content}]] for content in contents]
    frame = pl.LazyFrame(rows, schema={"messages": MESSAGES}, orient="row")
    return complete(frame.with_columns(**columns))


def normalized(*contents, **options):
    """The contents after the step, and what it says it changed."""
    rows = refine(examples(*contents), Options(**options)).collect()
    said = rows["messages"].list.first().struct.field("content").to_list()
    return list(zip(said, rows["changes"].to_list(), strict=True))


def only(text, **options):
    return normalized(text, **options)[0]


TROUBLE = st.sampled_from(
    WHITE
    + JOINERS
    + "\u200b\ufeff\xad\u202e\x07e\u0301\u0338क\u094d\u093cم\u064b👩💻\U0001f3fd\ufe0f♂⇐"
    "\u1100\u1161가\u11a8\u212b\u2126\u0958\ufb1d\U0001f3f4\U000e0067\U000e0062\U000e007f〈\u3099か"
)
ASSIGNED = st.characters(exclude_categories=["Cs", "Cn", "Co"])


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(st.one_of(TROUBLE, ASSIGNED), max_size=12), min_size=1, max_size=8))
def test_same_as_one_character_at_a_time(texts):
    """Any text comes out as the plain version makes it, with the same words on what changed."""
    assert normalized(*texts) == [plain(text) for text in texts]


@settings(max_examples=100, deadline=None)
@given(st.text(TROUBLE, max_size=10), st.sets(st.sampled_from(list(ORACLE)), min_size=1))
def test_each_kind_alone(text, kinds):
    """Any choice of kinds does exactly those."""
    chosen = {kind: kind in kinds for kind in ORACLE}
    assert only(text, **chosen) == plain(text, [kind for kind in ORACLE if kind in kinds])


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(TROUBLE, max_size=10), min_size=1, max_size=8))
def test_second_pass_changes_nothing(texts):
    """What has been put in order stays as it is."""
    once = [text for text, _ in normalized(*texts)]
    assert normalized(*once) == [(text, []) for text in once]


def test_no_character_slips_past_the_gate():
    """Every assigned character, behind a letter, is treated as the plain version treats it."""
    chars = [
        chr(n) for n in range(0x110000) if unicodedata.category(chr(n)) not in ("Cs", "Cn", "Co")
    ]
    chunks = [f"a{char}b" for char in chars]
    assert normalized(*chunks) == [plain(text) for text in chunks]


@pytest.mark.parametrize(
    ("text", "expected", "changes"),
    [
        ("Cafe\u0301", "Café", ["unicode"]),
        ("one\r\ntwo\rthree", "one\ntwo\nthree", ["line ends"]),
        ("10\xa0km", "10 km", ["unusual spaces"]),
        ("pass\u200bword", "password", ["invisible characters"]),
        ("  hello \n", "hello", ["surrounding space"]),
        ("\ufeff hi\u2029", "hi", ["line ends", "invisible characters", "surrounding space"]),
        ("tab\tand\nline", "tab\tand\nline", []),
        ("می\u200cخواهم", "می\u200cخواهم", []),  # noqa: RUF001
        ("👩\u200d💻", "👩\u200d💻", []),
        ("ب\u0301\u064b\u200cب", "ب\u064b\u0301\u200cب", ["unicode"]),
        ("in\u200dvisible", "invisible", ["invisible characters"]),
        ("🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",) * 2 + ([],),
        ("hi\U000e0068\U000e0069", "hi", ["invisible characters"]),
        ("全角\u3000空白", "全角\u3000空白", []),
        ("", "", []),
        (None, None, []),
    ],
)
def test_what_is_changed(text, expected, changes):
    """Each kind of change is made and named; what scripts, emoji and flags need is kept."""
    assert only(text) == (expected, [f"normalize_text: {change}" for change in changes])


def test_reasoning_preference_and_context_are_texts_too():
    """Everything that is said is put in order, and a kind is named once for a row."""
    rows = examples(" a ").with_columns(
        context=pl.lit(" b "),
        rejected_messages=pl.col("messages").list.eval(
            pl.element().struct.with_fields(reasoning=pl.lit("c "))
        ),
    )
    row = refine(rows, Options()).collect().row(0, named=True)
    assert row["context"] == "b"
    assert row["rejected_messages"][0]["content"] == "a"
    assert row["rejected_messages"][0]["reasoning"] == "c"
    assert row["changes"] == ["normalize_text: surrounding space"]


def test_structure_is_left_alone():
    """Names, tool calls, labels, meta and the text of documents are never rewritten."""
    loose = pl.lit(" x\r\n")
    rows = examples("fine", label=loose, meta=loose, text=loose).with_columns(
        pl.col("messages").list.eval(
            pl.element().struct.with_fields(tool_calls=loose, name=loose, tool_call_id=loose)
        )
    )
    assert refine(rows, Options()).collect().equals(rows.collect())


def test_rejected_rows_stay_as_they_came():
    """A row that is already out keeps its text and its life."""
    rows = examples(" a ", rejected=pl.lit("text_length: too short"))
    assert refine(rows, Options()).collect().equals(rows.collect())


def test_neighbours_and_earlier_changes_survive():
    """Only the rows and messages that need it change; what was said before stays first."""
    rows = examples("a", " b", "c").with_columns(changes=pl.concat_list(pl.lit("map: label")))
    changes = refine(rows, Options()).collect()["changes"].to_list()
    assert changes == [
        ["map: label"],
        ["map: label", "normalize_text: surrounding space"],
        ["map: label"],
    ]


def test_everything_off_is_nothing_done():
    """With every kind switched off the rows come back as they are."""
    off = Options(line_ends=False, spaces=False, invisible=False, unicode=False, strip=False)
    rows = examples(" a\r ")
    assert refine(rows, off).collect().equals(rows.collect())


def test_a_document_without_messages_passes():
    """Null messages, no messages and messages without content are no trouble."""
    rows = complete(pl.LazyFrame({"text": [" a ", None]}))
    assert refine(rows, Options()).collect().equals(rows.collect())
