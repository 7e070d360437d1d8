"""Which rows are equal, and which of them stands."""

import polars as pl
import pytest

from curator.records import IS_DOCUMENT, complete, identify, message
from curator.refine.exact_duplicates import Options, resolve, sign


def examples(*rows):
    """Give each (input, output, label, split) a position and an id."""
    schema = ["input", "output", "label", "split"]
    frame = pl.LazyFrame(rows, schema=dict.fromkeys(schema, pl.String), orient="row")
    user = message(pl.lit("user"), pl.col("input"))
    answer = message(pl.lit("assistant"), pl.col("output"))
    frame = frame.with_columns(messages=pl.concat_list(user, answer), position=pl.row_index())
    return identify(complete(frame.drop("input", "output"))).collect().lazy()


def merged(records, over="input_output"):
    """Say for each position that goes which position stands for it."""
    options = Options(over=over)
    verdict = resolve(sign(records, options), options).sort("position").collect()
    position = dict(
        records.filter(pl.col("id").is_first_distinct()).select("id", "position").collect().rows()
    )
    return {row: position[into] for row, into in verdict.select("position", "merged_into").rows()}


def test_the_first_of_equal_rows_stands():
    """The others name its id and say why they go."""
    records = examples(*[("Hi", "Hello", None, None)] * 3, ("Hi", "Bye", None, None))
    verdict = resolve(sign(records, Options()), Options()).sort("position").collect()
    first = records.collect()["id"][0]
    why = "exact_duplicates: same input and output"
    assert verdict.select("position", "merged_into", "rejected").rows() == [
        (1, first, why),
        (2, first, why),
    ]


@pytest.mark.parametrize(
    ("over", "expected"), [("input", {1: 0}), ("input_output", {}), ("messages", {})]
)
def test_what_has_to_be_equal(over, expected):
    """The same question with two answers is a duplicate over the input only."""
    records = examples(("Hi", "Hello", None, None), ("Hi", "Bye", None, None))
    assert merged(records, over) == expected


def test_rows_with_different_labels_stay():
    """A label conflict is not a duplicate; no label is a label of its own."""
    records = examples(("Hi", "x", "a", None), ("Hi", "x", "b", None), ("Hi", "x", None, None))
    assert merged(records, "input") == {}


def test_a_test_row_stands_before_all_others():
    """Test before validation before train, whatever comes first."""
    row = ("Hi", "Hello", None)
    records = examples((*row, "train"), (*row, "validation"), (*row, "test"), (*row, None))
    stands = resolve(sign(records, Options()), Options()).collect()
    assert sorted(stands["position"]) == [0, 1, 3]


def test_text_does_not_slip_from_input_to_output():
    """Joined, the two rows read the same; they are not."""
    records = examples(("a\nb", "c", None, None), ("a", "b\nc", None, None))
    assert merged(records) == {}


def test_rejected_rows_neither_go_nor_stand():
    """Only kept rows are looked at."""
    records = examples(*[("Hi", "Hello", None, None)] * 3)
    out = pl.when(pl.col("position") == 0).then(pl.lit("text_length: too short"))
    verdict = resolve(sign(records.with_columns(rejected=out), Options()), Options()).collect()
    assert verdict["position"].to_list() == [2]


def test_documents():
    """A document is compared by its text."""
    rows = pl.LazyFrame(
        {"text": ["one", "two", "one"], "position": [0, 1, 2], "id": ["a", "b", "c"]}
    )
    records = complete(rows)
    assert records.filter(IS_DOCUMENT).collect().height == 3
    verdict = resolve(sign(records, Options()), Options()).collect()
    assert verdict.select("position", "merged_into").rows() == [(2, "a")]


@pytest.mark.parametrize("text", ["", "😀", "x" * 300_000, "\u200b", None])
def test_hostile_texts(text):
    """Empty, invisible, long and missing texts are equal to themselves only."""
    records = examples((text, "a", None, None), ("other", "a", None, None), (text, "a", None, None))
    assert merged(records) == {2: 0}


def test_no_rows():
    """Nothing comes of nothing, with the right columns."""
    verdict = resolve(sign(examples(), Options()), Options()).collect()
    assert verdict.schema == {"position": pl.Int64, "merged_into": pl.String, "rejected": pl.String}


def test_the_same_words_about_another_passage_are_no_repeat():
    """An order such as "Give this text a title." says something new of each text."""
    records = examples(*[("Title?", "Fares", None, None)] * 3)
    passages = pl.Series(["Zones.", "Prices.", "Prices."], dtype=pl.String)
    assert merged(records.with_columns(context=passages)) == {2: 0}
