"""International bank account numbers."""

import pytest

from curator.personal_data.iban import EXAMPLES


@pytest.mark.parametrize("account", sorted(EXAMPLES))
def test_the_registry_s_examples_are_found_and_nobodys(finds, account):
    """Of all 89 countries: in one piece and in groups of four, in small letters too."""
    grouped = " ".join(account[at : at + 4] for at in range(0, len(account), 4))
    assert finds(f"pay to {account}.") == [("iban", account, True)]
    assert finds(f"IBAN {grouped} please") == [("iban", grouped, True)]
    assert finds(account.lower()) == [("iban", account.lower(), True)]


def test_an_account_that_is_no_example_is_somebodys(finds):
    """The check digits of this one are right, and made for this test."""
    assert finds("DE75512108001245126199") == [("iban", "DE75512108001245126199", False)]


@pytest.mark.parametrize(
    "text",
    [
        "DE88370400440532013000", "DE8937040044053201300", "DE893704004405320130000", "XX89370400440532013000",
        "ODE89370400440532013000", "GB29NWBK6016133192681X", "order GB12 3456 7890 1234 5678 90",
    ],
)  # fmt: skip
def test_what_only_looks_like_one_is_none(finds, text):
    """Wrong check digits, lengths, countries and forms."""
    assert not [kind for kind, _, _ in finds(text) if kind == "iban"]
