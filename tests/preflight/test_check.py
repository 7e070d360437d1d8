"""What a report says: which rules were taken, what was counted, how old the rules are."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from curator import schemas
from curator.errors import RecipeError
from curator.preflight import Options, check, rules
from curator.preflight.rules import MAX_AGE_DAYS, load, names

BAD = {"messages": [{"role": "user", "content": "a"}]}
PAIR = {"input": BAD, "preferred_output": [], "non_preferred_output": []}


@pytest.fixture
def bad(tmp_path):
    """A file of 500 rows, all with the same thing wrong."""
    path = tmp_path / "bad.jsonl"
    path.write_text((json.dumps(BAD) + "\n") * 500)
    return path


@pytest.mark.parametrize("name", names())
def test_every_pack_keeps_the_schema_of_packs(name):
    """Its name is its file's, its rules have names of their own."""
    gate = schemas.Gate(schemas.load("vendor_rules"))
    assert list(gate.errors(rules.raw(name))) == []
    assert rules.raw(name)["pack"] == name
    ids = [rule.name for rule in load(name).rules]
    assert len(ids) == len(set(ids))


def test_the_report_keeps_its_schema(bad, today):
    """Whatever was found."""
    told = json.loads(json.dumps(check(bad, "all", today=today).as_dict()))
    assert list(schemas.Gate(schemas.load("findings")).errors(told)) == []


def test_findings_beyond_the_limit_are_counted(bad, today):
    """None is lost in silence, and the first are the ones listed."""
    report = check(bad, "together", today=today, options=Options(max_reported=3))
    assert report.counts["together_chat.no_assistant"] == (500, 500, 3)
    assert [each.row for each in report.findings] == [1, 2, 3]
    assert report.not_reported == 497
    assert report.packs[0].counts["error"] == 500


@pytest.mark.parametrize(
    ("asked", "row", "taken"),
    [
        ("together", BAD, ["together_chat"]),
        ("together", {"prompt": "a", "completion": "b"}, ["together_instruction"]),
        ("together", {"text": "a"}, ["together_text"]),
        ("together", PAIR, ["together_dpo"]),
        ("openai", PAIR, ["openai_dpo"]),
        ("azure", BAD, ["azure_sft"]),
        ("openai_sft", PAIR, ["openai_sft"]),
        ("mistral", BAD, ["mistral_sft"]),
        ("bedrock", BAD, [name for name in names() if name.startswith("bedrock")]),
        ("all", BAD, list(names())),
    ],
)
def test_the_method_taken_is_the_one_that_fits_the_rows(tmp_path, today, asked, row, taken):
    """A pack by its name, a vendor by the shape, bedrock and all in full."""
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(row) + "\n")
    assert [held.pack for held in check(path, asked, today=today).packs] == taken


def test_where_no_method_fits_the_report_says_so(tmp_path, today):
    """The chat rules are taken, and every row breaks them."""
    path = tmp_path / "a.jsonl"
    path.write_text('{"question": 1}\n')
    held = check(path, "openai", today=today).packs[0]
    why = "no method of openai is for rows such as these; curator export writes others"
    assert (held.pack, held.why) == ("openai_sft", why)


def test_packs_for_rows_of_another_shape_stand_aside(tmp_path, today):
    """Asked for with their vendor they do not fail a file; asked for by name they do."""
    path = tmp_path / "a.jsonl"
    row = {
        "schemaVersion": "bedrock-conversation-2024",
        "messages": [
            {"role": "user", "content": [{"text": "When?"}]},
            {"role": "assistant", "content": [{"text": "At 7."}]},
        ],
    }
    path.write_text(100 * f"{json.dumps(row)}\n")
    report = check(path, "bedrock", today=today)
    aside = [held.pack for held in report.packs if held.is_aside]
    assert aside == ["bedrock_llama_text", "bedrock_rft"]
    assert not report.holds()  # Claude takes texts, not blocks
    assert check(path, ("bedrock_nova", "bedrock_distillation"), today=today).holds()
    assert not check(path, ("bedrock_nova", "bedrock_rft"), today=today).holds()


def test_an_unknown_vendor_gets_the_nearest_name(bad, today):
    """A bad request raises."""
    with pytest.raises(RecipeError, match="did you mean 'together'"):
        check(bad, "togehter", today=today)


def test_rules_say_when_they_are_old(bad):
    """After 90 days, counted for the pack and told with each finding."""
    read_on = min(rule.read_on for rule in load("together_chat").rules)
    fresh = check(bad, "together", today=read_on + timedelta(days=MAX_AGE_DAYS))
    old = check(bad, "together", today=read_on + timedelta(days=MAX_AGE_DAYS + 1))
    assert [each.packs[0].old_rules for each in (fresh, old)] == [
        0,
        len(load("together_chat").rules),
    ]
    assert old.findings[0].age_days == MAX_AGE_DAYS + 1
    assert old.packs[0].read_since == read_on.isoformat()


def test_no_rule_was_read_in_the_future():
    """A date is when somebody looked."""
    today = datetime.now(tz=UTC).date()
    assert all(rule.read_on <= today for name in names() for rule in load(name).rules)


def test_warnings_fail_only_where_they_are_asked_to(tmp_path, today):
    """So do notices."""
    path = tmp_path / "a.jsonl"
    row = {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}
    path.write_text((json.dumps(row) + "\n") * 10)
    report = check(path, "openai", today=today)
    assert set(report.counts) == {"openai_sft.few_rows", "openai_sft.closing"}
    assert (report.holds(), report.holds(strict=True)) == (True, False)


def test_a_file_of_many_shapes_is_judged_in_little_memory(tmp_path, today, monkeypatch):
    """Verdicts on shapes are forgotten when there are too many, and given again."""
    from curator.preflight import skeletons

    monkeypatch.setattr(skeletons, "_MOST_KNOWN", 5)
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps({**BAD, f"k{n % 50}": 1}) + "\n" for n in range(300)))
    report = check(path, "together", today=today)
    assert report.counts["together_chat.extra_keys"].findings == 300
