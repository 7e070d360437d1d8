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


def hub(call, *arguments, **options):
    """Call the Hub's own client."""
    import huggingface_hub

    api = huggingface_hub.HfApi()
    return repr(getattr(api, call)(*arguments, **options))


def without_waiting():
    """Let the Hub's client try again at once: the waits between are its own, and long."""
    from huggingface_hub.utils import _http

    _http.time = SimpleNamespace(sleep=lambda _: None)
    _http.logger.setLevel("ERROR")


def answer(asked):
    """Do one thing; an error of ours is an answer too."""
    from curator.errors import CuratorError

    what = {"push": push, "pull": pull, "load": load, "hub": hub}[asked.pop("do")]
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
