"""Read MDS by MosaicML's streaming: runs in an environment of its own, JSON in and out."""

import contextlib
import importlib.util
import json
import runpy
import sys
import types


def streaming():
    """Give the part of the package that reads; its first file imports pictures and their models."""
    package = types.ModuleType("streaming")
    package.__path__ = list(importlib.util.find_spec("streaming").submodule_search_locations)
    sys.modules["streaming"] = package
    import streaming.base

    package.StreamingDataset = streaming.base.StreamingDataset
    return streaming.base


def main(asked):
    """Give every sample of a folder, by both of the readers that there are, and a loader's batch."""
    base, folder = streaming(), asked["folder"]
    local = base.LocalDataset(folder)
    streamed = base.StreamingDataset(local=folder, shuffle=False, batch_size=1)
    held = [_plain(local[place]) for place in range(len(local))]
    assert held == [_plain(streamed[place]) for place in range(len(streamed))]
    loader = runpy.run_path(asked["loader"])["loader"]
    batch = next(iter(loader("train", packs=2)))
    return {
        "samples": held,
        "types": {key: str(value.dtype) for key, value in local[0].items()},
        "batch": {key: value.tolist() for key, value in batch.items() if key != "max_seqlen"},
    }


def _plain(sample):
    return {key: value.tolist() for key, value in sample.items()}


if __name__ == "__main__":
    with contextlib.redirect_stdout(sys.stderr):
        answer = main(json.load(sys.stdin))
    json.dump(answer, sys.stdout)
