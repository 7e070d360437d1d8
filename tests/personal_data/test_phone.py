"""Telephone numbers."""

import pytest


@pytest.mark.parametrize(
    "number",
    [
        "+44 20 7123 4567", "+44 (0)20 7123 4567", "0044 20 7123 4567", "+442071234567", "+49 30 901820",
        "+33 1 42 68 53 00", "+1 212 736 5000", "+1-212-736-5000", "(212) 736-5000", "212-736-5000",
        "212.736.5000", "1-212-736-5000", "020 7123 4567", "(020) 7123 4567", "0161 715 0018",
        "01865 270000", "07123 456789", "07123456789", "01 42 68 53 00", "01.42.68.53.00",
        "+44\u00a020\u00a07123\u00a04567", "+353 1 677 1717",
    ],
)  # fmt: skip
def test_a_number_is_found_whole(finds, number):
    """In the forms that people write, inside a sentence and in parentheses."""
    for text in (f"ring {number}, thanks", f"({number})", f"My number: {number}."):
        assert finds(text) == [("phone", number, False)], text


@pytest.mark.parametrize(
    "text",
    ["call me on 2125 550 18 42", "Tel.: 030 / 901820", "phone no. 5551234", "text 07123 45 67 89"],
)
def test_a_word_before_it_makes_a_number_one(finds, text):
    """Groups that no plan has are numbers where people say so."""
    assert [kind for kind, _, _ in finds(text)] == ["phone"]
    assert finds("it weighs 5551234 grams") == []


@pytest.mark.parametrize(
    "number",
    [
        "212-555-0142", "(800) 555-0199", "+1 212 555 0142", "07700 900143", "+44 7700 900871",
        "020 7946 0018", "0161 496 0018", "01632 960001", "01 99 00 12 34", "+61 491 570 156",
        "1-800-222-1222", "0800 123 4567", "+49 30 23125 001",
    ],
)  # fmt: skip
def test_numbers_for_films_and_free_calls_are_nobodys(finds, number):
    """Regulators keep ranges that ring nowhere; a hotline is no person's."""
    assert finds(f"ring {number}!") == [("phone", number, True)]


@pytest.mark.parametrize(
    "text",
    [
        "order 2024-118-55731", "on 12.05.2024 at 10:30", "call on 12.05.2024", "text 20240512",
        "07:30 08:00 08:30", "07 30 08 00 08 30 09 00", "1,299.00 or 1 299 000", "version 10.0.19041.1",
        "+40.20361-075.00417", "55.9533, -3.1883", "978-3-16-148410-0", "call £1000000", "+1,000,000",
        "1234-5678-9012", "0.123456789", "123-456-7890", "ref 011-555-0142", "call 100%", "2,125,550,142",
        "https://x.org/212-736-5000", "id_212-736-5000", "-212-736-5000",
        "311-736-5000", "200-300-4000-5000",
    ],
)  # fmt: skip
def test_other_numbers_are_none(finds, text):
    """Orders, dates, times, prices, versions, coordinates, books and percentages."""
    assert finds(text) == []


def test_numbers_beside_each_other_are_told_apart(finds):
    """A list of numbers, and a number behind another one."""
    told = finds("212-736-5000 or 212-736-5001 12 times; +44 20 7123 4567 / 020 7123 4568")
    assert [text for _, text, _ in told][:2] == ["212-736-5000", "212-736-5001"]
    assert any(text.startswith("+44 20 7123 4567") for _, text, _ in told)
