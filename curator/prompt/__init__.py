"""Task + exemplars + query -> messages: the only place where a prompt is put together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from curator.prompt.message import Exemplar, Message, from_record
from curator.prompt.switches import Switches, switches, technique_names
from curator.prompt.techniques import chain_of_thought, few_shot, output_format, persona
from curator.task import Task

__all__ = [
    "Exemplar",
    "Message",
    "completed",
    "from_record",
    "messages",
    "shown",
    "switches",
    "technique_names",
]


def messages(
    task: Task,
    exemplars: Sequence[Exemplar],
    query: Sequence[Message],
    technique: str = "zero_shot",
    *,
    context: str | None = None,
) -> list[Message]:
    r"""
    Put a prompt together: system text, exemplars as turns, then the query's turns.

    The system text is persona, instruction, output format and reasoning cue, as the technique
    shows them, then the query's own leading system text, with blank lines between. The input
    template goes around the last user message of the query and of each exemplar; ``context``
    belongs to that message.

    Keeps:  every field of the query's turns but ``reasoning``, which no prompt shows.
    Raises: RecipeError for an unknown technique.

    >>> messages(Task(instruction="Classify."), [], [{"role": "user", "content": "Hi"}])
    [{'role': 'system', 'content': 'Classify.'}, {'role': 'user', 'content': 'Hi'}]
    """
    show = switches(technique)
    own, turns = _leading_system(query)
    asked = _asked(task, turns, context)
    loose = [] if context is None or _last_user(turns) is not None else [context]
    parts = [*system_parts(task, show), *own, *loose]
    system = "\n\n".join(part for part in parts if part)
    head = [{"role": "system", "content": system}] if system else []
    examples = [
        turn for exemplar in shown(exemplars, technique) for turn in _turns(task, exemplar, show)
    ]
    return [*head, *examples, *asked]


def completed(task: Task, completion: Message) -> Message:
    """Give a completion as it is trained: after its reasoning where the task wants that."""
    if task.reasoning:
        return chain_of_thought.worked(task, completion)
    return {key: value for key, value in completion.items() if key != "reasoning"}


def shown(exemplars: Iterable[Exemplar], technique: str) -> list[Exemplar]:
    """Pick the exemplars that a technique can show, in their order."""
    show = switches(technique)
    if not show.shots:
        return []
    return [one for one in exemplars if one.has_reasoning or not show.reasoning]


def system_parts(task: Task, show: Switches) -> list[str]:
    """List what the system text says before the query's own, some of it perhaps empty."""
    return [
        persona.words(task) if show.persona else "",
        task.instruction,
        output_format.words(task) if show.output_format else "",
        chain_of_thought.words(task) if show.reasoning else "",
    ]


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
