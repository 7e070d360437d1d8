"""Every strategy on public data: quotas and budgets hold, and a second run writes the same bytes."""

import hashlib
import json
import re
from collections import Counter

import polars as pl
import pytest
from click.testing import CliRunner

from curator.cli.bank_compare import command as compare
from curator.engine import polars as engine
from curator.errors import RecipeError
from curator.pipeline.run import Run
from curator.recipe import load

LABELLED = {
    "random": "random: {per_label: 1, max_tokens: 3000}",
    "stratified": "stratified: {shots: 90, max_tokens: 3000}",
    "diverse": "diverse: {per_label: 1, max_tokens: 3000}",
    "facility_location": "facility_location: {per_label: 1, max_tokens: 3000}",
    "mmr": "mmr: {per_label: 1, max_tokens: 3000}",
    "representative": "representative: {per_label: 1, max_tokens: 3000}",
    "hard": "hard: {per_label: 1, max_tokens: 3000}",
    "nearest": "nearest",
}
WORKED = {
    name: f"{name}: {{shots: 8, max_tokens: 1200, require_reasoning: true}}"
    for name in ("random", "stratified", "diverse", "facility_location", "mmr", "representative")
}
COMPARED = {*LABELLED, "(this bank)"}


@pytest.fixture
def bank(root, real_data, tmp_path):
    """Run a recipe with another strategy, twice; give what bank.json and its lines say."""

    def make(name, line):
        text = (root / "recipes" / f"{name}.yaml").read_text("utf-8")
        text, count = re.subn(
            r"^  - (diverse|stratified|random)\b.*$", f"  - {line}", text, flags=re.MULTILINE
        )
        text = re.sub(r"^  - formats.*$\n?", "", text, flags=re.MULTILINE)
        assert count == 1
        (tmp_path / f"{name}.yaml").write_text(text)
        digests = []
        for turn in ("one", "two"):
            recipe = load(tmp_path / f"{name}.yaml", variables={"data": str(real_data / name)})
            Run(recipe=recipe, out=tmp_path / turn, engine=engine).run()
            files = sorted(path for path in (tmp_path / turn).rglob("*") if path.is_file())
            digests.append([hashlib.sha256(path.read_bytes()).hexdigest() for path in files])
        assert digests[0] == digests[1]
        lines = (tmp_path / "one" / "bank" / "exemplars.jsonl").read_text("utf-8").splitlines()
        about = json.loads((tmp_path / "one" / "bank" / "bank.json").read_text("utf-8"))
        train = pl.read_parquet(tmp_path / "one" / "records.parquet").filter(split="train")
        return about, [json.loads(each) for each in lines], set(train["id"])

    return make


@pytest.mark.real
@pytest.mark.parametrize("strategy", LABELLED)
def test_labels_get_their_exemplars_within_the_budget(bank, strategy):
    """77 labels, one exemplar each and no more tokens than allowed; nearest keeps all of train."""
    about, lines, train = bank("banking77", LABELLED[strategy])
    assert {line["id"] for line in lines} <= train
    assert {line["why"]["step"] for line in lines} == {strategy}
    counts = Counter(line["label"] for line in lines)
    if strategy == "nearest":
        assert len(lines) == len(train)
        return
    assert about["tokens"]["exemplars"] <= 3000
    short = {slot["label"]: slot["why"] for slot in about["empty_slots"] if "label" in slot}
    assert set(counts) | set(short) == set(about["labels"]["covered"] + about["labels"]["missing"])
    assert strategy == "stratified" or set(counts.values()) == {1}


@pytest.mark.real
@pytest.mark.parametrize("strategy", WORKED)
def test_worked_answers_are_shown_within_the_budget(bank, strategy):
    """Eight of gsm8k, each with its reasoning."""
    about, lines, train = bank("gsm8k", WORKED[strategy])
    assert len(lines) == 8
    assert {line["id"] for line in lines} <= train
    assert all(line["reasoning"] for line in lines)
    assert about["tokens"]["exemplars"] <= 1200


@pytest.mark.real
def test_all_worked_answers_can_be_searched(bank):
    """Nearest keeps every problem of train, and shows none without its reasoning."""
    _, lines, train = bank("gsm8k", "nearest: {require_reasoning: true}")
    assert {line["id"] for line in lines} == train
    assert all(line["reasoning"] for line in lines)


@pytest.mark.real
@pytest.mark.parametrize("name", ["banking77", "gsm8k"])
def test_named_exemplars_are_the_bank(bank, name):
    """Fixed takes those that a draw has shown, in another order."""
    _, lines, _ = bank(name, "random: {shots: 4}")
    ids = [line["id"] for line in lines][::-1]
    _, again, _ = bank(name, f"fixed: {{ids: [{', '.join(ids)}]}}")
    assert [line["id"] for line in again] == ids


@pytest.mark.real
def test_nothing_is_hard_where_nothing_has_a_label(bank):
    """The answers of gsm8k are free text: the recipe is refused, and told what would do."""
    with pytest.raises(RecipeError, match="hard: train has 0 labels"):
        bank("gsm8k", "hard: {shots: 8}")


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "others"), [("banking77", set()), ("gsm8k", {"hard: train has 0 labels"})]
)
def test_compare_prints_the_table(bank, tmp_path, name, others):
    """A line for each strategy that can choose, with numbers that tell them apart."""
    bank(name, "diverse: {shots: 77}")
    done = CliRunner().invoke(compare, [str(tmp_path / "one"), "--shots", "77"])
    head, *rows, note = done.stdout.splitlines()
    assert len(head.split()) == 8
    named = {row.split("  ")[0].strip(): row.split()[-5] for row in rows}
    assert set(named) == COMPARED - ({"hard"} if others else set())
    assert float(named["facility_location"]) > float(named["random"])
    assert {line.split(",")[0] for line in done.stderr.splitlines()} == others
    assert note.startswith("coverage of ")
