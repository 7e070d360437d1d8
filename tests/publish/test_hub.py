"""A run on the Hub: what stands there is what the run has made, in one commit."""

import json

import polars as pl
import pytest

from curator.publish.card import without_configs
from curator.publish.hub import Options

REPO = "ferry-line/desk"


def kept(run):
    """Give the kept rows of a run by split, as the dataset is to hold them."""
    rows = pl.read_parquet(run / "records.parquet")
    return {split: rows.filter(pl.col("split") == split) for split in rows["split"].unique()}


def trained(row):
    """Write a row as it is trained, by hand."""
    asked, answer = row["messages"]
    return [
        ("system", "Name the topic."),
        ("user", f"Message: {asked['content']}"),
        ("assistant", answer["content"]),
    ]


def agrees(rows, records):
    """Say whether loaded rows are the kept ones, in order, field by field."""
    same = ("id", "label", "group", "language", "licence", "tools")
    return len(rows) == records.height and all(
        [row[name] for name in same] == [record[name] for name in same]
        and [(one["role"], one["content"]) for one in row["messages"]] == trained(record)
        and row["provenance"]["row"] == record["provenance"]["row"]
        for row, record in zip(rows, records.to_dicts(), strict=True)
    )


def test_a_push_is_one_commit_with_data_card_manifest_and_proofs(client, hub, run, asking):
    """Who looks sees nothing, or all of it."""
    receipt = client("push", **asking())
    repo, files = hub.repo(REPO), hub.files(REPO)
    assert len(repo.commits) == 2  # the Hub's own first one
    for name in ("manifest.json", "leakage.json", "trainer/masks.json", "trainer/trainer.json"):
        assert files[name] == (run / name).read_bytes()
    for path in (one for one in (run / "dataset").rglob("*") if one.is_file()):
        assert files[path.relative_to(run / "dataset").as_posix()] == path.read_bytes()
    assert receipt["commit"] == repo.branches["main"]
    assert sorted(files) == sorted([".gitattributes", *(one["path"] for one in receipt["files"])])


def test_what_was_not_mapped_stays_at_home(client, hub, asking):
    """Records and rejects hold columns that nobody has looked at, formats are made again."""
    client("push", **asking(include=["bank", "trainer"]))
    tops = {path.split("/")[0] for path in hub.files(REPO)}
    own = {".gitattributes", "README.md", "manifest.json", "leakage.json", "publication.json"}
    own |= {"croissant.json"}
    assert tops == {*own, "data", "bank", "trainer"}


def test_the_publication_names_every_file_with_its_hash(client, hub, run, asking):
    """Whoever has the files can check them without the Hub."""
    import hashlib

    client("push", **asking(include=["bank"]))
    files = hub.files(REPO)
    told = json.loads(files.pop("publication.json"))
    del files[".gitattributes"]
    hashes = {path: hashlib.sha256(data).hexdigest() for path, data in files.items()}
    assert {path: one["sha256"] for path, one in told["files"].items()} == hashes
    assert told["manifest_sha256"] == hashes["manifest.json"]
    assert next(gate["name"] for gate in told["gates"]) == "whole"


@pytest.mark.parametrize("streaming", [False, True])
def test_what_is_loaded_from_there_is_what_was_kept(client, hub, run, asking, streaming):
    """Every row, in order, from a private repository too."""
    client("push", **asking(private=True))
    loaded = client("load", repo_id=REPO, streaming=streaming)
    records = kept(run)
    assert hub.repo(REPO).private
    assert loaded.keys() == records.keys()
    assert all(agrees(loaded[split], records[split]) for split in records)


def test_a_bank_goes_along_as_a_config_of_its_own(client, hub, run, asking):
    """The dataset stays what is loaded without a name."""
    client("push", **asking(include=["bank"]))
    rows = client("load", repo_id=REPO, name="bank")["train"]
    lines = (run / "bank/exemplars.jsonl").read_text().splitlines()
    assert [row["id"] for row in rows] == [json.loads(line)["id"] for line in lines]
    assert client("load", repo_id=REPO).keys() == kept(run).keys()


def test_a_trainer_export_goes_along_as_a_config_of_its_own(client, hub, run, asking):
    """A GPU job loads tokens from where people load rows."""
    client("push", **asking(include=["trainer"]))
    packs = client("load", repo_id=REPO, name="trainer_packed")
    local = pl.read_parquet(run / "trainer/packed/train-00000-of-00001.parquet")
    assert [row["input_ids"] for row in packs["train"]] == local["input_ids"].to_list()
    assert packs.keys() == kept(run).keys()


def test_the_card_without_its_new_configs_is_the_card_of_the_run(client, hub, run, asking):
    """Nothing else of it was touched."""
    client("push", **asking(include=["bank", "trainer"]))
    card = hub.files(REPO)["README.md"].decode()
    names = ["default", "bank", "trainer_packed"]
    assert [f"config_name: {name}\n" in card for name in names] == [True] * 3
    assert without_configs(card, names[1:]) == (run / "dataset/README.md").read_text()


def test_pushing_the_same_again_makes_no_commit_and_sends_nothing(client, hub, asking):
    """And says so."""
    first = client("push", **asking())
    hub.requests.clear()
    again = client("push", **asking())
    assert (first["is_new"], again["is_new"]) == (True, False)
    assert (again["commit"], again["sent"]) == (first["commit"], [])
    assert {method for method, _ in hub.requests} <= {"GET", "HEAD"}


def test_what_is_no_longer_part_of_the_set_is_deleted_in_the_same_commit(
    client, hub, asking, other_run
):
    """A smaller set leaves no file of the larger one behind, and no half of it is ever seen."""
    client("push", **asking(include=["bank"]))
    receipt = client("push", **asking(other_run))
    assert len(hub.repo(REPO).commits) == 3
    assert any(path.startswith("bank/") for path in receipt["deleted"])
    assert not any(path.startswith("bank/") for path in hub.files(REPO))
    assert hub.files(REPO)["manifest.json"] == (other_run / "manifest.json").read_bytes()


def test_files_of_others_are_left_alone(client, hub, asking, other_run):
    """A licence text that somebody has added is still there after the next push."""
    client("push", **asking())
    hub.edit(REPO, {"LICENSE": b"Apache", "data/notes.txt": b"mine"})
    client("push", **asking(other_run))
    files = hub.files(REPO)
    assert (files["LICENSE"], files["data/notes.txt"]) == (b"Apache", b"mine")


def test_a_card_that_was_edited_there_is_not_overwritten_in_silence(client, hub, asking, other_run):
    """The edit is told of; it takes a word to lose it."""
    client("push", **asking())
    hub.edit(REPO, {"README.md": b"---\nlicense: mit\n---\nmine"})
    told = client.fails("push", **asking(other_run))
    assert (told["kind"], told["exit_code"]) == ("WriteError", 6)
    assert "stand in the way, or were changed since: README.md\n  hint: " in told["said"]
    assert hub.files(REPO)["README.md"].endswith(b"mine")
    client("push", **asking(other_run, overwrite=True))
    assert b"mine" not in hub.files(REPO)["README.md"]


def test_a_repository_of_somebody_else_is_not_taken_over(client, hub, asking):
    """A name that was mistyped must not cost another dataset."""
    hub.create(REPO, files={"data/train-00000-of-00001.parquet.txt": b"1", "manifest.json": b"{}"})
    told = client.fails("push", **asking())
    assert "manifest.json" in told["said"]
    assert "--overwrite" in told["said"]
    assert len(hub.repo(REPO).commits) == 2


def test_an_ignore_file_there_leaves_nothing_out(client, hub, run, asking):
    """The Hub would drop what it lists from a commit, and say nothing."""
    hub.create(REPO, files={".gitignore": b"data/\n*.json\n"})
    client("push", **asking())
    assert {"manifest.json", "data/train-00000-of-00001.parquet"} <= hub.files(REPO).keys()


def test_a_branch_is_made_and_main_stays_as_it_was(client, hub, asking):
    """What is tried out is not what everybody loads."""
    client("push", **asking())
    before = hub.files(REPO)
    receipt = client("push", **asking(revision="tryout", include=["bank"]))
    assert hub.files(REPO) == before
    assert "bank/bank.json" in hub.files(REPO, "tryout")
    assert receipt["revision"] == "tryout"


def test_a_tag_names_the_commit_and_is_loaded_by_its_name(client, hub, run, asking, other_run):
    """An experiment can name the rows that it was run on."""
    receipt = client("push", **asking(tag="v1"))
    client("push", **asking(other_run))
    assert hub.repo(REPO).tags == {"v1": receipt["commit"]}
    loaded = client("load", repo_id=REPO, revision="v1")
    assert all(agrees(loaded[split], rows) for split, rows in kept(run).items())


def test_a_tag_is_never_moved(client, hub, asking, other_run):
    """Two sets cannot have one name; the same set may be pushed again under it."""
    client("push", **asking(tag="v1"))
    assert client("push", **asking(tag="v1"))["is_new"] is False
    told = client.fails("push", **asking(other_run, tag="v1"))
    assert "the tag 'v1' is there, and names another set" in told["said"]
    assert len(hub.repo(REPO).commits) == 2


def test_a_commit_of_somebody_else_in_between_is_built_upon(client, hub, asking):
    """The push looks at the new head once more, and loses nothing of theirs."""
    hub.create(REPO)
    left = [1]

    def meddle(_, path):
        if path.endswith("/commit/main") and left and left.pop():
            hub.edit(REPO, {"theirs.txt": b"theirs"})

    hub.before = meddle
    receipt = client("push", **asking())
    assert receipt["is_new"]
    assert {"theirs.txt", "publication.json"} <= hub.files(REPO).keys()


def test_a_branch_that_never_stands_still_is_told_of(client, hub, asking):
    """After the second stale parent a person is asked."""
    hub.create(REPO)

    def meddle(_, path):
        if path.endswith("/commit/main"):
            hub.edit(REPO, {"theirs.txt": str(len(hub.requests)).encode()})

    hub.before = meddle
    told = client.fails("push", **asking())
    assert "somebody else has committed there in the meantime, twice" in told["said"]
    assert "publication.json" not in hub.files(REPO)


def test_a_gate_that_does_not_hold_stops_a_push_before_any_request(client, hub, asking):
    """The rows are named, and nothing is made there."""
    told = client.fails("push", **asking(licences=["mit"]))
    assert (told["kind"], told["exit_code"]) == ("ValidationFailed", 4)
    assert "nothing was published: licence: " in told["said"]
    assert hub.requests == []


def test_the_size_of_what_arrives_adds_up(client, hub, asking):
    """A progress bar ends at its end."""
    receipt = client("push", **asking(include=["bank", "trainer"]))
    assert receipt["arrived_bytes"] == receipt["size_bytes"] > 100_000


@pytest.mark.parametrize(
    "name", ["desk", "a/b/c", "ferry-line/", "ferry line/desk", "a/b--c", "a/.b", "a/b.git", "a/ä"]
)
def test_a_name_that_no_repository_can_have_is_refused(name):
    """Before anything is made."""
    with pytest.raises(ValueError, match="is not the name of a repository: give organisation/name"):
        Options(repo_id=name)


@pytest.mark.parametrize("name", ["refs/pr/1", "a..b", "-x", "a b", "x.lock", "a/", "@{1}"])
def test_a_name_that_no_branch_or_tag_can_have_is_refused(name):
    """The Hub would refuse it after the upload."""
    with pytest.raises(ValueError, match="cannot be the name of a branch or tag"):
        Options(repo_id=REPO, tag=name)


def test_the_recipe_may_say_where_and_a_run_sends_nothing(run, running_hub):
    """The fixture's recipe has a publish room; making the run asked nobody."""
    from curator.manifest import load
    from curator.recipe import steps

    said = load(run).recipe["publish"]
    assert steps.options_of("publish", "hub", said[0]["hub"], seed=0).licences == ("apache-2.0",)
