"""What is put together before anything is sent: places, plan, card and exemplars."""

import json
import re

import orjson
import pyarrow.parquet as pq
import pytest

from curator import schemas
from curator.errors import WriteError
from curator.publish import exemplars
from curator.publish.card import with_configs, without_configs
from curator.publish.layout import configs, files, in_repository, in_run
from curator.publish.plan import Plan, Remote, plan
from curator.publish.publication import Publication, entry, parse

CARD = (
    "---\npretty_name: desk ä\nconfigs:\n- config_name: default\n  data_files: x\n---\n\n# desk\n"
)
NEW = [{"config_name": "bank", "data_files": [{"split": "train", "path": exemplars.TABLE}]}]


def remote(data):
    """A small file of the repository."""
    return Remote(git_sha1=entry(data).git_sha1)


def published(**contents):
    """What an earlier push has said of its files."""
    held = {name.replace("_", "."): entry(data) for name, data in contents.items()}
    return Publication(
        name="desk", manifest_sha256="0" * 64, included=(), configs=(), files=held, gates=()
    )


def test_the_plan_sends_what_differs_and_deletes_what_was_ours():
    """What is there as it should be is left alone."""
    there = {name: remote(name.encode()) for name in ("same", "gone", "theirs")}
    there["changed"] = remote(b"old")
    ours = {"same": entry(b"same"), "changed": entry(b"new"), "new": entry(b"new")}
    earlier = published(same=b"same", changed=b"old", gone=b"gone")
    assert plan(there, ours, earlier) == Plan(send=("changed", "new"), delete=("gone",), clashes=())


def test_what_somebody_has_changed_or_put_there_is_a_clash():
    """Whether it would be overwritten or deleted."""
    there = {"a": remote(b"theirs"), "b": remote(b"edited"), "c": remote(b"edited")}
    ours = {"a": entry(b"ours"), "b": entry(b"ours")}
    earlier = published(b=b"before", c=b"before")
    assert plan(there, ours, earlier).clashes == ("a", "b", "c")


def test_a_large_file_is_known_by_its_own_hash_and_not_by_its_pointer():
    """Git holds a pointer in its place."""
    held = Remote(git_sha1="0" * 40, sha256=entry(b"rows").sha256)
    assert held.is_same(entry(b"rows"))
    assert not held.is_same(entry(b"other"))


def test_git_names_content_as_we_do():
    """The name of the empty file, and of a known one, by git hash-object."""
    assert entry(b"").git_sha1 == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
    assert entry(b"hello\n").git_sha1 == "ce013625030ba8dba906f756967f9e9ca394464a"


def test_every_place_in_the_repository_leads_back_to_the_run(run):
    """The dataset at the top, all else where it was."""
    from curator.manifest import load

    places = files(run, load(run).artifacts, ("bank", "trainer"))
    assert {run / in_run(place): place for place in places} == {
        path: place for place, path in places.items()
    }
    assert in_repository("dataset/README.md") == "README.md"
    assert in_run("data/train-00000-of-00001.parquet").startswith("dataset/data/")


def test_proofs_go_along_and_the_export_does_not_unless_it_is_asked_for(run):
    """What masks.json proves can be read without the tokens."""
    from curator.manifest import load

    places = files(run, load(run).artifacts, ())
    assert [p for p in places if p.startswith("trainer/")] == [
        "trainer/masks.json",
        "trainer/trainer.json",
    ]
    assert "trainer/packed/train-00000-of-00001.parquet" in files(
        run, load(run).artifacts, ("trainer",)
    )


def test_only_what_one_reader_can_load_becomes_a_config():
    """Lines and shards of other formats go along as files."""
    paths = [
        *("trainer/packed/test-00000-of-00001.parquet", "trainer/packed/train-00000-of-1.parquet"),
        *("trainer/messages/train.jsonl", "trainer/segments.parquet", "bank/exemplars.jsonl"),
        *("trainer/megatron_bridge/train-00000-of-00001.idx.parquet", exemplars.TABLE),
    ]
    found = {one["config_name"]: one["data_files"] for one in configs(paths)}
    assert list(found) == ["bank", "trainer_megatron_bridge", "trainer_packed"]
    assert [one["split"] for one in found["trainer_packed"]] == ["train", "test"]


def test_configs_are_added_to_a_card_and_taken_away_without_a_trace():
    """Byte for byte."""
    more = with_configs(CARD, NEW)
    assert "- config_name: bank\n" in more
    assert without_configs(more, {"bank"}) == CARD
    assert with_configs(CARD, []) == CARD


@pytest.mark.parametrize("card", ["# desk\n", "---\n- a\n---\n", "---\na: [\n---\n"])
def test_a_card_without_front_matter_cannot_take_configs(card):
    """It was not written by a run."""
    with pytest.raises(WriteError, match=re.escape("README.md: the card has no front matter")):
        with_configs(card, NEW)


def test_a_config_that_is_there_is_not_added_twice():
    """A card that somebody has changed is told of."""
    with pytest.raises(WriteError, match="has a config 'bank' already"):
        with_configs(with_configs(CARD, NEW), NEW)


def test_the_table_of_exemplars_has_a_column_for_all_that_a_line_may_say():
    """Its schema is the measure: nothing is left out in silence."""

    def names(rule):
        inner = schemas.follow(rule.get("items", rule), "exemplar")
        return set(inner.get("properties", ()))

    rule = schemas.load("exemplar")
    columns = {field.name: field.type for field in exemplars.columns()}
    assert set(columns) == set(rule["properties"])
    for name in ("why", "provenance", "review"):
        assert {field.name for field in columns[name]} == names(rule["properties"][name])
    message = {field.name for field in columns["messages"].value_type}
    assert message == names(rule["properties"]["messages"])


def test_exemplars_are_the_same_as_lines_and_as_a_table(tmp_path):
    """Calls and tools are JSON text there, as in the dataset."""
    call = {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    said = [{"role": "assistant", "content": None, "tool_calls": [call]}]
    lines = [
        {"id": "a", "rank": 0, "tokens": 3, "messages": said, "provenance": {"row": 1}},
        {"id": "b", "rank": 1, "tokens": 1, "messages": said[:0], "tools": [{"name": "f"}]},
    ]
    (tmp_path / "lines").write_bytes(b"".join(orjson.dumps(one) + b"\n" for one in lines))
    exemplars.write(tmp_path / "lines", tmp_path / "table")
    first, second = pq.read_table(tmp_path / "table").to_pylist()
    assert json.loads(first["messages"][0]["tool_calls"]) == [call]
    assert (first["provenance"]["row"], first["label"]) == (1, None)
    assert (second["id"], json.loads(second["tools"])) == ("b", [{"name": "f"}])


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ({"messages": [], "mood": 1}, "mood"),
        ({"messages": [{"role": "user", "mood": 1}]}, "messages.mood"),
        ({"messages": [], "why": {"mood": 1}}, "why.mood"),
    ],
)
def test_a_line_that_says_more_than_the_table_holds_is_refused(tmp_path, line, named):
    """A column would be lost otherwise."""
    (tmp_path / "lines").write_bytes(orjson.dumps(line) + b"\n")
    with pytest.raises(WriteError, match=f"bank/exemplars.jsonl:1: {named} has no column in"):
        exemplars.write(tmp_path / "lines", tmp_path / "table")


def test_a_publication_is_read_as_it_was_written():
    """And only that: its schema stands at the door."""
    told = published(README_md=b"card", manifest_json=b"{}")
    assert parse(told.to_bytes(), "here") == told
