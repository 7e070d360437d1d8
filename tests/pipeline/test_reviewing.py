"""A run waits for people, and goes on with what they said."""

import csv
import json
from pathlib import Path

import orjson
import polars as pl
import pytest

from curator.engine import polars as engine
from curator.errors import RecipeError, ReviewError
from curator.pipeline.asking import agreement, collect, send
from curator.pipeline.run import Run
from curator.recipe import load

RECIPE = """\
name: desk
seed: 5
task: {instruction: Name the topic., output: {labels: from_data}}
read:
  - csv: {path: messages.csv, map: {input: text, label: topic}}
select:
  - split
  - random: {per_label: 1}
review:
  - worksheet: {path: review.csv, queue: all}
validate: [record_schema, split_leakage]
write: [instruction_set]
"""
WORDS = [
    "harbour", "island", "ferry", "deck", "cabin", "bridge", "engine", "anchor", "pier",
    "lighthouse", "gangway", "lounge",
]  # fmt: skip


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """Stand in a folder with a recipe that asks for reviews, and 12 messages."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "desk.yaml").write_text(RECIPE)
    lines = [
        f"where is the {word} {i * 37},{'lost' if i % 3 else 'fare'}"
        for i, word in enumerate(WORDS)
    ]
    (tmp_path / "messages.csv").write_text("text,topic\n" + "\n".join(lines) + "\n")
    return tmp_path


def run(**sets):
    """Run the recipe of the folder."""
    return Run(recipe=load("desk.yaml", sets=sets), out=engine_path(), engine=engine).run()


def engine_path():
    """Where the run's files go."""
    return Path("out")


def ask():
    """Send what is to be reviewed."""
    recipe = load("desk.yaml")
    return send(recipe, recipe.room("review")[0], engine_path(), progress=lambda _: None)


def fill(answer):
    """Let a person fill the worksheet in: ``answer`` gives the cells that change of each row."""
    with Path("review.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    with Path("review.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows({**row, **answer(row)} for row in rows)


def take():
    """Collect what was filled in."""
    return collect(load("desk.yaml"), progress=lambda _: None)


def test_a_run_waits_until_people_have_answered(desk):
    """It says how many rows wait, what to run, and leaves what it has."""
    with pytest.raises(ReviewError) as caught:
        run()
    assert caught.value.exit_code == 5
    assert caught.value.message == "12 of 12 rows wait for a verdict"
    assert "curator review send desk.yaml --backend worksheet" in caught.value.hint
    assert (desk / "out" / "records.parquet").is_file()
    assert not (desk / "out" / "manifest.json").exists()


def test_a_run_that_waits_for_rows_that_went_out_says_what_to_open(desk):
    """They are not to be sent again; rows that are new since are."""
    with pytest.raises(ReviewError):
        run()
    ask()
    with pytest.raises(ReviewError) as caught:
        run()
    assert caught.value.hint == (
        "open review.csv; when people have answered: curator review collect desk.yaml, then "
        "curator run desk.yaml again"
    )
    with (desk / "messages.csv").open("a") as file:
        file.write("where is the whistle 999,lost\n")
    with pytest.raises(ReviewError) as caught:
        run()
    assert caught.value.hint.startswith("curator review send desk.yaml")


def test_verdicts_reach_every_artifact(desk):
    """Kept, corrected and rejected: the run goes on, and its files show it."""
    with pytest.raises(ReviewError):
        run()
    ask()
    said = {
        "harbour": {"verdict": "reject", "reasons": "unclear question"},
        "deck": {"verdict": "fix"},
    }
    said["deck"]["label"] = "lost"

    def answer(row):
        word = next(word for word in WORDS if word in row["prompt"])
        return {"verdict": "keep", **said.get(word, {})}

    fill(answer)
    assert take()["status"] == {"approved": 10, "corrected": 1, "rejected": 1}
    manifest = run()
    assert manifest.ledger.rejected == {"review": {"unclear question": 1}}
    rows = pl.read_parquet("out/records.parquet")
    deck = rows.filter(pl.col("messages").list.first().struct.field("content").str.contains("deck"))
    assert deck["label"].to_list() == ["lost"]
    assert deck["review"].struct.field("status").to_list() == ["corrected"]
    assert rows["review"].struct.field("status").null_count() == 0
    card = (desk / "out" / "dataset" / "README.md").read_text()
    assert "People have reviewed 11 of the rows: approved 10, corrected 1." in card
    written = pl.read_parquet("out/dataset/data/*.parquet")
    assert written["review"].struct.field("by").str.starts_with("reviewer").all()


def test_a_corrected_row_keeps_its_split(desk):
    """The split was decided before; a correction moves no row from test to train."""
    with pytest.raises(ReviewError):
        run()
    before = dict(splits())
    ask()
    fill(lambda row: {"verdict": "fix", "label": "fare" if row["label"] == "lost" else "lost"})
    take()
    run()
    assert dict(splits()) == before


def splits():
    """Give the split of each question."""
    rows = pl.read_parquet("out/records.parquet")
    asked = rows["messages"].list.first().struct.field("content")
    return zip(asked, rows["split"], strict=True)


def test_a_sample_that_was_answered_lets_the_run_go_on(desk):
    """Rejected and corrected rows make no room for others that would have to be seen as well."""
    sample = {"review.worksheet.queue": "sample", "review.worksheet.size": "6"}
    with pytest.raises(ReviewError):
        run(**sample)
    recipe = load("desk.yaml", sets=sample)
    send(recipe, recipe.room("review")[0], engine_path(), progress=lambda _: None)
    with Path("review.csv").open(encoding="utf-8-sig", newline="") as file:
        bank = [row["id"] for row in csv.DictReader(file) if row["why"] == "in the bank"]

    def answer(row):
        if row["id"] in bank:
            return {"verdict": "keep"}
        return (
            {"verdict": "reject"} if row["label"] == "fare" else {"verdict": "fix", "label": "fare"}
        )

    fill(answer)
    take()
    assert run(**sample).ledger.kept >= 6


def test_verdicts_outlive_a_second_run_and_give_the_same_bytes(desk):
    """Nothing is asked again."""
    with pytest.raises(ReviewError):
        run()
    ask()
    fill(lambda _: {"verdict": "keep"})
    take()
    run()
    first = (desk / "out" / "records.parquet").read_bytes()
    run()
    assert (desk / "out" / "records.parquet").read_bytes() == first


def test_a_row_changed_by_a_person_and_the_source_stops_the_run(desk):
    """Neither overwrites the other: the conflict is written down and named."""
    with pytest.raises(ReviewError):
        run()
    ask()
    fill(
        lambda row: (
            {"verdict": "fix", "label": "fare"} if row["label"] == "lost" else {"verdict": "keep"}
        )
    )
    take()
    text = (desk / "messages.csv").read_text()
    (desk / "messages.csv").write_text(text.replace("island 37,lost", "island 37,other"))
    with pytest.raises(ReviewError) as caught:
        run()
    assert caught.value.message.startswith("1 answers were changed by people and by the source: ")
    assert len((desk / "desk.reviews.conflicts.jsonl").read_text().splitlines()) == 1


def test_a_verdict_on_a_row_that_has_changed_is_listed_not_applied(desk):
    """The new row is asked about again."""
    with pytest.raises(ReviewError):
        run()
    ask()
    fill(lambda _: {"verdict": "keep"})
    take()
    text = (desk / "messages.csv").read_text()
    (desk / "messages.csv").write_text(text.replace("island 37,lost", "island 37,fare"))
    with pytest.raises(ReviewError, match="1 of 12 rows wait for a verdict"):
        run()
    assert len((desk / "desk.reviews.stale.jsonl").read_text().splitlines()) == 1


def test_people_who_disagree_hold_the_run_back(desk):
    """Below min_alpha nothing is written, and one person alone has no agreement."""
    with pytest.raises(ReviewError):
        run()
    ask()
    fill(lambda _: {"verdict": "keep"})
    take()
    with pytest.raises(ReviewError, match="too low: not enough overlap"):
        run(**{"review.worksheet.min_alpha": "0.67"})
    assert agreement(load("desk.yaml")) is not None


def second_person(verdict):
    """Let somebody else answer every row that was answered; ``verdict`` gives what of each."""
    path = Path("desk.reviews.jsonl")
    said = [orjson.loads(line) for line in path.read_bytes().splitlines()]
    more = [
        {**one, "by": "reviewer2", "values": {**one["values"], "verdict": verdict(nth)}}
        for nth, one in enumerate(said)
    ]
    path.write_bytes(b"".join(orjson.dumps(one) + b"\n" for one in [*said, *more]))
    return said


def test_the_manifest_says_how_far_people_agree(desk):
    """How many answered, what was decided, alpha, and the rows that they differ on; and no names."""
    with pytest.raises(ReviewError):
        run()
    ask()
    fill(lambda row: {"verdict": "reject" if "deck" in row["prompt"] else "keep"})
    take()
    said = second_person(lambda nth: "keep" if nth != 2 else "reject")
    review = run(**{"review.worksheet.required": "false"}).review
    counts = {name: review[name] for name in ("people", "rows", "rows_of_several", "answers")}
    assert counts == {"people": 2, "rows": 12, "rows_of_several": 12, "answers": 24}
    assert review["verdicts"] == {"approved": 10, "open": 2}
    assert review["agreement"]["verdict"]["rows"] == 12
    assert review["agreement"]["verdict"]["alpha"] == pytest.approx(-0.045, abs=0.01)
    assert review["disputed"]["rows"] == 2
    assert said[2]["record_id"] in review["disputed"]["ids"]
    assert "reviewer" not in str(review)


def test_a_run_that_nobody_reviewed_says_nothing_of_it(desk):
    """The manifest has the place, and nothing stands there."""
    assert run(**{"review.worksheet.required": "false"}).review == {}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("{verdict: unanimous, label: {by: ann}}", ""),
        ("{by: ann}", ""),
        ("most", "resolve"),
        ("{verdict: most}", "verdict"),
        ("{comment: latest}", "comment"),
    ],
)
def test_a_rule_is_one_for_all_questions_or_one_for_each(desk, given, words):
    """What is no rule is a mistake of the recipe, with its place."""
    sets = {"review.worksheet.resolve": given}
    if not words:
        assert load("desk.yaml", sets=sets).room("review")[0].options.resolve
        return
    with pytest.raises(RecipeError) as caught:
        load("desk.yaml", sets=sets)
    assert words in str(caught.value)


def test_what_went_out_before_a_sending_broke_can_be_collected(desk):
    """Rows that have arrived get answers, also those that a second sending no longer sends."""
    with pytest.raises(ReviewError):
        run()
    recipe = load("desk.yaml", sets={"review.worksheet.path": "messages.csv/no.csv"})
    with pytest.raises(ReviewError, match="cannot be written"):
        send(recipe, recipe.room("review")[0], engine_path(), progress=lambda _: None)
    with pytest.raises(ReviewError, match="the sending was never finished") as caught:
        take()
    assert caught.value.hint.startswith("curator review send desk.yaml")
    text = (desk / "messages.csv").read_text()
    (desk / "messages.csv").write_text(text.replace("island 37,lost", "island 37,other"))
    with pytest.raises(ReviewError):
        run()
    ask()
    assert take()["sent"] == 12
    held = json.loads((desk / "desk.review.json").read_text())
    assert len(held["sent"] | held["going"]) == 13


def test_rows_may_go_to_two_places_and_come_back_from_both(desk):
    """What was answered where they went first is not forgotten; a place that is gone is told."""
    with pytest.raises(ReviewError):
        run()
    ask()
    fill(lambda row: {"verdict": "keep" if "deck" in row["prompt"] else ""})
    recipe = load("desk.yaml", sets={"review.worksheet.path": "more.jsonl"})
    sent = send(recipe, recipe.room("review")[0], engine_path(), progress=lambda _: None)
    assert sent["rows"] == 12
    lines = [json.loads(line) for line in Path("more.jsonl").read_text().splitlines()]
    kept = [json.dumps({**row, "verdict": "keep"}) for row in lines if "deck" not in row["prompt"]]
    Path("more.jsonl").write_text("\n".join(kept))
    assert take()["status"] == {"approved": 12}
    Path("review.csv").unlink()
    assert take()["status"] == {"approved": 12}


def test_a_ticket_that_is_none_says_how_to_go_on(desk):
    """Sending again reads it too."""
    with pytest.raises(ReviewError):
        run()
    (desk / "desk.review.json").write_text("{")
    for call in (take, ask):
        with pytest.raises(ReviewError, match="this is no ticket") as caught:
            call()
        assert caught.value.hint == "move it away, then: curator review send desk.yaml"


def test_nothing_to_send_and_nothing_sent_are_told(desk):
    """Each says what to run first."""
    recipe = load("desk.yaml")
    with pytest.raises(ReviewError, match="there are no records to review"):
        send(recipe, recipe.room("review")[0], engine_path(), progress=lambda _: None)
    with pytest.raises(ReviewError, match="nothing was sent yet"):
        take()
