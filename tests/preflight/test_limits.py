"""Limits that are too large for a file kept here: each is reached, and passed by one."""

import json
from dataclasses import replace

import pytest

from curator.preflight import Options, check, file_checks, rules
from curator.preflight.file_checks import Marks
from curator.preflight.lines import Source
from curator.preflight.rules import load, names

BIG = [
    (name, rule)
    for name in names()
    for rule in load(name).rules
    if rule.check in ("rows", "size", "rows_having") and "max" in rule.limits
]


def _file(path, **said):
    told = {"size_bytes": 1, "is_packed": False, "bom": "", "form": "lines"}
    return Source(path=path, uri=str(path), **{**told, **said})


@pytest.mark.parametrize(("name", "rule"), BIG, ids=lambda each: getattr(each, "name", each))
def test_a_file_may_reach_a_limit_and_not_pass_it(name, rule, tmp_path):
    """Rows, bytes and rows with media are counted exactly."""
    for beyond in (0, 1):
        most = rule.limits["max"] + beyond
        marks = Marks()
        marks.add(frozenset({0}), 1, most)
        source = _file(tmp_path / "a.jsonl", size_bytes=most)
        said = list(file_checks.broken(rule, source, most, marks))
        assert said == ([(f"{most:,}", None)] if beyond else [])


def _chat(text):
    return {"messages": [{"role": "user", "content": text}, {"role": "assistant", "content": "a"}]}


def _converse(text):
    said = [("user", text), ("assistant", "a")]
    return {
        "schemaVersion": "bedrock-conversation-2024",
        "messages": [{"role": role, "content": [{"text": each}]} for role, each in said],
    }


def _gemini(text):
    said = [("user", text), ("model", "a")]
    return {"contents": [{"role": role, "parts": [{"text": each}]} for role, each in said]}


ROWS = {
    "openai_sft": _chat,
    "azure_sft": _chat,
    "fireworks_sft": _chat,
    "bedrock_claude": _chat,
    "bedrock_nova": _converse,
    "bedrock_llama": _converse,
    "vertex_gemini": _gemini,
    "bedrock_llama_text": lambda text: {"prompt": text, "completion": "a"},
}
TOKENS = [(name, rule) for name in names() for rule in load(name).rules if rule.check == "tokens"]


@pytest.mark.parametrize(("name", "rule"), TOKENS, ids=lambda each: getattr(each, "name", each))
def test_the_estimate_of_tokens_is_the_one_that_the_rule_states(name, rule, tmp_path, today):
    """A row with so many whole tokens passes, one with a token more does not."""
    path = tmp_path / "rows.jsonl"
    limit = rule.limits["max"] * rule.limits["chars_per_token"]
    texts = ("é" * limit, "é" * (limit + rule.limits["chars_per_token"]))
    path.write_text("".join(json.dumps(ROWS[name](text)) + "\n" for text in texts))
    found = [each for each in check(path, name, today=today).findings if each.rule == rule.name]
    assert [(each.row, each.message.split(" tokens")[0]) for each in found] == [
        (2, f"about {rule.limits['max'] + 1:,}")
    ]


def test_a_tokenizer_counts_where_an_estimate_would_guess(tmp_path, today, root, monkeypatch):
    """Its tokens decide, and the report says that they are its."""
    rule = next(rule for rule in load("openai_sft").rules if rule.check == "tokens")
    small = replace(rule, limits={**rule.limits, "max": 40})
    pack = replace(load("openai_sft"), rules=(small,))
    monkeypatch.setattr(rules, "load", lambda _: pack)
    monkeypatch.setattr(rules, "names", lambda: ("openai_sft",))
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(_chat("7" * 100)) + "\n")  # a token a digit, or 25 by estimate
    options = Options(tokenizer=str(root / "samples" / "tokenizer"))
    assert check(path, "openai_sft", today=today).counts == {}
    report = check(path, "openai_sft", today=today, options=options)
    assert "tokens; beyond 40" in report.findings[0].message
    assert report.tokens.endswith("tokenizer.json") or "tokenizer" in report.tokens


IMAGES = [
    (name, rule) for name in names() for rule in load(name).rules if rule.check == "max_chars"
]


@pytest.mark.parametrize(("name", "rule"), IMAGES, ids=lambda each: getattr(each, "name", each))
def test_an_image_may_reach_ten_megabytes(name, rule, tmp_path, today):
    """As many characters as base64 needs, with what stands before them."""
    head = "data:image/png;base64,"
    parts = [
        {
            "type": "image_url",
            "image_url": {"url": head + "A" * (rule.limits["max"] + more - len(head))},
        }
        for more in (0, 1)
    ]
    path = tmp_path / "rows.jsonl"
    with path.open("w") as file:
        for part in parts:
            row = {"messages": [{"role": "user", "content": [part]}]}
            row = {"input": row} if "input" in rule.name else row
            row = {"prompt": [part], "completion": "a"} if "instruction" in name else row
            file.write(json.dumps(row) + "\n")
    found = [each for each in check(path, name, today=today).findings if each.rule == rule.name]
    assert [each.row for each in found] == [2]
