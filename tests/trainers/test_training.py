"""Trainers make of an export, by its own snippets, what they make of the chats themselves."""

import json
from itertools import groupby

import polars as pl
import pytest

pytestmark = pytest.mark.trainers

STEPS = 20


@pytest.fixture(scope="module")
def packs(desk):
    """The chats of each pack of train, in order, as another step of the recipe writes them."""
    ids = pl.read_parquet(desk / "records.parquet").filter(split="train")["id"]
    with (desk / "formats" / "messages" / "train.jsonl").open(encoding="utf-8") as lines:
        said = dict(zip(ids, (json.loads(line)["messages"] for line in lines), strict=True))
    places = pl.read_parquet(desk / "trainer" / "segments.parquet").filter(split="train")
    rows = places.sort("pack", "place").select("pack", "id").rows()
    return [[said[row[1]] for row in pack] for _, pack in groupby(rows, key=lambda row: row[0])]


@pytest.fixture(scope="module")
def trained(ask, desk, packs):
    """What training for some steps gave, each way."""
    assert len(packs) > STEPS
    return ask("train", {"export": desk / "trainer", "steps": STEPS, "chats": packs[:STEPS]})


def test_packs_train_as_the_chats_themselves_do(trained):
    """SFTTrainer with our arguments, and on messages with assistant_only_loss: the same losses."""
    packed, messages = trained["packed"], trained["messages"]
    assert len(packed["losses"]) == len(messages["losses"]) == STEPS
    assert packed["losses"] == pytest.approx(messages["losses"], rel=0, abs=1e-4)
    assert packed["first"] == messages["first"]


def test_a_pack_has_the_logits_of_its_documents(trained):
    """With the places that TRL derives from seq_lengths; without them the distance is large."""
    assert trained["logits"]["given"] < 1e-5
    assert trained["logits"]["without"] > 0.1


def test_every_snippet_sees_where_a_document_begins(trained, desk):
    """Positions restart, and variable-length attention is told, as the lengths in the file say."""
    file = min((desk / "trainer" / "packed").glob("train-*"))
    row = pl.read_parquet(file).row(0, named=True)
    places = [place for length in row["seq_lengths"] for place in range(length)]
    first, torch = trained["packed"]["first"], trained["torch"]
    assert first["position_ids"] == trained["hf"]["first"]["position_ids"] == places
    assert torch["position_ids"] == places
    assert torch["cu_seqlens"] == first["cu_seq_lens_q"]
    assert first["input_ids"] == torch["input_ids"] == row["input_ids"]
    assert len(torch["two"]) > len(torch["cu_seqlens"])


def test_every_snippet_reckons_the_same_loss(trained):
    """One pack, one model: TRL, the plain Trainer, and plain torch with shifted labels."""
    loss = trained["packed"]["losses"][0]
    assert trained["hf"]["losses"] == pytest.approx([loss], abs=1e-5)
    assert trained["torch"]["loss"] == pytest.approx(loss, abs=1e-5)


def test_the_tokenizer_opens_with_the_template_in_use(trained, desk, root):
    """AutoTokenizer finds it in the folder, and no token is new."""
    held = (desk / "trainer" / "tokenizer" / "chat_template.jinja").read_text("utf-8")
    template = (root / "samples" / "tokenizer" / "chat_template.jinja").read_text("utf-8")
    assert trained["tokenizer"]["template"] == held == template
    told = json.loads((root / "samples" / "tokenizer" / "tokenizer.json").read_text("utf-8"))
    assert trained["tokenizer"]["length"] == len(told["model"]["vocab"])
