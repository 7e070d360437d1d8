"""What people write to turn rows of one shape into another: a few lines for each, row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

Row = dict[str, Any]
Loop = Callable[[Row], Iterator[Row]]
_NAMES = {"system": "system", "user": "human", "assistant": "gpt"}
_ROLES = {name: role for role, name in _NAMES.items()}


def _messages(row: Row) -> Iterator[Row]:
    yield {"messages": [{"role": m["role"], "content": m["content"]} for m in row["messages"]]}


def _alpaca(row: Row) -> Iterator[Row]:
    *earlier, asked, answer = [m["content"] for m in row["messages"]]
    made = {"instruction": asked, "input": "", "output": answer}
    if earlier:
        made["history"] = [list(each) for each in zip(earlier[::2], earlier[1::2], strict=True)]
    yield made


def _of_alpaca(row: Row) -> Iterator[Row]:
    texts = [text for each in row.get("history", ()) for text in each]
    texts += ["\n\n".join(filter(None, (row["instruction"], row["input"]))), row["output"]]
    yield {"messages": _said(texts)}


def _said(texts: list[str]) -> list[Row]:
    return [
        {"role": "assistant" if at % 2 else "user", "content": text}
        for at, text in enumerate(texts)
    ]


def _told(said: list[Row]) -> list[Row]:
    return [{"from": _NAMES[m["role"]], "value": m["content"]} for m in said]


def _heard(said: list[Row]) -> list[Row]:
    return [{"role": _ROLES[m["from"]], "content": m["value"]} for m in said]


def _sharegpt(row: Row) -> Iterator[Row]:
    yield {"conversations": _told(row["messages"])}


def _of_sharegpt(row: Row) -> Iterator[Row]:
    yield {"messages": _heard(row["conversations"])}


def _prompt_completion(row: Row) -> Iterator[Row]:
    yield {"prompt": row["messages"][:-1], "completion": row["messages"][-1:]}


def _of_prompt_completion(row: Row) -> Iterator[Row]:
    yield {"messages": row["prompt"] + row["completion"]}


def _words(prompt: str, answer: str) -> tuple[Loop, Loop]:
    def there(row: Row) -> Iterator[Row]:
        if len(row["messages"]) == 2:
            asked, answered = row["messages"]
            yield {prompt: asked["content"], answer: answered["content"]}

    def back(row: Row) -> Iterator[Row]:
        yield {"messages": _said([row[prompt], row[answer]])}

    return there, back


def _segments(row: Row) -> Iterator[Row]:
    made: list[Row] = []
    for m in row["messages"]:
        if made:
            made.append({"label": False, "text": "\n\n"})
        made.append({"label": m["role"] == "assistant", "text": m["content"]})
    yield {"segments": made}


def _of_segments(row: Row) -> Iterator[Row]:
    asked = ""
    said: list[Row] = []
    for each in row["segments"]:
        if each["label"]:
            said.append({"role": "user", "content": asked.strip("\n")})
            said.append({"role": "assistant", "content": each["text"]})
            asked = ""
        else:
            asked += each["text"]
    yield {"messages": said}


def _train_detail(row: Row) -> Iterator[Row]:
    said = []
    for m in row["messages"]:
        made = {"role": m["role"], "content": m["content"]}
        if m["role"] == "assistant":
            span = {"begin_offset": 0, "end_offset": len(m["content"]) - 1, "train": True}
            made["train_detail"] = [span]
        said.append(made)
    yield {"messages": said}


def _gemini(row: Row) -> Iterator[Row]:
    yield {
        "contents": [
            {
                "role": "model" if m["role"] == "assistant" else "user",
                "parts": [{"text": m["content"]}],
            }
            for m in row["messages"]
        ]
    }


def _of_gemini(row: Row) -> Iterator[Row]:
    yield {
        "messages": [
            {
                "role": "assistant" if each["role"] == "model" else "user",
                "content": "".join(part["text"] for part in each["parts"]),
            }
            for each in row["contents"]
        ]
    }


def _converse(row: Row) -> Iterator[Row]:
    said = [{"role": m["role"], "content": [{"text": m["content"]}]} for m in row["messages"]]
    yield {"schemaVersion": "bedrock-conversation-2024", "messages": said}


def _of_converse(row: Row) -> Iterator[Row]:
    yield {
        "messages": [
            {"role": m["role"], "content": "".join(part["text"] for part in m["content"])}
            for m in row["messages"]
        ]
    }


def _rft(row: Row) -> Iterator[Row]:
    *said, answer = row["messages"]
    yield {"messages": said, "reference_answer": answer["content"]}


def _of_rft(row: Row) -> Iterator[Row]:
    answer = {"role": "assistant", "content": row["reference_answer"]}
    yield {"messages": [*row["messages"], answer]}


def _openai_dpo(row: Row) -> Iterator[Row]:
    yield {
        "input": {"messages": row["prompt"]},
        "preferred_output": row["chosen"],
        "non_preferred_output": row["rejected"],
    }


def _of_openai_dpo(row: Row) -> Iterator[Row]:
    yield {"messages": row["input"]["messages"] + row["preferred_output"]}


def _of_pair(row: Row) -> Iterator[Row]:
    yield {"messages": row["prompt"] + row["chosen"]}


def _pair(row: Row) -> Iterator[Row]:
    yield {name: row[name] for name in ("prompt", "chosen", "rejected")}


def _sharegpt_preference(row: Row) -> Iterator[Row]:
    chosen, rejected = _told(row["chosen"] + row["rejected"])
    yield {"conversations": _told(row["prompt"]), "chosen": chosen, "rejected": rejected}


def _of_sharegpt_preference(row: Row) -> Iterator[Row]:
    yield {"messages": _heard([*row["conversations"], row["chosen"]])}


def _alpaca_preference(row: Row) -> Iterator[Row]:
    *earlier, asked = [m["content"] for m in row["prompt"]]
    made = {"instruction": asked, "input": ""}
    made |= {name: row[name][0]["content"] for name in ("chosen", "rejected")}
    if earlier:
        made["history"] = [list(each) for each in zip(earlier[::2], earlier[1::2], strict=True)]
    yield made


def _of_alpaca_preference(row: Row) -> Iterator[Row]:
    yield from _of_alpaca({**row, "output": row["chosen"]})


def _unpaired(row: Row) -> Iterator[Row]:
    for name in ("chosen", "rejected"):
        yield {"prompt": row["prompt"], "completion": row[name], "label": name == "chosen"}


def _kto(row: Row) -> Iterator[Row]:
    for name in ("chosen", "rejected"):
        said = _told(row["prompt"] + row[name])
        yield {"conversations": said, "kto_tag": name == "chosen"}


def _of_unpaired(row: Row) -> Iterator[Row]:
    said = row["prompt"] + (row["completion"] if row["label"] else [])
    if any(m["role"] == "assistant" for m in said):
        yield {"messages": said}


def _of_kto(row: Row) -> Iterator[Row]:
    said = _heard(row["conversations"] if row["kto_tag"] else row["conversations"][:-1])
    if any(m["role"] == "assistant" for m in said):
        yield {"messages": said}


_TEXT, _NEMO = _words("prompt", "completion"), _words("input", "output")
THERE: dict[str, Loop] = {
    "messages": _messages,
    "alpaca": _alpaca,
    "sharegpt": _sharegpt,
    "prompt_completion": _prompt_completion,
    "prompt_completion_text": _TEXT[0],
    "nemo_sft": _NEMO[0],
    "axolotl_chat_template": _messages,
    "axolotl_train_detail": _train_detail,
    "axolotl_input_output": _segments,
    "vertex_gemini": _gemini,
    "bedrock_converse": _converse,
    "bedrock_claude": _messages,
    "bedrock_rft": _rft,
    "mistral": _messages,
}
"""By shape: a row of ``messages`` turned into it."""

PAIRS: dict[str, Loop] = {
    "trl_preference": _pair,
    "openai_dpo": _openai_dpo,
    "alpaca_preference": _alpaca_preference,
    "sharegpt_preference": _sharegpt_preference,
    "trl_unpaired": _unpaired,
    "sharegpt_kto": _kto,
}
"""By shape: a row of ``trl_preference`` turned into it."""

BACK: dict[str, Loop] = {
    "messages": _messages,
    "alpaca": _of_alpaca,
    "sharegpt": _of_sharegpt,
    "prompt_completion": _of_prompt_completion,
    "prompt_completion_text": _TEXT[1],
    "nemo_sft": _NEMO[1],
    "axolotl_chat_template": _messages,
    "axolotl_train_detail": _messages,
    "axolotl_input_output": _of_segments,
    "vertex_gemini": _of_gemini,
    "bedrock_converse": _of_converse,
    "bedrock_claude": _messages,
    "bedrock_rft": _of_rft,
    "mistral": _messages,
    "trl_preference": _of_pair,
    "openai_dpo": _of_openai_dpo,
    "alpaca_preference": _of_alpaca_preference,
    "sharegpt_preference": _of_sharegpt_preference,
    "trl_unpaired": _of_unpaired,
    "sharegpt_kto": _of_kto,
}
"""By shape: a row of it turned into ``messages``."""
