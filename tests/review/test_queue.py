"""Which records people see, and how each is shown."""

import polars as pl
import pytest

from curator.records import RECORD, complete, identify
from curator.review.asked import Asked
from curator.review.queue import as_shown, items, queue


@pytest.fixture
def records():
    """Make kept examples out of fields; question and answer in a word."""

    def make(*rows):
        named = [
            {
                "position": i,
                "changes": [],
                **row,
                "messages": [
                    {"role": "user", "content": row.get("messages", (f"question {i}?",))[0]},
                    {"role": "assistant", "content": f"answer {i}"},
                ],
                "provenance": {"row": i, **row.get("provenance", {})},
            }
            for i, row in enumerate(rows)
        ]
        names = dict.fromkeys(name for row in named for name in row)
        frame = pl.DataFrame(named, schema={name: RECORD[name] for name in names})
        return identify(complete(frame.lazy())).collect().lazy()

    return make


def whys(frame, **asked):
    """Say of each row in the queue where it was read, and why it is there."""
    chosen = queue(frame, Asked(**asked))
    return list(chosen.select("position", "why").iter_rows())


def test_exemplars_come_first_whatever_the_queue(records):
    """Whoever is in the bank is always reviewed, in the order of the bank."""
    frame = records({"exemplar_rank": 1}, {}, {"exemplar_rank": 0})
    assert whys(frame) == [(2, "in the bank"), (0, "in the bank")]
    assert whys(frame, queue="all")[2] == (1, "all are reviewed")


def test_what_is_suspicious_says_why(records):
    """A label conflict, a step that was not sure, a near-copy with another label."""
    like = "when does the last ferry to the island leave on a sunday evening in june"
    frame = records(
        {"changes": ["label_conflicts: same text, different labels | a / b"], "label": "a"},
        {"provenance": {"confidence": 0.5}},
        {"provenance": {"confidence": 0.9}},
        {"messages": [like], "label": "times"},
        {"messages": [like + " please"], "label": "fares"},
    )
    lookalike = "like one of another label"
    assert whys(frame) == [
        (0, "label conflict"), (1, "low confidence"), (3, lookalike), (4, lookalike),
    ]  # fmt: skip


def test_a_sample_is_drawn_label_by_label(records):
    """A rare label has its turn; the same seed draws the same."""
    frame = records(*[{"label": "many"}] * 20, {"label": "few"})
    chosen = queue(frame, Asked(queue="sample", size=4, seed=3))
    assert 20 in chosen["position"].to_list()
    assert chosen.height == 4
    assert chosen.equals(queue(frame, Asked(queue="sample", size=4, seed=3)))


def test_a_sample_that_people_have_changed_is_not_drawn_anew(records):
    """Corrected rows have new ids and labels, rejected ones are gone: nobody is asked for more."""
    asked = Asked(queue="sample", size=12, seed=3)
    frame = records(*[{"label": "ab"[i % 2]} for i in range(60)])
    drawn = queue(frame, asked)["position"].to_list()
    seen = pl.col("position").is_in(drawn)
    corrected, rejected = (pl.col("position").is_in(drawn[at::3]) for at in (0, 1))
    status = pl.when(corrected).then(pl.lit("corrected")).when(rejected).then(pl.lit("rejected"))
    after = frame.with_columns(
        id=pl.when(corrected).then(pl.lit("new ") + pl.col("id")).otherwise("id"),
        label=pl.when(corrected).then(pl.lit("c")).otherwise("label"),
        rejected=pl.when(rejected).then(pl.lit("review: other")),
        review=pl.when(seen).then(pl.struct(status=status.otherwise(pl.lit("approved")))),
    )
    assert sorted(queue(after, asked)["position"]) == sorted(set(drawn) - set(drawn[1::3]))


def test_a_weak_answer_is_suspicious(records):
    """It says what is weak; what a step was not sure of says that."""
    frame = records({"messages": ["answer 0"]}, {"provenance": {"confidence": 0.5}}, {})
    assert whys(frame) == [
        (0, "low quality: the answer repeats the question"), (1, "low confidence"),
    ]  # fmt: skip


def test_a_content_that_stands_twice_is_seen_once(records):
    """Its verdict holds for both."""
    frame = records({"messages": ["same?"]}, {"messages": ["same?"]})
    same = frame.with_columns(id=pl.lit("one"))
    assert queue(same, Asked(queue="all")).height == 1


def test_only_a_share_is_seen_by_several(records):
    """The share is drawn by id: the same rows in every run."""
    frame = records(*[{}] * 200)
    people = queue(frame, Asked(queue="all", people=3, overlap=0.25))["people"]
    assert set(people) == {1, 3}
    assert 30 <= (people == 3).sum() <= 70


def test_an_item_shows_what_a_person_needs(records):
    """The chat before the answer, the answer, and what can be filtered by."""
    frame = records({"label": "times", "split": "test", "context": "It leaves at nine."})
    chosen = queue(frame, Asked(queue="all"))
    [item] = items(frame, None, chosen)
    assert item.messages == [{"role": "user", "content": "question 0?"}]
    assert (item.answer, item.passage) == ("answer 0", "It leaves at nine.")
    assert item.metadata["split"] == "test"
    assert "confidence" not in item.metadata
    assert as_shown(frame, chosen)[item.id].answer == "answer 0"


@pytest.mark.parametrize(("content", "answer"), [(None, "[1]"), ("Let me look.", "Let me look.")])
def test_tool_calls_are_shown_and_kept_as_they_were_shown(records, content, answer):
    """What is filled in and left as it is must not pass for a correction."""
    said = {"role": "assistant", "content": content, "tool_calls": "[1]"}
    rows = records({}).collect().to_dicts()
    rows[0]["messages"] = [*rows[0]["messages"][:1], said, rows[0]["messages"][0], said]
    frame = pl.LazyFrame(rows, schema=RECORD)
    chosen = queue(frame, Asked(queue="all"))
    [item] = items(frame, None, chosen)
    assert (item.answer, item.calls) == (answer, "[1]" if content else None)
    assert item.messages[1]["content"] == (f"{content}\n\n[1]" if content else "[1]")
    shown = as_shown(frame, chosen)[item.id]
    assert (shown.answer, shown.is_calls) == (answer, content is None)


def test_a_derived_answer_is_shown_in_its_document(records):
    """With a little around it, cut where the page goes on."""
    page = "x" * 400 + "The ferry leaves at nine." + "y" * 400
    documents = pl.LazyFrame({"id": ["doc"], "text": [page]})
    frame = records({"provenance": {"document_id": "doc", "start": 400, "end": 425}})
    [item] = items(frame, documents, queue(frame, Asked(queue="all")))
    assert item.passage == "…" + "x" * 300 + "The ferry leaves at nine." + "y" * 300 + "…"
