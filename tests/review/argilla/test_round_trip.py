"""Sent to a real server, answered as the page answers, collected."""

import contextlib
import socket
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from curator.errors import ReviewError
from curator.review.argilla import Options, collect, send
from curator.review.argilla.records import JOINER
from curator.review.guidelines import guidelines
from curator.review.item import Item
from curator.review.people import pseudonym
from curator.review.questions import questions
from curator.task import Output, Task

pytest.importorskip("argilla", reason="make test-review installs it")
TASK = Task(instruction="Name the intent.", output=Output(labels=("lost", "stolen", "late")))
ASKED = questions(TASK)


def item(name, label="lost", **fields):
    words = [{"role": "user", "content": f"Where is {name}?"}]
    return Item(id=name, messages=words, answer=label, label=label, **fields)


def sent(items, name, asked=ASKED, told=None, **options):
    return send(
        items, Options(**options), name=name, task=TASK, asked=asked,
        guidelines=guidelines(TASK, asked), progress=(told if told is not None else []).append,
    )  # fmt: skip


def collected(ticket):
    return sorted(collect(ticket, progress=[].append), key=lambda one: (one.record_id, one.by))


@pytest.fixture
def page(server, monkeypatch):
    """The environment names the server; gives its client."""
    monkeypatch.setenv("ARGILLA_API_URL", server.api_url)
    monkeypatch.setenv("ARGILLA_API_KEY", server.api_key)
    return server.client()


def records(page, name):
    ds = next(one for one in page.datasets if one.name == name)
    path = f"/api/v1/datasets/{ds.id}/records?include=suggestions&limit=1000"
    return {one["external_id"]: one for one in page.api.http_client.get(path).json()["items"]}


TOKENS = {}


def token(server, who):
    """Sign in once: checking a password takes long on purpose."""
    if (server.api_url, who) not in TOKENS:
        TOKENS[server.api_url, who] = server.token(who)
    return TOKENS[server.api_url, who]


def say(server, page, record, who, status="submitted", **values):
    """Answer as the page does, signed in as a person."""
    import httpx

    name, _, record_id = record.partition("/")
    url = f"{server.api_url}/api/v1/records/{records(page, name)[record_id]['id']}/responses"
    body = {"status": status, "values": {key: {"value": value} for key, value in values.items()}}
    headers = {"Authorization": f"Bearer {token(server, who)}"}
    httpx.post(url, json=body, headers=headers).raise_for_status()


def test_what_people_submit_comes_back_by_record_and_person(server, page):
    """Every value, under the name of its question, and nobody's own name."""
    ticket = sent([item("a1"), item("a2")], "round")
    said = {"verdict": "fix", "label": "late", "rating": 4, "comment": "é"}
    say(server, page, "round/a1", "ann", **said)
    say(server, page, "round/a2", "ben", verdict="reject", reasons=["other", "private data"])
    one, two = collected(ticket)
    assert (one.record_id, one.by, one.values) == ("a1", pseudonym("ann"), said)
    assert (two.record_id, two.by, two.via) == ("a2", pseudonym("ben"), "argilla:round")
    assert two.values == {"verdict": "reject", "reasons": ["other", "private data"]}
    assert one.at[10] == "T"
    assert one.at.endswith("Z")


def test_drafts_and_discarded_records_are_no_answers(server, page):
    """Both carry what was filled in, as if somebody had said it; they may take an answer back."""
    ticket = sent([item("a1"), item("a2"), item("a3")], "drafts")
    say(server, page, "drafts/a1", "ann", status="draft", verdict="keep", label="lost")
    say(server, page, "drafts/a2", "ann", status="discarded", verdict="keep", label="lost")
    say(server, page, "drafts/a3", "ann", verdict="keep", label="lost")
    found = {one.record_id: one.values for one in collected(ticket)}
    assert found == {"a1": {}, "a2": {}, "a3": {"verdict": "keep", "label": "lost"}}


def test_a_filled_in_label_that_is_left_as_it_is_comes_back_with_the_verdict(server, page):
    """It says the same as the record, so keep stays keep; a changed one is for verdicts to judge."""
    ticket = sent([item("a1"), item("a2")], "untouched")
    there = records(page, "untouched")["a1"]["suggestions"]
    assert [one["value"] for one in there] == ["lost"]
    say(server, page, "untouched/a1", "ann", verdict="keep", label="lost")
    say(server, page, "untouched/a2", "ann", verdict="keep", label="late")
    assert [one.values["label"] for one in collected(ticket)] == ["lost", "late"]


def test_a_text_copied_from_the_page_comes_back_without_what_was_put_in_for_it(server, page):
    """The sign that keeps a tag from being read as HTML is ours, not the reviewer's."""
    ticket = sent([item("a1")], "copied")
    say(server, page, "copied/a1", "ann", verdict="keep", comment=f"<{JOINER}b> &{JOINER}lt;")
    assert [one.values["comment"] for one in collected(ticket)] == ["<b> &lt;"]


def test_labels_come_back_by_name_whatever_order_the_rows_have(server, page):
    """Numbers in an order that depends on the rows would name other labels."""
    ticket = sent([item("a1", "stolen"), item("a2", "lost")], "numbers")
    say(server, page, "numbers/a1", "ann", verdict="fix", label="late")
    assert [one.values["label"] for one in collected(ticket)] == ["late"]


def test_sent_twice_is_there_once_with_answers_kept_and_metadata_whole(server, page):
    """A record that is sent again is renewed; what people said of it stays."""
    ticket = sent([item("a1", metadata={"split": "train", "tokens": 3})], "twice")
    say(server, page, "twice/a1", "ann", verdict="keep")
    again = item("a1", metadata={"split": "train", "tokens": 4}, why="exemplar")
    assert sent([again, item("a2")], "twice") == ticket
    there = records(page, "twice")
    assert list(there) == ["a1", "a2"]
    assert there["a1"]["metadata"] == {
        "split": "train", "tokens": 4, "given_label": "lost", "why": "exemplar",
    }  # fmt: skip
    assert [one.values for one in collected(ticket)] == [{"verdict": "keep"}]


def test_records_arrive_in_batches_and_each_is_told(page):
    """Progress says how many more are there, not how many were made."""
    told = []
    sent((item(f"a{at}") for at in range(1_100)), "many", told=told)
    assert told == [500, 500, 100]
    assert len(records(page, "many")) == 1_000  # one page of them


def test_rows_that_several_see_have_a_dataset_of_their_own(server, page):
    """Argilla holds one number of people for a dataset."""
    rows = [item("a1"), item("a2", people=2)]
    ticket = sent(rows, "some", people=2, overlap=0.5)
    assert [(one["name"], one["people"]) for one in ticket["datasets"]] == [
        ("some", 1), ("some-overlap", 2),
    ]  # fmt: skip
    for who in ("ann", "ben"):
        say(server, page, "some-overlap/a2", who, verdict="keep")
    say(server, page, "some/a1", "ann", verdict="keep")
    assert [one.record_id for one in collected(ticket)] == ["a1", "a2", "a2"]
    assert records(page, "some-overlap")["a2"]["status"] == "completed"


def test_a_dataset_that_all_see_is_one(server, page):
    """Nothing is split that need not be, and the number of people may change."""
    assert [one["people"] for one in sent([item("a1")], "all")["datasets"]] == [1]
    say(server, page, "all/a1", "ann", verdict="keep")
    ticket = sent([item("a1", people=3)], "all", people=3)
    assert [(one["name"], one["people"]) for one in ticket["datasets"]] == [("all", 3)]


def test_a_draft_that_a_killed_run_has_left_is_made_again(page):
    """A dataset is made in a dozen requests, and a kill may come between any two."""
    place = page.workspaces("curator").id
    body = {"name": "half", "workspace_id": str(place)}
    page.api.http_client.post("/api/v1/datasets", json=body).raise_for_status()
    sent([item("a1")], "half")
    assert list(records(page, "half")) == ["a1"]


def test_a_dataset_that_asks_other_things_is_named_with_the_way_out(server, page):
    """Answers to two sets of labels cannot be told apart later."""
    sent([item("a1")], "other")
    more = questions(Task(output=Output(labels=("lost", "sold"))))
    with pytest.raises(ReviewError) as caught:
        sent([item("a1")], "other", asked=more)
    assert str(caught.value) == (
        f"{server.api_url}: other: the dataset does not offer sold under 'label'\n"
        "  hint: put it back in the dataset's settings, or send to another: review: dataset: NAME"
    )


def test_a_question_renamed_in_the_page_is_told(page):
    """People were asked something else, and nobody knows since when."""
    ticket = sent([item("a1")], "renamed")
    ds = next(one for one in page.datasets if one.name == "renamed")
    verdict = page.api.questions.list(ds.id)[0]
    path = f"/api/v1/questions/{verdict.id}"
    page.api.http_client.patch(path, json={"title": "Nice?"}).raise_for_status()
    words = "the dataset asks 'Nice\\?' where 'Verdict' is asked: 'verdict' was renamed"
    with pytest.raises(ReviewError, match=words):
        collected(ticket)
    with pytest.raises(ReviewError, match=words):
        sent([item("a1")], "renamed")


def test_a_deleted_dataset_is_told_and_sending_makes_it_again(page):
    """Somebody has cleaned up."""
    ticket = sent([item("a1")], "deleted")
    next(one for one in page.datasets if one.name == "deleted").delete()
    with pytest.raises(ReviewError, match="deleted: the dataset is no longer there"):
        collected(ticket)
    sent([item("a1")], "deleted")
    assert collected(ticket) == []


def test_a_wrong_key_is_told_and_never_shown(page, monkeypatch):
    """Messages end up in logs and reports."""
    monkeypatch.setenv("ARGILLA_API_KEY", "very.secret")
    with pytest.raises(ReviewError, match="the server does not know this key") as caught:
        sent([item("a1")], "key")
    assert "very.secret" not in f"{caught.value}{caught.value!r}"


def test_no_server_is_told_at_once(monkeypatch):
    """Nothing listens on that port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    monkeypatch.setenv("ARGILLA_API_URL", url)
    monkeypatch.setenv("ARGILLA_API_KEY", "k")
    with pytest.raises(ReviewError) as caught:
        sent([item("a1")], "none")
    assert str(caught.value) == (
        f"{url}: no server answers there\n"
        "  hint: start one with: curator review serve; or set ARGILLA_API_URL to yours"
    )


def test_a_workspace_is_made_by_an_owner_and_missed_by_others(server, page, monkeypatch):
    """An annotator's key may read answers of nobody, and make nothing."""
    sent([item("a1")], "w", workspace="fresh")
    assert page.workspaces("fresh") is not None
    ticket = sent([item("a1")], "seen")
    ann = page.api.http_client.get("/api/v1/users").json()["items"]
    key = next(one["api_key"] for one in ann if one["username"] == "ann")
    monkeypatch.setenv("ARGILLA_API_KEY", key)
    with pytest.raises(ReviewError, match="ann is in no workspace 'fresh', only in curator"):
        sent([item("a1")], "w", workspace="fresh")
    with pytest.raises(ReviewError, match="this key may not do that"):
        collected(ticket)


def test_annotators_whom_nobody_gave_a_workspace_are_named(server, page):
    """They could sign in, and would find nothing."""
    import argilla as rg

    words = "1234" * 3
    user = rg.User(username="eva", password=words, role="annotator", client=page).create()
    with contextlib.ExitStack() as after:
        after.callback(user.delete)
        with pytest.raises(ReviewError) as caught:
            sent([item("a1")], "w", workspace="empty")
    assert caught.value.message == (
        "nobody is in the workspace 'empty', and eva in none: they would find nothing to review"
    )


@contextlib.contextmanager
def answering(*answers):
    """A server that is not Argilla: gives each answer once, the last one for ever."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append((self.path, self.headers.get("X-Argilla-Api-Key")))
            status, body = answers[min(len(asked), len(answers)) - 1]
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as http:
        Thread(target=http.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{http.server_port}", asked
        http.shutdown()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"version": "1.29.0"}', "the server is Argilla 1.29.0, and 2.0 is the oldest"),
        (b"<html>", "what answers there is not Argilla 2"),
        (b'{"version": 2}', "what answers there is not Argilla 2"),
    ],
)
def test_a_server_that_is_not_argilla_2_is_told_and_gets_no_key(monkeypatch, body, words):
    """An old server, or any other at that address."""
    with answering((200, body)) as (url, asked):
        monkeypatch.setenv("ARGILLA_API_KEY", "k")
        monkeypatch.delenv("ARGILLA_API_URL", raising=False)
        with pytest.raises(ReviewError, match=words):
            sent([item("a1")], "old", api_url=url)
    assert asked == [("/api/v1/version", None)]


def test_what_the_server_refuses_is_told_with_its_words(page):
    """Whatever is wrong with a name or a record was asked for, and is no fault of the server."""
    with pytest.raises(ReviewError, match="status 422: name: String should have at m") as caught:
        sent([item("a1")], "w", dataset="x" * 201)
    assert caught.value.exit_code == 5


def test_a_workspace_that_the_client_cannot_read_is_never_made(page):
    """The server would take any name; where somebody else has made one, the others still work."""
    with pytest.raises(ReviewError, match="'no name!' cannot be the name of a workspace"):
        sent([item("a1")], "w", workspace="no name!")
    api = page.api.http_client
    made = api.post("/api/v1/workspaces", json={"name": "no name!"}).json()
    with contextlib.ExitStack() as after:
        after.callback(api.delete, f"/api/v1/workspaces/{made['id']}")
        assert collected(sent([item("a1")], "beside")) == []


def test_a_dataset_with_other_fields_is_told_by_their_names(page):
    """A record would be refused for a field that nobody knows."""
    import argilla as rg

    settings = rg.Settings(fields=[rg.TextField("text")], questions=[rg.TextQuestion("extra")])
    rg.Dataset("foreign", settings=settings, workspace="curator", client=page).create()
    with pytest.raises(ReviewError) as caught:
        sent([item("a1")], "foreign")
    for words in ("has no field 'input'", "has no question 'verdict'", "also requires 'extra'"):
        assert words in caught.value.message


def test_after_a_status_of_500_a_request_is_made_again(monkeypatch):
    """The next request on that connection may break too; the third is answered."""
    from curator.review.argilla.access import Access
    from curator.review.argilla.service import connect

    me = b'{"id": "6f1c1e2e-6b1a-4f0c-9b0a-1d9b3a5c7e11", "username": "a", "role": "owner"}'
    version = (200, b'{"version": "2.8.0"}')
    with answering(version, (200, me), (500, b""), (500, b""), (200, b'{"items": []}')) as (
        url,
        asked,
    ):
        service = connect(Access(api_url=url, api_key="k"))
        assert service.items("me/datasets") == []
        assert [path for path, _ in asked[2:]] == ["/api/v1/me/datasets"] * 3
    with answering(version, (200, me), (500, b"k")) as (url, _):
        service = connect(Access(api_url=url, api_key="k"))
        with pytest.raises(ReviewError, match="the server failed with status 500"):
            service.items("me/datasets")


def test_a_server_killed_while_sending_is_picked_up_where_it_stopped(start_server, monkeypatch):
    """What had arrived is there after the next start, and sending again adds the rest."""
    first = start_server()
    monkeypatch.setenv("ARGILLA_API_URL", first.api_url)
    monkeypatch.setenv("ARGILLA_API_KEY", first.api_key)
    rows = [item(f"a{at}") for at in range(1_200)]

    def dies():
        for at, row in enumerate(rows):
            if at == 700:
                first.stop(9)
            yield row

    with pytest.raises(ReviewError, match=r"no server answers there|the connection broke"):
        sent(dies(), "killed")
    port = int(first.api_url.rpartition(":")[2])
    second = start_server(first.home, port=port)
    told = []
    sent(rows, "killed", told=told)
    ds = next(one for one in second.client().datasets if one.name == "killed")
    assert ds.progress()["total"] == sum(told) == 1_200


def test_the_key_of_the_environment_goes_to_no_server_that_a_recipe_names(monkeypatch):
    """A recipe may come from others."""
    monkeypatch.setenv("ARGILLA_API_URL", "https://ours.example")
    monkeypatch.setenv("ARGILLA_API_KEY", "k")
    with pytest.raises(ReviewError, match="the recipe and ARGILLA_API_URL name two servers"):
        sent([item("a1")], "evil", api_url="https://theirs.example")
