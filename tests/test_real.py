"""Real data go through whole recipes: every row ends somewhere, splits hold, and bytes repeat."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from itertools import pairwise

import datasets
import polars as pl
import pytest

from curator.engine import polars as engine
from curator.pipeline.run import Run
from curator.read import jsonl
from curator.recipe import load
from curator.verify import verify
from curator.write.instruction_set.columns import COLUMNS

pytestmark = pytest.mark.real

ZERO_WIDTH_SPACE, NO_BREAK_SPACE = "\u200b", "\u00a0"
PLACES = {
    "banking77": "banking77",
    "gsm8k": "gsm8k",
    "chats": "airline-function-chats",
    "medquad": "medquad",
}
GUIDE = """\
name: guide
task: {instruction: ""}
read:
  - documents: {path: ["${data}/docs/**/*.md", "${data}/files/*"], language: en}
vars: {data: {default: "."}}
refine: [near_duplicates]
select: [split]
write: [instruction_set]
"""
SHAPES = """\
name: shapes
task: {instruction: ""}
read:
  - jsonl: {path: "${data}/seed_tasks.jsonl"}
  - jsonl: {path: "${data}/user_oriented_instructions.jsonl"}
  - jsonl: {path: "${data}/glaive_toolcall_en_demo.json"}
vars: {data: {default: "."}}
select: [split]
write: [instruction_set, formats]
"""


@pytest.fixture(scope="module")
def desk(root, tmp_path_factory):
    """A folder with copies of the recipes and a cache of its own, away from any network."""
    folder = tmp_path_factory.mktemp("real")
    for name in PLACES:
        shutil.copy(root / "recipes" / f"{name}.yaml", folder)
    (folder / "shapes.yaml").write_text(SHAPES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("datasets.config.HF_DATASETS_CACHE", folder / "cache")
        patch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
        patch.setattr("datasets.config.HF_HUB_OFFLINE", True)
        yield folder


@pytest.fixture(scope="module")
def finished(desk, real_data):
    """Run a recipe when it is first asked for; give its folder."""

    def run_once(name):
        if not (desk / name).exists():
            run(desk, name, real_data / PLACES[name])
        return desk / name

    return run_once


def run(desk, name, data, out=None):
    """Run a recipe of the desk on ``data``."""
    recipe = load(desk / f"{name}.yaml", variables={"data": str(data)})
    return Run(recipe=recipe, out=desk / (out or name), engine=engine).run()


def book(folder):
    """Give how many rows were read, kept and rejected."""
    told = json.loads((folder / "manifest.json").read_text())["ledger"]
    rejected = sum(count for reasons in told["rejected"].values() for count in reasons.values())
    return told["read"], told["kept"], rejected


def digests(folder):
    """Hash every file of a run."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def lines(path):
    """Read JSON lines, as anybody would."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("banking77", 13_083),
        ("gsm8k", 8_792),
        ("chats", 200),
        ("medquad", 2_709 + 4),  # four pages name their elements otherwise; each is a reject
    ],
)
def test_every_row_is_read_and_every_promise_holds(finished, name, rows):
    """The sum closes over all rows of the source, and verify finds nothing."""
    read, kept, rejected = book(finished(name))
    assert (read, kept + rejected) == (rows, rows)
    assert [p.name for p in verify(finished(name), engine) if not p.holds] == []


def test_the_label_conflict_of_banking77_is_found(finished):
    """One question of the train rows stands under two intents; both rows are marked with both."""
    records = pl.read_parquet(finished("banking77") / "records.parquet").explode("changes")
    marked = records.filter(pl.col("changes").str.starts_with("label_conflicts"))
    both = pl.col("changes").str.contains("pending_top_up") & pl.col("changes").str.contains(
        "top_up_reverted"
    )
    found = marked.filter(both)
    text = pl.col("messages").list.first().struct.field("content").str.replace("-", " ")
    assert (
        found.select(text.str.to_lowercase()).to_series().to_list()
        == ["has my top up gone through?"] * 2
    )
    assert sorted(found["label"]) == ["pending_top_up", "top_up_reverted"]


def test_every_intent_is_in_the_bank_twice(finished):
    """All 77, and from train rows only."""
    exemplars = lines(finished("banking77") / "bank" / "exemplars.jsonl")
    records = pl.read_parquet(finished("banking77") / "records.parquet")
    assert len({each["label"] for each in exemplars}) == 77
    assert len(exemplars) == 154
    shown = records.filter(pl.col("id").is_in([each["id"] for each in exemplars]))
    assert set(shown["split"]) == {"train"}


@pytest.mark.parametrize(("name", "rows"), [("banking77", 3_080), ("gsm8k", 1_319)])
def test_given_test_rows_stay_test(finished, name, rows):
    """All that is not kept of them repeats another test row."""
    uri = pl.col("provenance").struct.field("uri")
    records = pl.read_parquet(finished(name) / "records.parquet")
    kept = records.filter(uri.str.ends_with("#test"))
    merged = pl.read_parquet(finished(name) / "rejected.parquet").filter(uri.str.ends_with("#test"))
    assert set(kept["split"]) == {"test"}
    assert kept.height + merged.height == rows
    stand_in = merged.select(id="merged_into").join(records, on="id")
    assert stand_in["split"].to_list() == ["test"] * merged.height


def test_each_answer_of_gsm8k_is_the_text_after_the_marker(finished, real_data):
    """And the reasoning is what stands before it, its odd spaces made plain ones or gone."""
    source = {split: lines(real_data / "gsm8k" / f"{split}.jsonl") for split in ("train", "test")}
    for row in pl.read_parquet(finished("gsm8k") / "records.parquet").iter_rows(named=True):
        split = row["provenance"]["uri"].rpartition("#")[2]
        was = source[split][row["provenance"]["row"] - 1]["answer"]
        reasoning, _, answer = was.rpartition("####")
        assert row["messages"][-1]["content"] == answer.strip()
        clean = reasoning.strip().replace(ZERO_WIDTH_SPACE, "").replace(NO_BREAK_SPACE, " ")
        assert row["messages"][-1]["reasoning"] == clean


def test_reasoning_shows_in_chains_of_thought_alone(finished):
    """A plain few-shot prompt shows the answers and nothing of how they were found."""
    bank = finished("gsm8k") / "bank"
    exemplars = lines(bank / "exemplars.jsonl")
    chains, plain = (
        {
            each["content"]
            for row in lines(bank / "prompts" / f"{name}.jsonl")
            for each in row["messages"]
        }
        for name in ("chain_of_thought", "few_shot")
    )
    assert len(exemplars) == 16
    for each in exemplars:
        said = each["messages"][-1]
        assert any(said["reasoning"] in text for text in chains)
        assert not any(said["reasoning"] in text or "<<" in text for text in plain)
        assert said["content"] in plain


def test_instruction_sets_go_through_in_their_own_shapes(desk, real_data, caplog):
    """175, 252 and 300 rows without a mapping: nothing is lost, and each shape is said."""
    caplog.set_level("INFO", "curator.read")
    run(desk, "shapes", real_data / "instruction-shapes")
    records = pl.read_parquet(desk / "shapes" / "records.parquet")
    files = records.group_by(
        pl.col("provenance").struct.field("uri").str.split("/").list.last(), maintain_order=True
    )
    rows = {name: part["provenance"].struct.field("row").n_unique() for (name,), part in files}
    assert list(rows.values()) == [175, 252, 300]
    assert book(desk / "shapes") == (records.height, records.height, 0)
    said = [
        text.split(": read as ")[1].split(" (")[0]
        for text in caplog.messages
        if ": read as " in text
    ]
    assert said == ["instances", "instances", "sharegpt"]
    assert (
        records.filter(pl.col("provenance").struct.field("uri").str.contains("glaive"))[
            "tools"
        ].null_count()
        < 300
    )
    assert all(promise.holds for promise in verify(desk / "shapes", engine))


@pytest.fixture(scope="module")
def spoken(real_data):
    """What was said and called in the airline chats, by row."""
    chats = json.loads((real_data / PLACES["chats"] / "gpt-4o-airline.json").read_text())
    return {at: [told(turn) for turn in chat["traj"]] for at, chat in enumerate(chats, 1)}


def told(turn):
    """Give what a message says without space around it, its calls as they stand, nothing null."""
    calls = turn.get("tool_calls")
    calls = json.loads(calls) if isinstance(calls, str) else calls
    said = {name: turn.get(name) for name in ("role", "content", "name", "tool_call_id")}
    said["content"] = (said["content"] or "").strip()
    return {k: v for k, v in (said | {"tool_calls": calls}).items() if v}


def test_airline_chats_are_as_long_as_they_are_said_to_be(spoken):
    """5,308 messages and 1,164 calls."""
    turns = [turn for chat in spoken.values() for turn in chat]
    assert (len(turns), sum(len(turn.get("tool_calls", [])) for turn in turns)) == (5_308, 1_164)


def test_airline_chats_come_whole_through_the_dataset(finished, spoken):
    """Each message, call and argument, to the letter."""
    loaded = datasets.load_dataset(str(finished("chats") / "dataset"))
    rows = [row for split in loaded.values() for row in split]
    assert {row["provenance"]["row"]: list(map(told, row["messages"])) for row in rows} == spoken


def test_airline_chats_come_whole_through_the_messages_format(finished, spoken):
    """Read back by our own reader, without a map, they are what they were."""
    folder = finished("chats") / "formats" / "messages"
    back = jsonl.read(jsonl.Options(path=str(folder / "*[tn].jsonl"))).collect()
    assert back["rejected"].null_count() == 200
    records = pl.read_parquet(finished("chats") / "records.parquet")
    rows = [
        row["provenance"]["row"]
        for split in ("test", "train", "validation")
        for row in records.filter(split=split).iter_rows(named=True)
    ]
    assert (
        dict(zip(rows, ([*map(told, chat)] for chat in back["messages"].to_list()), strict=True))
        == spoken
    )


def test_unanswered_questions_of_medquad_are_rejects(finished):
    """All 523 pages are read; 792 of their 2,709 questions have an empty answer."""
    rejected = pl.read_parquet(finished("medquad") / "rejected.parquet")
    read = rejected.filter(step="read")
    assert sorted(read["reason"].value_counts().iter_rows()) == [
        ("empty field", 792),
        ("no row", 4),
    ]
    assert set(read.filter(reason="empty field")["detail"]) == {"Answer"}
    records = pl.read_parquet(finished("medquad") / "records.parquet")
    uris = pl.concat([records["provenance"], rejected["provenance"]]).struct.field("uri")
    assert uris.n_unique() == 523


def test_a_page_of_medquad_is_a_group(finished):
    """No page stands in two splits, and no group has two pages."""
    page = pl.col("provenance").struct.field("uri").alias("page")
    records = pl.read_parquet(finished("medquad") / "records.parquet")
    pairs = records.select(page, "group", "split").unique()
    assert pairs["group"].null_count() == 0
    assert pairs.height == pairs["page"].n_unique() == pairs["group"].n_unique()


@pytest.fixture(scope="module")
def guide(desk, real_data):
    """Every page and file of the plain language guide, read in one run."""
    (desk / "guide.yaml").write_text(GUIDE)
    run(desk, "guide", real_data / "plain-language")
    name = pl.col("provenance").struct.field("uri").str.split("plain-language/").list.last()
    told = {
        each: pl.read_parquet(desk / "guide" / f"{each}.parquet").with_columns(name=name)
        for each in ("documents", "rejected")
    }
    return book(desk / "guide"), told["documents"], told["rejected"]


def test_every_page_and_file_of_the_guide_ends_somewhere(guide):
    """Of 96 pages one is front matter without a sentence; of 8 files two are of an old format."""
    (read, kept, rejected), documents, others = guide
    assert (read, kept, rejected) == (96 + 8, 100, 4)
    assert documents.filter(pl.col("name").str.ends_with(".md")).height == 95
    assert others.filter(step="read").select("name", "reason", "detail").rows() == [
        (
            "docs/examples/before-and-after/index.md",
            "empty document",
            "it holds front matter and nothing else",
        ),
        *(
            (
                f"files/{name}.doc",
                "not a format that is read",
                "an old binary Word file: convert it to .docx",
            )
            for name in ("exerciseanswers", "exercises")
        ),
    ]


def test_the_guidelines_as_pdf_and_as_docx_are_one(guide):
    """Near-duplicates at the threshold that holds where none is named."""
    _, documents, others = guide
    [twin] = others.filter(step="near_duplicates").rows(named=True)
    [kept] = documents.filter(id=twin["merged_into"]).rows(named=True)
    assert {twin["name"], kept["name"]} == {
        "files/FederalPLGuidelines.pdf",
        "files/FederalPLGuidelines.docx",
    }


def test_every_slide_of_the_training_deck_is_read(guide):
    """70 of them; every span of every document of the guide is exact."""
    _, documents, _ = guide
    [deck] = documents.filter(pl.col("name").str.ends_with(".pptx"))["meta"]
    assert json.loads(deck)["slides"] == 70
    for text, blocks in documents.select("text", "blocks").iter_rows():
        said = [text[each["start"] : each["end"]] for each in blocks]
        assert all(each and each == each.strip("\n").rstrip() for each in said)
        assert all(one["end"] <= two["start"] for one, two in pairwise(blocks))


@pytest.mark.parametrize("name", ["banking77", "chats", "medquad"])
def test_a_second_run_that_remembers_splits_writes_the_same_bytes(desk, finished, real_data, name):
    """Whether a split was drawn or remembered leaves no trace."""
    first = digests(finished(name))
    assert (desk / f"{name}.splits.parquet").exists()
    run(desk, name, real_data / PLACES[name], out=f"{name}-again")
    assert digests(desk / f"{name}-again") == first


@pytest.mark.parametrize("name", ["banking77", "gsm8k"])
def test_the_number_of_threads_leaves_no_trace(root, tmp_path, real_data, name):
    """One thread and two write the same bytes."""
    found = []
    for threads in ("1", "2"):
        (tmp_path / threads).mkdir()
        shutil.copy(root / "recipes" / f"{name}.yaml", tmp_path / threads)
        env = os.environ | {
            "POLARS_MAX_THREADS": threads,
            "HF_HOME": str(tmp_path / "hf"),
            "HF_HUB_OFFLINE": "1",
        }
        command = [
            sys.executable,
            "-m",
            "curator",
            "run",
            f"{name}.yaml",
            "--var",
            f"data={real_data / name}",
            "-q",
        ]
        subprocess.run(
            [*command, "--out", "out"],
            cwd=tmp_path / threads,
            env=env,
            check=True,
            capture_output=True,
        )
        found.append(digests(tmp_path / threads))
    assert found[0] == found[1]
    assert len(found[0]) > 10


def test_a_tenth_of_new_rows_moves_no_row(desk, tmp_path, real_data):
    """Not even where the new rows stand between the old ones."""
    source = pl.read_csv(real_data / "banking77" / "train.csv")
    shutil.copy(desk / "banking77.yaml", desk / "growing.yaml")
    splits = []
    for name, rows in (
        ("before", source.filter(pl.int_range(pl.len()) % 11 != 5)),
        ("after", source),
    ):
        (tmp_path / name).mkdir()
        shutil.copy(real_data / "banking77" / "test.csv", tmp_path / name)
        rows.write_csv(tmp_path / name / "train.csv")
        run(desk, "growing", tmp_path / name, out=f"growing-{name}")
        records = pl.read_parquet(desk / f"growing-{name}" / "records.parquet")
        splits.append(records.select("id", "split"))
    before, after = splits
    both = before.join(after, on="id", suffix="_now")
    assert both.height > 0.99 * before.height
    assert both.filter(pl.col("split") != pl.col("split_now")).to_dicts() == []
    assert after.height > 1.05 * before.height


@pytest.mark.parametrize("name", PLACES)
def test_the_dataset_is_the_records_with_the_features_of_its_card(finished, name):
    """What ``datasets`` loads is what records.parquet holds, in its order, split by split."""
    loaded = datasets.load_dataset(str(finished(name) / "dataset"))
    records = pl.read_parquet(finished(name) / "records.parquet")
    assert {split: len(rows) for split, rows in loaded.items()} == dict(
        records.group_by("split").len().iter_rows()
    )
    for split, rows in loaded.items():
        assert rows.features == documented()
        kept, found = records.filter(split=split), pl.from_arrow(rows.data.table)
        for column in (
            "id",
            "tools",
            "label",
            "group",
            "language",
            "licence",
            "provenance",
            "review",
        ):
            assert found[column].to_list() == kept[column].to_list(), column
        was = kept["messages"].list.last().struct.field("reasoning")
        assert found["reasoning"].to_list() == was.to_list()
        assert [*map(inputs, found["messages"].to_list())] == [
            *map(inputs, kept["messages"].to_list())
        ]


def inputs(messages):
    """Give what comes from the record: everything but the task's own frame and the answer."""
    said = [(turn["role"], turn["tool_calls"], turn["tool_call_id"]) for turn in messages]
    return [each for each in said if each[0] != "system"]


def documented():
    """Give the features that the card's table of columns stands for."""
    text = datasets.Value("string")
    message = dict.fromkeys(("role", "content", "name", "tool_calls", "tool_call_id"), text)
    message["weight"] = datasets.Value("int8")
    texts = ("uri", "sha256", "document_id", "parent_id", "derived_by", "template")
    place = dict.fromkeys(texts, text) | {"confidence": datasets.Value("float64")}
    place |= {name: datasets.Value("int64") for name in ("row", "line", "start", "end")}
    found = dict.fromkeys(COLUMNS, text)
    found["messages"] = datasets.List(message)
    found["rejected_messages"] = datasets.List(message | {"reasoning": text})
    found["provenance"] = place
    found["review"] = {"status": text, "by": text, "score": datasets.Value("float64")}
    return datasets.Features(found)
