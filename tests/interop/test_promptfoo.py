"""The promptfoo form in promptfoo, with the provider that says what it is asked."""

import json
import os
import subprocess

import pytest

from curator.write.bank.forms import promptfoo

pytestmark = pytest.mark.interop


@pytest.fixture(scope="module")
def node(tools):
    """Where promptfoo is, and the Node.js that runs it."""
    folder = tools / "node" / "node_modules" / ".bin"
    if not (folder / "promptfoo").exists():
        pytest.skip(f"there is no promptfoo in {folder}")
    return folder


@pytest.fixture(scope="module")
def results(node, made, tmp_path_factory):
    """Evaluate the form as it stands: a result for each prompt and each test."""
    work = tmp_path_factory.mktemp("promptfoo")
    away = ("TELEMETRY", "UPDATE", "SHARING", "REMOTE_GENERATION")
    env = {
        **os.environ,
        **{f"PROMPTFOO_DISABLE_{name}": "1" for name in away},
        "PROMPTFOO_CONFIG_DIR": str(work),
        "PATH": f"{node}:{os.environ['PATH']}",
        "HTTPS_PROXY": "http://127.0.0.1:9",  # whatever it asks of the network, it gets nothing
        "HTTP_PROXY": "http://127.0.0.1:9",
    }
    command = ["promptfoo", "eval", "-c", "promptfooconfig.yaml", "-o", str(work / "out.json")]
    still = ["--no-cache", "--no-write", "--no-progress-bar", "--no-table"]
    done = subprocess.run(
        [*command, *still], cwd=made[3] / "promptfoo", env=env, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert (work / "out.json").is_file(), done.stdout + done.stderr
    return json.loads((work / "out.json").read_text())["results"]["results"]


def test_every_prompt_meets_every_test(results, made):
    """Nothing fails to load, render or be judged."""
    prompts = {path.stem for path in (made[3] / "promptfoo" / "prompts").iterdir()}
    assert {one["prompt"]["label"] for one in results} == prompts
    assert len(results) == len(prompts) * len(made[2])
    # echo's answer is the prompt: every assert was judged, and none can hold
    assert all(len(one["gradingResult"]["componentResults"]) == 1 for one in results)
    assert not any(one["success"] for one in results)


def test_texts_arrive_as_they_are(results, made):
    """Neither an exemplar nor a query is read as a template or a file."""
    task, shown, asked, _ = made
    whole = [one for one in results if one["prompt"]["label"] == "few_shot"]
    told = [[turn["content"] for turn in json.loads(one["prompt"]["raw"])] for one in whole]
    assert {turns[0] for turns in told} == {task.instruction}
    for turns in told:
        assert turns[1:-1:2] == [task.render(text) for text in shown]
    assert sorted(turns[-1] for turns in told) == sorted(task.render(text) for text in asked)


def test_labels_are_compared_as_they_are(results):
    """Nor is an expected answer."""
    reasons = {one["gradingResult"]["componentResults"][0]["reason"] for one in results}
    ends = {reason.rsplit('" to equal "', 1)[1] for reason in reasons}
    assert ends == {'{{ env.HOME }}"', '{refund}"', 'file:///etc/hostname"'}


def test_an_answer_is_judged_alone(node):
    """Reasoning before the marker does not make an answer wrong."""
    script = f"const output = 'I think.\\nAnswer: refund '; console.log({promptfoo._answer_alone('Answer:')})"
    done = subprocess.run([node / "node", "-e", script], capture_output=True, text=True, check=True)
    assert done.stdout == "refund\n"
