"""
Train a random Llama on the packed and on the unpacked rows of one export, and compare them.

python benchmarks/train_throughput.py OUT/trainer [--size toy] [--steps 20] [--format json]

Needs the trainers' environment (torch, transformers, pyarrow) and nothing of this project: the file
and a trainer/ folder can be copied to a machine with a GPU. Each step takes the same examples both
ways: whole packs laid end to end, and the same examples as rows padded to the longest of a batch. A
batch has at most --positions positions, padding included; a step has as many batches as it needs.
Both models begin with the same weights, so that their losses must agree.

Examples laid end to end attend within themselves by a variable-length kernel (flash_attn, or that
of torch itself) on a GPU that has one, elsewhere by a mask of positions x positions.

Tokens are real ones, without padding; a loss is the mean over the trained tokens of a step.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

IGNORED = -100
SIZES = {
    "toy": {"hidden_size": 64, "intermediate_size": 176, "layers": 2, "heads": 4},
    "100m": {"hidden_size": 768, "intermediate_size": 2048, "layers": 12, "heads": 12},
}
TOLERANCE = {"float32": 1e-4, "bfloat16": 5e-3}
"""How far the losses of the same examples under the same weights may lie apart, relatively."""

Array = NDArray[np.int64]


class Example(NamedTuple):
    """The tokens of one example, (L,), and its labels, not shifted."""

    ids: Array
    labels: Array


class Batch(NamedTuple):
    """What one forward pass gets: arrays of (rows, positions), and tokens of each example, (S,)."""

    ids: Array
    labels: Array
    position_ids: Array
    lengths: Array


@dataclass
class Layout:
    """What training on one layout gave."""

    name: str
    tokens: int = 0
    positions: int = 0
    batches: int = 0
    seconds: float = 0.0
    losses: list[float] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        """Give the numbers by name."""
        return {
            **asdict(self),
            "padding": 1 - self.tokens / self.positions,
            "tokens_per_s": self.tokens / self.seconds,
        }


def read(folder: Path, split: str, column: str) -> Iterator[tuple[Array, Array, Array]]:
    """Give ids and labels of each row of a layout, and the list in ``column``."""
    import pyarrow.parquet as pq

    files = sorted(folder.glob(f"{split}-*.parquet"))
    if not files:
        raise SystemExit(f"there are no {split}-*.parquet in {folder}")
    for path in files:
        for batch in pq.ParquetFile(path).iter_batches(
            batch_size=256, columns=["input_ids", "labels", column]
        ):
            for row in zip(*(batch.column(at) for at in range(3)), strict=True):
                ids, labels, third = (value.values.to_numpy().astype(np.int64) for value in row)
                yield ids, labels, third


def packs(folder: Path, split: str) -> Iterator[list[Example]]:
    """Give the examples of each pack, in order."""
    for ids, labels, lengths in read(folder / "packed", split, "seq_lengths"):
        ends = np.cumsum(lengths)
        if not lengths.size or ends[-1] != ids.size:
            raise SystemExit("seq_lengths of a pack do not add up to its tokens")
        bounds = ends[:-1]
        yield [
            Example(*pair)
            for pair in zip(np.split(ids, bounds), np.split(labels, bounds), strict=True)
        ]


def rows(folder: Path, split: str) -> dict[bytes, Example]:
    """Give the examples of the unpacked layout by their content."""
    found = {}
    for ids, labels, attended in read(folder / "unpacked", split, "attention_mask"):
        real = attended.astype(bool)
        example = Example(ids[real], labels[real])
        found[key(example)] = example
    return found


def key(example: Example) -> bytes:
    """Name an example by its content."""
    return example.ids.tobytes() + b"|" + example.labels.tobytes()


def flat(examples: list[Example]) -> Batch:
    """Lay examples end to end in one row, positions from 0 in each."""
    lengths = [example.ids.size for example in examples]
    labels = [_unseen(example.labels) for example in examples]
    return Batch(
        np.concatenate([example.ids for example in examples])[None],
        np.concatenate(labels)[None],
        np.concatenate([np.arange(length) for length in lengths])[None],
        np.array(lengths),
    )


def padded(examples: list[Example]) -> Batch:
    """Give each example a row, as long as the longest."""
    lengths = np.array([example.ids.size for example in examples])
    ids = np.zeros((len(examples), lengths.max()), np.int64)
    labels = np.full_like(ids, IGNORED)
    for row, example in enumerate(examples):
        ids[row, : example.ids.size] = example.ids
        labels[row, : example.ids.size] = _unseen(example.labels)
    positions = np.tile(np.arange(lengths.max()), (len(examples), 1))
    return Batch(ids, labels, positions, lengths)


def _unseen(labels: Array) -> Array:
    """Take the first token out: nothing before it in its example could tell it."""
    return np.concatenate([[IGNORED], labels[1:]])


def packed_batches(step: list[list[Example]], positions: int) -> list[Batch]:
    """Lay packs end to end, as many a batch as fit."""
    batches: list[list[Example]] = []
    room = 0
    for pack in step:
        tokens = sum(example.ids.size for example in pack)
        if tokens > room:
            batches.append([])
            room = positions
        batches[-1].extend(pack)
        room -= tokens
    return [flat(batch) for batch in batches]


def padded_batches(step: list[Example], positions: int) -> list[Batch]:
    """Put rows into batches in order, as many as fit with their padding."""
    batches: list[list[Example]] = [[]]
    for example in step:
        longest = max(e.ids.size for e in (*batches[-1], example))
        if batches[-1] and longest * (len(batches[-1]) + 1) > positions:
            batches.append([])
        batches[-1].append(example)
    return [padded(batch) for batch in batches]


def steps(folder: Path, asked: argparse.Namespace) -> list[tuple[list[Batch], list[Batch]]]:
    """Give the batches of each step: packed, and unpacked with the same examples."""
    known = rows(folder, asked.split)
    found: list[tuple[list[Batch], list[Batch]]] = []
    step: list[list[Example]] = []
    for pack in packs(folder, asked.split):
        step.append(pack)
        if len(step) < asked.packs:
            continue
        try:
            same = [known[key(example)] for pack in step for example in pack]
        except KeyError:
            raise SystemExit("a packed example is not among the unpacked rows") from None
        found.append((packed_batches(step, asked.positions), padded_batches(same, asked.positions)))
        step = []
        if len(found) == asked.steps:
            return found
    if not found:
        raise SystemExit(f"there are fewer than {asked.packs} packs of {asked.split}")
    return found


class Run:
    """One model in training on one layout."""

    def __init__(self, name: str, size: str, vocabulary: int, longest: int, seed: int) -> None:
        """Make the model; the same seed gives the same weights."""
        import torch
        from transformers import LlamaConfig, LlamaForCausalLM

        self.torch = torch
        self.layout = Layout(name)
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        shape = SIZES[size]
        self.attention = attention(self.device) if name == "packed" else "sdpa"
        torch.manual_seed(seed)
        config = LlamaConfig(
            vocab_size=vocabulary,
            hidden_size=shape["hidden_size"],
            intermediate_size=shape["intermediate_size"],
            num_hidden_layers=shape["layers"],
            num_attention_heads=shape["heads"],
            num_key_value_heads=shape["heads"],
            max_position_embeddings=longest,
            tie_word_embeddings=True,
            attn_implementation=self.attention,
        )
        self.model = LlamaForCausalLM(config).to(self.device)
        self.parameters = sum(weight.numel() for weight in self.model.parameters())
        self.optimizer = torch.optim.AdamW(
            self.model.parameters(), lr=3e-4, fused=self.device == "cuda"
        )

    def step(self, batches: list[Batch], *, is_measured: bool = True) -> None:
        """Take one step; what is not measured changes no weight."""
        torch = self.torch
        targets = [batch.labels[:, 1:] for batch in batches]
        trained = sum(int((labels != IGNORED).sum()) for labels in targets)
        self.synchronise()
        start = time.perf_counter()
        total = torch.zeros((), device=self.device)
        for batch in batches:
            loss = self.loss(batch) / trained
            loss.backward()
            total += loss.detach()
        if is_measured:
            self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.synchronise()
        if not is_measured:
            return
        layout = self.layout
        layout.seconds += time.perf_counter() - start
        layout.losses.append(float(total))
        layout.batches += len(batches)
        layout.positions += sum(batch.ids.size for batch in batches)
        layout.tokens += sum(int(batch.lengths.sum()) for batch in batches)

    def loss(self, batch: Batch) -> Any:
        """Give the summed loss of a batch."""
        torch = self.torch
        extra: dict[str, Any] = {}
        if self.attention != "sdpa":
            starts = np.concatenate([[0], np.cumsum(batch.lengths)])
            bounds = torch.tensor(starts, dtype=torch.int32, device=self.device)
            longest = int(batch.lengths.max())
            extra = {"cu_seq_lens_q": bounds, "cu_seq_lens_k": bounds}
            extra |= {"max_length_q": longest, "max_length_k": longest}
        ids, labels, positions = (
            torch.from_numpy(values).to(self.device, non_blocking=True)
            for values in (batch.ids, batch.labels, batch.position_ids)
        )
        # no attention mask: padding stands on the right, where no token before it looks
        with torch.autocast("cuda", torch.bfloat16, enabled=self.device == "cuda"):
            logits = self.model(
                input_ids=ids, position_ids=positions, use_cache=False, **extra
            ).logits
        return torch.nn.functional.cross_entropy(
            logits[:, :-1].flatten(0, 1).float(),
            labels[:, 1:].flatten(),
            ignore_index=IGNORED,
            reduction="sum",
        )

    def synchronise(self) -> None:
        """Wait for the device."""
        if self.device == "cuda":
            self.torch.cuda.synchronize()


def attention(device: str) -> str:
    """Name what attends within examples laid flat: by variable length on a GPU that can."""
    import torch

    if device != "cuda" or torch.cuda.get_device_capability() < (8, 0):
        return "sdpa"  # which reads the positions, and masks all other examples
    from importlib.util import find_spec

    if find_spec("flash_attn") is not None:
        return "flash_attention_2"
    if find_spec("torch.nn.attention.varlen") is None:
        return "sdpa"
    from transformers import AttentionInterface

    AttentionInterface.register("varlen", variable_length)
    return "varlen"


def variable_length(
    _module: Any,
    query: Any,
    key: Any,
    value: Any,
    _mask: Any,
    scaling: float | None = None,
    **given: Any,
) -> tuple[Any, None]:
    """Attend by torch's own variable-length kernel; (1, heads, tokens, size) -> transposed."""
    import inspect

    import torch
    from torch.nn.attention.varlen import varlen_attn

    past = "is_causal" in inspect.signature(varlen_attn).parameters  # until torch 2.10
    causal: dict[str, Any] = {"is_causal": True} if past else {"window_size": (-1, 0)}
    bounds, longest = given["cu_seq_lens_q"], given["max_length_q"]
    heads = (part[0].transpose(0, 1).to(torch.bfloat16) for part in (query, key, value))
    out = varlen_attn(*heads, bounds, bounds, longest, longest, scale=scaling, **causal)
    return out[None].to(query.dtype), None


def compare(asked: argparse.Namespace) -> dict[str, Any]:
    """Train both ways in turns, step by step, and give what is found."""
    import torch
    import transformers

    taken = steps(asked.folder, asked)
    every = [batch for step in taken for side in step for batch in side]
    vocabulary = -(-(1 + max(int(batch.ids.max()) for batch in every)) // 64) * 64
    longest = 1 + max(int(batch.position_ids.max()) for batch in every)
    runs = [
        Run(name, asked.size, vocabulary, longest, asked.seed) for name in ("packed", "unpacked")
    ]
    for run, batches in zip(runs, taken[0], strict=True):
        run.step(batches, is_measured=False)
    for step in taken:
        for run, batches in zip(runs, step, strict=True):
            run.step(batches)
    packed, unpacked = (run.layout for run in runs)
    apart = [
        abs(one - other) / abs(other)
        for one, other in zip(packed.losses, unpacked.losses, strict=True)
    ]
    kind = "bfloat16" if runs[0].device == "cuda" else "float32"
    falls = all(run.layout.losses[-1] < run.layout.losses[0] for run in runs)
    return {
        "device": torch.cuda.get_device_name() if kind == "bfloat16" else "cpu",
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "attention": {run.layout.name: run.attention for run in runs},
        "parameters": runs[0].parameters,
        "steps": len(taken),
        "layouts": [layout.told() for layout in (packed, unpacked)],
        "speedup": unpacked.seconds / packed.seconds,
        "apart_before": apart[0],
        "apart_most": max(apart),
        "agree": apart[0] <= TOLERANCE[kind],
        "fall": falls,
    }


def show(found: dict[str, Any]) -> str:
    """Lay out what was found as a table, notes below."""
    head = ("layout", "attention", "tokens", "padding", "tokens/s", "loss before", "loss after")
    table = [
        (
            layout["name"],
            found["attention"][layout["name"]],
            f"{layout['tokens']:,}",
            f"{layout['padding']:.1%}",
            f"{layout['tokens_per_s']:,.0f}",
            f"{layout['losses'][0]:.5f}",
            f"{layout['losses'][-1]:.5f}",
        )
        for layout in found["layouts"]
    ]
    widths = [max(map(len, column)) for column in zip(head, *table, strict=True)]
    lines = [
        " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (head, tuple("-" * width for width in widths), *table)
    ]
    made_on = (
        f"{found['parameters'] / 1e6:.1f}M parameters on {found['device']}, "
        f"torch {found['torch']}, transformers {found['transformers']}, {found['steps']} steps"
    )
    note = (
        f"packed is {found['speedup']:.2f} times as fast; losses before training lie "
        f"{found['apart_before']:.1e} apart ({'agree' if found['agree'] else 'DO NOT AGREE'}), "
        f"at most {found['apart_most']:.1e} in training; "
        f"both {'fall' if found['fall'] else 'DO NOT FALL'}"
    )
    return "\n".join([made_on, *lines, note])


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="a trainer/ folder with packed/ and unpacked/")
    parser.add_argument("--split", default="train")
    parser.add_argument("--size", choices=sorted(SIZES), default="100m")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--packs", type=int, default=8, help="in a step")
    parser.add_argument(
        "--positions", type=int, default=16_384, help="in a batch, with padding (2048 suits a CPU)"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--format", choices=("text", "json"), default="text")
    return parser.parse_args(given)


def main() -> int:
    """Print what was found; 1 if the losses disagree or do not fall."""
    asked = arguments()
    found = compare(asked)
    print(json.dumps(found) if asked.format == "json" else show(found))
    return 0 if found["agree"] and found["fall"] else 1


if __name__ == "__main__":
    sys.exit(main())
