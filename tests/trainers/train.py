"""Train on an export as its snippets say, and on its chats as TRL does: JSON in and out."""

import contextlib
import json
import runpy
import sys
import tempfile
from itertools import accumulate, pairwise
from pathlib import Path

import torch
from datasets import Dataset
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader, SequentialSampler
from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM, Trainer, set_seed
from trl import SFTConfig, SFTTrainer

LOSSES, BATCHES = [], []
"""Of each step of the training that ran last."""


def main(asked, home):
    """Give the losses of each way, what their first batches hold, and how far logits are apart."""
    _watch()
    export, steps = Path(asked["export"]), str(asked["steps"])
    tokenizer = AutoTokenizer.from_pretrained(export / "tokenizer")
    model = _save_model(tokenizer, home / "model")
    plainly = ("--attention", "sdpa", "--dtype", "float32", "--output", str(home / "out"))
    answer = {}

    _run(export / "sft_trl.py", model, *plainly, "--steps", steps, "--batch-size", "1")
    answer["packed"] = _seen()
    answer["logits"] = _distances(model, BATCHES[:5])
    _from_messages(model, tokenizer, asked["chats"], asked["steps"], home / "out")
    answer["messages"] = _seen()
    _run(export / "hf_trainer.py", model, *plainly, "--steps", "1")
    answer["hf"] = _seen()
    answer["torch"] = _plain(export / "torch_loader.py", model)
    answer["tokenizer"] = {"length": len(tokenizer), "template": tokenizer.chat_template}
    return answer


def _watch():
    """Keep each step's loss and batch, and take rows in their order: two ways must meet the same."""
    step = Trainer.training_step

    def watched(self, model, inputs, *args, **kwargs):
        BATCHES.append(dict(inputs))
        loss = step(self, model, inputs, *args, **kwargs)
        LOSSES.append(float(loss))
        return loss

    Trainer.training_step = watched
    Trainer._get_train_sampler = lambda self, *_: SequentialSampler(self.train_dataset)


def _save_model(tokenizer, folder):
    """Write a Llama of two layers with random weights, large ones, so that what is seen matters."""
    set_seed(5)
    config = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=32, intermediate_size=64, num_hidden_layers=2,
        num_attention_heads=4, num_key_value_heads=2, initializer_range=0.1,
    )  # fmt: skip
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def _run(script, model, *arguments):
    """Run a snippet as it lies in the export."""
    LOSSES.clear()
    BATCHES.clear()
    sys.argv = [str(script), str(model), *arguments]
    runpy.run_path(str(script), run_name="__main__")


def _from_messages(model, tokenizer, packs, steps, home):
    """Let TRL template, tokenise and mask chats; a batch of them, free of padding, is a pack."""
    LOSSES.clear()
    BATCHES.clear()
    starts = accumulate((len(pack) for pack in packs), initial=0)
    batches = [list(range(first, last)) for first, last in pairwise(starts)]

    class ByPack(SFTTrainer):
        def get_train_dataloader(self):
            rows = self.train_dataset.select_columns(["input_ids", "labels"])
            loader = DataLoader(rows, batch_sampler=batches, collate_fn=self.data_collator)
            return self.accelerator.prepare(loader)

    ByPack(
        model=str(model),
        args=SFTConfig(
            output_dir=str(home), max_steps=steps, max_length=None, padding_free=True,
            assistant_only_loss=True, bf16=False, report_to="none",
            model_init_kwargs={"attn_implementation": "sdpa", "dtype": "float32"},
        ),
        train_dataset=Dataset.from_list([{"messages": chat} for pack in packs for chat in pack]),
        processing_class=tokenizer,
    ).train()  # fmt: skip


def _seen():
    """Give the losses, and what the first batch holds."""
    first = {
        key: value.flatten().tolist() for key, value in BATCHES[0].items() if torch.is_tensor(value)
    }
    return {"losses": list(LOSSES), "steps": len(BATCHES), "first": first}


@torch.no_grad()
def _distances(model, batches):
    """Say how far a pack's logits are from its documents' alone: as given, and without places."""
    llama = LlamaForCausalLM.from_pretrained(model, attn_implementation="sdpa")
    given = without = 0.0
    for batch in batches:
        lengths = batch["cu_seq_lens_q"].diff().tolist()
        alone = torch.cat(
            [llama(part, use_cache=False).logits for part in batch["input_ids"].split(lengths, 1)],
            1,
        )
        inputs = {key: value for key, value in batch.items() if key != "labels"}
        inputs["use_cache"] = False  # with a cache, transformers sees one document in a pack
        given = max(given, float((llama(**inputs).logits - alone).abs().max()))
        blurred = llama(batch["input_ids"], use_cache=False).logits
        without = max(without, float((blurred - alone).abs().max()))
    return {"given": given, "without": without}


@torch.no_grad()
def _plain(script, model):
    """Give what the first pack of the loader for plain torch holds, and its loss."""
    llama = LlamaForCausalLM.from_pretrained(model, attn_implementation="sdpa")
    loader = runpy.run_path(str(script))["loader"]
    batch = next(iter(loader("train", shuffle=False)))
    both = next(iter(loader("train", packs=2, shuffle=False)))
    inputs = {key: batch[key][None] for key in ("input_ids", "position_ids")}
    logits = llama(**inputs, use_cache=False).logits[0]
    held = {key: value.tolist() for key, value in batch.items() if torch.is_tensor(value)}
    return {
        **held,
        "loss": float(cross_entropy(logits, batch["labels"])),
        "two": both["cu_seqlens"].tolist(),
    }


if __name__ == "__main__":
    with contextlib.redirect_stdout(sys.stderr), tempfile.TemporaryDirectory() as folder:
        answer = main(json.load(sys.stdin), Path(folder))
    json.dump(answer, sys.stdout)
