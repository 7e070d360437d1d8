"""Runs with one thing broken: what the gates must name."""

import json
import shutil
from types import SimpleNamespace

import polars as pl
import pyarrow.parquet as pq
import pytest


@pytest.fixture
def folder(run, tmp_path):
    """A copy of the run, to break."""
    return shutil.copytree(run, tmp_path / "run")


@pytest.fixture
def wanted():
    """Options of a publication: a private one that asks for nothing, unless a test says so."""

    def make(**said):
        asked = {
            "private": True,
            "include": (),
            "licences": None,
            "personal_data": (),
            "min_alpha": None,
        }
        return SimpleNamespace(**{**asked, **said})

    return make


@pytest.fixture
def change(folder):
    """Change one row of a split's file, or of any Parquet file; give the row's id."""

    def make(path, at, **fields):
        file = next(folder.glob(path))
        table = pq.read_table(file)
        rows = table.to_pylist()
        rows[at] = {**rows[at], **fields}
        pq.write_table(table.from_pylist(rows, schema=table.schema), file)
        return rows[at].get("id")

    return make


@pytest.fixture
def edit(folder):
    """Change fields of a JSON file of the run."""

    def make(name, change):
        told = json.loads((folder / name).read_text("utf-8"))
        change(told)
        (folder / name).write_text(json.dumps(told), "utf-8")

    return make


@pytest.fixture
def row_of(folder):
    """Read one row of a split."""

    def read(split, at):
        return pl.read_parquet(folder / "dataset" / "data" / f"{split}-*.parquet").to_dicts()[at]

    return read
