"""The certificate of an export: by what its tokens were made, and what of them was proven."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from curator.tokenizer import TokenizerFiles
from curator.write.trainer.proof import Proof
from curator.write.trainer.template import ChatTemplate

FILE, SCHEMA = "masks.json", "masks"
SCHEMA_VERSION = 1
STATEMENT = (
    "The tokens of every row spell its text as the template writes it; where the tokenizer "
    "rewrites a text, they lie where it says. Those that count are the trained parts of that text, "
    "end of turn included, and no others. The tokens of a generation prompt stand first in its "
    "row, as a model will be given them. The files were read back: they hold these tokens."
)


def certificate(
    proof: Proof,
    *,
    files: TokenizerFiles,
    template: ChatTemplate | None,
    packs: Mapping[str, int],
    shards: Iterable[Mapping[str, Any]],
) -> dict[str, Any]:
    """Give ``masks.json``: ``packs`` of each split, and the files that hold them."""
    about = template and {
        "name": template.name,
        "sha256": template.sha256,
        "marks_generation": template.marks_generation,
    }
    return {
        "schema_version": SCHEMA_VERSION,
        "statement": STATEMENT,
        "tokenizer": {"name": files.name, "sha256": files.sha256, "engine": proof.encoder.engine},
        "template": about,
        "rows": proof.options.rows,
        "train_on": proof.options.train_on,
        "reasoning": proof.options.reasoning,
        "checks": proof.holds(),
        "splits": {
            split: {**counts, "packs": packs.get(split, 0)}
            for split, counts in proof.splits().items()
        },
        "shards": [dict(shard) for shard in shards],
    }
