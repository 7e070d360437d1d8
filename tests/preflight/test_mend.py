"""Mended files pass, nothing is lost, and every change is said."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.errors import RecipeError, WriteError
from curator.preflight import check
from curator.preflight.edits import CHANGES, EDITS
from curator.preflight.mend import Options, fix
from curator.preflight.rules import load, names

USER, ANSWER = {"role": "user", "content": "ask"}, {"role": "assistant", "content": "say"}


@pytest.mark.parametrize("name", names())
@given(data=st.data(), is_strict=st.booleans())
def test_a_mended_file_breaks_no_rule_on_rows(
    *, name, data, is_strict, lines, today, tmp_path_factory
):
    """And every row read is there as it was, mended, or left out with its reason."""
    given_lines = [b'{"a": 1}', *data.draw(st.lists(lines, min_size=1, max_size=8))]
    path = tmp_path_factory.mktemp("rows") / "rows.jsonl"
    path.write_bytes(b"\n".join(given_lines) + b"\n")
    fixed = fix(path, name, Options(is_strict=is_strict))
    report = check(fixed.out, name, today=today)
    severities = ("error", "warning") if is_strict else ("error",)
    assert [each for each in report.findings if each.row and each.severity in severities] == []
    assert fixed.rows == check(path, name, today=today).rows
    assert report.rows == fixed.rows - fixed.dropped == fixed.as_they_were + fixed.mended
    left_out = fixed.left_out.read_bytes().count(b"\n") if fixed.left_out else 0
    assert left_out == fixed.dropped == sum(fixed.reasons.values())


def _mended(tmp_path, name, *rows, **said):
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    fixed = fix(path, name, Options(**said))
    return fixed, [json.loads(line) for line in fixed.out.read_text().splitlines()]


def _chat(*messages, **more):
    return {"messages": list(messages), **more}


CASES = {
    "drop_key": ("together_chat", _chat(USER, ANSWER, id=1), _chat(USER, ANSWER)),
    "merge_turns": (
        "together_chat",
        _chat(USER, {"role": "user", "content": "please"}, ANSWER),
        _chat({"role": "user", "content": "ask\n\nplease"}, ANSWER),
    ),
    "trim_start": ("together_chat", _chat(ANSWER, USER, ANSWER), _chat(USER, ANSWER)),
    "trim_end": (
        "bedrock_claude",
        _chat(USER, ANSWER, USER),
        _chat(USER, ANSWER),
    ),
    "rename_value": (
        "together_chat",
        _chat({"role": "human", "content": "ask"}, {"role": "GPT", "content": "say"}),
        _chat(USER, ANSWER),
    ),
    "replace_texts": (
        "bedrock_claude",
        _chat({"role": "user", "content": "a\nHuman: b"}, ANSWER),
        _chat({"role": "user", "content": "a\nHuman - b"}, ANSWER),
    ),
    "weight_number": (
        "together_chat",
        _chat(USER, {**ANSWER, "weight": 1.0}, USER, {**ANSWER, "weight": False}),
        _chat(USER, {**ANSWER, "weight": 1}, USER, {**ANSWER, "weight": 0}),
    ),
    "wrap_parts": (
        "together_chat",
        _chat(USER, {**ANSWER, "content": [{"type": "text", "text": "say"}]}),
        _chat(
            {"role": "user", "content": [{"type": "text", "text": "ask"}]},
            {"role": "assistant", "content": [{"type": "text", "text": "say"}]},
        ),
    ),
    "join_parts": (
        "bedrock_claude",
        _chat({"role": "user", "content": [{"text": "a"}, {"type": "text", "text": "b"}]}, ANSWER),
        _chat({"role": "user", "content": "a\nb"}, ANSWER),
    ),
    "wrap_list": (
        "together_dpo",
        {"input": _chat(USER), "preferred_output": ANSWER, "non_preferred_output": [ANSWER]},
        {"input": _chat(USER), "preferred_output": [ANSWER], "non_preferred_output": [ANSWER]},
    ),
    "add_key": (
        "bedrock_distillation",
        _chat({"role": "user", "content": [{"text": "ask"}]}),
        _chat(
            {"role": "user", "content": [{"text": "ask"}]},
            schemaVersion="bedrock-conversation-2024",
        ),
    ),
    "set_value": (
        "bedrock_distillation",
        _chat({"role": "user", "content": [{"text": "ask"}]}, schemaVersion="1"),
        _chat(
            {"role": "user", "content": [{"text": "ask"}]},
            schemaVersion="bedrock-conversation-2024",
        ),
    ),
    "wrap_text": (
        "bedrock_nova",
        _chat(USER, ANSWER),
        _chat(
            {"role": "user", "content": [{"text": "ask"}]},
            {"role": "assistant", "content": [{"text": "say"}]},
        ),
    ),
}


@pytest.mark.parametrize("edit", CASES)
def test_each_edit_changes_what_it_says_and_nothing_else(edit, tmp_path):
    """The smallest change that makes the row pass."""
    name, row, wanted = CASES[edit]
    fixed, rows = _mended(tmp_path, name, row)
    assert rows == [wanted]
    assert set(fixed.edits) == {edit}
    changes = [json.loads(line) for line in fixed.changes.read_text().splitlines()]
    assert {change["row"] for change in changes} == {1}


@pytest.mark.parametrize(("name", "form"), [("bedrock_claude", "text"), ("bedrock_nova", "blocks")])
def test_a_system_message_moves_to_the_field_for_it(name, form, tmp_path):
    """It says the same to the same model."""
    row = _chat({"role": "system", "content": "be"}, USER, ANSWER)
    _, rows = _mended(tmp_path, name, row)
    assert rows[0]["system"] == ("be" if form == "text" else [{"text": "be"}])
    assert [each["role"] for each in rows[0]["messages"]] == ["user", "assistant"]


def test_ids_of_calls_stay_linked_to_their_replies(tmp_path):
    """A long id becomes one of nine characters in both places, the same each time."""
    call = {"id": "toolu_01A", "function": {"name": "f", "arguments": {"a": "é"}}}
    row = _chat(
        USER,
        {"role": "assistant", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "toolu_01A", "content": "1"},
        ANSWER,
    )
    fixed, rows = _mended(tmp_path, "mistral_sft", row)
    made = rows[0]["messages"][1]["tool_calls"][0]
    assert made["id"] == rows[0]["messages"][2]["tool_call_id"]
    assert len(made["id"]) == 9
    assert made["function"]["arguments"] == '{"a": "é"}'
    assert set(fixed.edits) == {"call_ids", "to_json_text"}


def test_messages_that_hold_more_than_text_are_never_joined(tmp_path):
    """Two weights cannot become one: the row is left out."""
    row = _chat(USER, {**ANSWER, "weight": 0}, {**ANSWER, "weight": 1})
    fixed, rows = _mended(tmp_path, "together_chat", row)
    assert (rows, fixed.reasons) == ([], {"together_chat.same_role_twice": 1})
    told = json.loads(fixed.left_out.read_text())
    assert (told["row"], json.loads(told["raw"])) == (1, row)


def test_rows_that_pass_are_copied_byte_for_byte(tmp_path):
    """Whatever blanks, escapes and numbers they hold."""
    path = tmp_path / "rows.jsonl"
    odd = b'{ "messages":[{"role":"user","content":"\\u00e9"} ,{"role":"assistant","content":"b"}]}'
    path.write_bytes(odd + b"\n" + b"{}\n" + odd + b"\r\n" + odd)
    fixed = fix(path, "together")
    assert fixed.out.read_bytes().replace(b"\r", b"") == (odd + b"\n") * 3
    assert (fixed.as_they_were, fixed.dropped, fixed.out.name) == (3, 1, "rows.together_chat.jsonl")


def test_a_list_becomes_lines(tmp_path, today):
    """Without the mark, the brackets and the line breaks inside a row."""
    path = tmp_path / "rows.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps([_chat(USER, ANSWER)] * 3, indent=1).encode())
    fixed = fix(path, "together")
    assert check(fixed.out, "together", today=today).counts == {}
    assert len(fixed.out.read_text().splitlines()) == 3


def test_a_row_with_a_key_twice_is_never_written_anew(tmp_path):
    """Which of the two was meant, nobody knows."""
    path = tmp_path / "rows.jsonl"
    path.write_text(
        '{"id":1,"id":2,"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}\n'
    )
    assert fix(path, "together").dropped == 1


def test_files_that_are_there_are_kept(tmp_path):
    """Unless they may be overwritten; the file that is read, never."""
    _mended(tmp_path, "together", _chat(USER, ANSWER, id=1))
    with pytest.raises(WriteError, match="is there already"):
        fix(tmp_path / "rows.jsonl", "together")
    fix(tmp_path / "rows.jsonl", "together", Options(overwrites=True))
    with pytest.raises(WriteError, match="is the file that is read"):
        fix(
            tmp_path / "rows.jsonl",
            "together",
            Options(out=tmp_path / "rows.jsonl", overwrites=True),
        )
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "rows.jsonl", "rows.together_chat.changes.jsonl", "rows.together_chat.jsonl"
    ]  # fmt: skip


def test_one_set_of_rules_is_mended_for_at_a_time(tmp_path):
    """Two vendors want two files."""
    path = tmp_path / "rows.jsonl"
    path.write_text("{}\n")
    with pytest.raises(RecipeError, match="name one of bedrock_claude"):
        fix(path, "bedrock")


def test_every_edit_that_rules_name_is_there_and_says_what_it_changes():
    """And none is there that no rule names."""
    named = {rule.edit["kind"] for name in names() for rule in load(name).rules if rule.edit}
    assert named == set(CHANGES)
    assert set(EDITS) == named - {"write_anew"}


def test_a_row_with_a_key_twice_is_left_out_for_that(tmp_path):
    """Which of the two was meant nobody knows, whatever else could be mended."""
    path = tmp_path / "rows.jsonl"
    path.write_text('{"id": 1, "id": 2, ' + json.dumps(_chat(USER, ANSWER))[1:] + "\n")
    fixed = fix(path, "together_chat")
    assert fixed.reasons == {"together_chat.duplicate_keys": 1}
    (row,) = map(json.loads, fixed.left_out.read_text().splitlines())
    rules = [each["rule"] for each in row["broken"]]
    assert rules == ["together_chat.extra_keys", "together_chat.duplicate_keys"]
