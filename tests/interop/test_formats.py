"""Rows of vendors' shapes in the vendors' own libraries: nothing is refused, nothing is unknown."""

import json

import pytest

from curator.manifest import Ledger, Manifest
from curator.read import jsonl
from curator.task import Task
from curator.write import formats

pytestmark = pytest.mark.interop

MANIFEST = Manifest(
    name="ferry", recipe={}, seed=1, versions={}, inputs=(), ledger=Ledger(read=1, kept=1)
)  # fmt: skip


@pytest.fixture(scope="module")
def laid(root, tmp_path_factory):
    """The samples' chats, which call functions, in the shapes of two vendors."""
    rows = jsonl.read(jsonl.Options(path=str(root / "samples" / "chats.jsonl"))).collect()
    out = tmp_path_factory.mktemp("formats")
    options = formats.Options(targets=("mistral", "vertex_gemini"))
    kept = rows.filter(rows["rejected"].is_null())
    formats.write(kept.lazy(), options, out, task=Task(instruction="Help."), manifest=MANIFEST)
    return out


def test_mistral_validates_every_row_for_fine_tuning(python, laid):
    """Order of turns, ids and names of calls, functions: as its trainer checks them."""
    lines = """
import json
from mistral_common.protocol.instruct.messages import (
    FinetuningAssistantMessage, SystemMessage, ToolMessage, UserMessage,
)
from mistral_common.protocol.instruct.tool_calls import Tool
from mistral_common.protocol.instruct.validator import MistralRequestValidatorV3, ValidationMode

kinds = {
    "assistant": FinetuningAssistantMessage, "system": SystemMessage,
    "tool": ToolMessage, "user": UserMessage,
}
validator = MistralRequestValidatorV3(ValidationMode.finetuning)
rows = [json.loads(line) for line in open("train.jsonl", encoding="utf-8")]
for row in rows:
    validator.validate_messages([kinds[turn["role"]](**turn) for turn in row["messages"]])
    validator._validate_tools([Tool(**tool) for tool in row.get("tools", [])])
print(json.dumps([len(rows), sum("tool_calls" in t for row in rows for t in row["messages"])]))
"""
    rows, calls = json.loads(python(lines, laid / "mistral"))
    assert (rows, calls > 50) == (56, True)


def test_gemini_knows_every_field_of_every_row(python, laid):
    """The types of Google's own client, told to forbid what they do not know."""
    lines = """
import json
from google.genai import types

rows = [json.loads(line) for line in open("train.jsonl", encoding="utf-8")]
for row in rows:
    for content in [*row["contents"], row["systemInstruction"]]:
        types.Content.model_validate(content, extra="forbid")
    for tool in row.get("tools", []):
        types.Tool.model_validate(tool, extra="forbid")
print(len(rows))
"""
    assert json.loads(python(lines, laid / "vertex_gemini")) == 58
