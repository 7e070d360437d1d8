"""The home of a server: private, held by one process, kept over every end of it."""

import signal
import stat
import subprocess
import sys

import pytest

from curator.review.local_server.access import Access, local_access

pytest.importorskip("argilla_server", reason="make test-review installs it")


def test_a_start_prints_the_address_and_the_passwords_that_sign_in(server):
    """Whoever reads the terminal can open the page and sign in."""
    assert f"Open {server.api_url} in a browser." in server.said
    for name, password in server.users.items():
        assert f"{name:<5}  {password}" in server.said
        assert server.token(name)


def test_what_is_kept_is_for_one_pair_of_eyes(server):
    """Every file under the home is of mode 0600, every folder 0700."""
    modes = {
        path: stat.S_IMODE(path.stat().st_mode) for path in [server.home, *server.home.iterdir()]
    }
    strange = {path.name: oct(mode) for path, mode in modes.items() if mode & 0o077}
    assert not strange
    assert {"access.json", "secret_key", "argilla.db"} <= {path.name for path in modes}


def test_the_client_side_finds_the_server_by_its_home(server):
    """The address and the owner's key come from the file, without argilla-server."""
    assert local_access(server.home) == Access(server.api_url, server.api_key)
    assert local_access(server.home / "none") is None


def test_a_second_start_on_the_same_home_says_so_and_stops(server):
    """Two processes on one file would each believe they own it."""
    command = [
        sys.executable,
        "-m",
        "curator",
        "review",
        "serve",
        "--home",
        server.home,
        "--port",
        "0",
    ]
    second = subprocess.run(command, capture_output=True, text=True, check=False)
    assert second.returncode == 5
    assert f"{server.home}: a server is already running on this folder" in second.stderr
    assert f"hint: open {server.api_url}, or start another with --home and --port" in second.stderr
    assert server.process.poll() is None


def test_a_port_that_is_taken_is_named_with_the_way_out(server, tmp_path):
    """Nothing else is stopped, and no other port is taken in silence."""
    port = server.api_url.rpartition(":")[2]
    command = [
        sys.executable,
        "-m",
        "curator",
        "review",
        "serve",
        "--home",
        tmp_path,
        "--port",
        port,
    ]
    second = subprocess.run(command, capture_output=True, text=True, check=False)
    assert second.returncode == 5
    assert f"port {port} of this machine cannot be used: Address already in use" in second.stderr
    assert "choose another with --port" in second.stderr


def test_ctrl_c_ends_it_cleanly_and_the_next_start_shows_no_password(start_server, tmp_path):
    """Passwords are shown once, stay valid, and stand in the file."""
    first = start_server(tmp_path / "home")
    token = first.token("reviewer")
    assert first.stop(signal.SIGINT) == 0
    assert "Traceback" not in (tmp_path / "home.out").read_text()
    again = start_server(tmp_path / "home", "--annotator", "eve")
    assert again.users["reviewer"] == first.users["reviewer"]
    assert again.users["reviewer"] not in again.said
    assert again.users["eve"] in again.said
    assert again.api_key == first.api_key
    import httpx

    me = httpx.get(f"{again.api_url}/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert me.json()["username"] == "reviewer"  # still signed in
    assert again.stop(signal.SIGTERM) == 0
    assert (tmp_path / "home" / "server.log").read_text() == ""
