"""A trainer export is made again from the records: a token, a label or a row that differs is named."""

import json
import shutil

import orjson
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curator.engine import polars as engine
from curator.pipeline.run import Run
from curator.recipe import load
from curator.verify import verify

RECIPE = """\
name: desk
read:
  - jsonl: {path: chats.jsonl}
select: [split]
write:
  - trainer:
      tokenizer: %s
      template: %s
      train_on: %s
      overflow: %s
      max_length: 128
      formats: [packed, unpacked, megatron_bridge, mds, messages]
"""


def chats():
    """Give chats of one to four turns, some with a weight, one with a mark of the tokenizer."""
    for i in range(60):
        turns = [{"role": "system", "content": f"Desk {i}."}] if i % 3 == 0 else []
        for turn in range(1 + i % 4):
            asked = f"Where is ferry {i * 7 + turn}? ä€😀 " + "why " * (i * turn % 13)
            turns.append({"role": "user", "content": asked})
            answer = {"role": "assistant", "content": f"Pier {i * 3 + turn}. " + "yes " * (i % 19)}
            turns.append(answer | ({"weight": 0} if turn == 1 and i % 5 == 0 else {}))
        if i == 7:
            turns[-2]["content"] = "hello <|im_end|> there"
        yield {"messages": turns}


def make(folder, root, *, template="null", train_on="assistant", overflow="split_turns"):
    """Run the recipe in a folder, and give the run's."""
    tokenizer = root / "samples" / "tokenizer"
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        lines = "\n".join(json.dumps(chat) for chat in chats())
        (folder / "chats.jsonl").write_text(lines + "\n")
        (folder / "desk.yaml").write_text(RECIPE % (tokenizer, template, train_on, overflow))
        Run(recipe=load("desk.yaml"), out=folder / "run", engine=engine).run()
    return folder / "run"


@pytest.fixture(scope="module")
def finished(tmp_path_factory, root):
    """Make an export once."""
    return make(tmp_path_factory.mktemp("desk"), root)


@pytest.fixture
def copy(finished, tmp_path):
    """Give each test files of its own to tamper with."""
    return shutil.copytree(finished, tmp_path / "run")


def said(folder, promise="masks are proven"):
    """Give what breaks a promise, in words."""
    found = {p.name: "\n".join(map(str, p.violations)) for p in verify(folder, engine)}
    return found[promise]


def tamper(path, column, place, value):
    """Write another value into the first list of a column, and change nothing else."""
    table = pq.read_table(path)
    lists = table[column].to_pylist()
    lists[0][place] = value
    at = table.schema.get_field_index(column)
    changed = pa.array(lists, table.schema.field(column).type)
    pq.write_table(table.set_column(at, table.schema.field(column), changed), path)


@pytest.mark.parametrize("overflow", ["split_turns", "truncate_end", "drop"])
@pytest.mark.parametrize(
    ("template", "train_on"), [("null", "assistant"), ("chatml", "completion"), ("qwen", "all")]
)
def test_an_export_that_nobody_touched_holds_every_promise(
    tmp_path, root, template, train_on, overflow
):
    """There are no false alarms, whatever is trained on and whatever is too long."""
    run = make(tmp_path, root, template=template, train_on=train_on, overflow=overflow)
    assert {p.name: p.violations for p in verify(run, engine) if not p.holds} == {}


def test_a_token_that_is_not_the_records_is_named(copy):
    """The segment, its pack, and both tokens are told."""
    path = copy / "trainer" / "packed" / "train-00000-of-00001.parquet"
    first = pl.read_parquet(copy / "trainer" / "segments.parquet").row(0, named=True)
    tamper(path, "input_ids", 1, 999)
    found = said(copy)
    assert f"{first['id']} (train, pack 0): packed: token 1 is " in found
    assert ", not 'user'" in found or ", not 'system'" in found


def test_a_label_too_many_is_named(copy):
    """A prompt that is trained on is what nobody sees in a loss curve."""
    path = copy / "trainer" / "unpacked" / "train-00000-of-00001.parquet"
    ids = pl.read_parquet(path)["input_ids"][0]
    tamper(path, "labels", 2, ids[2])
    assert "unpacked: token 2, '\\n', counts, but should not" in said(copy)


def test_a_label_that_is_no_id_of_its_row_is_named(copy):
    """Labels are -100 or the id: shifted ones are found out."""
    path = copy / "trainer" / "packed" / "train-00000-of-00001.parquet"
    tamper(path, "labels", 0, 17)
    assert "packed: token 0 has the label 17, neither its id nor -100" in said(copy)


def test_an_example_cut_elsewhere_is_noticed(copy):
    """Lengths that add up differently would let one example see another."""
    path = copy / "trainer" / "packed" / "train-00000-of-00001.parquet"
    lengths = pl.read_parquet(path)["seq_lengths"][0]
    tamper(path, "seq_lengths", 0, lengths[0] + 1)
    assert "tokens has segments of" in said(copy)


def test_a_mask_that_is_not_shifted_right_is_noticed(copy):
    """Megatron-Bridge's mask stands one before the labels."""
    path = copy / "trainer" / "megatron_bridge" / "train-00000-of-00001.idx.parquet"
    mask = pl.read_parquet(path)["loss_mask"][0].to_list()
    tamper(path, "loss_mask", mask.index(1), 0)
    assert "does not count, but should" in said(copy)


def test_a_byte_of_a_streamed_shard_is_noticed(copy):
    """The files of other formats are read as closely."""
    path = copy / "trainer" / "mds" / "train" / "shard.00000.mds"
    content = bytearray(path.read_bytes())
    content[-4:] = (1).to_bytes(4, "little")  # the last of the lengths
    path.write_bytes(content)
    assert "shard.00000.mds: a row of" in said(copy)


def test_a_shard_that_ends_early_is_noticed(copy):
    """What is missing at the end is counted."""
    path = copy / "trainer" / "packed" / "train-00000-of-00001.parquet"
    table = pq.read_table(path)
    pq.write_table(table.slice(0, 2), path)
    assert "train: packed holds" in said(copy)


def test_a_record_that_changed_since_is_noticed(copy):
    """The export is held against the records, not against itself."""
    rows = pl.read_parquet(copy / "records.parquet")
    texts = rows["messages"].to_list()
    texts[0][-1]["content"] = "No ferry goes."
    changed = rows.with_columns(pl.Series("messages", texts, dtype=rows["messages"].dtype))
    changed.write_parquet(copy / "records.parquet")
    assert rows["id"][0] in said(copy)


def test_a_line_missing_from_messages_is_counted(copy):
    """Trainers that tokenise by themselves get the same rows."""
    path = copy / "trainer" / "messages" / "train.jsonl"
    path.write_bytes(path.read_bytes().split(b"\n", 1)[1])
    assert "train: messages has " in said(copy, "nothing is lost")


def test_a_row_that_is_neither_written_nor_skipped_is_lost(copy):
    """Rows that were left out are named, or they are missed."""
    (copy / "trainer" / "skipped.jsonl").unlink()
    found = said(copy, "nothing is lost")
    assert "is in no segment, and not among those that were skipped" in found
    assert "says dropped" in found


def test_a_segment_of_another_split_is_a_leak(copy):
    """Whoever moves a row from test to train is told."""
    path = copy / "trainer" / "segments.parquet"
    rows = pl.read_parquet(path)
    name = rows.filter(split="train")["id"][0]
    moved = pl.when(pl.col("id") == name).then(pl.lit("test")).otherwise("split")
    rows.with_columns(split=moved).write_parquet(path)
    assert f"{name} is train, but a segment of it stands in pack" in said(copy, "nothing leaks")


def test_sums_that_do_not_close_are_told(copy):
    """The ledger of tokens is added up again."""
    path = copy / "trainer" / "trainer.json"
    told = orjson.loads(path.read_bytes())
    told["ledger"]["splits"]["train"]["trained"] += 1
    path.write_bytes(orjson.dumps(told))
    found = said(copy, "nothing is lost")
    assert "are accounted for" in found
    assert "the ledger of trainer.json says trained" in found


def test_a_proof_that_miscounts_who_speaks_is_told(copy):
    """Counts by role are made again."""
    path = copy / "trainer" / "masks.json"
    told = orjson.loads(path.read_bytes())
    told["splits"]["train"]["by_role"]["user"] += 1
    path.write_bytes(orjson.dumps(told))
    assert "masks.json gives user" in said(copy)


def test_a_template_changed_afterwards_is_told(copy):
    """The template that stands beside the tokens is the one that wrote them."""
    path = copy / "trainer" / "tokenizer" / "chat_template.jinja"
    path.write_text(path.read_text().replace("'\\n' }}\n{%- endfor", "'\\n\\n' }}\n{%- endfor", 1))
    found = said(copy)
    assert "the template that it names is not the one in tokenizer/" in found


@pytest.mark.parametrize("value", [None, 7])
def test_passages_are_made_again_as_well(tmp_path, root, value):
    """A pair of files for pre-training is read by its index, token by token."""
    page = "# Bags\n\n" + "\n\n".join(f"Bag {i} goes to desk {i * i}." for i in range(40))
    (tmp_path / "page.md").write_text(page)
    (tmp_path / "desk.yaml").write_text(
        "name: desk\nread:\n  - documents: {path: page.md}\n"
        "derive: [chunks]\n"
        f"write:\n  - trainer: {{tokenizer: {root / 'samples' / 'tokenizer'}, rows: chunks,"
        " max_length: 512, overflow: truncate_end, formats: [packed, megatron]}\n"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        Run(recipe=load("desk.yaml"), out=tmp_path / "run", engine=engine).run()
    data = tmp_path / "run" / "trainer" / "megatron" / "train.bin"
    if value is None:
        assert {p.name: p.violations for p in verify(tmp_path / "run", engine) if not p.holds} == {}
        return
    content = bytearray(data.read_bytes())
    content[0] = value
    data.write_bytes(content)
    assert "pack 0): megatron: token 0 is " in said(tmp_path / "run")
