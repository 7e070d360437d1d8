"""The Hub's client is set up for one push or pull, and left as it was."""

import logging
import time

import pytest
from huggingface_hub import constants

from curator.errors import SourceError, WriteError
from curator.publish import client
from curator.publish.client import open_hub
from curator.publish.faults import told
from curator.publish.repository import Repository


@pytest.fixture
def here(monkeypatch, hub):
    """Ask the Hub on this machine, from this process."""
    monkeypatch.setattr(constants, "ENDPOINT", hub.endpoint)
    monkeypatch.setenv("HF_TOKEN", "hf_" + "ferry" * 8)
    return hub


def test_an_endpoint_of_ones_own_gets_files_by_plain_http(here, monkeypatch):
    """The public Hub keeps Xet."""
    for endpoint, is_disabled in ((here.endpoint, True), ("https://huggingface.co", False)):
        monkeypatch.setattr(constants, "ENDPOINT", endpoint)
        with open_hub(WriteError, needs_token=True) as found:
            assert (found.endpoint, constants.HF_HUB_DISABLE_XET) == (endpoint, is_disabled)
        assert constants.HF_HUB_DISABLE_XET is False


@pytest.mark.parametrize("ask", [lambda one: one.head("main"), lambda one: one.refs()])
def test_a_server_that_says_nothing_is_not_waited_for_without_end(here, monkeypatch, ask):
    """The client of its own accord would."""
    monkeypatch.setattr(client, "ANSWER_S", 0.2)
    here.fail(1, "hang", lasting=True)
    start = time.monotonic()
    with (
        pytest.raises(SourceError, match="the server takes too long"),
        open_hub(SourceError, needs_token=False) as found,
        told(SourceError, "there"),
    ):
        ask(Repository(hub=found, repo_id="a/b"))
    assert time.monotonic() - start < 20


def test_what_the_client_says_is_said_without_signed_addresses(here, caplog):
    """Whoever has such an address may use it for a while."""
    theirs = logging.getLogger("huggingface_hub.utils._http")
    before = logging.getLogger("huggingface_hub").handlers
    with caplog.at_level("INFO", "curator"), open_hub(WriteError, needs_token=True):
        theirs.warning("'503' thrown while requesting PUT https://s3/a?X-Signature=secret\nmore")
    assert caplog.messages == ["'503' thrown while requesting PUT https://s3/a"]
    assert logging.getLogger("huggingface_hub").handlers == before


def test_bars_of_the_client_are_hidden_and_come_back(here):
    """There is one bar, and it is ours."""
    from huggingface_hub import utils

    with open_hub(WriteError, needs_token=True):
        assert utils.are_progress_bars_disabled()
    assert not utils.are_progress_bars_disabled()


def test_a_token_is_in_no_representation(here):
    """A traceback that shows values shows none."""
    with open_hub(WriteError, needs_token=True) as found:
        assert "ferryferry" not in repr(found) + repr(Repository(hub=found, repo_id="a/b"))
