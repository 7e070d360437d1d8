"""Telephone numbers: international, North American, British, French, or named as one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from curator.personal_data.span import LONG_NUMBER, Span

_SPACES, _MARKS = " \u00a0\u2009\u202f", "./\u2010\u2011-"
_CUES = (
    "tel|tele|telephone|telefon|telefono|teléfono|téléphone|tél|phone|phones|cellphone|mobile|mob|cell"
    "|fax|call|calls|calling|ring|ringing|text|sms|whatsapp|signal|dial|dialling|dialing|hotline"
    "|helpline|handy|móvil|portable|landline"
)
NEEDS = LONG_NUMBER
_GAP = r"[ \u00a0\u2009\u202f.\u2010\u2011/-]"
GATES = (
    r"\+[(]?[0-9]|(?-u:\b)(?:07[0-9]{9}|00[1-9][0-9]{0,2} )",
    rf"(?-u:\b)[2-9][0-9]{{2}}[)]?{_GAP}{{1,2}}[2-9][0-9]{{2}}{_GAP}[0-9]{{4}}(?-u:\b)",
    rf"(?-u:\b)0[1-9](?:[0-9]{{1,3}}[)]?{_GAP}[0-9]{{3}}|{_GAP}[0-9]{{2}}{_GAP}[0-9]{{2}}{_GAP}[0-9]{{2}})",
    rf"(?i-u)\b(?:{'|'.join(part for cue in _CUES.split('|') for part in cue.split('é')[-1:])})\b",
)
_RUN = re.compile(rf"[0-9](?<![\w.,].)[0-9]*(?:[{_SPACES}(){_MARKS}]{{1,3}}[0-9]+)*")
_GROUP = re.compile("[0-9]+")
_AFTER = re.compile(r"\w|[,:.][0-9]|\s?[%$£€]")
_TRUNK = re.compile(r"[(]0[)]")  # +44 (0)20: not dialled from abroad
_NAMED = re.compile(
    rf"(?i)\b(?:{_CUES})\b[\s.:#=(-]{{0,4}}(?:(?:me|us|him|her|them|my|the|our|your|on|at|is|to|or|number"
    r"|no|nr|num|numéro|número|nummer)\b[\s.:#=(-]{1,3}){0,4}\Z"
)
_CALLING_CODE = re.compile(
    "1|7|2(?:0|7|[1-69][0-9])|3(?:[0-469]|[578][0-9])|4(?:[013-9]|2[0-9])|5(?:[1-8]|[09][0-9])"
    "|6(?:[0-6]|[789][0-9])|8(?:[1246]|[0578][0-9])|9(?:[0-58]|[679][0-9])"
)
"""Source: ITU-T E.164, the assigned country codes."""
_BRITISH = {(3, 4, 4), (3, 8), (4, 3, 4), (4, 7), (4, 3, 3), (4, 6), (5, 6), (5, 3, 3), (5, 5)}
"""How many digits stand together: 020 7946 0018, 0161 496 0018, 01632 960018, ..."""
_NOBODYS = re.compile(
    r"1?[0-9]{3}55501[0-9]{2}|55501[0-9]{2}"
    r"|44(?:1(?:1[3-8]|[2-6]1)4960|2079460|1914980|2896496|2890180|2920180|1632960|7700900|8081570"
    r"|9098790|3069990)[0-9]{3}"
    r"|33(?:19900|26191|35301|46571|53649|63998)[0-9]{4}"
    r"|49(?:3023125|6990009|4066969|2214710|8999998)[0-9]{3}|49(?:17139200|176040690)[0-9]{2}"
    r"|61(?:[2378](?:5550|7010)[0-9]{4}|491570[0-9]{3})"
    r"|1?8(?:00|33|44|55|66|77|88)[0-9]{7}|44(?:80[08]|3[0-9]{2})[0-9]{6,7}|3380[0-5][0-9]{6}|800[0-9]{8}"
)
"""
For films and examples, and free of charge or at a flat rate: no person's.

Source: ATIS-0300115, Ofcom, Arcep, Bundesnetzagentur, ACMA; the numbering plans.
"""
_MIN_DIGITS, _MAX_DIGITS = 7, 15


class _Run(NamedTuple):
    """Groups of digits, and what stands before each of them and behind the last."""

    groups: list[str]
    gaps: list[str]  # one more than groups

    def joined(self, first: int = 0, count: int = _MAX_DIGITS) -> str:
        return "".join(self.groups[first : first + count])

    def sizes(self, first: int = 0, count: int = _MAX_DIGITS) -> tuple[int, ...]:
        return tuple(map(len, self.groups[first : first + count]))

    def marks(self, first: int, count: int) -> set[str]:
        """Give the marks inside, spaces and parentheses apart."""
        return set("".join(self.gaps[first + 1 : first + count])) & set(_MARKS)


def spans(text: str) -> Iterator[Span]:
    """
    Find numbers: with a country code, in the groups of a country, or after a word such as "call".

    Nobody's are those that regulators keep for films, and those of freephone services.
    """
    for match in _RUN.finditer(text):
        start = match.start()
        lead = text[max(0, start - 2) : start]
        lead = lead[len(lead.rstrip("+(")) :]
        before = text[start - len(lead) - 1 : start - len(lead)]
        is_part = bool(before) and (before.isalnum() or before in "_#$£€+-/.,*=@")
        if match.end() - start < _MIN_DIGITS or is_part or _AFTER.match(text, match.end()):
            continue
        groups = _GROUP.findall(match[0])
        gaps = [lead, *_GROUP.split(match[0])[1:]]
        if sum(map(len, groups)) >= _MIN_DIGITS:
            cue = text[max(0, start - len(lead) - 60) : start - len(lead)]
            yield from _read(_Run(groups, gaps), start - len(lead), cue)


def _read(run: _Run, start: int, cue: str) -> Iterator[Span]:
    """Take a run apart: behind a number, another may begin."""
    at = 0
    while at < len(run.groups):
        found = _international(run, at) or _north_american(run, at)
        if at == 0:
            found = found or _national(run) or (_any(run) if _NAMED.search(cue) else None)
        count, number = found or (1, "")
        pieces = zip(run.gaps[at : at + count], run.groups[at : at + count], strict=True)
        written = "".join(gap + group for gap, group in pieces)
        if number:
            own = written.lstrip(_SPACES + _MARKS + ")")
            own = own[1:] if own.startswith("(") and own.count("(") > own.count(")") else own
            end = start + len(written)
            yield Span(end - len(own), end, _NOBODYS.fullmatch(number) is not None)
        start += len(written)
        at += count


def _longest(run: _Run, at: int) -> int:
    """Count the groups from ``at`` that together are no longer than a number can be."""
    count = total = 0
    for group in run.groups[at : at + _MAX_DIGITS]:
        total += len(group)
        if total > _MAX_DIGITS + 1:  # a zero in parentheses does not count
            break
        count += 1
    return count


def _international(run: _Run, at: int) -> tuple[int, str] | None:
    """``+44 20 7946 0018``, ``0044 20 7946 0018``, ``+44 (0)20 7946 0018``."""
    first, count = run.groups[at], _longest(run, at)
    has_zeros = first.startswith("00") and 3 <= len(first) <= 5
    if not count or len(run.marks(at, count)) > 1 or not ("+" in run.gaps[at] or has_zeros):
        return None
    pieces = zip(run.gaps[at : at + count], run.groups[at : at + count], strict=True)
    groups = _GROUP.findall(_TRUNK.sub(" ", "".join(gap + group for gap, group in pieces)))
    number = "".join(groups).removeprefix("00" * has_zeros)
    is_one = _MIN_DIGITS < len(number) <= _MAX_DIGITS and _CALLING_CODE.match(number)
    return (count, number) if is_one and min(map(len, groups[2:]), default=2) > 1 else None


def _north_american(run: _Run, at: int) -> tuple[int, str] | None:
    """``(212) 555-0142``, ``212-555-0142``, ``1-212-555-0142``; not with spaces alone."""
    lead = int(run.groups[at] == "1")
    if run.sizes(at + lead, 3) != (3, 3, 4):
        return None
    area, exchange, _ = run.groups[at + lead : at + lead + 3]
    inner = run.marks(at, lead + 3)
    outer = {*run.gaps[at][-1:], *run.gaps[at + lead + 3][:1]}
    is_one = (
        area[0] not in "01"
        and exchange[0] not in "01"
        and area[1:] != "11"
        and (inner - {"/"} or ")" in run.gaps[at + lead + 1])
        and len(inner) == 1
        and not outer & set(_MARKS)
    )
    return (lead + 3, "1" + run.joined(at + lead, 3)) if is_one else None


def _national(run: _Run) -> tuple[int, str] | None:
    """A whole run that begins with 0: British or French by its groups."""
    count, digits, sizes = len(run.groups), run.joined(), run.sizes()
    marks = run.marks(0, count)
    if digits[0] != "0" or digits[1] == "0" or len(marks) > 1:
        return None
    is_mobile = sizes == (11,) and digits.startswith("07")
    if is_mobile or (sizes in _BRITISH and digits[1] in "12378" and marks <= {"-"}):
        return count, "44" + digits[1:]
    is_french = sizes == (2, 2, 2, 2, 2) and len({*run.gaps[1:-1]}) == 1
    return (count, "33" + digits[1:]) if is_french else None


def _any(run: _Run) -> tuple[int, str] | None:
    """What a word before it says is a number, unless it reads as a date."""
    count = _longest(run, 0)
    digits, sizes = run.joined(0, count), sorted(run.sizes(0, count))
    is_date = re.fullmatch(r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])[0-3][0-9]", digits) or (
        len(sizes) == 3 and sizes[1] <= 2 and sizes[2] in {2, 4}
    )
    if is_date or not _MIN_DIGITS <= len(digits) <= _MAX_DIGITS:
        return None
    whole = [code + digits.removeprefix("0") for code in ("44", "33", "49", "61")]
    return count, next((number for number in whole if _NOBODYS.fullmatch(number)), digits)
