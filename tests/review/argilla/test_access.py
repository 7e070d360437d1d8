"""Which server, and whose key."""

import json

import pytest

from curator.errors import ReviewError
from curator.review.argilla.access import access, same


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A machine whose own server was served on port 6900; the environment names nothing."""
    for name in ("ARGILLA_API_URL", "ARGILLA_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    found = {"api_url": "http://127.0.0.1:6900", "api_key": "local", "passwords": {}}
    (tmp_path / "access.json").write_text(json.dumps(found))
    return tmp_path


def test_this_machines_server_is_found_where_nothing_is_said(home):
    """Its own key opens it, also where somebody writes localhost."""
    assert access(None, home).api_key == "local"
    assert access("http://localhost:6900/", home).api_url == "http://localhost:6900"
    assert access("http://localhost:6900/", home).api_key == "local"


def test_the_environment_comes_before_this_machine(home, monkeypatch):
    """A team's server is named once a shell."""
    monkeypatch.setenv("ARGILLA_API_URL", "https://ours.example/")
    monkeypatch.setenv("ARGILLA_API_KEY", "ours")
    found = access(None, home)
    assert (found.api_url, found.api_key) == ("https://ours.example", "ours")
    assert access("http://127.0.0.1:6900", home).api_key == "local"


def test_a_key_is_never_shown(home):
    """What is printed of an access may end up in a log."""
    assert "local" not in repr(access(None, home))


def test_this_machines_key_goes_nowhere_else(home):
    """A recipe that names another server needs a key for that."""
    with pytest.raises(ReviewError) as caught:
        access("https://theirs.example", home)
    assert str(caught.value) == (
        "https://theirs.example: there is no key for this server\n"
        "  hint: set ARGILLA_API_KEY to yours: Argilla shows it under My settings"
    )


def test_where_no_server_is_known_both_ways_are_told(tmp_path, monkeypatch):
    """One command, or two variables."""
    monkeypatch.delenv("ARGILLA_API_URL", raising=False)
    with pytest.raises(ReviewError, match="no Argilla server is known") as caught:
        access(None, tmp_path)
    assert "curator review serve" in caught.value.hint
    assert "ARGILLA_API_URL and ARGILLA_API_KEY" in caught.value.hint


@pytest.mark.parametrize("url", ["ours.example", "file:///etc", "http://", "http://a:b"])
def test_what_is_no_address_is_told(home, url):
    """It would be sent to the client as a path."""
    with pytest.raises(ReviewError, match="this is not the address of a server"):
        access(url, home)


def test_an_address_with_a_password_is_refused_without_showing_it(home):
    """It would stand in the ticket, beside the recipe."""
    with pytest.raises(ReviewError, match="an address holds a password") as caught:
        access("https://ann:secret@ours.example", home)
    assert "secret" not in str(caught.value)


def test_two_spellings_of_one_server_are_the_same():
    """A stroke at the end and localhost do not make another server; a port does."""
    assert same("http://localhost:6900/", "http://127.0.0.1:6900")
    assert not same("http://localhost:6900", "http://localhost:6901")
