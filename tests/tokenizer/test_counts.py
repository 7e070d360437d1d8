"""Token counts: by a tokenizer file, or the estimate that stands in for one."""

import csv
import json
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.errors import MissingExtra, RecipeError
from curator.tokenizer import counter


@pytest.fixture(scope="module")
def trained(root, tmp_path_factory) -> tuple[Path, list[str]]:
    """A byte-level BPE trained on half of the samples, and the texts of the other half."""
    library = pytest.importorskip("tokenizers", exc_type=ImportError)
    handbook = sorted((root / "samples" / "handbook").rglob("*.md"))
    texts = [part for path in handbook for part in path.read_text().split("\n\n")]
    with (root / "samples" / "messages.csv").open(encoding="utf-8", errors="replace") as file:
        texts += [" ".join(row) for row in csv.reader(file)]
    tokenizer = library.Tokenizer(library.models.BPE())
    tokenizer.pre_tokenizer = library.pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = library.pre_tokenizers.ByteLevel.alphabet()
    trainer = library.trainers.BpeTrainer(
        vocab_size=8_000,
        initial_alphabet=alphabet,
        special_tokens=["<|im_start|>"],
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts[::2], trainer)
    path = tmp_path_factory.mktemp("bpe") / "tokenizer.json"
    tokenizer.save(str(path))
    return path, texts[1::2]


def test_the_estimate_counts_pieces_as_it_says():
    """Each rule of the module's first lines, once."""
    said = {
        "": 0,
        "Hello, world!": 4,
        "internationalization": 4,
        "12345": 2,
        '{"a": 1}': 5,
        "日本": 2,
        "привет": 3,
        "a\n\n  b": 4,
        "👍": 2,
        "\ud800": 1,
    }
    assert dict(zip(said, counter(None)(list(said)), strict=True)) == said


def test_the_estimate_says_that_it_is_one():
    """Nobody takes it for a count."""
    count = counter(None)
    assert (count.name, count.is_estimate) == (
        "estimate: six letters, three digits or two marks a token",
        True,
    )


@given(st.text(), st.text())
def test_the_estimate_of_a_whole_is_no_more_than_of_its_parts(one, two):
    """Cutting a text never makes it seem cheaper, but for a blank that is cut in two."""
    count = counter(None)
    assert count([f"{one}{two}"])[0] <= sum(count([one, two])) + 1


@pytest.mark.parametrize("text", ["a", "é", "日", " ", "\n", "{{", "x" * 7 + " ", "\x00"])
def test_the_estimate_takes_linear_time(text):
    """A third of a million characters is nothing."""
    began = time.perf_counter()
    counter(None)([text * (300_000 // len(text))])
    assert time.perf_counter() - began < 2


def test_the_estimate_is_near_a_real_tokenizer_on_text_it_has_not_seen(trained):
    """Over the samples, within a fifth of a byte-level BPE that was trained on their other half."""
    path, texts = trained
    assert 0.8 < sum(counter(None)(texts)) / sum(counter(str(path))(texts)) < 1.2


def test_a_folder_is_counted_by_the_tokenizer_it_holds(trained):
    """A model's folder will do."""
    path, texts = trained
    file, folder = counter(str(path)), counter(str(path.parent))
    assert file(texts) == folder(texts)
    assert file.name == folder.name
    assert file.name.startswith("tokenizer.json sha256:")
    assert not file.is_estimate


def test_a_reserved_mark_counts_as_the_text_it_is(trained):
    """An example's text is no control token, and no cheaper for looking like one."""
    count = counter(str(trained[0]))
    assert count(["<|im_start|>"])[0] > 1


def test_a_tokenizer_that_cuts_or_pads_still_counts_all(trained, tmp_path):
    """Its settings are for training, not for counting."""
    library = pytest.importorskip("tokenizers", exc_type=ImportError)
    tokenizer = library.Tokenizer.from_file(str(trained[0]))
    tokenizer.enable_truncation(3)
    tokenizer.enable_padding(length=50)
    tokenizer.save(str(tmp_path / "t.json"))
    texts = ["one two three four five six", "", "\ud800"]
    assert counter(str(tmp_path / "t.json"))(texts) == counter(str(trained[0]))(texts)


def test_more_texts_than_a_batch_keep_their_order(trained):
    """Each count belongs to its text."""
    texts = ["a " * (i % 7) for i in range(2_500)]
    count = counter(str(trained[0]))
    assert count(texts) == [count([text])[0] for text in texts[:7]] * 357 + [0]


def test_what_is_no_tokenizer_is_named(tmp_path):
    """A wrong path, and a file that holds something else."""
    with pytest.raises(RecipeError) as caught:
        counter(str(tmp_path))
    assert caught.value.message.startswith("there is no tokenizer at ")
    assert caught.value.hint == "name a tokenizer.json, or a folder that holds one"
    pytest.importorskip("tokenizers", exc_type=ImportError)
    (tmp_path / "tokenizer.json").write_text(json.dumps({"a": 1}))
    with pytest.raises(RecipeError, match="is not a tokenizer"):
        counter(str(tmp_path))


def test_without_the_library_the_extra_is_named(tmp_path, monkeypatch):
    """The message is the command that helps."""
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(MissingExtra) as caught:
        counter(str(tmp_path))
    assert str(caught.value) == (
        "tokenizers is not installed\n  hint: pip install 'curator-toolkit[train]'"
    )
