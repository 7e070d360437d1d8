"""A real server of `curator review serve`, as a process of its own, for every test that asks."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import pytest

PEOPLE = ("ann", "ben", "cleo", "dan")


@dataclass
class Server:
    """A server that answers; ``users`` are names with their passwords, the owner among them."""

    home: Path
    process: subprocess.Popen
    api_url: str = ""
    api_key: str = ""
    users: dict[str, str] = field(default_factory=dict)
    said: str = ""  # what it printed

    def client(self):
        """Give the owner's client."""
        import argilla

        return argilla.Argilla(api_url=self.api_url, api_key=self.api_key)

    def token(self, name):
        """Sign in as a person does at the page."""
        import httpx

        form = {"username": name, "password": self.users[name]}
        answer = httpx.post(f"{self.api_url}/api/v1/token", data=form)
        return answer.json()["access_token"]

    def stop(self, how=signal.SIGINT):
        """End the process with a signal; give its exit code."""
        self.process.send_signal(how)
        return self.process.wait(timeout=20)


def serve(home, *flags, port=0, wait_s=60):
    """Start a server on ``home`` and a free port; it answers when this returns."""
    if find_spec("argilla_server") is None:
        pytest.skip("argilla-server is not installed: make test-review has it")
    command = [sys.executable, "-m", "curator", "review", "serve", "--home", home, "--port", port]
    said = (home.parent / f"{home.name}.out").open("w+")
    process = subprocess.Popen(
        [str(part) for part in [*command, *flags]],
        stdout=said, stderr=subprocess.STDOUT, cwd=home.parent,
        env={**os.environ, "PYTHONUNBUFFERED": "1"}, start_new_session=True,
    )  # fmt: skip
    until = time.monotonic() + wait_s
    while "Ctrl-C" not in (text := Path(said.name).read_text()):
        if process.poll() is not None or time.monotonic() > until:
            process.kill()
            pytest.fail(f"the server did not start: {text}")
        time.sleep(0.05)
    found = json.loads((home / "access.json").read_text())
    return Server(
        home, process, found["api_url"], found["api_key"], found["passwords"], said=text
    )  # fmt: skip


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """One server for the whole session, with four annotators; datasets of a test are its own."""
    home = tmp_path_factory.mktemp("argilla") / "home"
    running = serve(home, *(part for name in PEOPLE for part in ("--annotator", name)))
    yield running
    if running.process.poll() is None:
        running.stop(signal.SIGKILL)


@pytest.fixture
def start_server(tmp_path):
    """Start servers of a test's own, each ended with the test: ``start_server(home, *flags)``."""
    running = []

    def start(home=tmp_path / "home", *flags, port=0):
        running.append(serve(home, *flags, port=port))
        return running[-1]

    yield start
    for each in running:
        if each.process.poll() is None:
            each.stop(signal.SIGKILL)
