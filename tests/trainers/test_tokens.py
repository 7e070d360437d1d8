"""Unpacked rows are what transformers and TRL make of the same chats, token for token."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from tokenizers import Tokenizer

import curator
from curator.write import trainer
from curator.write.trainer.template import OURS

pytestmark = pytest.mark.trainers

TRAINING = {  # TRL's templates for training: the family of their marks, and whether they call
    "qwen3_training": ("qwen", True),
    "qwen2_5_training": ("qwen", True),
    "llama3_training": ("llama3", False),
    "gemma3_training": ("gemma", True),  # it refuses what it cannot write
    "phi3_training": ("phi", False),
}
UNMARKED = ("qwen2_5", "llama3", "gemma3")  # what the models themselves come with
PREPARED = {  # by SFTTrainer itself, for so many chats: it takes a while
    ("qwen3_training", "prepared"): None,
    ("llama3_training", "prepared"): 2_000,
    ("qwen3_training", "completed"): 2_000,
    ("llama3_training", "completed"): 2_000,
    ("gemma3_training", "prepared"): 2_000,
    ("phi3_training", "prepared"): 2_000,
}
TRAIN_ON = {"prepared": "assistant", "completed": "completion"}
OUR_TEMPLATES = Path(curator.__file__).parent / "write" / "trainer" / "template"


@pytest.fixture(scope="module")
def shipped(trainers):
    """Give the file of a template that TRL ships."""
    (folder,) = trainers.glob("python/lib/*/site-packages/trl/chat_templates")
    return lambda name: folder / f"{name}.jinja"


@pytest.fixture(scope="module")
def chats(every_chat, plain_chats):
    """Give the chats that a template can write."""

    def can_be_written(name, how="marked"):
        refuses = name == "gemma3_training" and how == "prepared"  # where a call is among them
        return plain_chats if refuses or not TRAINING.get(name, ("", True))[1] else every_chat

    return can_be_written


@pytest.fixture
def export(tmp_path, tokenizers, shipped):
    """Export chats by a family's tokenizer and a template: one line a chat, null if left out."""

    def run(chats, family, name, train_on="assistant", *, ours=False):
        template = name if ours else shipped(name)
        options = trainer.Options(
            tokenizer=str(tokenizers[family]), template=str(template), train_on=train_on,
            formats=("unpacked",), packing="none", max_length=1 << 17,
        )  # fmt: skip
        records, task = chats.records, chats.task
        trainer.write(records.lazy(), options, tmp_path, task=task, manifest=None)
        held = pl.read_parquet(tmp_path / "unpacked" / "*.parquet")
        assert held.columns == ["input_ids", "attention_mask", "labels"]
        at = pl.read_parquet(tmp_path / "segments.parquet").sort("row")["row"]
        every = pl.DataFrame({"row": pl.int_range(records.height, eager=True)})
        rows = held.with_columns(row=at)
        return every.join(rows, on="row", how="left", maintain_order="left").drop("row")

    return run


@pytest.fixture(scope="module")
def asked(ask, chats, tokenizers, shipped, tmp_path_factory):
    """Tokenise the chats in the trainers' environment, while tests export them: a future each."""
    home = tmp_path_factory.mktemp("asked")

    def one(name, how, family, template, limit=None):
        job = {"tokenizer": tokenizers[family], "template": template, "how": how, "limit": limit}
        job |= {"rows": chats(name, how).lines, "out": home / f"{name}-{how}.parquet"}
        ask("tokenise", [job])
        return pl.read_parquet(job["out"])

    jobs = [(name, "marked", name, OUR_TEMPLATES / f"{name}.jinja") for name in OURS]
    jobs += [(name, "marked", family, shipped(name)) for name, (family, _) in TRAINING.items()]
    jobs += [
        (name, how, TRAINING[name][0], shipped(name), limit)
        for (name, how), limit in PREPARED.items()
    ]
    with ThreadPoolExecutor(1) as worker:
        yield {job[:2]: worker.submit(one, *job) for job in jobs}
        worker.shutdown(cancel_futures=True)


@pytest.mark.parametrize("name", OURS)
def test_our_templates_give_what_transformers_gives(name, asked, export, chats):
    """apply_chat_template with its mask of assistant tokens, for every chat."""
    held = export(chats(name), name, name, ours=True)
    assert_same(held, asked[name, "marked"].result())
    assert held["input_ids"].null_count() == 0


@pytest.mark.parametrize("name", TRAINING)
def test_templates_of_trl_give_what_transformers_gives(name, asked, export, chats):
    """The marks of a template for training are kept to; a chat that it refuses is left out."""
    held = export(chats(name), TRAINING[name][0], name)
    assert_same(held, asked[name, "marked"].result())


@pytest.mark.parametrize("name", UNMARKED)
def test_a_template_without_marks_trains_on_what_its_twin_marks(
    name, asked, export, chats, tokenizers
):
    """But for line breaks around a turn: TRL's twins mark some, which no model writes."""
    twin = f"{name}_training"
    family = TRAINING[twin][0]
    held = export(chats(twin), family, name)
    (line_break,) = Tokenizer.from_file(str(tokenizers[family] / "tokenizer.json")).encode("\n").ids
    assert_same(held, asked[twin, "marked"].result(), but=line_break)


@pytest.mark.parametrize(("name", "how"), PREPARED)
def test_rows_are_what_sft_trainer_prepares(name, how, asked, export, chats):
    """From messages with assistant_only_loss, from a prompt and completion without."""
    held = export(chats(name, how), TRAINING[name][0], name, TRAIN_ON[how])
    expected = asked[name, how].result()
    has_last_word = [chat[-1]["role"] == "assistant" for chat in chats(name, how).messages]
    is_asked = pl.Series(has_last_word[: expected.height]) | (how == "prepared")
    assert_same(held.head(expected.height).filter(is_asked), expected.filter(is_asked))


def assert_same(held, expected, but=None):
    """Hold the ids and labels of every row against the ids and masks expected."""
    assert held.height == expected.height > 0
    sizes, wanted = (frame["input_ids"].list.len().fill_null(0) for frame in (held, expected))
    assert (sizes != wanted).arg_true().to_list()[:5] == []
    rows = np.repeat(np.arange(held.height), sizes.to_numpy())
    ids, labels = (flat(held[name]) for name in ("input_ids", "labels"))
    mask = flat(expected["mask"])
    assert np.unique(rows[ids != flat(expected["input_ids"])])[:5].tolist() == []
    differs = labels != np.where(mask, ids, -100)
    assert np.unique(rows[differs & (ids != but)])[:5].tolist() == []
    assert 0 < mask.mean() < 1


def flat(lists):
    """Give the numbers of all rows, end to end."""
    return lists.list.explode().drop_nulls().to_numpy()
