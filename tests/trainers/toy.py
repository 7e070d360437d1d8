"""Small tokenizers in the shapes of the families whose templates are held against TRL."""

import json
from pathlib import Path
from typing import NamedTuple

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

SIZE = 3_000
BLANK = "▁"
UNKNOWN = "<unk>"
BYTES = [f"<0x{byte:02X}>" for byte in range(256)]


class Family(NamedTuple):
    """What a family's tokenizer knows beside words."""

    control: tuple[str, ...]
    bos: str | None
    eos: str
    pieces: str = "bytes"  # or "words": pieces that begin with U+2581, bytes where none fits


FAMILIES = {
    "chatml": Family(("<|endoftext|>", "<|im_start|>", "<|im_end|>"), None, "<|im_end|>"),
    "llama3": Family(
        (
            "<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>",
            "<|eot_id|>", "<|eom_id|>", "<|python_tag|>",
        ),
        "<|begin_of_text|>", "<|eot_id|>",
    ),
    "gemma": Family(
        ("<pad>", "<eos>", "<bos>", "<start_of_turn>", "<end_of_turn>"), "<bos>", "<eos>", "words"
    ),
    "mistral": Family(
        (
            "<unk>", "<s>", "</s>", "[INST]", "[/INST]", "[AVAILABLE_TOOLS]", "[/AVAILABLE_TOOLS]",
            "[TOOL_CALLS]", "[TOOL_RESULTS]", "[/TOOL_RESULTS]", "[SYSTEM_PROMPT]",
            "[/SYSTEM_PROMPT]",
        ),
        "<s>", "</s>",
    ),
    "phi": Family(
        (
            "<|endoftext|>", "<|system|>", "<|user|>", "<|assistant|>", "<|tool|>", "<|end|>",
            "<|im_start|>", "<|im_sep|>", "<|im_end|>",
        ),
        None, "<|endoftext|>",
    ),
}  # fmt: skip
FAMILIES["qwen"] = FAMILIES["chatml"]


def save(family: Family, texts: list[str], folder: Path, template: str | None = None) -> Path:
    """Train a tokenizer of a family on a few texts, and write the folder that transformers opens."""
    made = _bytes(family, texts) if family.pieces == "bytes" else _words(family, texts)
    folder.mkdir(parents=True)
    (folder / "tokenizer.json").write_text(made.to_str(), "utf-8")
    about = {"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": family.bos}
    about |= {"eos_token": family.eos, "clean_up_tokenization_spaces": False}
    (folder / "tokenizer_config.json").write_text(json.dumps(about), "utf-8")
    if template is not None:
        (folder / "chat_template.jinja").write_text(template, "utf-8")
    return folder


def _bytes(family: Family, texts: list[str]) -> Tokenizer:
    """Train as GPT-2, Llama 3 and Qwen do it: pieces of bytes."""
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    made.train_from_iterator(texts, _trainer(family.control, initial_alphabet=alphabet))
    return made


def _words(family: Family, texts: list[str]) -> Tokenizer:
    """Train as Gemma does it: a blank is a character of words, rare characters fall into bytes."""
    made = Tokenizer(models.BPE(byte_fallback=True, fuse_unk=True, unk_token=UNKNOWN))
    made.normalizer = normalizers.Replace(" ", BLANK)
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [  # a line break is never in a word, as Gemma has it
            pre_tokenizers.Split(Regex("\n+"), "isolated"),
            pre_tokenizers.Split(BLANK, "merged_with_next"),
        ]
    )
    made.decoder = decoders.Sequence(
        [decoders.Replace(BLANK, " "), decoders.ByteFallback(), decoders.Fuse()]
    )
    made.train_from_iterator(texts, _trainer((*family.control, UNKNOWN, *BYTES)))
    text = json.loads(made.to_str())  # a trainer takes bytes among control tokens alone
    text["added_tokens"] = [each for each in text["added_tokens"] if each["content"] not in BYTES]
    return Tokenizer.from_str(json.dumps(text))


def _trainer(control: tuple[str, ...], **more: list[str]) -> trainers.BpeTrainer:
    return trainers.BpeTrainer(
        vocab_size=SIZE, special_tokens=list(control), show_progress=False, **more
    )
