"""Files that make a trainer read an export as it is, with the run's own numbers in them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from curator.write.snippet import filled

SNIPPETS: Mapping[str, tuple[str, ...]] = {
    # trl.py would be what "import trl" finds beside it
    "sft_trl.py": ("packed", "unpacked"),
    "hf_trainer.py": ("packed",),
    "torch_loader.py": ("packed",),
    "check.py": ("packed", "unpacked"),
    "axolotl.yaml": ("unpacked",),
    "axolotl_messages.yaml": ("messages",),
    "llama_factory.yaml": ("unpacked",),
    "llama_factory_messages.yaml": ("messages",),
    "dataset_info.json": ("messages",),
    "mosaicml_loader.py": ("mds",),
}
"""For which formats a file is written, and which of them it reads: the first that there is."""

_EVALUATION: Mapping[str, str] = {
    "axolotl.yaml": """
test_datasets:
  - path: unpacked
    data_files: unpacked/validation-*.parquet
    ds_type: parquet
    split: train
    type:
""",
    "axolotl_messages.yaml": """
test_datasets:
  - path: messages/validation.jsonl
    ds_type: json
    split: train
    type: chat_template
    field_messages: messages
    message_field_training: weight
""",
    "llama_factory_messages.yaml": """
eval_dataset: validation
eval_strategy: epoch
""",
    "llama_factory.yaml": """
eval_dataset: validation
eval_strategy: epoch
""",
}
"""What is added where there is a validation split."""

_HISTORY: Mapping[str, str] = {
    "completion": "mask_history: true  # the last answer of a chat counts, those before it do not",
    "assistant": "mask_history: false  # every answer of a chat counts",
    "all": "train_on_prompt: true  # every token counts",
}


def write(folder: Path, formats: Collection[str], facts: Mapping[str, str]) -> list[Path]:
    """
    Write into ``folder``, the export, the files that belong to its ``formats``.

    ``facts`` are ``max_length`` and ``train_on``. Which splits there are is seen in the folder.
    """
    paths = []
    for name, wanted in SNIPPETS.items():
        if present := [form for form in wanted if form in formats]:
            paths.append(folder / name)
            paths[-1].write_text(_filled(name, folder, present[0], facts), encoding="utf-8")
    return paths


def _filled(name: str, folder: Path, form: str, facts: Mapping[str, str]) -> str:
    splits = [
        split
        for split in ("train", "validation", "test")
        if any((folder / form).glob(f"{split}[-.]*")) or (folder / form / split).is_dir()
    ]
    told = {
        "format": form,
        "max_length": facts["max_length"],
        "history": _HISTORY[facts.get("train_on", "completion")],
        "datasets": _dataset_info(splits),
        "evaluation": _EVALUATION.get(name, "") if "validation" in splits else "",
        "evaluated": 'rows["validation"]' if "validation" in splits else "None",
        "splits": repr(tuple(splits)).replace("'", '"'),
    }
    return filled(__name__, name, told)


def _dataset_info(splits: Collection[str]) -> str:
    """Describe each split as LLaMA-Factory does, with every column and every tag."""
    entries = (filled(__name__, "dataset_info.entry", {"split": split}) for split in splits)
    return ",\n".join(entry.rstrip("\n") for entry in entries)
