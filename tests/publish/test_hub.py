"""A run on the Hub: what stands there is what the run has made, in one commit."""

REPO = "ferry-line/desk"


def test_a_push_is_one_commit_with_data_card_manifest_and_proofs(client, hub, run, asking):
    """Who looks sees nothing, or all of it."""
    receipt = client("push", **asking())
    repo = hub.repo(REPO)
    assert len(repo.commits) == 2  # the Hub's own first one
    files = hub.files(REPO)
    for name in ("manifest.json", "leakage.json", "trainer/masks.json", "trainer/trainer.json"):
        assert files[name] == (run / name).read_bytes()
    for path in (run / "dataset").rglob("*.*"):
        assert files[path.relative_to(run / "dataset").as_posix()] == path.read_bytes()
    assert receipt["commit"] == repo.branches["main"]
    assert sorted(files) == sorted([".gitattributes", *(one["path"] for one in receipt["files"])])
