"""Task + exemplars + query -> messages: the only place where a prompt is put together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import get_args

from curator.errors import RecipeError
from curator.prompt.block import block
from curator.prompt.message import Exemplar, Message, from_record
from curator.prompt.switches import Switches, switches, technique_names
from curator.prompt.techniques import chain_of_thought, few_shot, output_format, persona
from curator.task import Style, Task

__all__ = [
    "Exemplar",
    "Message",
    "completed",
    "from_record",
    "left_out",
    "messages",
    "shown",
    "switches",
    "technique_names",
]


def messages(  # noqa: PLR0913 - what a prompt is made of
    task: Task,
    exemplars: Sequence[Exemplar],
    query: Sequence[Message],
    technique: str = "zero_shot",
    *,
    context: str | None = None,
    exemplar_style: Style | None = None,
) -> list[Message]:
    r"""
    Put a prompt together: system text, exemplars as turns, then the query's turns.

    The system text is persona, instruction, output format and reasoning cue, as the technique
    shows them, then the query's own leading system text, with blank lines between. The input
    template goes around the last user message of the query and of each exemplar; ``context``
    belongs to that message. With the style ``block`` (by default the task's) the exemplars stand
    in the system text, before the query's own: a message that holds the query holds nothing else.

    Keeps:  every field of the query's turns but ``reasoning``, which no prompt shows.
    Raises: RecipeError for an unknown technique or style.

    >>> messages(Task(instruction="Classify."), [], [{"role": "user", "content": "Hi"}])
    [{'role': 'system', 'content': 'Classify.'}, {'role': 'user', 'content': 'Hi'}]
    """
    show = switches(technique)
    is_block = _style(exemplar_style or task.exemplar_style) == "block"
    own, turns = _leading_system(query)
    asked = _asked(task, turns, context)
    loose = [] if context is None or _last_user(turns) is not None else [context]
    examples = [_turns(task, one, show) for one in shown(exemplars, technique, task)]
    parts = [*system_parts(task, show), block(examples) if is_block else "", *own, *loose]
    system = "\n\n".join(part for part in parts if part)
    head = [{"role": "system", "content": system}] if system else []
    before = [] if is_block else [turn for turns in examples for turn in turns]
    return [*head, *before, *asked]


def completed(task: Task, completion: Message) -> Message:
    """Give a completion as it is trained: after its reasoning where the task wants that."""
    if task.reasoning:
        return chain_of_thought.worked(task, completion)
    return {key: value for key, value in completion.items() if key != "reasoning"}


def shown(
    exemplars: Iterable[Exemplar], technique: str, task: Task | None = None
) -> list[Exemplar]:
    """Pick the exemplars that a technique can show for a task, in their order."""
    show = switches(technique)
    return [one for one in exemplars if show.shots and not _why_not(one, show, task)]


def left_out(
    exemplars: Iterable[Exemplar], technique: str, task: Task | None = None
) -> list[tuple[str, str]]:
    """Say of each exemplar that ``shown`` leaves out, by id, why; none where no shots are shown."""
    show = switches(technique)
    said = [(one.id, _why_not(one, show, task)) for one in exemplars if show.shots]
    return [(name, why) for name, why in said if why]


def system_parts(task: Task, show: Switches) -> list[str]:
    """List what the system text says before the query's own, some of it perhaps empty."""
    return [
        persona.words(task) if show.persona else "",
        task.instruction,
        output_format.words(task, is_final=show.reasoning) if show.output_format else "",
        chain_of_thought.words(task) if show.reasoning else "",
    ]


def _why_not(exemplar: Exemplar, show: Switches, task: Task | None) -> str:
    if show.reasoning and not exemplar.has_reasoning:
        return "it has no reasoning"
    return output_format.breach(task, exemplar) if show.output_format and task is not None else ""


def _style(style: str) -> str:
    if style not in get_args(Style):
        known = " and ".join(get_args(Style))
        raise RecipeError(f"unknown exemplar style {style!r}", hint=f"known are {known}")
    return style


def _leading_system(query: Sequence[Message]) -> tuple[list[str], list[Message]]:
    first = next((i for i, turn in enumerate(query) if turn["role"] != "system"), len(query))
    return [turn.get("content") or "" for turn in query[:first]], list(query[first:])


def _last_user(turns: Sequence[Message]) -> int | None:
    return next((i for i in reversed(range(len(turns))) if turns[i]["role"] == "user"), None)


def _asked(task: Task, turns: Sequence[Message], context: str | None) -> list[Message]:
    """Copy ``turns`` without reasoning, the input template around the last user message."""
    copies = [{key: value for key, value in turn.items() if key != "reasoning"} for turn in turns]
    last = _last_user(copies)
    if last is not None:
        copies[last]["content"] = task.render(copies[last].get("content") or "", context)
    return copies


def _turns(task: Task, exemplar: Exemplar, show: Switches) -> list[Message]:
    """Show an exemplar as turns; its system text and weights belong to its own prompt alone."""
    _, turns = _leading_system(exemplar.prompt)
    if show.reasoning:
        answer = chain_of_thought.worked(task, exemplar.completion)
    else:
        answer = few_shot.answer(exemplar)
    said = [*_asked(task, turns, exemplar.context), answer]
    return [{key: value for key, value in turn.items() if key != "weight"} for turn in said]
