"""The wheel is whole: built, installed into an empty environment, it runs the main job."""

import shutil
import subprocess
import sys
import venv

import pytest


@pytest.mark.slow
def test_a_wheel_in_an_empty_environment_runs_the_main_job(root, tmp_path):
    """Recipes and schemas travel with the package; nothing is borrowed from the checkout."""
    build = [sys.executable, "-m", "build", "--wheel", "--outdir", tmp_path, root]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = tmp_path.glob("curator_toolkit-*.whl")
    venv.create(tmp_path / "empty", with_pip=True)
    python = tmp_path / "empty" / "bin" / "python"
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*install, f"{wheel}[train]"], check=True)
    desk = tmp_path / "desk"
    shutil.copytree(root / "samples", desk / "samples")
    command = [python.with_name("curator"), "run", "messages"]
    done = subprocess.run(command, cwd=desk, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "kept" in done.stdout
    assert (desk / "build/messages/manifest.json").is_file()
    check = [python.with_name("curator"), "check", "samples/chats.jsonl", "--for", "together"]
    done = subprocess.run(check, cwd=desk, capture_output=True, text=True, check=False)
    assert (done.returncode, "together_chat.json " in done.stdout) == (4, True)
