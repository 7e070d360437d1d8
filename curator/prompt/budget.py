"""Prompts that fit: exemplars are dropped, the last chosen first, until the tokens suffice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from curator.errors import RecipeError
from curator.prompt import left_out, messages, shown
from curator.prompt.message import Exemplar, Message
from curator.prompt.tags import texts
from curator.task import Style, Task
from curator.tokenizer import Counter

TOKENS_PER_MESSAGE = 4
"""A stated allowance for the marks around each message: role, beginning, end."""
TOKENS_OF_REPLY = 3
"""A stated allowance for the marks that begin the reply."""


@dataclass(frozen=True, kw_only=True)
class Prompt:
    """A prompt that fits, and what had to stay out of it."""

    messages: list[Message]
    shown: tuple[str, ...]  # ids, in the prompt's order
    dropped: tuple[str, ...]  # ids that had no room, the first dropped first
    left_out: tuple[tuple[str, str], ...]  # ids that the technique cannot show, and why
    tokens: int
    is_estimate: bool


def count(said: Sequence[Message], counter: Counter) -> int:
    """Count the tokens of a prompt: its texts, and an allowance for each message and the reply."""
    every = [text for message in said for text in texts(message)]
    return sum(counter(every)) + TOKENS_PER_MESSAGE * len(said) + TOKENS_OF_REPLY


def fit(  # noqa: PLR0913 - a prompt, and what it may cost
    task: Task,
    exemplars: Sequence[Exemplar],
    query: Sequence[Message],
    technique: str = "zero_shot",
    *,
    max_tokens: int,
    counter: Counter,
    ranks: Sequence[int] | None = None,
    context: str | None = None,
    exemplar_style: Style | None = None,
) -> Prompt:
    """
    Put a prompt together that has no more than ``max_tokens`` tokens.

    ``ranks`` says when each exemplar was chosen, where that is not their order in the prompt: the
    highest is dropped first.

    Keeps:  the order of those that stay; the instruction, the query and its context whole.
    Raises: RecipeError with the number of tokens too many if it does not fit without exemplars.
    """
    able = {id(one) for one in shown(exemplars, technique, task)}
    places = [place for place, one in enumerate(exemplars) if id(one) in able]
    chosen = sorted(places, key=lambda place: (place if ranks is None else ranks[place], place))

    def rendered(shots: int) -> tuple[list[Message], int]:
        taken = [exemplars[place] for place in sorted(chosen[:shots])]
        said = messages(
            task, taken, query, technique, context=context, exemplar_style=exemplar_style
        )
        return said, count(said, counter)

    most = len(chosen)
    said, tokens = rendered(most)
    if tokens > max_tokens and most:
        fits, too_many = 0, most  # each exemplar adds tokens: halve what is in doubt
        said, tokens = rendered(0)
        while tokens <= max_tokens and too_many - fits > 1:
            middle = (fits + too_many) // 2
            more, needed = rendered(middle)
            if needed > max_tokens:
                too_many = middle
            else:
                fits, said, tokens = middle, more, needed
        most = fits
    if tokens > max_tokens:
        about = "an estimated " if counter.is_estimate else ""
        raise RecipeError(
            f"the prompt has {about}{tokens} tokens without any exemplar, "
            f"{tokens - max_tokens} more than max_tokens {max_tokens}",
            hint="raise max_tokens, or shorten the instruction, the query or its context",
        )
    return Prompt(
        messages=said,
        shown=tuple(exemplars[place].id for place in sorted(chosen[:most])),
        dropped=tuple(exemplars[place].id for place in reversed(chosen[most:])),
        left_out=tuple(left_out(exemplars, technique, task)),
        tokens=tokens,
        is_estimate=counter.is_estimate,
    )
