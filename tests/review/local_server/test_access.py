"""The file of addresses and passwords, read by whoever sends and collects."""

import stat
import subprocess
import sys
from importlib.util import find_spec

import pytest

from curator.errors import ReviewError
from curator.review.local_server.access import (
    Access,
    Ledger,
    default_home,
    local_access,
    read_ledger,
    write_ledger,
)


def test_what_is_written_is_read(tmp_path):
    """Nobody but its owner can read the file."""
    ledger = Ledger(api_url="http://127.0.0.1:6900", api_key="k", passwords={"owner": "p"})
    write_ledger(tmp_path, ledger)
    assert read_ledger(tmp_path) == ledger
    assert local_access(tmp_path) == Access("http://127.0.0.1:6900", "k")
    assert stat.S_IMODE((tmp_path / "access.json").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["access.json"]


def test_where_no_server_was_there_is_no_access(tmp_path):
    """A server that never came up has no key yet."""
    assert local_access(tmp_path) is None
    write_ledger(tmp_path, Ledger(api_url="http://127.0.0.1:1"))
    assert local_access(tmp_path) is None


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", '{"api_url": "u"}', '{"api_url": 1, "api_key": "k", "passwords": {}}',
     '{"api_url": "u", "api_key": "k", "passwords": {"a": null}}',
     '{"api_url": "u", "api_key": "k", "passwords": []}'],
)  # fmt: skip
def test_a_broken_file_says_what_to_do(tmp_path, text):
    """It names the file, and shows nothing of it."""
    (tmp_path / "access.json").write_text(text)
    with pytest.raises(ReviewError) as raised:
        local_access(tmp_path)
    assert str(raised.value) == (
        f"{tmp_path}/access.json: the addresses and passwords of the local server cannot be read\n"
        "  hint: delete the file and start `curator review serve` again: it makes new passwords"
    )


def test_the_home_follows_the_system(tmp_path, monkeypatch):
    """~/.local/share, or where the system says that data go."""
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert default_home() == tmp_path / ".local/share/curator/argilla"
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    assert str(default_home()) == "/data/curator/argilla"


@pytest.mark.skipif(find_spec("argilla_server") is not None, reason="it is installed here")
def test_without_the_server_the_words_say_what_to_install(tmp_path):
    """Nothing is made before it is clear that a server can start."""
    command = [sys.executable, "-m", "curator", "review", "serve", "--home", tmp_path / "home"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "argilla-server is not installed" in done.stderr
    assert "hint: pip install 'curator-toolkit[review-server]'" in done.stderr
    assert not (tmp_path / "home").exists()
