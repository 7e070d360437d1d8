"""Scripts that train with TRL on the targets that it reads."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from textwrap import wrap

from curator.write.snippet import filled

_LISTS = "Features, Json, List"
_TEXTS = "Features, Value"
_DECODE = '''\
COLUMNS = ("prompt", "completion")


def decoded(row):
    """Give arguments as the objects that chat templates render."""
    for message in (message for name in COLUMNS for message in row[name]):
        for call in message.get("tool_calls") or ():
            if isinstance(call["function"]["arguments"], str):
                call["function"]["arguments"] = json.loads(call["function"]["arguments"])
    return row

'''


@dataclass(frozen=True, kw_only=True)
class _Script:
    """What one target needs beside what all have."""

    method: str  # SFT, DPO or KTO
    about: str
    notes: str
    columns: tuple[str, ...]
    types: str = _LISTS
    batch_size: int = 2
    decodes: bool = False
    arguments: str = ""


_TOOLS = "Functions, and the arguments of calls, reach the chat template as the objects they are."
_TARGETS: Mapping[str, _Script] = {
    "prompt_completion": _Script(
        method="SFT",
        about="Fine-tune a model with TRL (1.16) on prompts and their completions.",
        notes=f"""\
Only the completion is trained: completion_only_loss is on where rows have a prompt of their own.
{_TOOLS}""",
        columns=("prompt", "completion", "tools"),
        decodes=True,
    ),
    "prompt_completion_text": _Script(
        method="SFT",
        about="Fine-tune a model with TRL (1.16) on prompts and their completions, as plain text.",
        notes="""\
No template is put around them, and nothing stands between them: end the prompt with what should.
TRL adds the end of text. Only the completion is trained.""",
        columns=("prompt", "completion"),
        types=_TEXTS,
    ),
    "text": _Script(
        method="SFT",
        about="Train a model with TRL (1.16) on plain texts, all of them.",
        notes="""\
With packing=True, which is not set here, texts would be cut where a row is full.""",
        columns=("text",),
        types=_TEXTS,
    ),
    "trl_preference": _Script(
        method="DPO",
        about="Optimise preferences with TRL (1.16) on pairs of answers.",
        notes=f"""\
{_TOOLS} A pair whose prompt alone has max_length tokens is dropped by TRL.""",
        columns=("prompt", "chosen", "rejected", "tools"),
    ),
    "trl_unpaired": _Script(
        method="KTO",
        about="Optimise preferences with TRL (1.16) on answers that are good or bad.",
        notes=f"""\
{_TOOLS} KTO compares the rows of a batch: it needs at least two. Where good and bad answers are
not equally many, set desirable_weight and undesirable_weight.""",
        columns=("prompt", "completion", "label", "tools"),
        batch_size=4,
    ),
}


def script(target: str, splits: Collection[str]) -> dict[str, str]:
    """Give the files to put beside a target, by name: none where TRL does not read it."""
    if (said := _TARGETS.get(target)) is None or "train" not in splits:
        return {}
    name = f"{said.method.lower()}_trl.py"  # trl.py would be what "import trl" finds beside it
    has_label = "label" in said.columns
    facts = {
        "about": said.about,
        "notes": "\n".join(wrap(said.notes, 100)),
        "name": name,
        "method": said.method,
        "imports": "import json\n" if said.decodes else "",
        "types": f"{said.types}, Value" if has_label else said.types,
        "features": "\n        ".join(_features(said)),
        "functions": _DECODE if said.decodes else "",
        "decoded": "\n    rows = rows.map(decoded, features=FEATURES)" if said.decodes else "",
        "arguments": said.arguments,
        "batch_size": str(said.batch_size),
        "max_length": "4096",
        "evaluated": 'rows["validation"]' if "validation" in splits else "None",
        "splits": repr(tuple(splits)).replace("'", '"'),
    }
    return {name: filled(__package__, "trl.py", facts)}


def _features(said: _Script) -> list[str]:
    def kind(column: str) -> str:
        if column == "label":
            return 'Value("bool")'
        return 'Value("string")' if said.types == _TEXTS else "List(Json())"

    return [f'"{column}": {kind(column)},' for column in said.columns]
