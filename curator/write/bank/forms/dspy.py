"""Examples for DSPy: a training set, which of its fields are inputs, and the lines that load it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from curator.write.bank.forms import Held, pairs, save, save_text

LOAD = '''"""The bank's exemplars for DSPy: ``trainset`` and a ``signature``."""

import json
from pathlib import Path

import dspy

_here = Path(__file__).parent
_settings = json.loads((_here / "settings.json").read_text(encoding="utf-8"))
_rows = json.loads((_here / "trainset.json").read_text(encoding="utf-8"))
trainset = [dspy.Example(**row).with_inputs(*_settings["with_inputs"]) for row in _rows]
signature = dspy.Signature(_settings["signature"], _settings["instructions"])
'''


def write(held: Held, out: Path) -> dict[str, Any]:
    """Write ``trainset.json``, ``settings.json`` and ``load.py``; inputs stand without template."""
    found, left_out = pairs(held.exemplars)
    has_context = any(one.context for one in found)
    answer = "label" if held.task.output.kind == "labels" else "answer"
    rows = [
        {
            **({"context": one.context or ""} if has_context else {}),
            "input": one.input,
            **({"reasoning": one.reasoning} if one.reasoning else {}),
            answer: one.output,
        }
        for one in found
    ]
    inputs = ["context", "input"] if has_context else ["input"]
    save(out / "trainset.json", rows, "dspy_trainset")
    settings = {
        "with_inputs": inputs,
        "signature": f"{', '.join(inputs)} -> {answer}",
        "instructions": held.task.instruction,
    }
    save(out / "settings.json", settings)
    save_text(out / "load.py", LOAD)
    return {"exemplars": len(rows), "left_out": left_out}
