"""What was published comes back whole, each file checked, or not at all."""

import json
from pathlib import Path

import pytest

REPO = "ferry-line/desk"
OTHER = "hf_" + "other" * 8


def files(folder):
    """Give every file of a folder with its bytes."""
    there = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in there}


@pytest.fixture
def pushed(client, hub, asking):
    """One published set with everything that goes along."""
    return client("push", **asking(include=["bank", "trainer"], tag="v1"))


def test_a_pulled_set_has_the_places_of_a_run_and_its_bytes(client, hub, pushed, run, tmp_path):
    """Only the card has other configs, and the exemplars are there as a table too."""
    got = client("pull", repo_id=REPO, out=tmp_path / "set")
    there, made = files(tmp_path / "set"), files(run)
    assert got["files"] == sorted(there)
    assert got["size_bytes"] == got["arrived_bytes"] == sum(map(len, there.values()))
    new = {"publication.json", "bank/exemplars.parquet", "dataset/README.md"}
    assert {name: data for name, data in there.items() if name not in new} == {
        name: data for name, data in made.items() if name in there and name not in new
    }
    assert new <= there.keys()


def test_a_pulled_set_keeps_every_promise(client, hub, pushed, tmp_path):
    """And it is said what could not be done anew."""
    from curator.verify import verify

    client("pull", repo_id=REPO, out=tmp_path / "set")
    promises = verify(tmp_path / "set")
    assert [p.name for p in promises if not p.holds] == []
    assert any("records.parquet, not here" in what for p in promises for what in p.not_redone)


def test_a_bank_that_was_pulled_can_be_asked(client, hub, pushed, tmp_path):
    """It lies where a run has it."""
    import curator

    client("pull", repo_id=REPO, out=tmp_path / "set")
    prompt = curator.open_bank(tmp_path / "set").prompt("ferry 3", shots=1)
    assert prompt[-1]["content"] == "Message: ferry 3"


def test_a_pull_cut_at_any_request_is_finished_by_the_next(client, hub, asking, tmp_path):
    """Until then there is no folder, and no file is brought twice."""
    client("push", **asking())
    hub.requests.clear()
    client("pull", repo_id=REPO, out=tmp_path / "whole")
    whole, count = files(tmp_path / "whole"), len(hub.requests)
    for at in range(1, count + 1):
        out = tmp_path / f"set{at}"
        hub.fail(at, 404, lasting=True)
        told = client.fails("pull", repo_id=REPO, out=out)
        assert (told["kind"], told["exit_code"], out.exists()) == ("SourceError", 3, False)
        hub.heal()
        client("pull", repo_id=REPO, out=out)
        assert (at, files(out)) == (at, whole)
        assert not (tmp_path / f".set{at}.pull").exists()


def test_what_has_arrived_is_not_brought_again(client, hub, asking, tmp_path):
    """A cut costs what was on its way."""
    client("push", **asking())
    hub.fail("GET .*/resolve/.*/manifest.json", 404)
    client.fails("pull", repo_id=REPO, out=tmp_path / "set")
    there = {name for name in files(tmp_path / ".set.pull/run") if name.endswith(".parquet")}
    hub.requests.clear()
    client("pull", repo_id=REPO, out=tmp_path / "set")
    asked = {path.split("/data/")[-1] for _, path in hub.requests if "/data/" in path}
    assert there
    assert not asked & {Path(name).name for name in there}


@pytest.mark.usefixtures("pushed")
def test_what_a_pull_of_something_else_has_left_does_not_stay(
    client, hub, asking, other_run, tmp_path
):
    """A cut pull of the larger set, then a whole one of the smaller: no file of the first is there."""
    hub.fail("GET .*/resolve/.*/manifest.json", 404)
    client.fails("pull", repo_id=REPO, out=tmp_path / "set")
    assert (tmp_path / ".set.pull/run/bank/bank.json").exists()
    client("push", **asking(other_run))
    got = client("pull", repo_id=REPO, out=tmp_path / "set")
    assert sorted(files(tmp_path / "set")) == got["files"]
    assert not (tmp_path / "set/bank").exists()


@pytest.mark.usefixtures("pushed")
def test_a_set_is_brought_by_its_tag(client, asking, other_run, run, tmp_path):
    """The rows of an experiment, though others came after them."""
    client("push", **asking(other_run))
    client("pull", repo_id=REPO, out=tmp_path / "old", revision="v1")
    client("pull", repo_id=REPO, out=tmp_path / "new")
    manifest = "manifest.json"
    assert (tmp_path / "old" / manifest).read_bytes() == (run / manifest).read_bytes()
    assert (tmp_path / "new" / manifest).read_bytes() == (other_run / manifest).read_bytes()


def test_pulled_again_into_the_same_folder_nothing_is_brought(client, hub, pushed, tmp_path):
    """It says that the set is there."""
    first = client("pull", repo_id=REPO, out=tmp_path / "set")
    hub.requests.clear()
    again = client("pull", repo_id=REPO, out=tmp_path / "set")
    assert (first["is_new"], again["is_new"]) == (True, False)
    assert len(hub.requests) <= 4


def test_a_folder_with_anything_else_stays_as_it_is(client, hub, pushed, run, tmp_path):
    """A run is not overwritten by what was once published of it."""
    (tmp_path / "set").mkdir()
    (tmp_path / "set/mine.txt").write_text("mine")
    told = client.fails("pull", repo_id=REPO, out=tmp_path / "set")
    assert (told["kind"], told["exit_code"]) == ("RecipeError", 2)
    assert "the folder holds something else\n  hint: give --out a new folder" in told["said"]
    assert files(tmp_path / "set") == {"mine.txt": b"mine"}


@pytest.mark.parametrize(
    "name", ["data/train-00000-of-00001.parquet", "README.md", "manifest.json"]
)
def test_a_file_that_somebody_has_changed_there_is_refused(client, hub, pushed, tmp_path, name):
    """What does not match is named, and nothing is left in its place."""
    hub.edit(REPO, {name: b"something else"})
    told = client.fails("pull", repo_id=REPO, out=tmp_path / "set")
    assert (told["kind"], told["exit_code"]) == ("SourceError", 3)
    assert f"/{name}: its bytes are not those that were pushed (sha256 " in told["said"]
    assert not (tmp_path / "set").exists()


@pytest.mark.parametrize(
    "path", ["../evil", "/etc/evil", "a/../../evil", ".git/config", "a\\b", ""]
)
def test_a_publication_that_names_places_outside_is_refused(client, hub, pushed, tmp_path, path):
    """What comes from the network writes nowhere but into the folder."""
    told = json.loads(hub.files(REPO)["publication.json"])
    told["files"][path] = told["files"]["README.md"]
    hub.edit(REPO, {"publication.json": json.dumps(told).encode()})
    found = client.fails("pull", repo_id=REPO, out=tmp_path / "set")
    assert (found["kind"], found["exit_code"]) == ("SourceError", 3)
    assert "publication.json: $.files" in found["said"]
    assert files(tmp_path) == {}


def test_a_dataset_that_was_not_pushed_by_curator_is_told_of(client, hub, tmp_path):
    """There is no publication to hold its files against."""
    hub.create(REPO, files={"README.md": b"mine"})
    told = client.fails("pull", repo_id=REPO, out=tmp_path / "set")
    assert told["kind"] == "SourceError"
    assert "was it pushed with curator push?" in told["said"]


def test_a_set_that_one_may_not_see_is_not_there(client, make_client, hub, asking, tmp_path):
    """The same is said with a token of somebody else, and with none."""
    client("push", **asking(private=True))
    for token in (OTHER, None):
        told = make_client(HF_TOKEN=token).fails("pull", repo_id=REPO, out=tmp_path / "set")
        assert "there is no such dataset, or this token may not see it" in told["said"]


def test_a_public_set_needs_no_token(client, make_client, hub, pushed, tmp_path):
    """Anybody can check it."""
    got = make_client(HF_TOKEN=None)("pull", repo_id=REPO, out=tmp_path / "set")
    assert got["commit"] == pushed["commit"]


def test_a_branch_that_is_not_there_is_told_of(client, hub, pushed, tmp_path):
    """And which flag names it."""
    told = client.fails("pull", repo_id=REPO, out=tmp_path / "set", revision="v2")
    assert "there is no such branch, tag or commit\n  hint: see --revision" in told["said"]


def test_a_place_where_nothing_can_be_written_is_told_of(client, hub, pushed, tmp_path):
    """Our own files are no fault of the Hub."""
    (tmp_path / "file").write_text("a file")
    told = client.fails("pull", repo_id=REPO, out=tmp_path / "file" / "set")
    assert (told["kind"], told["exit_code"]) == ("WriteError", 6), told["said"]
    assert "hint: give --out a folder in which you may write" in told["said"]
