"""Tokenizers of every kind, trained here on the handbook."""

import pytest

CONTROL = ["<s>", "</s>", "<pad>", "<|end|>"]
KINDS = ("byte_level", "byte_level_with_bos", "gemma", "llama", "unigram", "wordpiece")


@pytest.fixture(scope="session")
def pages(root) -> list[str]:
    """The handbook's paragraphs."""
    handbook = sorted((root / "samples" / "handbook").rglob("*.md"))
    return [part for path in handbook for part in path.read_text("utf-8").split("\n\n")]


@pytest.fixture(scope="session")
def folders(pages, tmp_path_factory):
    """A folder with a tokenizer.json for each of KINDS."""
    pytest.importorskip("tokenizers", exc_type=ImportError)
    made = tmp_path_factory.mktemp("tokenizers")
    for kind in KINDS:
        (made / kind).mkdir()
        _trained(kind, pages).save(str(made / kind / "tokenizer.json"))
    return made


def _trained(kind, pages):
    from tokenizers import (
        Tokenizer,
        decoders,
        models,
        normalizers,
        pre_tokenizers,
        processors,
        trainers,
    )

    told = {"vocab_size": 700, "special_tokens": CONTROL, "show_progress": False}
    if kind.startswith("byte_level"):
        tokenizer = Tokenizer(models.BPE())
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        tokenizer.decoder = decoders.ByteLevel()
        told["initial_alphabet"] = pre_tokenizers.ByteLevel.alphabet()
        trainer = trainers.BpeTrainer(**told)
    elif kind in {"gemma", "llama"}:
        tokenizer = Tokenizer(models.BPE(**unknown("<unk>"), byte_fallback=True, fuse_unk=True))
        space = normalizers.Replace(" ", "▁")
        fallback = [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()]
        if kind == "llama":
            tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), space])
            fallback.append(decoders.Strip(" ", 1, 0))
        else:
            tokenizer.normalizer = space
            tokenizer.pre_tokenizer = pre_tokenizers.Split("▁", "merged_with_next")
        tokenizer.decoder = decoders.Sequence(fallback)
        told["special_tokens"] = [*CONTROL, "<unk>", *(f"<0x{byte:02X}>" for byte in range(256))]
        trainer = trainers.BpeTrainer(**told)
    elif kind == "unigram":
        tokenizer = Tokenizer(models.Unigram())
        tokenizer.normalizer = normalizers.NFKC()
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
        tokenizer.decoder = decoders.Metaspace()
        trainer = trainers.UnigramTrainer(**unknown("<unk>"), **told)
        trainer.special_tokens = [*trainer.special_tokens, "<unk>"]
    else:
        tokenizer = Tokenizer(models.WordPiece(**unknown("[UNK]")))
        tokenizer.normalizer = normalizers.BertNormalizer()
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        tokenizer.decoder = decoders.WordPiece()
        trainer = trainers.WordPieceTrainer(**{**told, "special_tokens": [*CONTROL, "[UNK]"]})
    tokenizer.train_from_iterator(pages, trainer)
    if kind.endswith("with_bos"):
        tokenizer.post_processor = processors.TemplateProcessing(
            single="<s> $A", special_tokens=[("<s>", tokenizer.token_to_id("<s>"))]
        )
    if kind in {"gemma", "llama"}:
        return _without_special_bytes(tokenizer)
    return tokenizer


def unknown(token):
    """Name the token of what is not in the vocabulary."""
    return {"unk_token": token}


def _without_special_bytes(tokenizer):
    """Let <0x41> in a text be text: the trainer keeps only special tokens in the vocabulary."""
    import json

    told = json.loads(tokenizer.to_str())
    told["added_tokens"] = [one for one in told["added_tokens"] if one["content"][:3] != "<0x"]
    return type(tokenizer).from_str(json.dumps(told))
