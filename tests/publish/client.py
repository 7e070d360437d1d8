"""
The clients, in a process of their own: environment variables count before their import alone.

Reads one JSON object a line, does what it says, and answers with one.
"""

import json
import sys
from pathlib import Path
from types import SimpleNamespace


def push(folder, *, overwrite=False, **options):
    """Publish a run."""
    from curator.publish.hub import Options, publish

    given = {key: tuple(v) if isinstance(v, list) else v for key, v in options.items()}
    arrived = []
    receipt = publish(Path(folder), Options(**given), progress=arrived.append, overwrite=overwrite)
    return {**receipt.as_dict(), "arrived_bytes": sum(arrived)}


def pull(repo_id, out, **options):
    """Bring a set back."""
    from curator.publish.pull import pull

    arrived = []
    got = pull(repo_id, Path(out), progress=arrived.append, **options)
    return {**got.as_dict(), "arrived_bytes": sum(arrived)}


def load(repo_id, name=None, *, streaming=False, **options):
    """Load every split, as anybody does."""
    import datasets

    datasets.disable_progress_bars()
    found = datasets.load_dataset(repo_id, name, streaming=streaming, **options)
    return {split: list(rows) for split, rows in found.items()}


def tour(repo_id, folder):
    """Do what people do with the Hub's clients, and say what came of it."""
    import datasets
    import huggingface_hub

    datasets.disable_progress_bars()
    api, rows = huggingface_hub.HfApi(), datasets.Dataset.from_dict({"a": list(range(50))})
    parts = datasets.DatasetDict({"train": rows, "test": rows.select(range(5))})
    parts.push_to_hub(repo_id, num_shards={"train": 2, "test": 1})
    rows.push_to_hub(repo_id, "second")
    api.create_tag(repo_id, tag="v1", repo_type="dataset")
    huggingface_hub.metadata_update(repo_id, {"license": "mit"}, repo_type="dataset")
    huggingface_hub.snapshot_download(repo_id, repo_type="dataset", local_dir=folder, revision="v1")
    named = api.get_paths_info(repo_id, ["README.md", "nowhere"], repo_type="dataset", expand=True)
    found = {
        "rows": {name: len(part) for name, part in datasets.load_dataset(repo_id).items()},
        "second": len(datasets.load_dataset(repo_id, "second", split="train")),
        "streamed": len(list(datasets.load_dataset(repo_id, split="train", streaming=True))),
        "configs": datasets.get_dataset_config_names(repo_id),
        "commits": [one.title for one in api.list_repo_commits(repo_id, repo_type="dataset")],
        "refs": [ref.name for ref in api.list_repo_refs(repo_id, repo_type="dataset").tags],
        "paths": [one.path for one in named],
        "licence": huggingface_hub.DatasetCard.load(repo_id).data.license,
        "who": api.whoami()["name"],
        "files": sorted(p.name for p in Path(folder).rglob("*.parquet")),
    }
    api.delete_repo(repo_id, repo_type="dataset")
    return found | {"is_there": api.repo_exists(repo_id, repo_type="dataset")}


def without_waiting():
    """Let the Hub's client try again at once: the waits between are its own, and long."""
    from huggingface_hub.utils import _http

    _http.time = SimpleNamespace(sleep=lambda _: None)
    _http.logger.setLevel("ERROR")


def answer(asked):
    """Do one thing; an error of ours is an answer too."""
    from curator.errors import CuratorError

    what = {"push": push, "pull": pull, "load": load, "tour": tour}[asked.pop("do")]
    try:
        return {"result": what(*asked.pop("arguments", ()), **asked)}
    except CuratorError as error:
        told = {"kind": type(error).__name__, "exit_code": error.exit_code, "said": str(error)}
        return {"error": told}
    except Exception as error:  # noqa: BLE001 - the test is told of it
        import traceback

        return {"error": {"kind": type(error).__name__, "said": traceback.format_exc()}}


if __name__ == "__main__":
    without_waiting()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(answer(json.loads(line)), default=str) + "\n")
        sys.stdout.flush()
