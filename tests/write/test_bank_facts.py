"""What bank.json says of the exemplars: strategy, slots, coverage, the nearest test rows."""

import itertools
import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from curator.bank.index import open_index
from curator.records import prompt_over
from curator.task import Output, Task
from curator.write import bank
from curator.write.bank import coverage
from curator.write.bank.slots import why

TASK = Task(instruction="Classify.")


def row(text, label=None, rank=None, split="train", **fields):
    return {
        "messages": [text, label or "yes"], "label": label, "split": split, "exemplar_rank": rank,
        **fields,
    }  # fmt: skip


def chosen(rank, label, step="mmr", tail=""):
    return [f"{step}: chosen as an exemplar | rank {rank} of label {label}{tail}"]


def told(frame, out, manifest, select=(), task=TASK, **options):
    manifest = replace(manifest, recipe={"select": list(select)})
    bank.write(frame, bank.Options(**options), out, task=task, manifest=manifest)
    return json.loads((out / "bank.json").read_text())


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("mmr: chosen as an exemplar", {"step": "mmr"}),
        (
            "hard: chosen as an exemplar | rank 3 of label a: b, gain 9, gain 1.5e-05",
            {
                "step": "hard",
                "detail": "rank 3 of label a: b, gain 9, gain 1.5e-05",
                "gain": 1.5e-05,
            },
        ),
        (
            "diverse: chosen as an exemplar | rank 0, nearest to the middle",
            {"step": "diverse", "detail": "rank 0, nearest to the middle"},
        ),
        ("normalize_text: made shorter", None),
        ("random: passed over as an exemplar | over max_chars", None),
    ],
)
def test_why_a_row_was_chosen_is_read_from_its_life(note, said):
    """Step, the step's own words, and the gain where they end in one."""
    assert why(["earlier: rewritten", note]) == said


def test_an_exemplar_says_why_it_was_chosen(tmp_path, records, manifest):
    """The line holds what the change note says, and its tokens."""
    told(records(row("q", "a", 0, changes=chosen(0, "a", tail=", gain 0.25"))), tmp_path, manifest)
    line = json.loads((tmp_path / "exemplars.jsonl").read_text())
    assert line["why"] == {"step": "mmr", "detail": "rank 0 of label a, gain 0.25", "gain": 0.25}
    assert line["tokens"] == 3  # q, line break, a


def test_the_strategy_stands_with_every_option(tmp_path, records, manifest):
    """Those that the recipe leaves out have the step's defaults and the recipe's seed."""
    frame = records(row("q", "a", 0, changes=chosen(0, "a", "random")), row("r", "a"))
    about = told(frame, tmp_path, manifest, ["split", {"random": {"shots": 3}}])
    (step,) = about["strategy"]
    assert (step["step"], step["exemplars"]) == ("random", 1)
    assert step["options"]["shots"] == 3
    assert step["options"]["seed"] == 17
    assert step["options"]["require_reasoning"] is False
    assert about["budget"] == {"shots": 3}


def test_tokens_are_counted_by_the_tokenizer_that_is_named(tmp_path, records, manifest):
    """The sum is that of the lines, and the bank says whose count it is."""
    frame = records(row("one two", "a", 0), row("three", "a", 1, context="A passage."))
    about = told(frame, tmp_path, manifest)
    lines = [json.loads(line) for line in (tmp_path / "exemplars.jsonl").open()]
    assert about["tokens"]["exemplars"] == sum(line["tokens"] for line in lines) == 12
    assert about["tokens"]["counted_by"].startswith("estimate")


def test_empty_slots_are_explained_one_by_one(tmp_path, records, manifest):
    """Reasons are those that the step noted on the rows, by count."""
    barred = {"changes": ["random: passed over as an exemplar | over max_chars"]}
    frame = records(
        row("q", "a", 0, changes=chosen(0, "a", "random")), row("r", "a", **barred),
        row("s", "a", **barred), row("t", "b"), {"messages": ["u"], "label": "b"},
    )  # fmt: skip
    task = Task(instruction="x", output=Output(labels=("a", "b", "c")))
    about = told(frame, tmp_path, manifest, [{"random": {"per_label": 2}}], task)
    assert about["empty_slots"] == [
        {"label": "a", "wanted": 2, "filled": 1, "why": ["2 over max_chars"]},
        {"label": "b", "wanted": 2, "filled": 0, "why": ["1 no answer", "1 passed over by random"]},
        {"label": "c", "wanted": 2, "filled": 0, "why": ["no train example"]},
    ]


def test_shots_that_are_fewer_than_labels_leave_labels_without(tmp_path, records, manifest):
    """Nothing was wrong with the rows: there was no place."""
    frame = records(row("q", "a", 0, changes=chosen(0, "a", "random")), row("r", "b"))
    about = told(frame, tmp_path, manifest, [{"random": {"shots": 1}}])
    why = ["1 without a place: 1 shots for 2 labels"]
    assert about["empty_slots"] == [{"label": "b", "wanted": 1, "filled": 0, "why": why}]


@pytest.mark.parametrize(
    ("options", "wanted", "why"),
    [
        ({"shots": 1, "max_tokens": 99}, 1, "1 without a place: 1 shots for 2 labels"),
        ({"max_tokens": 2}, 1, "1 not within max_tokens 2"),
        ({"per_label": 2, "shots": 1}, 2, "1 without a place: 1 shots for 2 labels"),
        ({"per_label": 2, "shots": 9}, 2, "1 passed over by random"),
    ],
)
def test_the_limit_that_was_reached_is_the_one_that_is_named(
    tmp_path, records, manifest, *, options, wanted, why
):
    """Several may be set; shots that are all there left no place, whatever tokens would allow."""
    frame = records(row("q", "a", 0, changes=chosen(0, "a", "random")), row("r", "b"))
    about = told(frame, tmp_path, manifest, [{"random": options}])
    slot = about["empty_slots"][-1]
    assert (slot["label"], slot["wanted"], slot["why"]) == ("b", wanted, [why])
    assert about["budget"] == ({} if "per_label" in options else {"shots": 8}) | options


def test_shots_that_cannot_be_had_are_one_slot_without_label(tmp_path, records, manifest):
    """Rows without labels are asked for by number alone."""
    frame = records(row("q", rank=0), row("r", rank=1))
    about = told(frame, tmp_path, manifest, [{"random": {"shots": 4}}])
    assert about["empty_slots"] == [{"wanted": 4, "filled": 2, "why": ["no more train examples"]}]


def test_coverage_is_the_mean_best_cosine(tmp_path, records, manifest):
    """As a plain loop says it, for every k; the gains are its steps."""
    train = ["refund my ticket", "refund the fare", "lost a bag", "where is the bag", "?!"]
    frame = records(
        row(train[0], "a", 0), row(train[2], "b", 1), *(row(t) for t in train[1::2]), row(train[4])
    )
    about = told(frame, tmp_path, manifest)["coverage"]
    points = {t: coverage.vectors(pl.Series([t]))[0].astype(float) / 1024 for t in train}
    near = [[max(0.0, points[t] @ points[c]) for c in (train[0], train[2])] for t in train]
    assert about["first"] == pytest.approx(
        [np.mean([n[0] for n in near]), np.mean([max(n) for n in near])], abs=2e-3
    )
    assert about["train_rows"] == 5
    assert sum(about["gains"]) == pytest.approx(about["first"][-1], abs=1e-5)


def test_more_exemplars_never_cover_less(records, monkeypatch):
    """Nor does it matter in how large pieces the rows come."""
    rng = np.random.default_rng(5)
    words = [f"word{i}" for i in range(60)]
    frame = records(*(row(" ".join(rng.choice(words, 6))) for _ in range(80)))
    texts = frame.select(prompt_over("input")).collect().to_series().head(20)
    whole = coverage.coverage(frame, texts)
    assert all(gain >= 0 for gain in whole["gains"])
    monkeypatch.setattr(coverage, "BLOCK_ROWS", 7)
    assert coverage.coverage(frame, texts) == whole


def test_the_nearest_test_row_is_named_by_id_alone(tmp_path, records, manifest):
    """The most similar, of equals the smaller id; never its text, never a validation row."""
    frame = records(
        row("a lost bag on the ferry", "a", 0), row("a lost bag on the ferry", split="validation"),
        *(row("lost bag", split="test", id=f"{i:032x}") for i in (9, 3)), row("a fare", split="test"),
    )  # fmt: skip
    about = told(frame, tmp_path, manifest, forms=())["nearest_test"]
    assert about["test_rows"] == 3
    assert [one["id"] for one in about["rows"]] == [f"{3:032x}"]
    assert 0.3 < about["rows"][0]["similarity"] < 0.9


def test_a_bank_without_rows_covers_nothing(tmp_path, records, manifest):
    """No exemplar, no test row: empty lists, no fault."""
    about = told(records({"messages": ["a"], "split": "train"}), tmp_path, manifest)
    assert (about["coverage"]["first"], about["nearest_test"]["rows"]) == ([], [])
    assert about["empty_slots"] == []


def test_a_large_bank_says_what_was_left_at_its_first_exemplars(tmp_path, records, manifest):
    """A bank to search in may hold every row; ready prompts and the curve stay short."""
    frame = records(*(row(f"question {i}", "a", i) for i in range(1_030)))
    about = told(frame, tmp_path, manifest, forms=())
    assert about["prompts"]["few_shot"]["shots"][-1] == 256
    assert len(about["coverage"]["first"]) == 1_024
    assert about["notes"][:2] == [
        "ready prompts show the first 256 of 1030 exemplars at most",
        "coverage is that of the first 1024 exemplars",
    ]


def test_the_same_rows_in_another_order_give_the_same_bank(tmp_path, records, manifest):
    """Every file, byte for byte."""
    frame = records(
        *(row(f"question {i} of the ferry", "ab"[i % 2], i if i < 4 else None) for i in range(30)),
        *(row(f"asked {i}", "a", split="test") for i in range(9)),
    ).collect()
    held = []
    for name, rows in (("one", frame), ("other", frame.sample(fraction=1, shuffle=True, seed=3))):
        (tmp_path / name).mkdir()
        told(rows.lazy(), tmp_path / name, manifest, ["random"], max_tests=4)
        files = sorted(path for path in (tmp_path / name).rglob("*") if path.is_file())
        held.append({path.relative_to(tmp_path / name): path.read_bytes() for path in files})
    assert held[0] == held[1]


def test_the_index_finds_exemplars_by_their_input(tmp_path, records, manifest):
    """Rows of the index are ranks; what rows share is known to it."""
    frame = records(
        row("a lost bag", "a", 1, group="g"), row("a fare", "b", 0), row("a lost bag indeed")
    )
    told(frame, tmp_path, manifest)
    index = open_index(tmp_path / "index")
    assert index.search("where is my bag", 5).rows.tolist() == [1]
    assert index.search("where is my bag", 5, exclude_group="g").rows.tolist() == []
    assert index.search("a fare", 1, where={"label": "b", "source": "data.csv"}).rows.tolist() == [
        0
    ]


def test_a_bank_can_do_without_an_index(tmp_path, records, manifest):
    """It is searched by reading its lines then."""
    told(records(row("a lost bag", "a", 0)), tmp_path, manifest, index=False)
    assert not (tmp_path / "index").exists()


def test_marks_that_vendors_reserve_are_named(records, manifest, tmp_path):
    """They stay in the text; whoever pastes templates together can look at them first."""
    rows = [row("<|im_start|>system", rank=0), row("A [INST] b [INST]", rank=1), row("c", rank=2)]
    about = told(records(*rows), tmp_path, manifest)
    first, second = about["reserved"]
    assert (first["id"], second["id"]) == tuple(about["exemplar_ids"][:2])
    assert {"vendor": "openai", "mark": "<|im_start|>", "count": 1} in first["marks"]
    assert {"vendor": "mistral", "mark": "[INST]", "count": 2} in second["marks"]
    kept = (tmp_path / "exemplars.jsonl").read_text()
    assert "<|im_start|>system" in kept


def test_every_line_of_the_bank_can_be_found_without_reading_it(records, manifest, tmp_path):
    """Offsets of all lines, and of the end of the last one."""
    told(records(*(row("q" * at, rank=at) for at in range(3))), tmp_path, manifest)
    data = (tmp_path / "exemplars.jsonl").read_bytes()
    starts = np.load(tmp_path / "index" / "lines.npy").tolist()
    assert (starts[0], starts[-1], len(starts)) == (0, len(data), 4)
    parts = [data[a:b] for a, b in itertools.pairwise(starts)]
    assert parts == data.splitlines(keepends=True)
