"""A bank whose exemplars are chosen and found by vectors instead of words."""

import json

import numpy as np
import polars as pl
import pytest

import curator
from curator.cli.bank_choices import compare
from curator.embed import open_embedder
from curator.engine import polars as engine
from curator.errors import RecipeError
from curator.pipeline.run import Run
from curator.recipe import load
from curator.records import complete
from curator.select import diverse, pools

tokenizers = pytest.importorskip("tokenizers", reason="pip install tokenizers")
RECIPE = """\
name: colours
task: {instruction: Name the mood.}
read: [{csv: {path: rows.csv, map: {input: text, output: mood}}}]
select:
  - split: {train: 1, validation: 0, test: 0, near_duplicates: null}
  - diverse: {shots: 3, embedder: model}
write: [{bank: {forms: [], embedder: model}}]
"""


def static_model(folder, **vectors):
    """Make a model2vec folder that knows some words."""
    words = ["[UNK]", *vectors]
    tokenizer = tokenizers.Tokenizer(
        tokenizers.models.WordLevel({word: at for at, word in enumerate(words)}, "[UNK]")
    )
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    folder.mkdir()
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "config.json").write_text('{"model_type": "model2vec", "normalize": true}')
    table = np.array([[0, 0], *vectors.values()], np.float32)
    told = {"dtype": "F32", "shape": table.shape, "data_offsets": [0, table.nbytes]}
    head = json.dumps({"embeddings": told}).encode()
    data = len(head).to_bytes(8, "little") + head + table.tobytes()
    (folder / "model.safetensors").write_bytes(data)


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """Stand in a folder with a model, in which scarlet lies near crimson, and a run."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    static_model(tmp_path / "model", crimson=(1, 0), scarlet=(0.9, 0.1), azure=(0, 1), teal=(1, 1))
    rows = ["crimson sky,warm", "azure sea,cold", "teal pond,mixed", "crimson leaf,warm"]
    (tmp_path / "rows.csv").write_text("text,mood\n" + "\n".join(rows) + "\n")
    (tmp_path / "colours.yaml").write_text(RECIPE)
    Run(recipe=load("colours.yaml"), out=tmp_path / "run", engine=engine).run()
    return tmp_path


def test_a_query_finds_what_means_the_same(desk):
    """It shares no word with the exemplar; by words nothing is found."""
    bank = curator.open_bank(desk / "run", embedder="model")
    (hit,) = bank.search("scarlet", 1)
    assert hit.exemplar["messages"][0]["content"].startswith("crimson")
    assert hit.score > 0.9
    assert curator.open_bank(desk / "run").search("scarlet", 1) == []


def test_exemplars_that_mean_the_same_are_not_both_chosen(desk):
    """Two rows are crimson, and three exemplars are to differ."""
    texts = [line["messages"][0]["content"].split()[0] for line in curator.open_bank(desk / "run")]
    assert sorted(texts) == ["azure", "crimson", "teal"]


def test_a_model_reads_fewer_rows_than_are_compared_by_words(desk, monkeypatch, caplog):
    """Each row costs it time or money: of a large label a draw is chosen from, and the log says so."""
    monkeypatch.setattr(pools, "EMBEDDED_ROWS", 2)
    caplog.set_level("INFO", "curator.select")
    rows = pl.scan_parquet("run/records.parquet")
    rows = complete(rows).with_columns(exemplar_rank=pl.lit(None, dtype=pl.Int32))
    for embedder, most in (("model", 2), (None, 3)):
        options = diverse.Options(shots=3, embedder=embedder)
        verdicts = diverse.resolve(diverse.sign(rows, options), options).collect()
        assert verdicts["exemplar_rank"].count() == most
    assert caplog.messages == ["diverse: no label: chosen from 2 of 4 candidates"]


def test_strategies_are_compared_by_the_vectors_of_a_model(desk):
    """To the model all four rows are two directions and one between; to words, no two are alike."""
    rows = {}
    for embedder in ("model", None):
        told = compare(desk / "run", ["diverse"], {"shots": 2, "embedder": embedder}, 1)
        rows[embedder] = told.rows[0]["coverage"]
        assert told.note.endswith(f"; by the vectors of {open_embedder('model').name}") == (
            embedder == "model"
        )
    assert rows["model"] > rows[None]


def test_vectors_of_another_model_are_not_compared(desk):
    """They would give numbers that mean nothing."""
    static_model(desk / "other", crimson=(0, 1), scarlet=(1, 0))
    bank = curator.open_bank(desk / "run", embedder="other")
    with pytest.raises(RecipeError, match="the index holds vectors of model"):
        bank.search("scarlet", 1)
