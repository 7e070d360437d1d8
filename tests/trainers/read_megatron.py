"""Read .bin and .idx files by megatron-core: runs in the trainers' environment, JSON in and out."""

import contextlib
import json
import sys


def read(prefix):
    """Give the type, the documents' bounds and the tokens of every sequence."""
    from megatron.core.datasets.indexed_dataset import IndexedDataset

    held = IndexedDataset(prefix)
    return {
        "dtype": held.index.dtype.__name__,
        "documents": held.document_indices.tolist(),
        "lengths": held.sequence_lengths.tolist(),
        "tokens": [held[place].tolist() for place in range(len(held))],
        "part": held.get(0, offset=1, length=2).tolist(),
    }


if __name__ == "__main__":
    with contextlib.redirect_stdout(sys.stderr):
        answer = {prefix: read(prefix) for prefix in json.load(sys.stdin)}
    json.dump(answer, sys.stdout)
