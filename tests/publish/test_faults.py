"""What the Hub refuses, and what is missing: each is said with what to do about it."""

import shutil

import pytest

REPO = "ferry-line/desk"
OTHER, READER = "hf_" + "other" * 8, "hf_" + "reads" * 8
CLOSED = "http://127.0.0.1:9"


def said(told):
    """Give what was said, of an error that is a WriteError."""
    assert (told["kind"], told["exit_code"]) == ("WriteError", 6), told["said"]
    return told["said"]


def test_requests_that_are_switched_off_are_told_of(make_client, hub, asking):
    """HF_HUB_OFFLINE is a wish; nothing is asked."""
    words = said(make_client(HF_HUB_OFFLINE="1").fails("push", **asking()))
    assert "HF_HUB_OFFLINE is set" in words
    assert "hint: unset HF_HUB_OFFLINE" in words
    assert hub.requests == []


def test_without_a_token_nothing_is_asked(make_client, hub, asking):
    """It says the two ways to have one."""
    words = said(make_client(HF_TOKEN=None).fails("push", **asking()))
    assert "there is no token for the Hub\n  hint: set HF_TOKEN, or log in with: hf auth" in words
    assert hub.requests == []


def test_a_server_that_is_not_there_is_told_of(make_client, asking):
    """And which variable names it."""
    words = said(make_client(HF_ENDPOINT=CLOSED).fails("push", **asking()))
    assert words.startswith(f"{CLOSED}/datasets/{REPO}: no server answers there\n  hint: see HF_EN")


@pytest.mark.parametrize(
    ("token", "repo_id", "words"),
    [
        ("hf_nobody", REPO, "the Hub does not know this token"),
        (READER, REPO, "this token may not make a dataset there: You don't have the rights"),
        (OTHER, REPO, "'ferry-line' is neither ben, whose token this is, nor an organisation"),
        (OTHER, "no-such-org/desk", "there may be none of that name\n  hint: give --repo-id NAME"),
    ],
)
def test_a_token_that_may_not_make_the_repository(make_client, asking, token, repo_id, words):
    """Whose token it is, and where it may write, is said where the Hub tells it."""
    told = said(make_client(HF_TOKEN=token).fails("push", **asking(repo_id=repo_id)))
    assert words in told
    assert token not in told


def test_a_repository_that_one_may_only_read(make_client, hub, asking):
    """It is there, but not to be written to."""
    hub.create(REPO)
    words = said(make_client(HF_TOKEN=READER).fails("push", **asking()))
    assert "this token may not do that: Authorization error: you may not write" in words
    assert len(hub.repo(REPO).commits) == 1


def test_a_name_that_is_taken_by_what_one_may_not_see(client, hub, asking):
    """The Hub says no to looking, and no to making."""
    hub.fail("POST /api/repos/create", 409)
    words = said(client.fails("push", **asking()))
    assert "this name is taken, by a repository that this token may not see\n  hint:" in words


def test_what_is_asked_to_be_private_never_goes_to_a_public_repository(client, hub, asking):
    """The flag is no wish."""
    hub.create(REPO)
    words = said(client.fails("push", **asking(private=True)))
    assert "this repository is public, and private was asked for\n  hint: make it private" in words
    assert len(hub.repo(REPO).commits) == 1


def test_a_full_account_is_told_of(client, hub, asking):
    """Nothing was committed; what has room for it stays."""
    hub.create(REPO, private=True).quota_bytes = 1_000
    words = said(client.fails("push", **asking(private=True)))
    assert "there is no room for this: Private repository storage limit reached" in words
    assert "settings/billing" in words


def test_a_large_file_that_was_hurt_on_its_way_is_refused_by_its_hash(client, hub, asking):
    """The storage looks at what has arrived, and the file is named."""
    hub.hurt = lambda data: data[:-1] + b"x"
    words = said(client.fails("push", **asking()))
    assert "Error while uploading 'data/" in words
    assert "the server refuses it with status 400: XAmzContentSHA256Mismatch" in words
    assert "hurt on its way: run the same command again" in words
    assert "publication.json" not in hub.files(REPO)


@pytest.mark.parametrize(
    ("status", "words"),
    [(500, "the server failed with status 500"), (429, "too many requests"), (503, "status 503")],
)
def test_a_server_in_trouble_is_told_of(client, hub, asking, status, words):
    """After the client has tried again for a while."""
    hub.fail("POST .*/preupload/", status, lasting=True)
    told = said(client.fails("push", **asking()))
    assert words in told
    assert "run the same command again" in told


def test_a_card_that_the_hub_refuses_is_told_of_before_anything_is_sent(client, hub, run, tmp_path):
    """With the Hub's own words."""
    other = make_other(run, tmp_path, "license: apache-2.0", "license: proprietary")
    words = said(client.fails("push", folder=other, repo_id=REPO, private=True))
    assert '"license" must be one of' in words
    assert not [path for method, path in hub.requests if method == "PUT"]


def make_other(run, folder, before, after):
    """Copy a run with another card, as if it had been written so."""
    from curator.manifest import load
    from curator.pipeline import folder as sealed

    other = shutil.copytree(run, folder / "run")
    card = other / "dataset/README.md"
    card.write_text(card.read_text().replace(before, after))
    (other / "manifest.json").unlink()
    sealed.seal(other, load(run))
    return other


@pytest.fixture
def run_copy(run, tmp_path):
    """Give a test a run of its own to change."""
    return shutil.copytree(run, tmp_path / "run")


@pytest.mark.parametrize("change", ["edit", "remove", "add"])
def test_a_run_that_was_changed_since_is_not_published(client, hub, run_copy, change):
    """No request is made: what verify would fail must not be published."""
    other = run_copy
    path = other / "rejected.parquet"
    if change == "edit":
        path.write_bytes(path.read_bytes() + b" ")
    elif change == "remove":
        path.unlink()
    else:
        (other / "notes.txt").write_text("mine")
    told = client.fails("push", folder=other, repo_id=REPO)
    assert (told["kind"], told["exit_code"]) == ("ValidationFailed", 4)
    assert "nothing was published: whole: 1 of" in told["said"]
    assert hub.requests == []


def test_a_run_that_did_not_finish_is_not_published(client, hub, asking, tmp_path):
    """Without its manifest it is no run."""
    told = client.fails("push", **asking(tmp_path))
    assert (told["kind"], told["exit_code"]) == ("SourceError", 3)
    assert "no run has finished here" in told["said"]


@pytest.mark.parametrize("name", ["dataset", "bank", "trainer"])
def test_a_run_without_what_is_to_be_published_says_which_step_makes_it(run, name):
    """Before anything is sent."""
    from curator.errors import RecipeError
    from curator.manifest import load
    from curator.publish.layout import files

    there = [path for path in load(run).artifacts if not path.startswith(f"{name}/")]
    step = {"dataset": "instruction_set"}.get(name, name)
    with pytest.raises(RecipeError, match=f"no {name}/ to publish\n  hint: add {step} to write:"):
        files(run, there, ["bank", "trainer"])
