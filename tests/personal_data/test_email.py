"""E-mail addresses."""

import pytest


@pytest.mark.parametrize(
    "address",
    [
        "jane@ferry.co.uk",
        "j.o'neill+ferry@sub.mail.ie",
        "UPPER@CASE.ORG",
        "zoë@bücher.de",
        "a@b.museum",
    ],
)
def test_an_address_is_found_whole(finds, address):
    """Whatever stands around it is not part of it."""
    for text in (f"<{address}>", f"write to {address}.", f"'{address}'", f"mailto:{address}?x=1"):
        assert finds(text) == [("email", address, False)], text


@pytest.mark.parametrize(
    "text",
    [
        "@handle", "user@localhost", "logo@2x.png", "react@18.2.0", "a @ b.com", "a@b", "..@b.com",
        "git clone git@github.com:org/name.git", "5 @ 3.50", "x@-y.com", "a..b@c.org",
    ],
)  # fmt: skip
def test_what_only_has_the_sign_is_none(finds, text):
    """Handles, versions, prices, file names and repositories are no mailboxes."""
    assert finds(text) == []


@pytest.mark.parametrize(
    "domain", ["example.com", "mail.example.org", "school.example", "x.test", "b.invalid"]
)
def test_domains_of_examples_are_nobodys(finds, domain):
    """RFC 2606 keeps them for this."""
    assert finds(f"jane@{domain}") == [("email", f"jane@{domain}", True)]
    assert finds("jane@my-example.com") == [("email", "jane@my-example.com", False)]
