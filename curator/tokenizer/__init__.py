"""Tokenizers: how many tokens a text has, which ones, and where each lies in the text."""

from __future__ import annotations

from curator.tokenizer.counts import BATCH_TEXTS, ESTIMATE, FILE, Counter, counter
from curator.tokenizer.encoder import Encoder, open_encoder
from curator.tokenizer.files import TokenizerFiles, open_files
from curator.tokenizer.spelling import Spelling

__all__ = [
    "BATCH_TEXTS",
    "ESTIMATE",
    "FILE",
    "Counter",
    "Encoder",
    "Spelling",
    "TokenizerFiles",
    "counter",
    "open_encoder",
    "open_files",
]
