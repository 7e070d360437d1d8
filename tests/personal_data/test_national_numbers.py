"""Numbers that states give to persons."""

import pytest

SPECIMEN = "L898902C36UTO7408122F1204159ZE184226B<<<<<10"


def test_social_security_numbers_have_hyphens_or_a_name(finds):
    """Nine digits alone are no number of that kind."""
    assert finds("it is 536-22-8726, ok") == [("us_ssn", "536-22-8726", False)]
    assert finds("SSN: 536228726") == [("us_ssn", "536228726", False)]
    assert finds("social security number 536 22 8726") == [("us_ssn", "536 22 8726", False)]
    assert finds("536228726") == finds("536 22 8726") == []


def test_numbers_that_were_shown_in_adverts_are_nobodys(finds):
    """They are out of use."""
    assert finds("078-05-1120") == [("us_ssn", "078-05-1120", True)]


@pytest.mark.parametrize("text", ["000-12-3456", "666-12-3456", "912-34-5678", "123-00-4567", "123-45-0000",
                                  "2536-22-8726", "536-22-87261", "2024-05-1206", "536-22-8726-1"])  # fmt: skip
def test_what_is_never_given_out_is_none(finds, text):
    """Areas, groups and serials that do not exist; parts of longer numbers."""
    assert finds(text) == []


def test_nhs_numbers_keep_their_check_digit(finds):
    """In three groups if of a range in use; any form where NHS stands before it."""
    assert finds("mine is 401 023 2137") == [("uk_nhs_number", "401 023 2137", False)]
    assert finds("NHS number: 9434765919") == [("uk_nhs_number", "9434765919", False)]
    assert finds("999 000 0018") == [("uk_nhs_number", "999 000 0018", True)]
    assert finds("401 023 2138") == finds("9434765919") == finds("943 476 5919") == []


def test_nino_prefixes_must_exist(finds):
    """AB is given out; QQ, BG and those with D or O are not."""
    assert finds("NI number AB 12 34 56 C") == [("uk_nino", "AB 12 34 56 C", False)]
    assert finds("ab123456c") == [("uk_nino", "ab123456c", False)]
    for text in (
        "QQ 12 34 56 C",
        "BG123456A",
        "DA123456A",
        "AO123456A",
        "AB123456E",
        "AB1234567",
        "XAB123456C",
        "AB12345 6C",
    ):
        assert finds(text) == [], text


def test_a_passport_is_found_with_the_name_above_it(finds):
    """The specimen of ICAO is a citizen of Utopia; a real state is not."""
    first = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
    assert finds(f"{first}\n{SPECIMEN}") == [("passport", f"{first}\n{SPECIMEN}", True)]
    real = SPECIMEN.replace("UTO", "GBR")
    assert finds(f"scan: {real}") == [("passport", real, False)]
    assert finds(real[:-1] + "1") == []
