"""Payment card numbers: an issuer's first digits and length, and the Luhn check."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curator.personal_data.checksums import luhn
from curator.personal_data.span import LONG_NUMBER, Span

NEEDS, GATES = LONG_NUMBER, ("[2-6][0-9]{3}[ \u00a0-]?[0-9]{4,6}[ \u00a0-]?[0-9]{4}",)
_GAP = r"[ \u00a0-]?"
_PATTERN = re.compile(  # the looks back stand behind the first digit: the engine skips to digits
    r"[2-6](?<![\w.,/+-].)(?<![0-9]{4} .)(?<![A-Z]{2}[0-9]{2} .)"
    rf"(?:[0-9]{{3}}(?P<gap>{_GAP})[0-9]{{4}}(?P=gap)[0-9]{{4}}(?P=gap)[0-9]{{4}}"
    r"(?P<more>(?P=gap)[0-9]{1,3}(?![0-9]))?"
    rf"|(?<=3)[0-9]{{3}}(?P<two>{_GAP})[0-9]{{6}}(?P=two)[0-9]{{4,5}})"
    r"(?!\w|[.,/-][0-9]| [0-9]{4}(?![0-9/]))"
)
_ISSUERS = (  # first digits, lengths
    (r"4", (16, 19)),  # Visa
    (r"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720", (16,)),  # Mastercard
    (r"3[47]", (15,)),  # American Express
    (r"6011|64[4-9]|65", (16, 19)),  # Discover
    (r"62", (16, 17, 18, 19)),  # UnionPay
    (r"352[89]|35[3-8]", (16, 17, 18, 19)),  # JCB
    (r"3(?:0[0-5]|095|[689])", (14, 16, 19)),  # Diners Club
    (r"50|5[6-9]|6[37]", (16, 17, 18, 19)),  # Maestro
    (r"220[0-4]", (16, 17, 18, 19)),  # Mir
)
_TEST_NUMBERS = frozenset(
    re.findall(
        "[0-9]+",
        """
        4111111111111111 4242424242424242 4012888888881881 4000056655665556 4000000000000002
        4000002500003155 4000000000009995 4000000000003220 4917610000000000 4444333322221111
        4462030000000000 4917300800000000 4484070000000000 4026000000000002 5555555555554444
        5105105105105100 5200828282828210 2223003122003222 5454545454545454 5200000000000007
        5431111111111111 5425233430109903 2222420000001113 2223000048410010 378282246310005
        371449635398431 378734493671000 343434343434343 370000000000002 6011111111111117
        6011000990139424 6011981111111113 6510000000000034 3530111333300000 3566002020360505
        3566111111111113 3566000020000410 30569309025904 38520000023237 36227206271667
        3056930009020004 36148900647913 6200000000000005 6205500000000000004 6771798021000008
        6759649826438453
        """,
    )
)
"""Numbers that payment providers publish for tests: no account is behind them."""


def spans(text: str) -> Iterator[Span]:
    """
    Find card numbers, joined or in the groups that are printed on cards.

    Nobody's are the well-known test numbers.
    """
    for match in _PATTERN.finditer(text):
        ends = (
            [match.end(), match.start("more")] if match["gap"] and match["more"] else [match.end()]
        )
        for end in ends:  # what follows may be the code on the back
            digits = re.sub("[^0-9]", "", text[match.start() : end])
            if _is_issued(digits) and luhn(digits):
                yield Span(match.start(), end, digits in _TEST_NUMBERS)
                break


def _is_issued(digits: str) -> bool:
    return any(len(digits) in lengths and re.match(first, digits) for first, lengths in _ISSUERS)
