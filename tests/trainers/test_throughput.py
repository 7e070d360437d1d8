"""Packed and unpacked rows of one export train alike; only their speed differs."""

import json
import os
import subprocess

import pytest

pytestmark = pytest.mark.trainers


def test_packed_and_unpacked_rows_give_the_same_losses(trainers, root, desk):
    """The same weights see the same examples: equal before training, and after each step."""
    program = trainers / "python" / "bin" / "python"
    script = root / "benchmarks" / "train_throughput.py"
    asked = ["--size", "toy", "--steps", "4", "--packs", "1", "--positions", "512"]
    done = subprocess.run(
        [program, "-W", "ignore", script, desk / "trainer", *asked, "--format", "json"],
        env={**os.environ, "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout)
    packed, unpacked = found["layouts"]
    assert found["steps"] == 4
    assert found["apart_most"] < 1e-5
    assert packed["tokens"] == unpacked["tokens"]
    assert packed["padding"] == 0 < unpacked["padding"]
    assert packed["losses"][-1] < packed["losses"][0]
