"""Subtitles: what is said, once, in paragraphs, with who says it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.read.documents import vtt
from curator.read.values import Unmappable

TALK = """WEBVTT - The ferry desk
Language: en

NOTE written by hand
and checked

STYLE
::cue { color: red }

1
00:00:01.000 --> 00:00:03.000 align:start
<v.loud Ida>May dogs <i>come</i>
on board?</v>

00:00:03.100 --> 00:00:04.000
<v Bo>Yes &amp; <c.red>no</c>: 3 < 4.

00:00:04.100 --> 01:00:06.500
<v Bo>On <00:00:05.000>a lead.
"""


def text(content):
    return vtt.parse(content.encode(), "utf-8").text


def cues(*lines, step=1.0):
    """Write cues one behind the other."""
    body = "".join(
        f"00:{n * step // 60:02.0f}:{n * step % 60:06.3f} --> 00:{(n + 1) * step // 60:02.0f}:{(n + 1) * step % 60:06.3f}\n{line}\n\n"
        for n, line in enumerate(lines)
    )
    return f"WEBVTT\n\n{body}"


def test_a_talk_is_paragraphs_with_names():
    """Times, tags, notes and styles are left out; title, length and speakers are kept."""
    document = vtt.parse(TALK.encode(), "utf-8")
    assert vtt.recognises(TALK.encode())
    assert document.text == "Ida: May dogs come on board?\n\nBo: Yes & no: 3 < 4. On a lead."
    assert document.title == "The ferry desk"
    assert document.meta == {
        "language": "en",
        "duration_s": 3606.5,
        "cues": 3,
        "speakers": ["Ida", "Bo"],
    }


def test_cues_of_one_speech_are_joined_until_a_pause_behind_a_sentence():
    """A pause inside a sentence must be twice as long to part it."""
    times = [(0, 1, "One"), (3.5, 4, "two."), (5, 6, "Three."), (8, 9, "Four"), (13, 14, "five")]
    body = "".join(f"00:{a:06.3f} --> 00:{b:06.3f}\n{t}\n\n" for a, b, t in times)
    assert text(f"WEBVTT\n\n{body}") == "One two. Three.\n\nFour\n\nfive"


def test_a_long_speech_is_parted_at_its_sentences():
    """A reader needs paragraphs, pauses or not."""
    parts = text(cues(*["A sentence of thirty characters."] * 40)).split("\n\n")
    assert len(parts) == 3
    assert all(part.endswith(".") for part in parts)


def test_a_rolling_caption_is_said_once():
    """Each line stays on the screen while the next one comes."""
    lines = ["one two", "three four", "five six", "three four", "seven"]
    rolling = [f"{a}\n{b}" for a, b in zip(["", *lines], lines, strict=False)]
    assert text(cues(*rolling)) == "one two three four five six three four seven"


def test_what_is_said_twice_stays_twice_elsewhere():
    """Nobody's words are taken for a technical repeat."""
    assert text(cues("No.", "No.", "Is it?", "No.")) == "No. No. Is it? No."


def test_names_in_the_text_are_speakers_where_they_come_back():
    """Each paragraph says whose it is, once; a colon alone makes no speaker."""
    told = text(
        cues("Ida: May dogs come?", "Ida: And cats?", "Bo: Yes.", "Bo: Note: a lead", "is due.")
    )
    assert told == "Ida: May dogs come? And cats?\n\nBo: Yes. Note: a lead is due."


def test_turns_without_a_name_are_paragraphs():
    """Dashes and angles mark them."""
    assert text(cues("- May dogs come?\n- Yes.", ">> Thank you.")) == (
        "May dogs come?\n\nYes.\n\nThank you."
    )


def test_languages_without_spaces_are_joined_without():
    """Japanese lines touch, Korean ones do not."""
    assert text(cues("犬も", "乗れます。")) == "犬も乗れます。"
    assert text(cues("개도", "탑니다.")) == "개도 탑니다."


def test_subrip_is_read_too():
    """Numbers, commas, old tags, CRLF, and a blank line inside a cue."""
    data = b"1\r\n00:00:01,000 --> 00:00:02,000\r\n{\\an8}<font color=red>May dogs</font>\r\n\r\ncome?\r\n\r\n2\r\n00:00:02,000 --> 00:00:03,000\r\n42 of them\r\n"
    assert vtt.recognises(data)
    assert vtt.parse(data, "utf-8").text == "May dogs come? 42 of them"


@pytest.mark.parametrize("data", [b"WEBVTTX\n", b"# WEBVTT\n", b"1. One\n2. Two\n", b""])
def test_other_text_is_no_subtitle(data):
    """Only the signature, or times, are certain."""
    assert not vtt.recognises(data)


def test_a_file_without_times_says_how_they_look():
    """It is named so, but it is none."""
    with pytest.raises(Unmappable) as why:
        text("WEBVTT\n\nhello\n")
    assert str(why.value) == ("damaged file | no cue has times as in 00:00:01.000 --> 00:00:04.000")


@given(
    st.lists(st.text("abc é.", min_size=1, max_size=12).filter(str.strip), min_size=1, max_size=9)
)
def test_words_are_kept_and_spans_are_exact(lines):
    """In order, and each paragraph is a block."""
    document = vtt.parse(cues(*(f"x{line}{n}" for n, line in enumerate(lines))).encode(), "utf-8")
    assert document.text.split() == [
        w for n, line in enumerate(lines) for w in f"x{line}{n}".split()
    ]
    parts = [document.text[each.start : each.end] for each in document.blocks]
    assert "\n\n".join(parts) == document.text


@given(st.text("0:.,-> \nWEBVTTNOTE<v>a\r", max_size=60))
def test_any_text_is_a_document_or_a_reason(content):
    """Never a crash."""
    try:
        assert vtt.parse(b"WEBVTT\n" + content.encode(), "utf-8").text is not None
    except Unmappable as why:
        assert why.reason in ("damaged file", "not text")  # noqa: PT017


def test_what_is_left_out_leaves_one_form_of_text():
    """A letter and its accent that an unseen character has parted come together."""
    cue = "00:01.000 --> 00:02.000\nCafe\u200b\u0301 &#1;open"
    assert vtt.parse(f"WEBVTT\n\n{cue}\n".encode(), "utf-8").text == "Café open"
