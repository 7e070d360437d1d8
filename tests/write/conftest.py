"""Records and a manifest for the artifacts' tests."""

import hashlib
import json

import polars as pl
import pytest

from curator.manifest import Ledger, Manifest
from curator.records import RECORD, complete


@pytest.fixture
def records():
    """Make records of rows: strings are a user's and an assistant's turn by turn, dicts are messages."""

    def make(*rows):
        return complete(
            pl.DataFrame(
                [_row(i, row) for i, row in enumerate(rows)], schema=_columns(rows), orient="row"
            ).lazy()
        )

    return make


def _columns(rows):
    names = [
        "position",
        "id",
        "split",
        "changes",
        "provenance",
        *(name for row in rows for name in row),
    ]
    return {name: RECORD[name] for name in dict.fromkeys(names)}


def _row(position, row):
    roles = ("user", "assistant")
    said = [
        {"role": roles[i % 2], "content": turn} if turn is None or isinstance(turn, str) else turn
        for i, turn in enumerate(row["messages"])
    ]
    given = {**row, "messages": said}
    digest = hashlib.blake2b(json.dumps([position, given]).encode(), digest_size=16).hexdigest()
    life = {"position": position, "id": digest, "split": "train", "changes": []}
    return {**life, "provenance": {"uri": "data.csv", "row": position + 1}, **given}


@pytest.fixture
def manifest():
    """A small run's birth certificate."""
    return Manifest(
        name="ferry",
        recipe={},
        seed=17,
        versions={"polars": "2", "curator-toolkit": "0"},
        inputs=({"uri": "data.csv", "sha256": "ab"},),
        ledger=Ledger(read=5, kept=3, rejected={"text_length": {"too | short": 2}}),
    )
