"""An item as Argilla's record: what is shown, what is filled in, what is filtered by."""

from curator.review.argilla.records import JOINER, MAX_RECORDS, batches, record
from curator.review.argilla.settings import FIELDS, FLOATS, INTEGERS, TERMS, settings
from curator.review.item import Item
from curator.review.questions import questions
from curator.task import Output, Task

LABELS = Task(output=Output(labels=("lost", "stolen")))
IDS = {"verdict": "q1", "answer": "q2", "label": "q2", "reasons": "q3", "rating": "q4"}
ASKED = [{"role": "user", "content": "Where is it?"}]


def written(task=None, **fields):
    item = Item(**{"id": "r1", "messages": ASKED, "answer": "Gone.", **fields})
    return record(item, questions(task or Task()), IDS)


def test_a_single_question_is_the_input_beside_its_passage_and_its_answer():
    """Nothing that a row lacks is in its record."""
    fields = written(passage="It is gone.")["fields"]
    assert fields == {"input": "Where is it?", "passage": "It is gone.", "stands": "Gone."}


def test_of_a_chat_the_last_words_of_the_user_are_the_input():
    """What was said before stands above them, in its order."""
    before = [{"role": "system", "content": "Be kind."}, {"role": "assistant", "content": "Hi!"}]
    fields = written(messages=[*before, *ASKED])["fields"]
    assert fields["chat"] == before
    assert fields["input"] == "Where is it?"


def test_what_tools_said_after_the_user_is_shown_with_all_before_it():
    """An answer to a tool's result is judged by that result."""
    told = [*ASKED, {"role": "tool", "content": ""}]
    fields = written(messages=told)["fields"]
    assert fields["chat"] == [*ASKED, {"role": "tool", "content": "(empty)"}]
    assert fields["input"] == "Where is it?"


def test_a_chat_longer_than_the_server_takes_says_what_is_not_shown():
    """A cut is told; the records themselves stay as they are."""
    long = [{"role": "user", "content": "x" * 30_000}, *[{"role": "tool", "content": "y"}] * 600]
    chat = written(messages=long)["fields"]["chat"]
    assert len(chat) == 500
    assert chat[0] == {"role": "system", "content": "(102 messages before this are not shown)"}
    chat = written(messages=[*long[:2]])["fields"]["chat"]
    assert len(chat[0]["content"]) <= 20_000
    assert chat[0]["content"].endswith("\n… (10,060 more characters are not shown)")


def test_texts_cannot_be_read_as_html_by_the_page():
    """A tag would be hidden, and what it names would be loaded."""
    hostile = "<img src=//x> a < b && c &lt; <!-- --> </p>"
    fields = written(answer=hostile, passage=hostile)["fields"]
    shown = f"<{JOINER}img src=//x> a < b && c &{JOINER}lt; <{JOINER}!-- --> <{JOINER}/p>"
    assert fields["stands"] == fields["passage"] == shown
    assert written(answer=hostile)["suggestions"][0]["value"] == hostile


def test_the_answer_is_filled_in_and_the_verdict_never():
    """What is filled in and left untouched is submitted: a verdict must be somebody's own."""
    assert written()["suggestions"] == [{"question_id": "q2", "value": "Gone.", "type": "model"}]
    filled = written(LABELS, answer="lost", label="lost")
    assert filled["suggestions"] == [{"question_id": "q2", "value": "lost", "type": "model"}]
    assert "stands" not in filled["fields"]


def test_tool_calls_beside_a_text_are_shown_with_it():
    """The text is what can be mended; the calls are judged with it."""
    made = written(calls="[1]")
    assert made["fields"]["stands"] == "Gone.\n\n[1]"
    assert made["suggestions"][0]["value"] == "Gone."
    assert written(LABELS, answer="lost", label="lost", calls="[1]")["fields"]["stands"]


def test_what_the_question_does_not_offer_is_not_filled_in():
    """A label outside the list would be refused; it is still to be seen."""
    filled = written(LABELS, answer="sold", label="sold")
    assert filled["suggestions"] == []
    assert filled["metadata"]["given_label"] == "sold"


def test_what_cannot_be_carried_exactly_is_shown_but_not_filled_in():
    """It would come back changed, and count as a correction that nobody made."""
    filled = written(answer="a\0b")
    assert filled["suggestions"] == []
    assert filled["fields"]["stands"] == "a\ufffdb"


def test_metadata_has_the_types_of_its_properties():
    """The server refuses a whole number where a fraction is expected, and knows no NaN."""
    given = {"tokens": 12, "confidence": 1, "split": "train", "exemplar_rank": float("nan"), "x": 2}
    metadata = written(metadata=given, why="label conflict")["metadata"]
    assert metadata == {
        "tokens": 12, "confidence": 1.0, "split": "train", "why": "label conflict", "x": 2,
    }  # fmt: skip
    assert isinstance(metadata["confidence"], float)


def test_no_two_of_fields_questions_and_properties_share_a_name():
    """The client reads them into one namespace."""
    names = [*FIELDS, *TERMS, *INTEGERS, *FLOATS]
    for task in (Task(), LABELS):
        every = [*names, *(one.name for one in questions(task))]
        assert len(every) == len(set(every))


def test_a_label_without_a_usable_list_is_asked_as_a_text():
    """Argilla offers 2 to 500 labels of at most 200 characters."""
    for labels in (("one",), tuple(map(str, range(501))), ("a", "b" * 201)):
        asked = settings(questions(Task(output=Output(labels=labels))), "", 1).questions
        assert (asked[1].name, asked[1].kind, asked[1].options) == ("label", "text", ())


def test_batches_keep_the_limit_of_the_server_and_each_dataset_apart():
    """Ten thousand records are held five hundred at a time."""
    rows = ((f"d{at % 2}", {"fields": {"input": "x"}, "at": at}) for at in range(1_700))
    sent = [(place, [one["at"] for one in batch]) for place, batch in batches(rows)]
    assert [(place, len(batch)) for place, batch in sent] == [
        ("d0", MAX_RECORDS), ("d1", MAX_RECORDS), ("d0", 350), ("d1", 350),
    ]  # fmt: skip
    assert sorted(at for _, batch in sent for at in batch) == list(range(1_700))


def test_batches_are_short_where_records_are_long():
    """Five hundred passages of a megabyte are not one request."""
    rows = (("d", {"fields": {"input": "x" * 1_500_000}}) for _ in range(7))
    assert [len(batch) for _, batch in batches(rows)] == [3, 3, 1]
