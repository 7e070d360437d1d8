"""JSON files: every row is read or rejected, and the fast way tells no other story than the careful one."""

import gzip
import json
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curator.errors import RecipeError, SourceError
from curator.read import json_pieces, jsonl
from curator.records import RECORD

CHAT = '{"messages":[{"role":"user","content":"Is the ferry late?"},{"role":"assistant","content":"No."}]}'


def records(path: Path, content: str | bytes, **options) -> pl.DataFrame:
    path = path / "rows.jsonl"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return jsonl.read(jsonl.Options(path=str(path), **options)).collect()


def why(frame: pl.DataFrame) -> list[str | None]:
    return frame["rejected"].to_list()


def contents(frame: pl.DataFrame) -> list[list[str]]:
    return [[said["content"] for said in chat] for chat in frame["messages"].drop_nulls()]


def test_a_row_has_all_columns_and_says_where_it_stands(tmp_path):
    """Row and line count from one, and the file is named with its hash."""
    frame = records(tmp_path, CHAT + "\n\n" + CHAT.replace("No.", "Yes.") + "\n")
    assert dict(frame.schema) == dict(RECORD)
    places = frame["provenance"].struct.unnest()
    assert places["row"].to_list() == [1, 2]
    assert places["line"].to_list() == [1, 3]
    assert places["uri"].to_list() == [str(tmp_path / "rows.jsonl")] * 2
    assert contents(frame) == [["Is the ferry late?", "No."], ["Is the ferry late?", "Yes."]]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"messages": [{"role"', "broken JSON | Expecting ':' delimiter at character 22"),
        (b'{"messages": []} {}', "broken JSON | Extra data at character 18"),
        (
            b"{'a': 1}",
            "broken JSON | Expecting property name enclosed in double quotes at character 2",
        ),
        (b'{"a":"\xff"}', "bad encoding | byte 7 of the row is not utf-8"),
        (b'{"a":"\\ud800"}', "bad encoding | half a surrogate pair"),
        (b'{"a":"x\ty"}', "broken JSON | Invalid control character at character 8"),
        (b'{"a":1,"a":2}', "duplicate key | a"),
        (b'{"a":{"b":1,"b":2}}', "duplicate key | b"),
        (b'{"a":NaN}', "not a number JSON allows | NaN"),
        (b'{"a":-Infinity}', "not a number JSON allows | -Infinity"),
        (b'{"a":' + b"9" * 5000 + b"}", "over-long number | 5000 digits"),
        (b'{"a":' + b"[" * 300 + b"]" * 300 + b"}", "nested too deep | more than 200 levels"),
        (b'{"a":' + b"[" * 5000 + b"]" * 5000 + b"}", "nested too deep | more than 200 levels"),
        (b"[1, 2]", "wrong type | $: a list where an object is expected"),
        (b"7", "wrong type | $: a number where an object is expected"),
        (b'{"messages":"x"}', "wrong type | $.messages: a string where a list is expected"),
        (b'{"messages":[]}', "no messages | $.messages is an empty list"),
        (b'{"text":"x"}', "missing field | $.messages"),
    ],
)
def test_a_bad_line_is_rejected_with_its_reason_and_text(tmp_path, line, reason):
    """The good rows around it stay, and the row says which line it was."""
    frame = records(tmp_path, b"\n".join([CHAT.encode(), line, CHAT.encode()]))
    assert why(frame) == [None, f"read: {reason}", None]
    bad = frame.row(1, named=True)
    assert bad["provenance"]["line"] == 2
    assert bad["raw"].startswith(line[:100].decode("utf-8", "backslashreplace"))


@pytest.mark.parametrize(
    ("member", "reason"),
    [
        (b'"a":1,"a":2', "duplicate key | a"),
        (b'"a":{"b":1,"c":[{"d":1},{"d":2}],"b":2}', "duplicate key | b"),
        (b'"a":1,"\\u0061":2', "duplicate key | a"),
        (b'"a":"\\udc00"', "bad encoding | half a surrogate pair"),
        (b'"a":"\\ud800\\u0041"', "bad encoding | half a surrogate pair"),
        (b'"a":01', "broken JSON | Expecting ',' delimiter at character 104"),
        (b'"a":1.', "broken JSON | Expecting ',' delimiter at character 104"),
        (b'"a":-', "broken JSON | Expecting value at character 103"),
        (b'"a":nul', "broken JSON | Expecting value at character 103"),
        (b'"a":[1}', "broken JSON | Expecting ',' delimiter at character 105"),
        (b'"a":"\\x"', "broken JSON | Invalid \\escape at character 104"),
        (b'"a":"\xc0\x80"', "bad encoding | byte 104 of the row is not utf-8"),
        (b'"a":"\xed\xa0\x80"', "bad encoding | byte 104 of the row is not utf-8"),
        (b'"a":"\xf4\x90\x80\x80"', "bad encoding | byte 104 of the row is not utf-8"),
    ],
)
def test_a_good_chat_with_one_bad_member_is_rejected(tmp_path, member, reason):
    """A reader that takes no notice of other fields would let these pass."""
    frame = records(tmp_path, CHAT.encode()[:-1] + b"," + member + b"}\n" + CHAT.encode())
    assert why(frame) == [f"read: {reason}", None]


def test_the_text_of_a_rejected_row_is_cut_and_says_so(tmp_path):
    """A reject shows its beginning, and how much more there was."""
    bad = records(tmp_path, CHAT + "\n" + "x" * 5000).row(1, named=True)
    assert bad["raw"] == "x" * 2000 + "… (3,000 more characters)"


def test_a_byte_order_mark_and_windows_line_ends_are_no_text(tmp_path):
    """Neither shows up in a record."""
    frame = records(
        tmp_path, b"\xef\xbb\xbf" + CHAT.encode() + b"\r\n" + CHAT.encode() + b"\r\n \r\n"
    )
    assert why(frame) == [None, None]


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-16", "utf-8-sig"])
def test_a_declared_encoding_is_decoded(tmp_path, encoding):
    """The text is what was written, whatever its bytes were."""
    text = CHAT.replace("No.", "Déjà à quai.")
    frame = records(tmp_path, text.encode(encoding), encoding=encoding)
    assert contents(frame)[0][1] == "Déjà à quai."


def test_bytes_outside_a_declared_encoding_reject_their_line_only(tmp_path):
    """The raw text shows the very byte."""
    bad = CHAT.encode().replace(b"No.", b"\x81")
    frame = records(tmp_path, CHAT.encode() + b"\n" + bad, encoding="cp1252")
    assert why(frame)[0] is None
    assert why(frame)[1].startswith("read: bad encoding | byte")
    assert '"content":"\\x81"' in frame["raw"][1]


def test_utf16_without_a_word_is_named(tmp_path):
    """The error says what to add."""
    with pytest.raises(SourceError, match=r"is UTF-16, not UTF-8\n  hint: add encoding: utf-16"):
        records(tmp_path, CHAT.encode("utf-16"))


def test_an_unknown_encoding_is_a_mistake_of_the_recipe(tmp_path):
    """It is told by name."""
    with pytest.raises(RecipeError, match="'utf-9' is not an encoding"):
        records(tmp_path, CHAT, encoding="utf-9")


def test_numbers_stay_as_the_source_writes_them(tmp_path):
    """Neither 400 digits nor a trailing zero are lost, on the fast way or off it."""
    wide = "1" * 400
    rest = [f'{{"a":{wide},"b":1.50}}', '{"a":1.50,"b":[1e5, -0.0]}', '{"c":"\\u00e9"}']
    frame = records(tmp_path, "\n".join(CHAT[:-1] + "," + each[1:] for each in rest))
    assert frame["meta"].to_list() == rest


def test_a_number_where_text_is_expected_becomes_its_text(tmp_path):
    """A label 3 is the label "3"; an object is the wrong type."""
    rows = [{"text": "a", "label": value} for value in (3, True, 2.5, -0.0, {"x": 1})]
    frame = records(tmp_path, "\n".join(map(json.dumps, rows)))
    assert frame["label"].to_list() == ["3", "true", "2.5", "-0.0", None]
    assert why(frame)[4] == "read: wrong type | $.label: an object where text is expected"


@pytest.mark.parametrize(
    ("value", "kind"), [("3", "number"), ("-0.5e1", "number"), ("true", "boolean")]
)
@pytest.mark.parametrize("target", ["input", "reasoning", "system", "context"])
def test_a_number_is_no_question_and_no_reasoning(tmp_path, target, value, kind):
    """What a person should have said is text, or the source is not what the recipe takes it for."""
    given_map = {"input": "q", "output": "a", "reasoning": "r", "system": "s", "context": "c"}
    row = dict.fromkeys("qarsc", "x")
    bad = json.dumps(row | {given_map[target]: 0}).replace("0", value)
    frame = records(tmp_path, json.dumps(row) + "\n" + bad, map=given_map)
    path = f"$.{given_map[target]}"
    assert why(frame) == [None, f"read: wrong type | {path}: a {kind} where text is expected"]
    frame = records(
        tmp_path, json.dumps(row) + "\n" + bad, map=given_map | {target: f"{{{path[2:]}}}"}
    )
    assert why(frame) == [None, None]


def test_a_number_is_no_message(tmp_path):
    """One message of the wrong type rejects its chat alone."""
    rows = [CHAT.replace('"No."', value) for value in ("3", "false", "null", '"3"')]
    reasons = [
        each and each.removeprefix("read: ")
        for each in why(records(tmp_path, "\n".join([CHAT, *rows])))
    ]
    assert reasons == [
        None,
        "wrong type | $.messages[1].content: a number where text is expected",
        "wrong type | $.messages[1].content: a boolean where text is expected",
        "missing field | $.messages[1].content",
        None,
    ]


def test_a_long_row_is_read_and_an_over_long_text_rejected(tmp_path):
    """350,000 characters are no reason to reject; one more than max_chars is."""
    row = CHAT.replace("No.", "é" * 350_000)
    assert why(records(tmp_path, row)) == [None]
    frame = records(tmp_path, CHAT + "\n" + row, max_chars=349_999)
    detail = "over-long field | $.messages[1].content has 350,000 characters"
    assert why(frame) == [None, f"read: {detail}"]


def test_a_line_that_does_not_fit_in_memory_is_rejected_and_the_next_read(tmp_path, monkeypatch):
    """A row beyond the limit is skipped while it streams by."""
    monkeypatch.setattr(json_pieces, "MAX_ROW_BYTES", 1000)
    monkeypatch.setattr(json_pieces, "PIECE_BYTES", 400)
    monkeypatch.setattr(json_pieces.pieces, "__defaults__", (400,))
    frame = records(tmp_path, "\n".join([CHAT, '{"a":"' + "x" * 5000 + '"}', CHAT]))
    assert why(frame) == [None, "read: over-long row | more than 1,000 bytes", None]
    assert frame["provenance"].struct.field("line").to_list() == [1, 2, 3]


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("piece_bytes", [50, 1 << 20])
def test_a_list_is_read_element_by_element(tmp_path, monkeypatch, indent, piece_bytes):
    """Commas and brackets in texts cut nothing; rows know their number and line."""
    monkeypatch.setattr(json_pieces.pieces, "__defaults__", (piece_bytes,))
    rows = [{"question": f"[{n}, {{", "answer": '"],'} for n in range(40)]
    frame = records(tmp_path, json.dumps(rows, indent=indent))
    assert contents(frame) == [[row["question"], row["answer"]] for row in rows]
    places = frame["provenance"].struct.unnest()
    assert places["row"].to_list() == list(range(1, 41))
    assert places["line"].to_list() == ([1] * 40 if indent is None else list(range(2, 162, 4)))


def test_a_broken_element_rejects_itself(tmp_path):
    """Its neighbours in the list are read."""
    frame = records(tmp_path, f"[{CHAT},\n nonsense,\n {CHAT},\n 3, {CHAT}]")
    reasons = [each and each.split(" | ")[0] for each in why(frame)]
    assert reasons == [None, "read: broken JSON", None, "read: wrong type", None]


def test_a_list_that_ends_too_soon_rejects_what_is_cut(tmp_path):
    """The elements before the end of the file are whole."""
    frame = records(tmp_path, f"[{CHAT}, {CHAT[:40]}")
    assert [bool(each) for each in why(frame)] == [False, True]


def test_text_after_a_list_is_rejected(tmp_path):
    """Nothing behind the closing bracket is lost in silence."""
    assert why(records(tmp_path, f"[{CHAT}]\n{CHAT}")) == [
        None,
        "read: broken JSON | text after the end of the list",
    ]


@pytest.mark.parametrize("indent", [None, 1])
def test_an_object_keyed_by_id_gives_the_key_to_meta(tmp_path, indent):
    """The key can be mapped like any other field."""
    rows = {"a1": {"question": "Why?", "answer": "So."}, "b2": {"question": "Who?", "answer": "I."}}
    frame = records(tmp_path, json.dumps(rows, indent=indent))
    assert frame["meta"].to_list() == ['{"key":"a1"}', '{"key":"b2"}']
    frame = records(tmp_path, json.dumps(rows, indent=indent), map={"group": "key"})
    assert frame["group"].to_list() == ["a1", "b2"]


def test_a_key_that_comes_twice_rejects_the_second(tmp_path):
    """Also when another row stands between."""
    row = '{"question": "Why?", "answer": "So."}'
    frame = records(tmp_path, f'{{"a": {row},\n"b": {row},\n"a": {row}}}')
    assert why(frame) == [None, None, "read: duplicate key | a"]


@pytest.mark.parametrize("content", ["", "\n \n", "[]", "[ ]\n"])
def test_a_file_without_rows_gives_none(tmp_path, content):
    """And raises nothing."""
    assert records(tmp_path, content).height == 0


def test_a_file_without_a_good_row_gives_only_rejects(tmp_path):
    """No shape is known then, and none is needed."""
    assert [each.split(" | ")[0] for each in why(records(tmp_path, "nonsense\n{]\n"))] == [
        "read: broken JSON",
        "read: broken JSON",
    ]


def test_packed_files_are_unpacked(tmp_path):
    """By what they hold, not by their name."""
    assert why(records(tmp_path, gzip.compress(CHAT.encode()))) == [None]


def test_fields_that_fit_nothing_are_a_mistake_of_the_recipe(tmp_path):
    """The error shows the fields and the way out."""
    with pytest.raises(RecipeError) as error:
        records(tmp_path, '{"foo": "a", "bar": "b"}')
    assert str(error.value).endswith(
        "no known shape has the fields foo, bar\n"
        "  hint: say what they are: map: {input: <field>, output: <field>}"
    )


def test_a_slice_reads_no_more_than_it_needs(tmp_path):
    """The head of a large file does not wait for its tail."""
    path = tmp_path / "rows.jsonl"
    path.write_text((CHAT + "\n") * 100)
    assert jsonl.read(jsonl.Options(path=str(path))).head(3).collect().height == 3


_texts = st.text(max_size=8) | st.sampled_from(["", "3", "####", "a####b", "\u2028", "😀", '"\\/'])
_plain = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | _texts
_values = st.recursive(
    _plain,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_texts, inner, max_size=3),
    max_leaves=8,
)
_messages = st.lists(
    st.fixed_dictionaries(
        {
            "role": st.sampled_from(["user", "assistant", "system", "tool", "bot", "x"]),
            "content": _texts | _values,
        },
        optional={"name": _plain, "weight": _plain},
    ),
    max_size=3,
)
_row = st.fixed_dictionaries(
    {}, optional={"messages": _messages | _values, "tools": _values, "a": _values, "b": _plain}
)
_lines = st.builds(
    lambda row, escaped, space: json.dumps(row, ensure_ascii=escaped, separators=space),
    _row,
    st.booleans(),
    st.sampled_from([(",", ":"), (", ", ": "), (" ,\t", " :\r")]),
)
_good = st.builds(
    lambda said, rest: json.dumps({"messages": said, **rest}),
    st.lists(
        st.fixed_dictionaries({"role": st.sampled_from(["user", "assistant"]), "content": _texts}),
        min_size=1,
        max_size=3,
    ),
    st.dictionaries(_texts, _values, max_size=3),
)
_broken = st.builds(
    lambda line, at, junk: line[: at % (len(line) + 1)] + junk + line[at % (len(line) + 1) :],
    _good | _lines,
    st.integers(0, 200),
    st.sampled_from(
        ["", '"', "\\", "{", "}", ",", "\\ud800", "1", "NaN", " ", "\x00", '"a":1,', "\\u12"]
    ),
)


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(_good | _lines | _broken, max_size=8), st.sampled_from([1_000_000, 20, 3]))
def test_the_fast_way_and_the_careful_way_agree(tmp_path, lines, max_chars):
    """Whatever the lines hold, both ways tell the same records and the same reasons."""
    path = tmp_path / "rows.jsonl"
    path.write_bytes("\n".join([CHAT, *lines]).encode("utf-8", "surrogatepass"))
    options = jsonl.Options(path=str(path), max_chars=max_chars, shape="messages")
    agrees(options)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.fixed_dictionaries(
            {}, optional={"q": _plain, "a": _plain | _values, "s": _plain, "x": _values}
        ),
        max_size=6,
    )
)
def test_the_two_ways_agree_on_mapped_fields(tmp_path, rows):
    """Templates, markers, labels and splits come out alike."""
    path = tmp_path / "rows.jsonl"
    first = {"q": "Q", "a": "why #### so", "s": "dev", "x": 1}
    path.write_text("\n".join(map(json.dumps, [first, *rows])))
    given_map = {
        "input": "{q}?",
        "reasoning": {"field": "a", "before": "####"},
        "output": {"field": "a", "after": "####"},
        "system": "q",
        "split": "s",
        "context": "q",
    }
    agrees(jsonl.Options(path=str(path), map=given_map))
    agrees(jsonl.Options(path=str(path), map={"input": "q", "label": "a", "group": "s"}))


_FIRST = {
    "alpaca": {"instruction": "I", "input": "i", "output": "o", "system": "s"},
    "prompt_completion": {"prompt": "p", "completion": "c"},
    "sharegpt": {"conversations": [{"from": "human", "value": "v"}], "system": "s"},
}
_said = st.lists(
    st.fixed_dictionaries({"from": st.sampled_from(["human", "gpt", "x", 3]), "value": _plain}),
    max_size=3,
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.sampled_from(sorted(_FIRST)), st.data())
def test_the_two_ways_agree_on_other_shapes(tmp_path, shape, data):
    """Numbers in the place of texts included."""
    fields = dict.fromkeys(_FIRST[shape], _plain)
    if shape == "sharegpt":
        fields["conversations"] = _said
    rows = data.draw(st.lists(st.fixed_dictionaries({}, optional=fields), max_size=5))
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(map(json.dumps, [_FIRST[shape], *rows])))
    agrees(jsonl.Options(path=str(path), shape=shape))


def agrees(options: jsonl.Options) -> None:
    """Read as a recipe does, and again without the fast way."""
    (plan,) = jsonl.plans(options)
    fast = pl.concat(jsonl.frames([plan], options))
    slow = pl.concat(jsonl.frames([plan.carefully()], options))
    for column in RECORD:
        assert fast[column].to_list() == slow[column].to_list(), column


@pytest.mark.real
def test_grade_school_problems_keep_their_answers(real_data):
    """8,792 rows; each final answer is the text after the marker."""
    answer = {"field": "answer"}
    given_map = {
        "input": "question",
        "reasoning": answer | {"before": "####"},
        "output": answer | {"after": "####"},
    }
    paths = tuple(str(real_data / "gsm8k" / name) for name in ("train.jsonl", "test.jsonl"))
    frame = jsonl.read(jsonl.Options(path=paths, map=given_map)).collect()
    source = [json.loads(line) for path in paths for line in Path(path).read_text().splitlines()]
    said = frame["messages"].to_list()
    assert frame.height == 8792
    assert frame["rejected"].null_count() == 8792
    assert [each[1]["content"] for each in said] == [
        row["answer"].split("#### ")[1].strip() for row in source
    ]
    assert all("####" not in each[1]["reasoning"] for each in said)


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "rows", "shape"),
    [
        ("seed_tasks.jsonl", 175, "instances"),
        ("user_oriented_instructions.jsonl", 252, "instances"),
        ("glaive_toolcall_en_demo.json", 300, "sharegpt"),
    ],
)
def test_instruction_sets_are_read_in_their_own_shapes(real_data, caplog, name, rows, shape):
    """No mapping is needed, and what was recognised is said."""
    caplog.set_level("INFO", "curator.read")
    path = real_data / "instruction-shapes" / name
    frame = jsonl.read(jsonl.Options(path=str(path))).collect()
    assert (frame.height, frame["rejected"].null_count()) == (rows, rows)
    assert f"{path}: read as {shape} (" in caplog.text


@pytest.mark.real
def test_airline_chats_keep_every_message_and_call(real_data):
    """5,308 messages and 1,164 calls, arguments to the letter."""
    path = real_data / "airline-function-chats" / "gpt-4o-airline.json"
    given_map = {"messages": "traj", "group": "task_id"}
    frame = jsonl.read(jsonl.Options(path=str(path), map=given_map)).collect()
    source = json.loads(path.read_text())
    read = frame["messages"].to_list()
    assert (frame.height, sum(map(len, read)), frame["group"].n_unique()) == (200, 5308, 50)
    calls = 0
    for chat, row in zip(read, source, strict=True):
        for said, was in zip(chat, row["traj"], strict=True):
            assert (said["role"], said["content"]) == (was["role"], was["content"])
            assert json.loads(said["tool_calls"] or "null") == (was.get("tool_calls") or None)
            assert said["tool_call_id"] == was.get("tool_call_id")
            calls += len(was.get("tool_calls") or [])
    assert calls == 1164
    assert json.loads(frame["meta"][0]) == {
        key: source[0][key] for key in ("reward", "info", "trial")
    }
