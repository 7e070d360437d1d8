"""Chat templates that break training are caught before anything is written: which row, what, why."""

import json
import subprocess
import sys

import polars as pl
import pytest

CHAT = [
    {"role": "user", "content": "One?"},
    {"role": "assistant", "content": "<think>\nfirst\n</think>\n\nUno."},
    {"role": "user", "content": "Two?"},
    {"role": "assistant", "content": "<think>\nsecond\n</think>\n\nDos."},
]
PLAIN = [{**turn, "content": turn["content"].rpartition("\n")[2]} for turn in CHAT]
RECIPE = """\
name: broken
task: {instruction: ""}
read: [{jsonl: {path: chats.jsonl}}]
write:
  - trainer: {tokenizer: TOKENIZER, template: broken.jinja, train_on: assistant}
"""
LAST_TURN_TOLD_APART = """\
{%- for message in messages %}
{%- if loop.last or loop.index0 == messages | length - 2 %}{{ '[now] ' }}{% endif %}
{{- '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>\n' }}
{%- endfor %}
{%- if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}
"""
REASONING_DROPPED = """\
{%- for message in messages %}
{%- set content = message.content if loop.last else message.content.split('</think>')[-1].lstrip('\n') %}
{{- '<|im_start|>' + message.role + '\n' }}
{%- if message.role == 'assistant' %}{% generation %}{{ content + '<|im_end|>' }}{% endgeneration %}
{%- else %}{{ content + '<|im_end|>' }}{% endif %}
{{- '\n' }}
{%- endfor %}
{%- if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}
"""
END_OUTSIDE = """\
{%- for message in messages %}
{{- '<|im_start|>' + message.role + '\n' }}
{%- if message.role == 'assistant' %}{% generation %}{{ message.content }}{% endgeneration %}
{%- else %}{{ message.content }}{% endif %}
{{- '<|im_end|>\n' }}
{%- endfor %}
{%- if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}
"""
BOS_TWICE = """\
{{- bos_token + bos_token }}
{%- for message in messages %}
{{- '<|im_start|>' + message.role + '\n' }}
{%- if message.role == 'assistant' %}{% generation %}{{ message.content + '<|im_end|>' }}{% endgeneration %}
{%- else %}{{ message.content + '<|im_end|>' }}{% endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}
"""


@pytest.fixture
def refused(root, tmp_path):
    """Run a recipe with a broken template; give what is said of it."""

    def run(template, chat, bos=None, recipe=RECIPE):
        tokenizer = tmp_path / "tokenizer"
        tokenizer.mkdir()
        for path in (root / "samples" / "tokenizer").glob("tokenizer*.json"):
            held = json.loads(path.read_text("utf-8"))
            held |= {"bos_token": bos} if "eos_token" in held else {}
            (tokenizer / path.name).write_text(json.dumps(held), "utf-8")
        row = {"id": "row-1", "messages": chat}
        (tmp_path / "chats.jsonl").write_text(json.dumps(row) + "\n", "utf-8")
        (tmp_path / "broken.jinja").write_text(template, "utf-8")
        (tmp_path / "broken.yaml").write_text(recipe.replace("TOKENIZER", str(tokenizer)), "utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "curator", "run", "broken.yaml", "--out", "out", "--quiet"],
            cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 6, done.stderr[-2000:]
        assert not (tmp_path / "out" / "trainer").exists()
        id_ = pl.read_parquet(tmp_path / "out" / "records.parquet")["id"].item()
        return done.stderr[done.stderr.index("error:") :].replace(id_, "ROW")

    return run


def test_a_text_that_changes_with_what_follows_is_refused(refused):
    """Without marks a chat must begin with the text of the shorter chats in it."""
    assert refused(LAST_TURN_TOLD_APART, PLAIN) == (
        "error: template broken.jinja, row ROW (chats.jsonl, row 1): message 1 is not written as it is asked for: at "
        "character 0, the generation prompt has '[now] <|im_start|>user\\nOne?<|im_end|>\\n<|', "
        "and the whole chat '<|im_start|>user\\nOne?<|im_end|>\\n<|im_sta'\n"
        "  hint: a template that writes a message the same whatever follows, such as one of ours, "
        "or train_on: completion\n"
    )


def test_reasoning_that_earlier_turns_lose_is_refused(refused):
    """What is trained on would not be what was said."""
    shown = RECIPE.replace('""', '"", reasoning: true').replace(
        "assistant}", "assistant, reasoning: field}"
    )
    assert refused(REASONING_DROPPED, CHAT, recipe=shown) == (
        "error: template broken.jinja, row ROW (chats.jsonl, row 1): the template leaves the reasoning of message 1 "
        "out: 'first' is not in 'Uno.<|im_end|>'\n"
        "  hint: train_on: completion, or a template that keeps the reasoning of earlier turns\n"
    )


def test_an_end_of_turn_that_is_not_marked_is_refused(refused):
    """A model trained so would never stop."""
    assert refused(END_OUTSIDE, PLAIN) == (
        "error: template broken.jinja, row ROW (chats.jsonl, row 1): message 1 is written without its end of turn: it "
        "ends 'Uno.', and '<|im_end|>\\n<|im_start|>user\\nTwo?<|im_end' follows\n"
        "  hint: put the end of turn before {% endgeneration %}\n"
    )


def test_a_text_that_begins_twice_is_refused(refused):
    """A second beginning is a text no model has seen."""
    assert refused(BOS_TWICE, PLAIN, bos="<|endoftext|>") == (
        "error: template broken.jinja, row ROW (chats.jsonl, row 1): the template begins the text with "
        "'<|endoftext|>' twice: '<|endoftext|><|endoftext|><|im_start|>user One?<|im_end|><|i'\n"
        "  hint: take one of the two out of the template\n"
    )
