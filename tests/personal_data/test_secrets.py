"""Keys, passwords in addresses, and private keys; all made up for these tests."""

import pytest

from curator.personal_data import api_key

BODY = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7" * 3


def letters(count, alphabet="aB3dE5gH7jK9mN1pQ"):
    """So many letters and digits that follow no counting."""
    return (alphabet * (count // len(alphabet) + 1))[:count]


KEYS = {
    "aws": "AKIA" + letters(16, "Q2W3E4R5T6Y7"),
    "github": "ghp_" + letters(36),
    "github fine": f"github_pat_{letters(22)}_{letters(59)}",
    "gitlab": "glpat-" + letters(20),
    "google": "AIza" + letters(35),
    "hugging face": "hf_" + letters(34, "aBcDxYz"),
    "npm": "npm_" + letters(36),
    "openai": "sk-proj-" + letters(48),
    "openai old": f"sk-{letters(20)}T3BlbkFJ{letters(20)}",
    "anthropic": "sk-ant-api03-" + letters(95),
    "pypi": "pypi-AgEIcHlwaS5vcmc" + letters(60),
    "sendgrid": f"SG.{letters(22)}.{letters(43)}",
    "slack": "xoxb-" + letters(40),
    "stripe": "sk_live_" + letters(24),
    "telegram": "110201543:AA" + letters(33),
    "token": f"eyJ{letters(30)}.eyJ{letters(40)}.{letters(43)}",
}


@pytest.mark.parametrize("name", KEYS)
def test_keys_are_known_by_how_they_begin(finds, name):
    """In code, in addresses and in sentences; one character less of a fixed length is none."""
    key = KEYS[name]
    for text in (f"KEY={key}", f'"{key}"', f"use {key}."):
        assert finds(text) == [("api_key", key, False)], text


@pytest.mark.parametrize("text", ["AKIA123", "hf_home", "sk-learn-is-nice", "task-proj-a", "npm_config", "eyJhbGci", "glpat-x",
                                  "risk-" + "a" * 48, "AKIA" + "Q" * 17, "xAKIA" + "Q2W3" * 4])  # fmt: skip
def test_words_that_begin_alike_are_none(finds, text):
    """A beginning alone is no key."""
    assert finds(text) == []


def test_keys_of_documentation_are_nobodys(finds):
    """Amazon's own says EXAMPLE."""
    assert finds("AKIAIOSFODNN7EXAMPLE") == [("api_key", "AKIAIOSFODNN7EXAMPLE", True)]
    assert finds("ghp_" + "x" * 36) == [("api_key", "ghp_" + "x" * 36, True)]


def test_every_form_is_let_through_by_a_gate():
    """A form whose beginning no gate knows would never be found."""
    import polars as pl

    rows = pl.Series(list(KEYS.values()))
    passed = sum(rows.str.contains(gate).cast(pl.Int8) for gate in api_key.GATES)
    assert passed.min() > 0


def test_a_password_in_an_address_is_found_without_the_address(finds):
    """Who redacts it keeps the scheme and the host."""
    assert finds("postgres://app:hunter2@db.ferry.org:5432/x") == [
        ("url_password", "app:hunter2", False)
    ]
    assert finds("redis://:hunter2@10.0.0.4")[0] == ("url_password", ":hunter2", False)
    for text in (
        "https://user:password@ferry.org",
        "https://u:${PW}@ferry.org",
        "https://a:b@example.com",
    ):
        assert [nobodys for _, _, nobodys in finds(text)] == [True], text
    for text in (
        "https://ferry.org/User:x@y",
        "https://ferry.org:80/@x",
        "time 10:30@pier",
        "a:b@c",
    ):
        assert finds(text) == [], text


@pytest.mark.parametrize("kind", ["RSA ", "EC ", "OPENSSH ", "ENCRYPTED ", ""])
def test_a_private_key_is_found_to_its_last_line(finds, kind):
    """With real line ends, and with those of JSON."""
    for line in ("\n", "\\n"):
        key = f"-----BEGIN {kind}PRIVATE KEY-----{line}{BODY}{line}-----END {kind}PRIVATE KEY-----"
        assert finds(f"key: {key} end") == [("private_key", key, False)]


def test_talk_of_a_private_key_is_none(finds):
    """A first line alone, or a public key."""
    assert finds("it begins with -----BEGIN RSA PRIVATE KEY----- and so on") == []
    assert finds(f"-----BEGIN PUBLIC KEY-----\n{BODY}\n-----END PUBLIC KEY-----") == []
    cut = finds(f"-----BEGIN RSA PRIVATE KEY-----\n{BODY}")
    assert [kind for kind, _, _ in cut] == ["private_key"]
