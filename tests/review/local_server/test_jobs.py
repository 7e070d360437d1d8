"""What the server does beside its answers: it needs no worker for it, and no Redis."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

rg = pytest.importorskip("argilla", reason="make test-review installs it")
httpx = pytest.importorskip("httpx")
pytest.importorskip("argilla_server", reason="make test-review installs it")


@pytest.fixture
def told():
    """Listen on a port: the address, and what arrives there."""
    events = []

    class Listen(BaseHTTPRequestHandler):
        def do_POST(self):
            events.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    listening = HTTPServer(("127.0.0.1", 0), Listen)
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{listening.server_port}", events
    listening.shutdown()


def test_a_webhook_hears_of_each_record(server, told):
    """The jobs that tell it run in the server."""
    url, events = told
    client = server.client()
    settings = rg.Settings(fields=[rg.TextField("t")], questions=[rg.TextQuestion("q")])
    dataset = rg.Dataset("hooked", settings=settings, workspace="curator", client=client).create()
    web = client.http_client
    body = {"url": url, "events": ["record.created"], "description": "test"}
    made = web.post("/api/v1/webhooks", json=body)
    assert made.status_code == 201, made.text
    try:
        dataset.records.log([{"id": str(n), "t": "x"} for n in range(3)])
        for _ in range(100):
            if len(events) == 3:
                break
            threading.Event().wait(0.05)
    finally:
        web.delete(f"/api/v1/webhooks/{made.json()['id']}")
    assert [event["type"] for event in events] == ["record.created"] * 3
    assert sorted(event["data"]["external_id"] for event in events) == ["0", "1", "2"]


def test_a_job_that_fails_says_so_and_the_server_goes_on(server):
    """The Hub is out of reach by design: an import asked for at the page ends as failed."""
    client = server.client()
    settings = rg.Settings(fields=[rg.TextField("t")], questions=[rg.TextQuestion("q")])
    dataset = rg.Dataset("imported", settings=settings, workspace="curator", client=client).create()
    mapping = {"fields": [{"source": "a", "target": "t"}]}
    body = {"name": "nobody/nothing", "subset": "default", "split": "train", "mapping": mapping}
    job = client.http_client.post(f"/api/v1/datasets/{dataset.id}/import", json=body).json()
    for _ in range(300):
        status = client.http_client.get(f"/api/v1/jobs/{job['id']}").json()["status"]
        if status == "failed":
            break
        threading.Event().wait(0.1)
    assert status == "failed"
    assert (
        "import_dataset_from_hub_job failed, 0 tries left"
        in (server.home / "server.log").read_text()
    )
    assert client.me.username == "owner"
