"""A Hub on this machine, the real clients as processes, and one small run to publish."""

import json
import os
import signal
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

HERE = Path(__file__).parent
TOKEN, OTHER, READER = (f"hf_{name * 8}" for name in ("ferry", "other", "reads"))
REPO = "ferry-line/desk"
RECIPE = """\
name: desk
task:
  instruction: Name the topic.
  input: "Message: {{ input }}"
  output: {labels: from_data}
read:
  - csv:
      path: messages.csv
      map: {input: text, label: topic, group: case}
      licence: apache-2.0
      language: en
refine: [exact_duplicates]
select: [split, random: {per_label: 1}]
validate: [split_leakage]
write:
  - bank
  - instruction_set
  - formats: {targets: [messages]}
  - trainer: {tokenizer: tokenizer, max_length: 512}
publish:
  - hub: {repo_id: ferry-line/desk, licences: [apache-2.0]}
"""


def _loopback():
    """Load the Hub by its path: tests are no package."""
    spec = spec_from_file_location("loopback_hub", HERE / "loopback_hub.py")
    module = module_from_spec(spec)
    sys.modules["loopback_hub"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


class Client:
    """A process that pushes, pulls and loads, told so line by line."""

    def __init__(self, env):
        self.env = env
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "client.py")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env, text=True,
        )  # fmt: skip

    def ask(self, what, **given):
        """Send without waiting for the answer."""
        told = json.dumps({"do": what, **given}, default=str)
        self.process.stdin.write(told + "\n")
        self.process.stdin.flush()

    def answer(self):
        """Wait for the answer: a result, or what was raised."""
        return json.loads(self.process.stdout.readline())

    def __call__(self, what, **given):
        """Do one thing, and give its result."""
        self.ask(what, **given)
        told = self.answer()
        assert "result" in told, told["error"]["said"]
        return told["result"]

    def fails(self, what, **given):
        """Do one thing that fails, and give what was raised."""
        self.ask(what, **given)
        told = self.answer()
        assert "error" in told, told["result"]
        return told["error"]

    def kill(self):
        """End it as a power cut does."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(timeout=20)


def make_run(folder, rows=90, *, extra=""):
    """Make a run of some rows in ``folder``."""
    from curator.pipeline.run import run
    from curator.recipe import load

    (folder / "desk.yaml").write_text(RECIPE)
    samples = HERE.parents[1] / "samples" / "tokenizer"
    if not (folder / "tokenizer").exists():
        (folder / "tokenizer").symlink_to(samples)
    lines = [
        f"{i} {i * i} {i**3} ferry {i % 7} {i * 13}{extra},{'fare' if i % 2 else 'lost'},c{i}"
        for i in range(rows)
    ]
    text = "\n".join(["text,topic,case", *lines, lines[0]])
    (folder / "messages.csv").write_text(text + "\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        run(load("desk.yaml"), folder / "run")
    return folder / "run"


@pytest.fixture(scope="session")
def run(tmp_path_factory):
    """One finished run with every artifact; nobody writes to it."""
    return make_run(tmp_path_factory.mktemp("desk"))


@pytest.fixture(scope="session")
def other_run(tmp_path_factory):
    """The same recipe on other rows."""
    return make_run(tmp_path_factory.mktemp("other"), rows=70, extra=" again")


@pytest.fixture(scope="session")
def running_hub():
    """Serve for the whole session."""
    module = _loopback()
    users = {
        TOKEN: module.User("ann", orgs=("ferry-line",)),
        OTHER: module.User("ben"),
        READER: module.User("cleo", orgs=("ferry-line",), may_write=False),
    }
    hub = module.LoopbackHub(users)
    yield hub
    hub.stop()


@pytest.fixture
def hub(running_hub):
    """An empty Hub."""
    running_hub.reset()
    return running_hub


@pytest.fixture(scope="session")
def env(running_hub, tmp_path_factory):
    """What a user of that Hub has in the environment; Xet is not switched off by hand."""
    own = {name: v for name, v in os.environ.items() if not name.startswith(("HF_", "HUGGING"))}
    home = tmp_path_factory.mktemp("hf_home")
    return {**own, "HF_ENDPOINT": running_hub.endpoint, "HF_TOKEN": TOKEN, "HF_HOME": str(home)}


@pytest.fixture(scope="session")
def shared_client(env):
    """A process for all tests that leave it alive."""
    client = Client(env)
    yield client
    client.process.stdin.close()
    client.process.wait(timeout=20)


@pytest.fixture
def make_client(env, hub):
    """Start processes of a test's own, with other variables where it says so; they end with it."""
    started = []

    def start(**variables):
        given = {**env, **variables}
        client = Client({name: value for name, value in given.items() if value is not None})
        started.append(client)
        return client

    yield start
    for client in started:
        client.kill()


@pytest.fixture
def client(shared_client, hub):
    """The real clients, with an empty Hub to talk to."""
    return shared_client


@pytest.fixture
def asking(run):
    """What a push is asked, the repository of the recipe by default."""

    def given(folder=run, **options):
        return {"folder": folder, "repo_id": REPO, "licences": ["apache-2.0"], **options}

    return given
