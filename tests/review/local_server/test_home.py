"""The home of a server: private, held by one process, kept over every end of it."""

import signal
import stat
import subprocess
import sys

import pytest

from curator.review.local_server.access import Access, local_access

pytest.importorskip("argilla_server", reason="make test-review installs it")
httpx = pytest.importorskip("httpx")
psutil = pytest.importorskip("psutil")


def test_a_start_prints_the_address_and_the_passwords_that_sign_in(server):
    """Whoever reads the terminal can open the page and sign in."""
    assert f"Open {server.api_url} in a browser." in server.said
    for name, password in server.users.items():
        assert f"{name:<5}  {password}" in server.said
        assert server.token(name)


def test_a_first_start_takes_less_than_15_seconds(start_server, tmp_path):
    """Of a processor: a busy machine is slow, not wrong."""
    used = psutil.Process(start_server(tmp_path / "home").process.pid).cpu_times()
    assert used.user + used.system < 15


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
    me = httpx.get(f"{again.api_url}/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert me.json()["username"] == "reviewer"  # still signed in
    assert again.stop(signal.SIGTERM) == 0
    assert (tmp_path / "home" / "server.log").read_text() == ""


@pytest.mark.parametrize("name", ["owner", "", "a b", "../x", "\x1b[31m"])
def test_a_name_that_nobody_can_have_is_refused(tmp_path, name):
    """It would be typed at a sign-in and printed in terminals."""
    command = [
        sys.executable,
        "-m",
        "curator",
        "review",
        "serve",
        "--home",
        tmp_path,
        "--annotator",
        name,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert not list(tmp_path.iterdir())
    assert "\x1b[31m" not in done.stderr.replace("\x1b[31m\x1b[1merror", "")


def test_whoever_loses_the_file_of_passwords_gets_new_ones(start_server, tmp_path):
    """The people and what they said stay; their old passwords end."""
    first = start_server(tmp_path / "home")
    first.stop()
    (tmp_path / "home" / "access.json").unlink()
    again = start_server(tmp_path / "home")
    assert again.users["owner"] != first.users["owner"]
    assert again.users["owner"] in again.said
    assert again.token("owner")
    assert again.api_key == first.api_key


WATCH = """
import os, sys
def look(event, args):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        text = repr(args[1:]) if event == "socket.connect" else repr(args)
        if "127.0.0.1" not in text and "localhost" not in text:
            with open(os.environ["WATCHED"], "a") as file:
                file.write(event + text + "\\n")
sys.addaudithook(look)
"""


def test_nothing_asks_anything_outside(start_server, tmp_path, monkeypatch):
    """Neither the start nor a round of work: no telemetry, no hub, no look for a new version."""
    (tmp_path / "sitecustomize.py").write_text(WATCH)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("WATCHED", str(tmp_path / "watched"))
    monkeypatch.setenv("ARGILLA_DATABASE_URL", "postgresql://elsewhere/db")  # not meant for it
    running = start_server(tmp_path / "home")
    client = running.client()
    import argilla

    settings = argilla.Settings(
        fields=[argilla.TextField("t")], questions=[argilla.TextQuestion("q")]
    )
    dataset = argilla.Dataset("d", settings=settings, workspace="curator", client=client).create()
    dataset.records.log([{"t": "x"}])
    assert len(list(dataset.records(argilla.Query(query="x")))) == 1
    dataset.delete()
    for path in ("/", "/sign-in", "/api/v1/status", "/api/v1/version", "/api/v1/settings"):
        assert httpx.get(running.api_url + path).status_code == 200
    assert running.stop() == 0
    watched = tmp_path / "watched"
    assert not watched.exists() or not watched.read_text()


def test_every_answer_tells_the_browser_to_ask_nobody_else(server):
    """Pages, their parts, and what the API says; no script but the pages' own."""
    for path in (
        "/",
        "/sign-in",
        "/dataset/x/annotation-mode",
        "/favicon.ico",
        "/api/v1/version",
        "/api/v1/none",
    ):
        answer = httpx.get(server.api_url + path)
        policy = dict(
            part.strip().split(" ", 1)
            for part in answer.headers["content-security-policy"].split(";")
        )
        assert policy["default-src"] == "'self'"
        assert "http" not in str(policy)
        assert "unsafe" not in policy["script-src"]
        assert policy["script-src"].count("'sha256-") == 2


def test_data_of_something_else_is_refused_and_left_alone(tmp_path):
    """A file that is no database may be somebody's."""
    (tmp_path / "argilla.db").write_text("my notes " * 1000)
    command = [
        sys.executable,
        "-m",
        "curator",
        "review",
        "serve",
        "--home",
        tmp_path,
        "--port",
        "0",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 5
    assert f"{tmp_path}/argilla.db: the data cannot be used: " in done.stderr
    assert "file is not a database" in done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / "argilla.db").read_text() == "my notes " * 1000
