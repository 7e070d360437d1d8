"""Files are held against the rules of the vendors that they are for."""

import logging

import pytest

from curator import schemas
from curator.errors import RecipeError, ValidationFailed
from curator.preflight import rules
from curator.read import jsonl
from curator.task import Task
from curator.write import formats
from curator.write.formats import vendors

CALLING = ("messages", "bedrock_converse", "mistral", "vertex_gemini")
GOOD = {"messages": ["When does the ferry leave?", "At nine."]}
ASKS_TWICE = {
    "messages": [
        "Hello?",
        {"role": "user", "content": "Still there?"},
        {"role": "assistant", "content": "Yes."},
    ]
}


@pytest.fixture
def write(tmp_path, records, manifest):
    """Write ten good rows, and others, for vendors."""

    def run(*rows, check_for, targets=("messages",)):
        options = formats.Options(targets=targets, check_for=check_for)
        frame = records(*[GOOD] * 10, *rows)
        return formats.write(frame, options, tmp_path, task=Task(), manifest=manifest)

    return run


def test_files_that_a_vendor_takes_are_written(write, tmp_path):
    """Holding them leaves nothing behind."""
    written = write(check_for=("together", "openai"))
    assert set(written) == {path for path in tmp_path.rglob("*") if path.is_file()}


def test_pairs_are_written_as_vendors_take_them(write):
    """One prompt, one message for each side; each vendor by its rules for pairs."""
    pairs = [{**GOOD, "rejected_messages": [{"role": "assistant", "content": "No idea."}]}] * 10
    takes = ("azure", "fireworks", "openai", "together")
    assert write(*pairs, check_for=takes, targets=("openai_dpo",))


@pytest.mark.parametrize("split", ["train", "validation"])
def test_a_file_that_a_vendor_refuses_fails(write, split):
    """With its name, the first line of each broken rule, how often, and what to do."""
    rows = [{**ASKS_TWICE, "split": split}] * 2
    line = 11 if split == "train" else 1
    name = f"formats/messages/{split}.jsonl"
    why = rf"{name} would be refused .*\btogether_chat.same_role_twice 2\b"
    with pytest.raises(ValidationFailed, match=why) as caught:
        write(*rows, check_for=("together",))
    (violation,) = caught.value.violations
    assert violation.rule == "together_chat.same_role_twice"
    assert violation.where.startswith(f"{name}:{line}: $.messages")
    assert violation.hint


def test_a_test_file_stays_at_home(write):
    """No vendor is sent it, so none has to take it."""
    assert write({**ASKS_TWICE, "split": "test"}, check_for=("together",))


def test_a_file_as_a_whole_can_be_refused(tmp_path, records, manifest):
    """Nine rows are too few for OpenAI."""
    options = formats.Options(targets=("messages",), check_for=("openai_sft",))
    with pytest.raises(ValidationFailed) as caught:
        formats.write(records(*[GOOD] * 9), options, tmp_path, task=Task(), manifest=manifest)
    assert caught.value.violations[0].where == "formats/messages/train.jsonl"


def test_what_a_vendor_would_rather_have_otherwise_is_said(write, caplog):
    """A warning does not fail a run."""
    caplog.set_level(logging.INFO, logger="curator.write")
    write(check_for=("openai",))
    assert "formats/messages/train.jsonl: openai_sft.closing 1: " in caplog.text


@pytest.mark.parametrize(
    ("check_for", "why"),
    [
        (("mistral",), "mistral takes none of messages"),
        (("openai_dpo",), "openai_dpo takes none of messages"),
        (("togehter",), "no rules for 'togehter'"),
    ],
)
def test_a_vendor_that_takes_no_target_is_refused_before_the_run(check_for, why):
    """So a recipe says so where it is read."""
    with pytest.raises(RecipeError, match=why):
        formats.Options(targets=("messages",), check_for=check_for)


def test_every_pack_is_for_a_shape_that_is_written():
    """And holds its file against the vendor's other shapes no more than it must."""
    packs = rules.of("all")
    assert {name for pack in packs for name in pack.formats} <= set(formats.targets())
    assert [pack.name for pack in packs if not pack.formats] == []
    fitting = vendors.fitting(("together",), ("text", "messages"))
    assert {name: [pack.name for pack in held] for name, held in fitting.items()} == {
        "messages": ["together_chat"],
        "text": ["together_text"],
    }


def test_the_recipe_schema_names_every_vendor_and_pack():
    """An editor offers what can be asked for."""
    options = schemas.load("recipe")["$defs"]["write.formats"]["properties"]
    assert options["check_for"]["items"]["enum"] == list(rules.known())


@pytest.mark.real
def test_real_instructions_are_written_as_every_vendor_takes_them(tmp_path, real_data):
    """175 of them, in every shape but pairs."""
    path = real_data / "instruction-shapes" / "seed_tasks.jsonl"
    rows = jsonl.read(jsonl.Options(path=str(path)))
    options = formats.Options(targets=formats.targets(), check_for=("all",))
    assert formats.write(rows, options, tmp_path, task=Task(), manifest=None)


@pytest.mark.real
def test_real_calls_are_written_as_vendors_take_them(tmp_path, real_data):
    """300 chats, of which 191 declare functions, for each vendor whose shape has those."""
    path = real_data / "instruction-shapes" / "glaive_toolcall_en_demo.json"
    rows = jsonl.read(jsonl.Options(path=str(path)))
    takes = ("azure", "bedrock_nova", "fireworks", "mistral", "openai", "together", "vertex")
    options = formats.Options(targets=CALLING, check_for=takes)
    assert formats.write(rows, options, tmp_path, task=Task(), manifest=None)
