"""Subtitles (WebVTT, SubRip): who says what, as paragraphs; times and repeats are left out."""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from curator.read.documents.document import Block, Document, text_of
from curator.read.values import Unmappable

ENDINGS = (".vtt", ".srt")
PAUSE_S = 2.0
"""A pause of this length behind a sentence ends a paragraph; twice as long ends it anywhere."""
FULL_CHARS = 600
"""A paragraph of this length ends with its sentence; at twice the length it ends with a cue."""

_STAMP = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{2})[.,](\d{1,3})"
_TIMES = re.compile(rf"\s*{_STAMP}\s*-->\s*{_STAMP}(?:\s.*)?")
_SUBRIP = re.compile(rb"\s*(?:\d+\s*\n)?\s*(?:\d{1,3}:)?\d\d?:\d\d[,.]\d{1,3}\s*-->")
_ASIDE = re.compile(r"(?:NOTE|STYLE|REGION)(?:\s|$)")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]*)>")
_UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u200b\ufeff]")
_TAG = re.compile(r"</?(?:c|i|b|u|v|s|ruby|rt|lang|font)(?:[.\s][^>]*)?>|<\d[\d:.]*>|\{\\[^}]*\}")
_NAMED = re.compile(r"(?P<name>[^\W\d_][\w.'\u2019 -]{0,40}):\s+(?=\S)")
_TURN = re.compile(r"(?:>>+|-|\u2013|\u2014)\s+(?=\S)")
_SENTENCE_END = re.compile(r"[.!?\u2026\u3002\uff01\uff1f]['\"\u201d\u2019)\]]*$")
_NO_SPACES = r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]"
_TOUCH = re.compile(rf"{_NO_SPACES}\n{_NO_SPACES}")
MAX_CUES = 200_000  # a film has two thousand
_CLOSE_S = 0.1
_ROLLING_SHARE = 0.25


@dataclass(frozen=True)
class _Cue:
    start: float
    end: float
    lines: tuple[str, ...]
    speaker: str = ""
    is_turn: bool = False  # somebody else begins, nobody says who


def recognises(data: bytes) -> bool:
    """Look for the signature of WebVTT, or for the times of a first SubRip cue."""
    head = data.removeprefix(b"\xef\xbb\xbf")[:200]
    return re.match(rb"WEBVTT(?:[ \t\r\n]|$)", head) is not None or _SUBRIP.match(head) is not None


def parse(data: bytes, encoding: str) -> Document:
    """
    Give paragraphs, each of one speaker, ``Name: `` before it where the file says who speaks.

    Lines that stay on the screen while the next one comes are said once. The title is the text
    behind WEBVTT. Meta: duration_s, cues, speakers, and the header's own fields.
    Raises: Unmappable (bad encoding, damaged file, too large).
    """
    text = text_of(data, encoding)
    title, meta = _head(text) if text.startswith("WEBVTT") else ("", {})
    if text.count("-->") > MAX_CUES:
        raise Unmappable("too large", f"more than {MAX_CUES:,} cues: split it")
    cues = list(_cues(text))
    if not cues:
        wanted = "00:00:01.000 --> 00:00:04.000"
        raise Unmappable("damaged file", f"no cue has times as in {wanted}")
    length = max(cue.end for cue in cues)
    voiced = list(_turns(_once(cues)))
    paragraphs = list(_paragraphs(voiced))
    blocks, at = [], 0
    for said in paragraphs:
        blocks.append(Block("paragraph", None, at, at + len(said)))
        at += len(said) + 2
    speakers = list(dict.fromkeys(cue.speaker for cue in voiced if cue.speaker))
    told = {**meta, "duration_s": round(length, 3), "cues": len(cues)}
    if speakers:
        told["speakers"] = speakers
    return Document("\n\n".join(paragraphs), title, tuple(blocks), told)


def _head(text: str) -> tuple[str, dict[str, str | float | int | list[str]]]:
    first, *lines = text.partition("\n\n")[0].split("\n")
    title = " ".join(first.removeprefix("WEBVTT").strip(" \t-\u2013\u2014:").split())
    found: dict[str, str | float | int | list[str]] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if "-->" in line:
            break
        if colon and re.fullmatch(r"[\w-]+", name):
            found[name.lower()] = value.strip()
    return str(found.pop("title", "") or title), found


def _cues(text: str) -> Iterator[_Cue]:
    """Yield the cues; text behind a blank line inside one belongs to it, in SubRip."""
    open_cue: _Cue | None = None
    said: list[str] = []
    is_aside = False
    lines = text.split("\n")
    for at, line in enumerate(lines):
        times = _TIMES.fullmatch(line) if "-->" in line else None
        if times:
            if open_cue:
                yield replace(open_cue, lines=tuple(said))
            said = []
            first, last = _seconds(times.groups()[:4]), _seconds(times.groups()[4:])
            open_cue, is_aside = _Cue(first, max(first, last), ()), False
        elif at == 0 or not lines[at - 1].strip():
            is_aside = _ASIDE.match(line) is not None or (is_aside and not line.strip())
        is_name = any("-->" in each for each in lines[at + 1 : at + 2])
        is_name = is_name and (at == 0 or not lines[at - 1].strip() or line.strip().isdecimal())
        if open_cue and not times and not is_aside and not is_name and line.strip():
            said.append(line.strip())
    if open_cue:
        yield replace(open_cue, lines=tuple(said))


def _seconds(parts: Iterable[str | None]) -> float:
    hours, minutes, seconds, fraction = parts
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    return whole + int((fraction or "0").ljust(3, "0")) / 1000


def _plain(line: str) -> str:
    said = _UNSEEN.sub("", html.unescape(_TAG.sub("", line)))
    return unicodedata.normalize("NFC", " ".join(said.split()))


def _once(cues: list[_Cue]) -> Iterator[_Cue]:
    """Leave out lines that a rolling caption shows again, if the file is made so."""
    bare = [[plain for line in cue.lines if (plain := _plain(line))] for cue in cues]
    pairs = list(zip(cues, cues[1:], bare, bare[1:], strict=False))
    again = sum(
        len(old) + len(new) > 2
        and bool(old and new)
        and new[0] == old[-1]
        and later.start - cue.end <= _CLOSE_S
        for cue, later, old, new in pairs
    )
    if again < 3 or again < _ROLLING_SHARE * len(pairs):
        yield from cues
        return
    before: list[str] = []
    end = 0.0
    for cue, lines in zip(cues, bare, strict=True):
        known = 0
        if cue.start - end <= _CLOSE_S:
            most = min(len(before), len(lines))
            known = next((n for n in range(most, 0, -1) if before[-n:] == lines[:n]), 0)
        shown = [line for line in cue.lines if _plain(line)]
        yield replace(cue, lines=tuple(shown[known:]))
        before, end = lines or before, max(end, cue.end)


def _turns(cues: Iterable[_Cue]) -> Iterator[_Cue]:
    """Yield what one person says at a time."""
    held = list(cues)
    names = Counter(
        found["name"] for cue in held for line in cue.lines if (found := _NAMED.match(_plain(line)))
    )
    last = ""  # what was said before; a name holds until its sentence ends
    speaker = ""
    for cue in held:
        speaker = speaker if last and not _SENTENCE_END.search(last) else ""
        is_dialogue = sum(_TURN.match(_plain(line)) is not None for line in cue.lines) > 1
        for line in cue.lines:
            is_turn = False
            for at, piece in enumerate(_VOICE.split(line)):
                if at % 2:
                    speaker, is_turn = _plain(piece), False
                    continue
                said = _plain(piece)
                named = _NAMED.match(said)
                if named and names[named["name"]] > 1:
                    speaker, said = named["name"], said[named.end() :]
                elif (turn := _TURN.match(said)) and (is_dialogue or said.startswith(">>")):
                    said, is_turn, speaker = said[turn.end() :], True, ""
                if said:
                    last = said
                    yield replace(cue, lines=(said,), speaker=speaker, is_turn=is_turn)


def _paragraphs(cues: Iterable[_Cue]) -> Iterator[str]:
    said, speaker, end = "", "", 0.0
    for cue in cues:
        is_end = _SENTENCE_END.search(said) is not None
        pause = cue.start - end
        is_long = len(said) > (FULL_CHARS if is_end else 2 * FULL_CHARS)
        is_new = cue.is_turn or cue.speaker != speaker
        if said and (is_new or is_long or pause >= (PAUSE_S if is_end else 2 * PAUSE_S)):
            yield f"{speaker}: {said}" if speaker else said
            said = ""
        between = "" if _TOUCH.search(f"{said[-1:]}\n{cue.lines[0][:1]}") else " "
        said = f"{said}{between}{cue.lines[0]}" if said else cue.lines[0]
        speaker, end = cue.speaker, max(end, cue.end)
    if said:
        yield f"{speaker}: {said}" if speaker else said
