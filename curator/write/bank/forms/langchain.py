"""Examples for LangChain: the list, what a selector needs, and the lines that load both."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from curator.prompt import system_parts
from curator.prompt.switches import switches
from curator.write.bank.forms import Held, Pair, pairs, save, save_text

LOAD = '''"""The bank's exemplars for LangChain: ``examples``, and few-shot prompts made of them."""

import json
from pathlib import Path

from langchain_core.prompts import (
    ChatPromptTemplate,
    FewShotChatMessagePromptTemplate,
    FewShotPromptTemplate,
    PromptTemplate,
)

_here = Path(__file__).parent
settings = json.loads((_here / "settings.json").read_text(encoding="utf-8"))
examples = json.loads((_here / "examples.json").read_text(encoding="utf-8"))


def chat_prompt(selector=None):
    """Show the first examples as turns or, with a ``selector``, those that it picks."""
    turns = [("human", settings["template"]), ("ai", "{output}")]
    shown = FewShotChatMessagePromptTemplate(
        example_prompt=ChatPromptTemplate(turns),
        input_variables=settings["input_variables"],
        examples=examples[: settings["shots"]] if selector is None else None,
        example_selector=selector,
    )
    system = [("system", settings["system"])] if settings["system"] else []
    return ChatPromptTemplate([*system, shown, turns[0]])


def text_prompt():
    """Show the first examples as one text, their braces doubled: it is read as a template."""
    told = [(settings["template"] + "\\n{output}").format(**row) for row in examples]
    shown = [{"told": text.replace("{", "{{").replace("}", "}}")} for text in told]
    return FewShotPromptTemplate(
        examples=shown[: settings["shots"]],
        example_prompt=PromptTemplate.from_template("{told}"),
        prefix=settings["system"],
        suffix=settings["template"],
        input_variables=settings["input_variables"],
    )
'''
_SELECTORS = {
    "nearest": "SemanticSimilarityExampleSelector",
    "mmr": "MaxMarginalRelevanceExampleSelector",
}


def write(held: Held, out: Path) -> dict[str, Any]:
    """
    Write ``examples.json``, ``settings.json`` and ``load.py``.

    ``template`` is the task's input template as an f-string. Where it does more than join, or
    only some exemplars have a context, ``input`` is the rendered text and the template shows it.
    """
    found, left_out = pairs(held.exemplars)
    template = _template(held, found)
    whole = template is None
    names = ("input", "context") if template and "{context}" in template else ("input",)
    rows = [_row(held, one, names, whole=whole) for one in found]
    template = template or "{input}"
    save(out / "examples.json", rows, "langchain_examples")
    parts = system_parts(held.task, switches("few_shot"))
    settings = {
        "shots": held.shots,
        "input_variables": list(names),
        "template": template,
        "input_is_rendered": whole,
        "system": _escaped("\n\n".join(part for part in parts if part)),
        "selector": _selector(held, rows, template),
    }
    save(out / "settings.json", settings)
    save_text(out / "load.py", LOAD)
    return {"exemplars": len(rows), "left_out": left_out}


def _row(held: Held, one: Pair, names: tuple[str, ...], *, whole: bool) -> dict[str, str]:
    if whole:
        return {"input": held.task.render(one.input, one.context), "output": one.output}
    context = {"context": one.context or ""} if "context" in names else {}
    return {"input": one.input, **context, "output": one.output}


def _template(held: Held, found: list[Pair]) -> str | None:
    """Write the task's input template as an f-string, or None where that cannot be."""
    parts = held.task.parts()
    with_context = sum(bool(one.context) for one in found)
    if parts is None or 0 < with_context < len(found):
        return None
    text = "".join(_escaped(value) if kind == "text" else f"{{{value}}}" for kind, value in parts)
    if not with_context:
        return None if held.task.names_context() else text
    return text if held.task.names_context() else "{context}\n\n" + text


def _escaped(text: str) -> str:
    """Double the braces: an f-string then shows them."""
    return text.replace("{", "{{").replace("}", "}}")


def _selector(held: Held, rows: list[dict[str, str]], template: str) -> dict[str, Any]:
    """Name the selector of langchain_core that comes nearest to what the bank was made with."""
    name = _SELECTORS.get(held.strategy)
    if name is not None:
        return {"name": name, "k": held.shots, "input_keys": ["input"]}
    held_rows = rows[: held.shots]
    told = [_words((template + "\n{output}").format(**row)) for row in held_rows]
    query = max((_words(row["input"]) for row in held_rows), default=0)
    return {"name": "LengthBasedExampleSelector", "max_length": sum(told) + query}


def _words(text: str) -> int:
    """Count as the selector does."""
    return len(re.split("[\n ]", text))
