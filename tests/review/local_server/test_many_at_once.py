"""Several people at once, and ends in the middle: nothing is lost, nothing stands twice."""

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

rg = pytest.importorskip("argilla", reason="make test-review installs it")
httpx = pytest.importorskip("httpx")
pytest.importorskip("argilla_server", reason="make test-review installs it")


def make(client, people=1):
    """Create a dataset that asks for one label."""
    settings = rg.Settings(
        fields=[rg.TextField("text")],
        questions=[rg.LabelQuestion("label", labels=["yes", "no"])],
        distribution=rg.TaskDistribution(min_submitted=people),
    )
    name = f"many_{uuid4().hex[:8]}"
    return rg.Dataset(name, settings=settings, workspace="curator", client=client).create()


class Person:
    """Somebody at the page: signs in, asks for what is pending, submits."""

    def __init__(self, server, name, dataset):
        self.web = httpx.Client(
            base_url=f"{server.api_url}/api/v1",
            headers={"Authorization": f"Bearer {server.token(name)}"},
            timeout=60,
            limits=httpx.Limits(max_connections=None),
        )
        self.dataset = dataset

    def pending(self, limit=10):
        """Name the next records that nobody has answered."""
        conditions = [
            {"scope": {"entity": "record", "property": "status"}, "values": ["pending"]},
            {"scope": {"entity": "response", "property": "status"}, "values": ["pending"]},
        ]
        body = {"filters": {"and": [{"type": "terms", **each} for each in conditions]}}
        path = f"/me/datasets/{self.dataset.id}/records/search"
        found = self.web.post(path, json=body, params={"limit": limit})
        return [item["record"]["id"] for item in found.raise_for_status().json()["items"]]

    def submit(self, record, label="yes"):
        """Answer a record as the page does; give the status code."""
        body = {"values": {"label": {"value": label}}, "status": "submitted"}
        return self.web.post(f"/records/{record}/responses", json=body).status_code


def test_four_people_share_a_dataset(server):
    """Each submits a quarter at the same time, while records are still being logged."""
    client = server.client()
    dataset, other = make(client), make(client)
    dataset.records.log([{"id": f"{n:03}", "text": f"t{n}"} for n in range(80)])
    ids = [record._server_id for record in dataset.records]
    people = [Person(server, name, dataset) for name in ("ann", "ben", "cleo", "dan")]

    def work(turn):
        return [people[turn].submit(record) for record in ids[turn::4]]

    more = [{"id": f"{n:04}", "text": f"t{n}"} for n in range(1000)]
    with ThreadPoolExecutor(5) as pool:
        logging = pool.submit(other.records.log, more)
        codes = [code for done in pool.map(work, range(4)) for code in done]
        logging.result()
    assert codes == [201] * 80
    assert dataset.progress()["completed"] == 80
    found = [(record.id, len(record.responses)) for record in dataset.records(with_responses=True)]
    assert sorted(found) == [(f"{n:03}", 1) for n in range(80)]
    assert other.progress()["total"] == 1000
    assert "locked" not in (server.home / "server.log").read_text()


def test_four_people_answer_the_same_records(server):
    """Everybody's word is kept, and a record is complete when all have spoken."""
    dataset = make(server.client(), people=4)
    dataset.records.log([{"id": str(n), "text": f"t{n}"} for n in range(15)])

    def work(name):
        person = Person(server, name, dataset)
        return [person.submit(record, "no") for record in person.pending(20)]

    with ThreadPoolExecutor(4) as pool:
        codes = [code for done in pool.map(work, ("ann", "ben", "cleo", "dan")) for code in done]
    assert codes == [201] * 60
    assert dataset.progress()["completed"] == 15
    answers = [record.responses["label"] for record in dataset.records(with_responses=True)]
    assert {len(each) for each in answers} == {4}
    assert {len({response.user_id for response in each}) for each in answers} == {4}


def test_forty_connections_at_once_wait_for_no_one_forever(server):
    """More requests than upstream has connections for, each needing two."""
    dataset = make(server.client(), people=40)
    dataset.records.log([{"id": str(n), "text": f"t{n}"} for n in range(40)])
    ids = [record._server_id for record in dataset.records]
    person = Person(server, "ann", dataset)
    with ThreadPoolExecutor(40) as pool:
        codes = list(pool.map(person.submit, ids))
    assert codes == [201] * 40


def kill_at(server, dataset, records):
    """Kill the server as soon as so many records have been logged."""
    path = f"{server.api_url}/api/v1/datasets/{dataset.id}/progress"
    while httpx.get(path, headers={"X-Argilla-Api-Key": server.api_key}).json()["total"] < records:
        time.sleep(0.01)
    server.process.kill()


def test_a_kill_in_the_middle_of_logging_is_finished_by_logging_again(start_server, tmp_path):
    """Rows that were taken stay, the others follow, none stands twice: they go by their id."""
    first = start_server(tmp_path / "home")
    dataset = make(first.client())
    rows = [{"id": f"r{n:04}", "text": f"text {n} " * 20} for n in range(2000)]
    threading.Thread(target=kill_at, args=(first, dataset, 300)).start()
    with pytest.raises((httpx.HTTPError, rg._exceptions.ArgillaError)):
        dataset.records.log(rows, batch_size=50)
    first.process.wait(timeout=10)

    again = start_server(tmp_path / "home")
    assert again.api_key == first.api_key
    dataset = again.client().datasets(dataset.name, workspace="curator")
    kept = [record.id for record in dataset.records]
    assert len(kept) % 50 == 0
    assert 300 <= len(kept) < 2000
    dataset.records.log(rows)
    assert sorted(record.id for record in dataset.records) == [row["id"] for row in rows]


def test_a_kill_in_the_middle_of_submitting_loses_no_answer(start_server, tmp_path):
    """Whatever was answered with 201 is there, and its record is complete."""
    first = start_server(tmp_path / "home")
    dataset = make(first.client())
    dataset.records.log([{"id": f"{n:03}", "text": f"t{n}"} for n in range(60)])
    person = Person(first, "reviewer", dataset)
    asked = person.pending(60)
    said = [record for record in asked[:10] if person.submit(record) == 201]
    threading.Timer(0.05, first.process.kill).start()
    with pytest.raises(httpx.HTTPError):
        said.extend(record for record in asked[10:] * 100 if person.submit(record) == 201)
    first.process.wait(timeout=10)
    assert 10 <= len(said) < 60

    again = start_server(tmp_path / "home")
    dataset = again.client().datasets(dataset.name, workspace="curator")
    records = list(dataset.records(with_responses=True))
    answered = {str(record._server_id) for record in records if record.responses["label"]}
    assert set(said) <= answered
    assert len(answered) <= len(said) + 1  # the one that was under way
    assert {str(r._server_id) for r in records if r.status == "completed"} == answered
    person = Person(again, "reviewer", dataset)
    assert {person.submit(record) for record in person.pending(60)} == {201}
    assert dataset.progress()["completed"] == 60


def test_a_kill_at_any_moment_of_a_start_leaves_the_file_whole(start_server, tmp_path):
    """The next start works, and lets everybody in."""
    home = tmp_path / "home"
    command = [sys.executable, "-m", "curator", "review", "serve", "--home", home, "--port", "0"]
    for wait_s in (0.5, 1.5, 2.5, 3.0, 3.5, 4.5):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(wait_s)
        process.kill()
        process.wait()
    running = start_server(home)
    assert running.client().me.username == "owner"
    assert running.token("reviewer")
