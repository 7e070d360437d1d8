"""Training rows of a whole frame, without a loop: the zero-shot prompts and their completions."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from curator.prompt import system_parts
from curator.prompt.switches import switches
from curator.prompt.turns import Turns
from curator.records import MESSAGE, ROLES
from curator.task import Task

TRAINED = pl.Struct(
    {field.name: field.dtype for field in MESSAGE.fields if field.name != "reasoning"}
)
"""A message of a training row: tool calls are JSON text, reasoning in the content or left out."""

_FIELDS = [field.name for field in TRAINED.fields]


def training_turns(
    task: Task, examples: pl.DataFrame, *, reasoning: Literal["content", "field"] = "content"
) -> Turns:
    """
    Render every example as it is trained.

    Columns: reads messages and context; gives those of TRAINED, one message a row. With
             ``reasoning="field"``, what the task shows of it is not written into the completion,
             but stands in a column ``reasoning``, in every turn that has some.
    Keeps:   each row equal to ``messages(task, [], prompt, context=context)`` and, where an
             assistant has the last word, ``completed(task, completion)``; the order of rows.
    """
    as_field = reasoning == "field"
    fields = [*_FIELDS, "reasoning"] if as_field else _FIELDS
    given = Turns.of(examples["messages"])
    context = examples["context"].fill_null("")
    role = {name: given.flat["role"].eq_missing(name).to_numpy() for name in ROLES}
    is_answer = np.zeros(given.flat.height, bool)
    final = given.offsets[1:][np.diff(given.offsets) > 0] - 1
    is_answer[final] = role["assistant"][final]
    last_user = given.last(role["user"])
    is_own = given.is_leading(role["system"])

    is_asked = np.zeros(given.flat.height, bool)
    is_asked[last_user[last_user >= 0]] = True
    asked = pl.Series(is_asked)
    content = _asked(task, given, asked, context)
    flat = given.flat
    if as_field and not task.reasoning:
        flat = flat.with_columns(reasoning=pl.lit(None, dtype=pl.String))
    elif task.reasoning and not as_field:
        content = worked_texts(task, content, given.flat["reasoning"], pl.Series(is_answer))
    turns = Turns(flat=flat.with_columns(content).select(fields), offsets=given.offsets)
    loose = pl.select(
        pl.when(pl.Series(last_user < 0)).then(context).otherwise(pl.lit(""))
    ).to_series()
    return _under(_system(task, turns.where(is_own), loose), turns.where(~is_own))


def rejected_turns(
    task: Task, examples: pl.DataFrame, *, reasoning: Literal["content", "field"] = "content"
) -> Turns:
    """
    Render the dispreferred answers of a frame as the completions are rendered.

    Columns: reads rejected_messages; gives those of ``training_turns``.
    """
    given = Turns.of(examples["rejected_messages"])
    flat = given.flat
    if reasoning == "field":
        if not task.reasoning:
            flat = flat.with_columns(reasoning=pl.lit(None, dtype=pl.String))
        return Turns(flat=flat.select([*_FIELDS, "reasoning"]), offsets=given.offsets)
    if task.reasoning:
        is_answer = np.zeros(flat.height, bool)
        is_answer[given.offsets[1:][np.diff(given.offsets) > 0] - 1] = True
        answers = pl.Series(is_answer) & (flat["role"] == "assistant")
        flat = flat.with_columns(worked_texts(task, flat["content"], flat["reasoning"], answers))
    return Turns(flat=flat.select(_FIELDS), offsets=given.offsets)


def hidden_reasoning(
    examples: pl.DataFrame, *, shown: Literal["in no turn", "in last answers", "in all turns"]
) -> int:
    """Count the turns whose reasoning nobody sees who sees what is ``shown``."""
    chats = examples["messages"]
    said = chats.explode(empty_as_null=False, keep_nulls=False).struct.field("reasoning")
    total = int((said.fill_null("") != "").sum())
    if shown == "in all turns" or not total:
        return 0
    if shown == "in no turn":
        return total
    last = chats.list.last().struct
    is_shown = (last.field("role") == "assistant") & (last.field("reasoning").fill_null("") != "")
    return total - int(is_shown.sum())


def training_messages(task: Task, examples: pl.DataFrame) -> pl.Series:
    """Render every example as it is trained, as one list of TRAINED a row."""
    return training_turns(task, examples).lists().alias("messages")


def _asked(task: Task, given: Turns, asked: pl.Series, context: pl.Series) -> pl.Series:
    """Put the input template around the ``asked`` messages; each record has at most one."""
    texts = given.flat["content"].filter(asked).fill_null("")
    beside = context.gather(pl.Series(given.record).filter(asked))
    parts = task.parts()
    if parts is None:
        pairs = zip(texts, beside, strict=True)
        rendered = pl.Series(
            [task.render(text, passage) for text, passage in pairs], dtype=pl.String
        )
    else:
        named = {"input": pl.lit(texts), "context": pl.lit(beside)}
        row = [pl.lit(value) if kind == "text" else named[value] for kind, value in parts]
        if not task.names_context():
            blank = pl.when(named["context"] != "").then(pl.lit("\n\n")).otherwise(pl.lit(""))
            row = [named["context"], blank, *row]
        rendered = pl.select(pl.concat_str(row)).to_series()
    where = asked.arg_true()
    return given.flat["content"].scatter(where, rendered).alias("content")


def worked_texts(
    task: Task, content: pl.Series, reasoning: pl.Series, is_answer: pl.Series
) -> pl.Series:
    """Give ``content`` with the reasoning of completions written before their answers."""
    has_some = is_answer & (reasoning.fill_null("") != "")
    shown = pl.concat_str(
        pl.lit(reasoning), pl.lit(f"\n\n{task.answer_marker} "), pl.lit(content.fill_null(""))
    )
    whole = pl.when(pl.lit(has_some)).then(shown).otherwise(pl.lit(content))
    return pl.select(whole.alias("content")).to_series()


def _system(task: Task, own: Turns, loose: pl.Series) -> pl.Series:
    """Give each record its system text: the task's, its own, a context that has no message."""
    ours = "\n\n".join(part for part in system_parts(task, switches("zero_shot")) if part)
    texts = own.flat["content"].fill_null("")
    written = own.where((texts != "").to_numpy())
    # records with several leading system messages are rare: nest and join costs them alone
    theirs = written.lists(written.flat["content"]).list.join("\n\n")
    parts = pl.concat_list(pl.lit(ours, dtype=pl.String), pl.lit(theirs), pl.lit(loose))
    return pl.select(
        parts.list.eval(pl.element().filter(pl.element() != "")).list.join("\n\n")
    ).to_series()


def _under(system: pl.Series, turns: Turns) -> Turns:
    """Put each record's system text, where it is not empty, before its turns."""
    has_system: npt.NDArray[np.bool_] = (system != "").to_numpy()
    said = {"role": pl.lit("system"), "content": pl.col("content")}
    head = pl.DataFrame({"content": system.filter(system != "")}).select(
        said.get(name, pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in turns.flat.schema.items()
    )
    counts = np.diff(turns.offsets) + has_system
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    source = np.empty(offsets[-1], np.int64)
    is_head = np.zeros(offsets[-1], bool)
    is_head[offsets[:-1][has_system]] = True
    source[is_head] = np.arange(head.height)
    source[~is_head] = head.height + np.arange(turns.flat.height)
    return Turns(flat=pl.concat([head, turns.flat])[source], offsets=offsets)
