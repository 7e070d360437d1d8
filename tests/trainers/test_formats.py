"""TRL trains on what the formats hold, by the scripts that lie beside them."""

import json
import math
import re

import pytest

pytestmark = pytest.mark.trainers

CHATS = """\
name: chats
read: [{jsonl: {path: SAMPLES/chats.jsonl}}]
write: [{formats: {targets: [messages]}}]
"""
RECIPE = """\
name: pairs
read:
  - jsonl: {path: PAIRS}
  - csv: {path: SAMPLES/messages.csv, map: {input: message, output: topic}}
select: [{split: {train: 0.9, validation: 0.1, test: 0.0}}]
write: [{formats: {targets: [prompt_completion, prompt_completion_text, text, trl_preference, trl_unpaired]}}]
"""
SCRIPTS = (
    "prompt_completion/sft_trl.py",
    "prompt_completion_text/sft_trl.py",
    "text/sft_trl.py",
    "trl_preference/dpo_trl.py",
    "trl_unpaired/kto_trl.py",
)


@pytest.fixture(scope="module")
def trained(ask, run, root, tmp_path_factory):
    """What each script does with chats that call functions, made into pairs."""
    pairs = tmp_path_factory.mktemp("pairs") / "pairs.jsonl"
    with (run(CHATS) / "formats/messages/train.jsonl").open(encoding="utf-8") as lines:
        chats = [json.loads(line) for line in lines]
    rows = [
        {"prompt": chat["messages"][:-1], "chosen": chat["messages"][-1:], "tools": chat["tools"],
         "rejected": [{"role": "assistant", "content": "I cannot say."}]}
        for chat in chats if "tools" in chat
    ]  # fmt: skip
    pairs.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    out = run(RECIPE.replace("PAIRS", str(pairs))) / "formats"
    scripts = [str(out / name) for name in SCRIPTS]
    told = ask("train_formats", {"tokenizer": root / "samples/tokenizer", "scripts": scripts})
    return dict(zip(SCRIPTS, (told[script] for script in scripts), strict=True))


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_script_trains_as_it_lies(trained, script):
    """Two steps with a loss that is a number."""
    losses = trained[script]["losses"]
    assert len(losses) == 2
    assert all(map(math.isfinite, losses))


@pytest.mark.parametrize("script", [SCRIPTS[0], *SCRIPTS[3:]])
def test_templates_see_arguments_as_objects_and_no_field_that_is_not_there(trained, script):
    """Not as text within text, and without the nulls of other rows' arguments."""
    text = "".join(trained[script]["texts"])
    arguments = re.findall(r'"arguments": (\{".*\})\}$', text, re.MULTILINE)
    assert len(arguments) > 50
    assert all(isinstance(json.loads(each), dict) for each in arguments)
    assert not [each for each in arguments if "null" in each]
