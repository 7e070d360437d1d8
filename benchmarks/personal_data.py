"""Look for personal data in chats, beside the regular expressions that people write for it."""

from __future__ import annotations

import random
import re
from functools import cache

import polars as pl

from benchmarks import records
from benchmarks.timing import Comparison, main
from curator.personal_data import found

PLANTED = {  # made up; their check digits are right
    "email": "jane.doe@mail.ferry.co.uk",
    "phone": "+44 20 7123 4567",
    "payment_card": "4539 5787 6362 1486",
    "iban": "DE75 5121 0800 1245 1261 99",
    "ip_address": "81.2.69.142",
    "mac_address": "00:1B:44:11:3A:B7",
    "us_ssn": "536-22-8726",
    "uk_nhs_number": "401 023 2137",
    "uk_nino": "AB 12 34 56 C",
    "url_password": "postgres://app:hunter2@db.ferry.org/x",
    "api_key": "ghp_" + "aB3dE5gH7jK9mN1pQ" * 3,
}
LOOK_ALIKES = (
    "order 2024-118-55731",
    "on 12.05.2024 at 10:30",
    "for 1,299.00 or 1 299 000",
    "version 10.0.19041.1",
    "ticket 1182736455",
    "card 4539 5787 6362 1485",
    "at 55.9533, -3.1883",
    "ISBN 978-3-16-148410-0",
    "react@18.2.0",
    "DE74 5121 0800 1245 1261 99",
    "QQ 12 34 56 C",
    "sha 3da541559918a808c2402bba5012f6c6",
)
PLAIN = [
    re.compile(pattern)
    for pattern in (
        r"\b[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}\b",
        r"(?:\+\d{1,3}[\s.-]?)?\(?\d{2,4}\)?[\s.-]?\d{3,4}[\s.-]?\d{3,4}",
        r"\b(?:\d[ -]*?){13,19}\b",
        r"\b[A-Z]{2}\d{2}[ ]?(?:[A-Z0-9]{4}[ ]?){2,7}[A-Z0-9]{1,4}\b",
        r"\b(?:\d{1,3}\.){3}\d{1,3}\b",
        r"\b(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\b",
        r"\b\d{3}-\d{2}-\d{4}\b",
        r"\b\d{3}[ -]?\d{3}[ -]?\d{4}\b",
        r"\b[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b",
        r"\b[a-z][a-z0-9+.-]*://[^\s:@/]+:[^\s:@/]+@\S+",
        r"\b(?:AKIA[0-9A-Z]{16}|gh[pousr]_[0-9A-Za-z]{36,}|xox[baprs]-[0-9A-Za-z-]+|AIza[\w-]{35})\b",
    )
]


@cache
def texts(rows: int) -> tuple[pl.Series, dict[int, str], set[int]]:
    """Give one text a chat: a twentieth with something planted, a third with what looks like it."""
    frame = records.read(rows).filter(pl.col("rejected").is_null())
    joined = pl.col("messages").list.eval(pl.element().struct.field("content")).list.join("\n")
    plain = frame.select(joined).to_series().to_list()
    rng = random.Random(17)
    kinds, planted, alike = list(PLANTED), {}, set()
    for at, text in enumerate(plain):
        draw = rng.random()
        if draw < 0.05:
            planted[at] = rng.choice(kinds)
            plain[at] = f"{text[:100]} {PLANTED[planted[at]]} {text[100:]}"
        elif draw < 0.35:
            alike.add(at)
            plain[at] = f"{text[:100]} {rng.choice(LOOK_ALIKES)} {text[100:]}"
    return pl.Series(plain), planted, alike


def compare(rows: int) -> list[Comparison]:
    """All chats, for 14 types here and 11 there."""
    made, planted, alike = texts(rows)
    lines = made.to_list()

    def ours() -> set[int]:
        return set(found(made)["row"])

    def theirs() -> set[int]:
        return {at for at, text in enumerate(lines) if any(one.search(text) for one in PLAIN)}

    def counted(here: set[int], there: set[int]) -> str:
        told = [
            f"{name}: {len(rows & planted.keys()):,} of {len(planted):,} planted, "
            f"{len(rows & alike):,} of {len(alike):,} look-alikes, "
            f"{len(rows - planted.keys() - alike):,} others"
            for name, rows in (("ours", here), ("re", there))
        ]
        return f"{made.str.len_bytes().sum() / 1e6:.0f} MB; {'; '.join(told)}"

    return [
        Comparison(
            path="personal data", peer="re", ours=ours, theirs=theirs, at_least=10, notes=counted
        )
    ]


if __name__ == "__main__":
    main(compare)
