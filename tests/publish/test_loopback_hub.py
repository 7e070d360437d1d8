"""The Hub on this machine carries the real clients, and refuses what the real one refuses."""

import base64
import hashlib
import http.client
import json

import pytest

TOKEN, OTHER, READER = (f"hf_{name * 8}" for name in ("ferry", "other", "reads"))
REPO = "ferry-line/desk"
API = f"/api/datasets/{REPO}"


def ask(hub, path, body=None, *, token=TOKEN, method=None, headers=(), at=None):
    """Send one request as a client might, and give status, answer and headers."""
    data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
    given = {**dict(headers), **({"Authorization": f"Bearer {token}"} if token else {})}
    connection = http.client.HTTPConnection((at or hub.endpoint).removeprefix("http://"))
    connection.request(method or ("POST" if data else "GET"), path, data, given)
    answer = connection.getresponse()
    return answer.status, answer.read(), answer.headers


def commit(hub, *operations, **header):
    """Commit operations to main."""
    first = {"key": "header", "value": {"summary": "try", **header}}
    lines = "\n".join(json.dumps(one) for one in [first, *operations])
    kind = {"Content-Type": "application/x-ndjson"}
    return ask(hub, f"{API}/commit/main", lines.encode(), headers=kind)


def file(path, data):
    """Add a file as git holds it."""
    content = base64.b64encode(data).decode()
    return {"key": "file", "value": {"content": content, "path": path, "encoding": "base64"}}


def large(path, oid, size):
    """Add a file that lies in storage."""
    return {"key": "lfsFile", "value": {"path": path, "algo": "sha256", "oid": oid, "size": size}}


def test_it_carries_everything_that_the_clients_ask(make_client, hub, tmp_path):
    """Push, second config, tag, card, snapshot, stream, paths, commits, delete."""
    client = make_client(HF_HUB_DISABLE_XET="1")
    found = client("tour", repo_id=REPO, folder=tmp_path / "snapshot")
    assert (found["rows"], found["second"], found["streamed"]) == ({"train": 50, "test": 5}, 50, 50)
    assert found["configs"] == ["default", "second"]
    assert (len(found["commits"]), found["refs"], found["paths"]) == (4, ["v1"], ["README.md"])
    assert (found["licence"], found["who"], found["is_there"]) == ("mit", "ann", False)
    assert len(found["files"]) == 4


@pytest.mark.parametrize("name", ["a--b", "a..b", ".a", "a.git", "ä", "a b", "", "a" * 97])
def test_a_bad_name_makes_no_repository(hub, name):
    """The client looks at names too, but the Hub decides."""
    asked = {"name": name, "organization": "ferry-line", "type": "dataset"}
    assert ask(hub, "/api/repos/create", asked)[0] == 400


@pytest.mark.parametrize(
    ("token", "status"), [(None, 401), ("hf_nobody", 401), (OTHER, 403), (READER, 403)]
)
def test_only_a_member_who_may_write_makes_a_repository(hub, token, status):
    """Whoever it is."""
    asked = {"name": "desk", "organization": "ferry-line", "type": "dataset"}
    assert ask(hub, "/api/repos/create", asked, token=token)[0] == status


def test_a_private_repository_is_not_there_for_others(hub):
    """With the code that tells the client which error it is."""
    hub.create(REPO, private=True)
    status, _, headers = ask(hub, API, token=OTHER)
    assert (status, headers["X-Error-Code"]) == (404, "RepoNotFound")
    assert ask(hub, API, token=None)[0] == 401
    assert ask(hub, API, token=READER)[0] == 200


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        (file("data/a.parquet", b"PAR1"), "binary files"),
        (file("a.txt", b"x" * (10 << 20) + b"x"), "files larger than 10 MiB"),
        (file("a.xyz", b"\0" * 100_001), "binary files"),
        (file("../a.txt", b"x"), "Invalid path"),
        (file(".git/config", b"x"), "Invalid path"),
        (file(".gitattributes/a", b"x"), "is a file and a folder"),
        (file("README.md", b"---\nlicense: mine\n---\n"), "license"),
        (large("a.bin", "0" * 64, 3), "points to a file that does not exist"),
        ({"key": "deletedFile", "value": {"path": "nowhere"}}, "doesn't exist"),
        ({"key": "link", "value": {"path": "a"}}, "unknown operation"),
    ],
)
def test_a_commit_of_what_git_may_not_hold_is_refused(hub, operation, words):
    """Nothing of it is there afterwards."""
    hub.create(REPO)
    status, answer, _ = commit(hub, operation)
    assert status in (400, 404)
    assert words.encode() in answer
    assert list(hub.files(REPO)) == [".gitattributes"]


def test_a_stale_parent_and_an_unknown_branch_are_refused(hub):
    """Two people who commit at once do not lose each other's files."""
    head = hub.create(REPO).branches["main"]
    hub.edit(REPO, {"a.txt": b"a"})
    assert commit(hub, file("b.txt", b"b"), parentCommit=head)[0] == 412
    assert ask(hub, f"{API}/commit/nowhere", b"{}")[0] == 404
    assert commit(hub)[0] == 400


def test_storage_takes_what_is_signed_and_matches_its_hash(hub):
    """And wants nobody's token, as a bucket of a cloud does not."""
    hub.create(REPO)
    data = b"rows"
    one = {"oid": hashlib.sha256(data).hexdigest(), "size": len(data)}
    asked = {"operation": "upload", "transfers": ["basic"], "objects": [one]}
    batch = json.loads(ask(hub, f"/datasets/{REPO}.git/info/lfs/objects/batch", asked)[1])
    path = batch["objects"][0]["actions"]["upload"]["href"].removeprefix(hub.storage)
    put = {"method": "PUT", "at": hub.storage}
    assert ask(hub, path, data, **put)[0] == 400  # it came with a token
    assert ask(hub, path[:-1], data, token=None, **put)[0] == 403
    assert ask(hub, path, b"rowz", token=None, **put)[0] == 400
    assert ask(hub, path, data, token=None, **put)[0] == 200
    assert commit(hub, large("a.parquet", one["oid"], 4))[0] == 200
    again = json.loads(ask(hub, f"/datasets/{REPO}.git/info/lfs/objects/batch", asked)[1])
    assert "actions" not in again["objects"][0]


def test_a_part_of_a_file_is_given_where_a_part_is_asked_for(hub):
    """As streaming readers do."""
    hub.create(REPO, files={"a.txt": b"0123456789"})
    place = f"/datasets/{REPO}/resolve/main/a.txt"
    status, data, headers = ask(hub, place, headers={"Range": "bytes=2-4"})
    assert (status, data, headers["Content-Range"]) == (206, b"234", "bytes 2-4/10")
    assert ask(hub, place, headers={"Range": "bytes=10-"})[0] == 416


def test_bodies_that_come_in_chunks_are_read(hub):
    """The client sends files without saying how long they are."""
    hub.create(REPO)
    connection = http.client.HTTPConnection(hub.endpoint.removeprefix("http://"))
    body = json.dumps({"content": "---\nlicense: mit\n---\n", "repoType": "dataset"}).encode()
    connection.request(
        "POST", "/api/validate-yaml", iter([body[:9], body[9:]]), encode_chunked=True
    )
    assert json.loads(connection.getresponse().read()) == {"errors": [], "warnings": []}


def test_it_fails_when_it_is_told_to_and_only_then(hub):
    """At the request that is named, with the status that is named."""
    hub.create(REPO)
    hub.fail(2, 503)
    assert [ask(hub, API)[0] for _ in range(3)] == [200, 503, 200]
    hub.fail(2, 503, lasting=True)
    assert [ask(hub, API)[0] for _ in range(3)] == [200, 503, 503]
    hub.fail("GET .*/refs", "drop")
    with pytest.raises(http.client.RemoteDisconnected):
        ask(hub, f"{API}/refs")
