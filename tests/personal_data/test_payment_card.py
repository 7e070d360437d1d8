"""Payment card numbers."""

import pytest

from curator.personal_data import payment_card
from curator.personal_data.checksums import luhn


@pytest.mark.parametrize(
    "number",
    [
        "4539 5787 6362 1486", "4539578763621486", "4539-5787-6362-1486", "5425 2334 3010 9911",
        "2221 0012 3412 3456", "3714 496353 98449", "6011 0009 9013 9432", "6212 3456 7890 1232",
    ],
)  # fmt: skip
def test_numbers_of_all_issuers_are_found_by_their_check_digit(finds, number):
    """The last digit is mended first: these are nobody's, made for this test."""
    right = next(
        number[:-1] + digit
        for digit in "0123456789"
        if luhn("".join(filter(str.isdecimal, number[:-1] + digit)))
    )
    wrong = right[:-1] + str((int(right[-1]) + 1) % 10)
    assert finds(f"card {right} 12/27 123") == [("payment_card", right, False)]
    assert not [kind for kind, _, _ in finds(f"card {wrong} 12/27 123") if kind == "payment_card"]


@pytest.mark.parametrize(
    "number", ["4111 1111 1111 1111", "5555-5555-5555-4444", "378282246310005", "4242424242424242"]
)
def test_numbers_that_providers_publish_for_tests_are_nobodys(finds, number):
    """No account is behind them."""
    assert finds(f"paid with {number}.") == [("payment_card", number, True)]


@pytest.mark.parametrize(
    "text",
    [
        "1234 5678 9012 3456", "4000 1234 5678 9010", "41111111111111111111111", "a4111111111111111",
        "4111111111111111b", "0.4111111111111111", "1700000000000000", "4100 4200 4300 4400 4500 4600",
        "4111 11111111 1111", "4111  1111  1111  1111", "f4111111-1111-1111-1111-111111111111",
        "DE74 5121 0800 1245 1261 99",
    ],
)  # fmt: skip
def test_other_long_numbers_are_none(finds, text):
    """Wrong check digits, other lengths, parts of longer numbers, of hashes and of identifiers."""
    assert finds(text) == []


def test_every_test_number_is_a_number_that_would_be_found(finds):
    """None of the list is there in vain."""
    for number in payment_card._TEST_NUMBERS:
        assert finds(number) == [("payment_card", number, True)]
