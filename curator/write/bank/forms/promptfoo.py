"""An evaluation for promptfoo: a prompt of each technique, and test rows with their contract."""

from __future__ import annotations

import hashlib
import heapq
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from curator.prompt import from_record, messages, shown, technique_names
from curator.records import completion, prompt_messages
from curator.write.bank.forms import Held, question, save, save_text

PLACEHOLDER = "{{query.text}}"
"""A field of an object: promptfoo reads a variable that is a string as a template or a file."""
MAX_EXPECTED_CHARS = 80
"""A longer free answer is not to be said word for word."""
_TAGS = re.compile(r"[{}%#]{2,}")
_LOADS = re.compile(r"[a-z]+:")
_CONFIG = """\
# npx promptfoo@latest eval -c promptfooconfig.yaml; put your models in place of echo
description: {description}
prompts:
{prompts}
providers: [echo]
defaultTest: {{options: {{transform: {transform}}}}}
tests: file://tests.json
"""


def write(held: Held, out: Path) -> dict[str, Any]:
    """Write ``promptfooconfig.yaml``, ``prompts/<technique>.json`` and ``tests.json``."""
    (out / "prompts").mkdir()
    lines = []
    for name in technique_names():
        exemplars = shown(held.exemplars, name)[: held.shots]
        save(out / "prompts" / f"{name}.json", _prompt(held, exemplars, name))
        lines.append(f'  - {{id: "file://prompts/{name}.json", label: {name}}}')
    tests, left_out = _tests(held)
    save(out / "tests.json", tests, "promptfoo_tests")
    config = _CONFIG.format(
        description=_quoted(f"{held.name}: every technique of the bank"),
        prompts="\n".join(lines),
        transform=_quoted(_answer_alone(held.task.answer_marker)),
    )
    save_text(out / "promptfooconfig.yaml", config)
    return {
        "exemplars": min(held.shots, len(held.exemplars)),
        "left_out": left_out,
        "tests": len(tests),
        "tests_without_assert": sum("assert" not in test for test in tests),
    }


def quoted(text: str) -> str:
    """
    Write ``text`` so that a Nunjucks template shows it, whatever it holds.

    >>> quoted("a {{ b }} {c}")
    'a {{ "{{" }} b {{ "}}" }} {c}'
    """
    safe = _TAGS.sub(lambda run: f'{{{{ "{run[0]}" }}}}', text)
    if _LOADS.match(safe):  # file://..., package:...: promptfoo would load it
        return f'{{{{ "{safe[0]}" }}}}{safe[1:]}'
    return safe


def _prompt(held: Held, exemplars: Sequence[Any], technique: str) -> list[dict[str, Any]]:
    query = [{"role": "user", "content": ""}]
    *before, last = messages(held.task, exemplars, query, technique)
    return [*(_static(turn) for turn in before), {**last, "content": PLACEHOLDER}]


def _static(value: Any) -> Any:
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, Mapping):
        return {key: _static(inner) for key, inner in value.items()}
    return [_static(inner) for inner in value] if isinstance(value, list) else value


def _tests(held: Held) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """Draw test rows by seed and id, and put each into a case, in the order of their ids."""
    rows = held.examples.filter(pl.col("split") == "test")
    ids = rows.select(pl.col("id").unique()).collect()["id"].to_list()
    drawn = sorted(heapq.nsmallest(held.max_tests, ids, key=lambda one: _ticket(held.seed, one)))
    wanted = rows.filter(pl.col("id").is_in(drawn)).select(
        "id", "context", asked=prompt_messages(), answer=completion()
    )
    by_id = wanted.collect().unique("id", keep="any").sort("id")
    tests, left_out = [], Counter[str]()
    for row in by_id.iter_rows(named=True):
        prompt = [from_record(turn) for turn in row["asked"]]
        text = question(prompt)
        if text is None or len(prompt) > 1:
            left_out["more than one turn, or system text of its own"] += 1
            continue
        answer = (row["answer"] or {}).get("content")
        case = {"text": held.task.render(text, row["context"] or None)}
        asserts = _asserts(held, answer.strip() if answer else None)
        tests.append(
            {
                "vars": {"query": case},
                **({"assert": asserts} if asserts else {}),
                "metadata": {"id": row["id"]},
            }
        )
    return tests, dict(sorted(left_out.items()))


def _asserts(held: Held, answer: str | None) -> list[dict[str, Any]]:
    """Hold an output to the contract of the task and, where that can be told, to the answer."""
    output = held.task.output
    if output.kind == "json_schema":
        schema = {
            key: value for key, value in (output.json_schema or {}).items() if key != "$schema"
        }
        return [{"type": "is-json", "value": schema}]
    if output.kind == "bullets":
        return [{"type": "regex", "value": r"(^|\n)- "}]
    if not answer:
        return []
    if output.kind == "labels":
        return [{"type": "equals", "value": quoted(answer)}]
    is_short = len(answer) <= MAX_EXPECTED_CHARS and "\n" not in answer
    return [{"type": "icontains", "value": quoted(answer)}] if is_short else []


def _ticket(seed: int, identifier: str) -> bytes:
    return hashlib.blake2b(f"{seed}:{identifier}".encode(), digest_size=16).digest()


def _answer_alone(marker: str) -> str:
    """Take what stands behind the last line that begins with ``marker``, or all of it."""
    line = json.dumps(f"\n{marker}")
    return f'("\\n" + String(output)).split({line}).pop().trim()'


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
