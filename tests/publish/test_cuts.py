"""A push that is cut anywhere is finished by doing it again, and nobody ever sees half of it."""

import json

import pytest

REPO = "ferry-line/desk"


def whole(tree):
    """Say whether a tree holds all that its publication names, or no publication at all."""
    if "publication.json" not in tree:
        return not any(path.startswith("data/") for path in tree)
    told = json.loads(tree["publication.json"].data)
    return all(
        (path in tree and one["sha256"] == tree[path].sha256) or one["git_sha1"] == tree[path].oid
        for path, one in told["files"].items()
    )


def nothing_half_visible(hub):
    """Look at every head that any branch ever had."""
    repo = hub.repos.get(("dataset", REPO))
    return repo is None or all(whole(repo.commits[name].tree) for _, name in repo.seen)


@pytest.fixture
def undisturbed(client, hub, asking):
    """What a push leaves that nothing disturbs, and how many requests it takes."""
    client("push", **asking(tag="v1"))
    tree, count = hub.files(REPO), len(hub.requests)
    hub.reset()
    client("push", **asking(tag="v1"))
    count = min(count, len(hub.requests))  # the very first push of a process asks once more
    hub.reset()
    return tree, count


@pytest.mark.parametrize("how", [400, "drop", "lose"])
def test_a_push_cut_at_any_request_is_finished_by_the_next(client, hub, asking, undisturbed, how):
    """From that request on nothing is answered; then the Hub is there again."""
    tree, count = undisturbed
    for at in range(1, count + 1):
        hub.reset()
        hub.fail(at, how, lasting=True)
        told = client.fails("push", **asking(tag="v1"))
        assert (at, told["kind"], told["exit_code"]) == (at, "WriteError", 6), told["said"]
        hub.heal()
        client("push", **asking(tag="v1"))
        assert (at, hub.files(REPO)) == (at, tree)
        assert len(hub.repo(REPO).commits) == 2
        assert hub.repo(REPO).tags == {"v1": hub.repo(REPO).branches["main"]}
        assert nothing_half_visible(hub)


def test_a_second_push_cut_at_any_request_leaves_the_first_or_the_second(
    client, hub, asking, other_run
):
    """Files that go and files that come change places in one step."""
    client("push", **asking(include=["bank"]))
    first = hub.repo(REPO)
    state = (dict(first.commits), dict(first.branches), dict(first.stored), list(first.seen))
    hub.requests.clear()
    client("push", **asking(other_run))
    tree, count = hub.files(REPO), len(hub.requests)
    for at in range(1, count + 1):
        first.commits, first.branches, first.stored, first.seen = (type(x)(x) for x in state)
        hub.fail(at, 400, lasting=True)
        client.fails("push", **asking(other_run))
        hub.heal()
        client("push", **asking(other_run))
        assert (at, hub.files(REPO)) == (at, tree)
        assert nothing_half_visible(hub)


def test_a_connection_that_breaks_once_is_tried_again(client, hub, asking, undisturbed):
    """The client asks once more by itself where that can do no harm."""
    tree, _ = undisturbed
    hub.fail("PUT /dataset/", "drop")
    client("push", **asking(tag="v1"))
    assert hub.files(REPO) == tree


@pytest.mark.parametrize("place", ["PUT /dataset/", "POST .*/commit/main"])
def test_a_process_that_is_killed_is_no_harm(make_client, hub, asking, undisturbed, place):
    """The upload hangs, the process dies, another one finishes."""
    tree, _ = undisturbed
    hub.fail(place, "hang")
    dying = make_client()
    dying.ask("push", **asking(tag="v1"))
    hub.hangs.wait(60)
    dying.kill()
    hub.heal()
    assert "publication.json" not in hub.files(REPO)
    make_client()("push", **asking(tag="v1"))
    assert hub.files(REPO) == tree
    assert nothing_half_visible(hub)


def test_large_files_that_have_arrived_are_not_sent_again(client, hub, asking):
    """What a cut costs is what was on its way."""
    hub.fail("POST .*/commit/main", 400)
    client.fails("push", **asking())
    hub.requests.clear()
    client("push", **asking())
    assert not [path for method, path in hub.requests if method == "PUT"]
