"""The client's own calls against the local server: each brings what it brings from upstream."""

from uuid import uuid4

import pytest

rg = pytest.importorskip("argilla", reason="make test-review installs it")
pytest.importorskip("argilla_server", reason="make test-review installs it")

TEXTS = {
    "a": "Green tea with milk, please.",
    "b": "Black coffee, no milk.",
    "c": "Grüner Tee in der Straße",
    "d": "東京の緑茶はおいしい",
    "e": "Don't mix tea and coffee",
    "f": "A teapot of C++ and e-mail: ann@example.com",
}


@pytest.fixture(scope="module")
def client(server):
    """The owner's client."""
    return server.client()


def make(client, **more):
    """Create a dataset of every kind of field, question and property."""
    settings = rg.Settings(
        fields=[rg.TextField("text"), rg.ChatField("chat", required=False)],
        questions=[
            rg.LabelQuestion("label", labels=["tea", "coffee", "other"]),
            rg.MultiLabelQuestion("tags", labels=["hot", "cold", "sweet"], required=False),
            rg.RatingQuestion("rating", values=[1, 2, 3, 4, 5], required=False),
            rg.TextQuestion("comment", required=False),
        ],
        metadata=[
            rg.TermsMetadataProperty("split"),
            rg.IntegerMetadataProperty("tokens"),
            rg.FloatMetadataProperty("share-of"),
        ],
        vectors=[rg.VectorField("place", dimensions=2)],
        **more,
    )
    name = f"calls_{uuid4().hex[:8]}"
    return rg.Dataset(name, settings=settings, workspace="curator", client=client).create()


@pytest.fixture(scope="module")
def drinks(client, server):
    """Six records with suggestions, metadata, vectors and responses of two people."""
    dataset = make(client)
    people = {user.username: user.id for user in client.users}
    ann, ben = people["ann"], people["ben"]
    answers = {
        "a": [rg.Response("label", "tea", ann, "submitted"), rg.Response("rating", 5, ann, "submitted")],
        "b": [rg.Response("label", "coffee", ann, "discarded"), rg.Response("label", "coffee", ben, "submitted")],
        "c": [rg.Response("label", "other", ben, "draft")],
    }  # fmt: skip
    rows = [
        ("a", "tea", 0.9, "m1", ["hot"], "train", 5, 0.5, [1, 0]),
        ("b", "coffee", 0.8, "m1", ["hot", "sweet"], "train", 40, 0.25, [0, 1]),
        ("c", "tea", 0.7, "m2", ["cold"], "test", 7, -1.5, [1, 1]),
        ("d", "tea", 0.2, "m2", None, ["test", "hard"], 300, None, [-1, 0]),
        ("e", "other", None, None, None, None, None, 1e-3, None),
        ("f", None, None, None, None, "train", 0, 0.75, [0.9, 0.1]),
    ]
    records = []
    for id_, label, score, agent, tags, split, tokens, share, place in rows:
        suggestions = [rg.Suggestion("label", label, score=score, agent=agent)] if label else []
        suggestions += [rg.Suggestion("tags", tags)] if tags else []
        metadata = {"split": split, "tokens": tokens, "share-of": share}
        records.append(
            rg.Record(
                id=id_,
                fields={
                    "text": TEXTS[id_],
                    "chat": [{"role": "user", "content": f"say {id_}{id_}"}],
                },
                suggestions=suggestions,
                metadata={name: value for name, value in metadata.items() if value is not None},
                vectors={"place": place} if place else {},
                responses=answers.get(id_, []),
            )
        )
    dataset.records.log(records)
    return dataset


def ids(found):
    """Name records in the order that they came."""
    return "".join(getattr(each, "id", None) or each[0].id for each in found)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("tea", "ae"),
        ("TEA milk", "a"),
        ("tea AND coffee", "e"),
        ("tea | coffee", "abe"),
        ("milk -coffee", "a"),
        ("-milk", "cdef"),
        ('"with milk"', "a"),
        ('"milk with"', ""),
        ('-"no milk" milk', "a"),
        ("tea*", "aef"),
        ("(tea | coffee) -milk", "e"),
        ("grüner", "c"),
        ("STRASSE", "c"),
        ("緑茶", "d"),
        ("don't", "e"),
        ("bb", "b"),
        ("user", ""),
        ("c++ and", "f"),
        ("nothing", ""),
    ],
)
def test_words_find_records(drinks, words, expected):
    """The search box knows AND, OR, not, phrases and beginnings, in any script."""
    found = drinks.records(rg.Query(query=words))
    assert "".join(sorted(ids(found))) == expected


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        (("id", "==", "c"), "c"),
        (("id", "in", ["a", "f", "zz"]), "af"),
        (("status", "==", "completed"), "ab"),
        (("status", "==", "pending"), "cdef"),
        (("inserted_at", ">=", "2020-01-01T00:00:00"), "abcdef"),
        (("inserted_at", "<=", "2020-01-01T00:00:00+02:00"), ""),
        (("response.status", "==", "submitted"), "ab"),
        (("response.status", "==", "discarded"), "b"),
        (("response.status", "==", "draft"), "c"),
        (("response.status", "==", "pending"), "def"),
        (("response.status", "in", ["draft", "pending"]), "cdef"),
        (("label.response", "==", "coffee"), "b"),
        (("rating.response", ">=", 4), "a"),
        (("label.suggestion", "==", "tea"), "acd"),
        (("label.suggestion", "in", ["coffee", "other"]), "be"),
        (("tags.suggestion", "in", ["sweet", "cold"]), "bc"),
        (("label.score", ">=", 0.7), "abc"),
        (("label.score", "<=", 0.2), "d"),
        (("label.agent", "==", "m2"), "cd"),
        (("metadata.split", "==", "train"), "abf"),
        (("metadata.split", "in", ["hard", "test"]), "cd"),
        (("metadata.tokens", "==", 7), "c"),
        (("metadata.tokens", ">=", 40), "bd"),
        (("metadata.tokens", "<=", 5), "af"),
        (("metadata.share-of", ">=", 0.5), "af"),
        (("metadata.share-of", "<=", 0.25), "bce"),
        ([("metadata.split", "==", "train"), ("metadata.tokens", ">=", 5)], "ab"),
        ([("label.suggestion", "==", "tea"), ("response.status", "==", "pending")], "d"),
    ],
)
def test_filters_find_records(drinks, conditions, expected):
    """Every filter that the client can write brings exactly its records, as they were sent."""
    assert ids(drinks.records(rg.Query(filter=conditions))) == expected


def test_a_filter_and_words_must_both_hold(drinks):
    """They narrow each other."""
    query = rg.Query(query="tea | coffee", filter=[("metadata.split", "==", "train")])
    assert ids(drinks.records(query)) == "ab"


def search(server, dataset, body, who=None, **params):
    """Search as the page does: the client has no orders."""
    import httpx

    head = (
        {"Authorization": f"Bearer {server.token(who)}"}
        if who
        else {"X-Argilla-Api-Key": server.api_key}
    )
    url = f"{server.api_url}/api/v1/{'me/' if who else ''}datasets/{dataset.id}/records/search"
    answer = httpx.post(url, json=body, headers=head, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize(
    ("scope", "up", "down"),
    [
        ({"entity": "metadata", "metadata_property": "tokens"}, "facbde", "dbcafe"),
        ({"entity": "metadata", "metadata_property": "share-of"}, "cebafd", "fabecd"),
        ({"entity": "metadata", "metadata_property": "split"}, "dcabfe", "abfcde"),
        ({"entity": "suggestion", "question": "label", "property": "score"}, "dcbaef", "abcdef"),
        ({"entity": "suggestion", "question": "label", "property": "value"}, "beacdf", "acdebf"),
        ({"entity": "record", "property": "inserted_at"}, "abcdef", "fedcba"),
        ({"entity": "record", "property": "external_id"}, "abcdef", "fedcba"),
        ({"entity": "response", "question": "rating"}, "abcdef", "abcdef"),
    ],
)
def test_orders_put_what_is_missing_last(server, drinks, scope, up, down):
    """Both ways, by each kind of value."""
    for order, expected in (("asc", up), ("desc", down)):
        found = search(server, drinks, {"sort": [{"scope": scope, "order": order}]})
        assert "".join(item["record"]["external_id"] for item in found["items"]) == expected


def test_a_person_finds_by_what_they_answered_themselves(server, drinks):
    """What others answered is pending for me."""
    scope = {"entity": "response", "property": "status"}
    body = {"filters": {"and": [{"type": "terms", "scope": scope, "values": ["pending"]}]}}
    for who, expected in (("ann", "cdef"), ("ben", "adef"), ("cleo", "abcdef")):
        found = search(server, drinks, body, who)
        assert "".join(sorted(item["record"]["external_id"] for item in found["items"])) == expected
        assert found["total"] == len(expected)


def test_vectors_find_the_nearest_and_the_farthest(drinks):
    """By the cosine, with a score of 1 for the same direction and 0 for the opposite."""
    found = list(drinks.records(rg.Query(similar=rg.Similar("place", [1, 0]))))
    assert ids(found) == "afcbd"
    assert [round(score, 3) for _, score in found] == [1, 0.997, 0.854, 0.5, 0]
    far = rg.Query(similar=rg.Similar("place", [1, 0], most_similar=False))
    assert ids(drinks.records(far)) == "dbcfa"


def test_vectors_find_what_is_like_a_record_within_a_filter(drinks):
    """The record itself is left out."""
    first = next(iter(drinks.records(rg.Query(filter=("id", "==", "a")))))
    similar = rg.Similar("place", first)
    assert ids(drinks.records(rg.Query(similar=similar))) == "fcbd"
    assert (
        ids(drinks.records(rg.Query(similar=similar, filter=("metadata.split", "==", "train"))))
        == "fb"
    )
    assert ids(drinks.records(rg.Query(similar=similar, query="milk"))) == "b"


def test_progress_counts_records_and_people(drinks):
    """Completed is what enough people submitted."""
    progress = drinks.progress(with_users_distribution=True)
    assert {name: progress[name] for name in ("total", "completed", "pending")} == {
        "total": 6,
        "completed": 2,
        "pending": 4,
    }
    assert progress["users"]["ann"]["completed"] == {"submitted": 1, "draft": 0, "discarded": 1}
    assert progress["users"]["ben"]["pending"] == {"submitted": 0, "draft": 1, "discarded": 0}


def test_a_person_sees_their_own_progress(server, drinks):
    """Pending is what is left of all records."""
    import httpx

    head = {"Authorization": f"Bearer {server.token('ann')}"}
    answer = httpx.get(f"{server.api_url}/api/v1/me/datasets/{drinks.id}/metrics", headers=head)
    assert answer.json()["responses"] == {
        "total": 6,
        "submitted": 1,
        "discarded": 1,
        "draft": 0,
        "pending": 4,
    }


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("split", {"type": "terms", "total": 6, "values": [{"term": "train", "count": 3}, {"term": "test", "count": 2}, {"term": "hard", "count": 1}]}),
        ("tokens", {"type": "integer", "min": 0, "max": 300}),
        ("share-of", {"type": "float", "min": -1.5, "max": 0.75}),
    ],
)  # fmt: skip
def test_metadata_is_counted_for_the_page(server, drinks, name, expected):
    """Terms with their counts, numbers with their ends."""
    found = next(each for each in drinks.settings.metadata if each.name == name)
    path = f"/api/v1/metadata-properties/{found.id}/metrics"
    assert drinks._client.http_client.get(path).json() == expected


def test_a_dataset_is_changed_and_deleted(client):
    """Guidelines, distribution and the dataset itself."""
    dataset = make(client, guidelines="first")
    dataset.settings.guidelines = "second"
    dataset.settings.distribution = rg.TaskDistribution(min_submitted=2)
    dataset.update()
    again = client.datasets(dataset.name, workspace="curator")
    assert again.guidelines == "second"
    assert again.distribution.min_submitted == 2
    dataset.delete()
    assert client.datasets(dataset.name, workspace="curator") is None


def test_a_changed_distribution_changes_what_is_completed(client):
    """The job that does so runs in the server itself."""
    import time

    dataset = make(client)
    owner = client.me.id
    dataset.records.log(
        [
            rg.Record(
                id="x",
                fields={"text": "t"},
                responses=[rg.Response("label", "tea", owner, "submitted")],
            )
        ]
    )
    assert dataset.progress()["completed"] == 1
    dataset.settings.distribution = rg.TaskDistribution(min_submitted=2)
    dataset.update()
    until = time.monotonic() + 10
    while dataset.progress()["completed"] and time.monotonic() < until:
        time.sleep(0.05)
    assert dataset.progress()["completed"] == 0


def test_records_come_in_pages_and_change_by_their_id(client):
    """Nothing is lost at the edge of a page, and nothing stands twice after a second sending."""
    dataset = make(client)
    rows = [{"id": f"r{n}", "text": f"text {n}", "label": "tea"} for n in range(230)]
    dataset.records.log(rows, batch_size=100)
    dataset.records.log([{**row, "text": "new"} for row in rows[:50]])
    found = [(record.id, record.fields["text"]) for record in dataset.records(batch_size=30)]
    expected = [(f"r{n}", "new" if n < 50 else f"text {n}") for n in range(230)]
    assert sorted(found) == sorted(expected)
    searched = dataset.records(rg.Query(query="text"), batch_size=30)
    assert [record.id for record in searched] == [f"r{n}" for n in range(50, 230)]
    limited = dataset.records(limit=7)
    assert len(list(limited)) == 7


def test_users_and_workspaces_can_be_made_and_taken_away(client):
    """A team is more than those whom the start made."""
    workspace = client.workspaces.add(rg.Workspace(f"team{uuid4().hex[:6]}"))
    user = rg.User(
        f"zoe{uuid4().hex[:6]}", role="annotator", password=uuid4().hex, client=client
    ).create()
    workspace.add_user(user)
    assert user.username in [each.username for each in workspace.users]
    workspace.remove_user(user)
    assert not list(workspace.users)
    user.delete()
    workspace.delete()
    assert {"curator"} <= {each.name for each in client.workspaces}


def test_two_people_at_the_page_start_at_different_records(server, client):
    """Each has an order of their own within a block, and the same at every look."""
    dataset = make(client)
    dataset.records.log([{"id": f"{n:03}", "text": "t"} for n in range(200)])
    looks = [
        [
            item["record"]["external_id"]
            for item in search(server, dataset, {}, who, limit=150)["items"]
        ]
        for who in ("ann", "ann", "ben")
    ]
    assert looks[0] == looks[1]
    assert looks[0][:10] != looks[2][:10]
    assert max(looks[0][:40]) < "100"  # what was sent first comes first, nearly
    assert len(set(looks[0])) == 150


def test_unknown_questions_and_times_are_errors_of_who_asks(server, drinks):
    """They are no faults of the server: 422, not 500."""
    import httpx

    head = {"X-Argilla-Api-Key": server.api_key}
    url = f"{server.api_url}/api/v1/datasets/{drinks.id}/records/search"
    for scope, value in (
        ({"entity": "suggestion", "question": "nobody"}, "x"),
        ({"entity": "record", "property": "inserted_at"}, "yesterday"),
    ):
        body = {"filters": {"and": [{"type": "terms", "scope": scope, "values": [value]}]}}
        assert httpx.post(url, json=body, headers=head).status_code == 422
