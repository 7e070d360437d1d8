"""Axolotl's settings for the targets that it reads."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from curator.write.snippet import filled

_CHAT = """\
    type: chat_template
    field_messages: messages
    message_field_training: train
    roles_to_train: [assistant]
    train_on_eos: turn
"""


@dataclass(frozen=True, kw_only=True)
class _Settings:
    """What one target needs beside what all have."""

    about: str
    notes: str
    dataset: str
    model: str = "chat_template: tokenizer_default\n"
    packs: bool = True


_TARGETS: Mapping[str, _Settings] = {
    "axolotl_chat_template": _Settings(
        about="Fine-tune with Axolotl on chats, which it templates and masks by itself.",
        notes="""\
# Every answer counts, with its end of turn, but those that say train: false. reasoning_content goes
# to templates that have a place for it.
""",
        dataset=_CHAT,
    ),
    "axolotl_train_detail": _Settings(
        about="Fine-tune with Axolotl on chats whose answers say which characters are trained.",
        notes="""\
# Spans of train_detail are in characters, the last one included. To leave reasoning untrained, set
# train: false in the first of two spans. An answer without spans counts whole, with its calls.
""",
        dataset=_CHAT + "    message_field_training_detail: train_detail\n",
    ),
    "axolotl_input_output": _Settings(
        about="Fine-tune with Axolotl on segments of text, as they are.",
        notes="""\
# No template is put around them, and no token is added: what ends an answer is what the recipe's
# eos_token has written there. A beginning-of-text token is not in the rows.
""",
        dataset="    type: input_output\n",
        model="train_on_inputs: false\n",
    ),
    "text": _Settings(
        about="Train with Axolotl on plain texts, all of them.",
        notes="# A text longer than sequence_len is cut into pieces of that length.\n",
        dataset="    type: completion\n    field: text\n",
        model="",
    ),
    "trl_preference": _Settings(
        about="Optimise preferences with Axolotl on pairs of answers.",
        notes="""\
# It reads the last message of each side, and no tools: pairs that call functions are for TRL.
""",
        dataset="""\
    type: chat_template.default
    field_messages: prompt
    field_chosen: chosen
    field_rejected: rejected
""",
        model="rl: dpo\nchat_template: tokenizer_default\n",
        packs=False,
    ),
    "trl_stepwise": _Settings(
        about="Train a process reward model with Axolotl on answers in steps.",
        notes="# Each step is judged at the line break that ends it.\n",
        dataset="    type: stepwise_supervised\n",
        model="""\
process_reward_model: true
model_type: AutoModelForTokenClassification
num_labels: 2
""",
        packs=False,
    ),
}


def settings(target: str, splits: Collection[str]) -> dict[str, str]:
    """Give the files to put beside a target, by name: none where Axolotl does not read it."""
    if (said := _TARGETS.get(target)) is None or "train" not in splits:
        return {}
    evaluation = f"""
test_datasets:
  - path: validation.jsonl
    ds_type: json
    split: train
{said.dataset}"""
    facts = {
        "about": said.about,
        "notes": said.notes.rstrip("\n"),
        "model": said.model,
        "dataset": said.dataset.rstrip("\n"),
        "evaluation": evaluation if "validation" in splits else "",
        "packing": "true" if said.packs else "false",
        "attention": (
            "pad_to_sequence_len: true\nattn_implementation: flash_attention_2\n"
            if said.packs
            else ""
        ),
    }
    return {"axolotl.yaml": filled(__package__, "axolotl.yaml", facts)}
