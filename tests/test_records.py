"""Records: ids by content, rejections that stick, texts to compare, verdicts by position."""

import polars as pl

from curator import records as rows


def examples(*chats, **columns):
    """Make RECORD rows from lists of (role, content)."""
    messages = [[{"role": role, "content": content} for role, content in chat] for chat in chats]
    wide = [
        [{**dict.fromkeys(f.name for f in rows.MESSAGE.fields), **m} for m in chat]
        for chat in messages
    ]
    origin = {"uri": "a.csv", "sha256": "0" * 64, "row": 1}
    data = [{"position": i, "messages": chat, "provenance": origin} for i, chat in enumerate(wide)]
    frame = pl.DataFrame(
        data,
        schema={k: rows.RECORD[k] for k in ("position", "messages", "provenance")},
        orient="row",
    )
    return rows.complete(frame.with_columns(**columns).lazy())


CHAT = [("system", "Be kind."), ("user", "When?"), ("assistant", "At noon.")]


def test_the_first_rejection_of_a_row_stands():
    """Later steps cannot overwrite why a row left."""
    frame = rows.reject(examples(CHAT, CHAT), pl.col("position") == 0, "a: first")
    frame = rows.reject(frame, pl.lit(value=True), "b: second").collect()
    assert frame["rejected"].to_list() == ["a: first", "b: second"]


def test_a_null_condition_rejects_nothing():
    """What is not known to be wrong is kept."""
    frame = rows.reject(examples(CHAT), pl.col("label") == "x", "a: b").collect()
    assert frame["rejected"].to_list() == [None]


def test_touch_appends_to_the_life_of_the_rows_it_names():
    """Steps leave their marks in order."""
    frame = rows.touch(examples(CHAT, CHAT), pl.col("position") == 1, "a: x")
    frame = rows.touch(frame, pl.lit(value=True), "b: y").collect()
    assert frame["changes"].to_list() == [["b: y"], ["a: x", "b: y"]]


def test_the_text_of_an_example_by_what_is_looked_at():
    """Input leaves out system text and answer; messages leaves out nothing."""
    frame = examples(CHAT)
    texts = {
        over: frame.select(rows.text_over(over)).collect().item()
        for over in ("input", "input_output", "messages")
    }
    assert texts == {
        "input": "When?",
        "input_output": "When?\nAt noon.",
        "messages": "system Be kind.\nuser When?\nassistant At noon.",
    }


def test_an_id_depends_on_the_content_and_on_nothing_else():
    """Equal contents share an id wherever they were read; any other content has another."""
    other = [("user", "When?"), ("assistant", "At noon!")]
    frame = rows.identify(examples(CHAT, CHAT, other, group=pl.lit("g"))).collect()
    assert frame["id"].n_unique() == 2
    assert frame["id"][0] == frame["id"][1] == rows.identify(examples(CHAT)).collect()["id"][0]


def test_no_two_contents_share_the_bytes_that_are_hashed():
    """A text cannot imitate the border between two messages."""
    joined = [("user", "a:4:user1:b")]
    apart = [("user", "a"), ("user", "b")]
    assert rows.identify(examples(joined, apart)).collect()["id"].n_unique() == 2


def test_a_changed_row_gets_a_new_id_and_keeps_the_one_it_was_read_with():
    """Two changes later the first id is still known."""
    frame = rows.identify(examples(CHAT))
    first = frame.collect()["id"][0]
    for label in ("x", "y"):
        frame = rows.touch(frame.with_columns(label=pl.lit(label)), pl.lit(value=True), "a: b")
        frame = rows.identify(frame)
    row = frame.collect().to_dicts()[0]
    assert row["id"] != first
    assert row["provenance"]["parent_id"] == first


def test_verdicts_fall_on_positions_and_rejected_rows_are_left_alone():
    """A row that is already out gets no split."""
    frame = rows.reject(examples(CHAT, CHAT, CHAT), pl.col("position") == 0, "a: b")
    verdicts = pl.DataFrame(
        {"position": [0, 2], "split": ["train", "test"], "change": ["s: 1", "s: 2"]},
        schema_overrides={"position": pl.Int64},
    )
    judged = rows.judge(frame, verdicts).collect()
    assert judged["split"].to_list() == [None, None, "test"]
    assert judged["changes"].to_list() == [["s: 1"], [], ["s: 2"]]


def test_reasons_are_counted_by_what_stands_before_the_bar():
    """Numbers of one row do not make a reason of their own."""
    frame = examples(CHAT).with_columns(rejected=pl.lit("near_duplicates: like another | 0.83 abc"))
    reason = frame.select(**rows.reasons()).collect().to_dicts()[0]
    assert reason == {"step": "near_duplicates", "reason": "like another", "detail": "0.83 abc"}
