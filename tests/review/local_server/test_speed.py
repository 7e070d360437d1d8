"""Logging is fast, with the server that was measured; with another it is right."""

import subprocess
import sys
import time

import pytest

rg = pytest.importorskip("argilla", reason="make test-review installs it")
psutil = pytest.importorskip("psutil")
pytest.importorskip("argilla_server", reason="make test-review installs it")


@pytest.mark.slow
def test_ten_thousand_records_are_logged_within_a_minute(server):
    """
    With three suggestions and four values of metadata each; upstream takes about 100 s.

    Of processors, server and client together: a busy machine is slow, not wrong.
    """
    client = server.client()
    labels = ["keep", "fix", "reject"]
    settings = rg.Settings(
        fields=[rg.ChatField("chat")],
        questions=[rg.LabelQuestion("v", labels=labels), rg.TextQuestion("t"), rg.RatingQuestion("r", [1, 2])],
        metadata=[
            rg.TermsMetadataProperty("a"),
            rg.TermsMetadataProperty("b"),
            rg.IntegerMetadataProperty("n"),
            rg.FloatMetadataProperty("x"),
        ],
    )  # fmt: skip
    dataset = rg.Dataset("speed", settings=settings, workspace="curator", client=client).create()
    records = [
        rg.Record(
            id=str(n),
            fields={"chat": [{"role": "user", "content": f"question {n} " * 10}]},
            suggestions=[
                rg.Suggestion("v", "keep"),
                rg.Suggestion("t", "answer " * 20),
                rg.Suggestion("r", 1),
            ],
            metadata={"a": "train", "b": str(n % 9), "n": n, "x": n / 10},
        )
        for n in range(10_000)
    ]
    serving = psutil.Process(server.process.pid)

    def used():
        times = serving.cpu_times()
        return times.user + times.system + time.process_time()

    begin = used()
    dataset.records.log(records, batch_size=500)
    assert used() - begin < 60
    assert dataset.progress()["total"] == 10_000


def test_another_version_is_left_as_it_is(tmp_path):
    """One line in the log says why it is slow."""
    script = """
from pathlib import Path
from curator.review.local_server import home
place = Path("home").absolute(); place.mkdir()
home.prepare(place, "http://127.0.0.1:1")
from curator.review.local_server import patches
from argilla_server.models import Question
patches.installed = "2.9.0"
before = Question.parsed_settings
patches.apply()
assert Question.parsed_settings is before
patches.installed = patches.MEASURED
patches.apply()
assert Question.parsed_settings is not before
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (
        (tmp_path / "home" / "server.log")
        .read_text()
        .endswith(
            "WARNING curator.review.local_server.patches: argilla-server 2.9.0 is not 2.8.0: logging stays slow\n"
        )
    )
