"""
One row as its template writes it, and which part of the text says what: the slow, sure way.

A template that marks what is generated is believed only where its generation prompt is what stands
before the mark, and where the mark holds the end of the turn. One that marks nothing is
believed where each chat begins with the text of the shorter chats in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, NoReturn

from curator.errors import shorten
from curator.write.trainer.chat import Chat
from curator.write.trainer.options import TrainOn
from curator.write.trainer.template import ChatTemplate
from curator.write.trainer.template.contents import contents
from curator.write.trainer.template.faults import Refused, TemplateFault

__all__ = ["Refused", "Region", "TemplateFault", "Written", "turn_starts", "written"]


class Region(NamedTuple):
    """Where a text shows a message; an assistant's has its end of turn in it."""

    message: int
    role: str
    start: int
    end: int


class Written(NamedTuple):
    """A row's text; ``prompt_chars`` is -1 where no assistant has the last word."""

    text: str
    prompt_chars: int
    regions: list[Region]


def written(template: ChatTemplate, chat: Chat, train_on: TrainOn) -> Written:
    """
    Write a row as it is trained.

    Keeps:  regions sorted and disjoint. The last message, where an assistant wrote it, is proven;
            with train_on assistant every assistant's is. What need not be proven, and cannot
            be, is left out, as is a message that the text shows twice or not at all.
    Units:  code points of the text.
    Raises: Refused where the template does not take the row; TemplateFault.
    """
    text, spans = template.render_marked(chat)
    _check_text(template, chat, text)
    answers = [i for i, message in enumerate(chat.messages) if message["role"] == "assistant"]
    has_last_word = bool(answers) and answers[-1] == len(chat.messages) - 1
    needed = answers if train_on == "assistant" else answers[-1:] if has_last_word else []
    marked = _marked(template, chat, text, spans, answers) if template.marks_generation else None

    regions, prompt_chars = [], -1
    for place, index in enumerate(answers):
        try:
            if marked is None:
                start, region = _proven(template, chat, text, index)
                _check_end(template, chat, text, index, region)
            else:
                region = marked[place]
                start = _prompt(template, chat, text, index) if index in needed else -1
                _check_end(template, chat, text, index, region)
                _check_mark(text, index, region, start)
            _check_said(chat, index, text[slice(*region)])
        except (TemplateFault, Refused):
            if index in needed:
                raise
            continue
        regions.append(Region(index, "assistant", *region))
        prompt_chars = start if has_last_word and index == answers[-1] else -1
    regions += [
        Region(index, chat.messages[index]["role"], *span)
        for index, span in contents(template, chat, text).items()
    ]
    return Written(text, prompt_chars, _disjoint(regions))


def turn_starts(template: ChatTemplate, chat: Chat) -> list[int]:
    """
    Find where each user's turn begins: what is before it is the text of the messages before it.

    Where that does not hold for each of them there is no safe place to cut, and the list is empty.
    """
    text, starts = template.render(chat), []
    for index, message in enumerate(chat.messages):
        if message["role"] != "user":
            continue
        try:
            before = template.render(chat, messages=index) if index else ""
        except Refused:
            return []
        if not text.startswith(before):
            return []
        starts.append(len(before))
    return starts


def _check_text(template: ChatTemplate, chat: Chat, text: str) -> None:
    """Refuse half a character, and a text that begins twice."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise Refused("the text holds half a character (a lone surrogate)") from error
    bos = template.values.get("bos_token")
    if not bos or not text.startswith(bos):
        return
    if any(bos in (message.get("content") or "") for message in chat.messages):
        return  # the row wrote it: whoever looks for control tokens in rows names it
    if text[len(bos) :].lstrip().startswith(bos):
        message = f"the template begins the text with {bos!r} twice: {shorten(text[:60])!r}"
        raise TemplateFault(None, message, "take one of the two out of the template")


def _marked(
    template: ChatTemplate, chat: Chat, text: str, spans: list[tuple[int, int]], answers: list[int]
) -> list[tuple[int, int]]:
    """
    Give each answer its marked span.

    Spans that touch, or have only space between them, are one where there are more than answers.
    """
    if len(spans) > len(answers):
        joined: list[tuple[int, int]] = []
        for start, end in spans:
            if joined and not text[joined[-1][1] : start].strip():
                joined[-1] = (joined[-1][0], end)
            else:
                joined.append((start, end))
        spans = joined
    if len(spans) == len(answers):
        return spans
    what = "nothing" if not spans else f"{len(spans)} passages"
    raise TemplateFault(
        None,
        f"the template {shorten(template.name)!r} marks {what} as generated in a chat with "
        f"{len(answers)} assistant messages of {len(chat.messages)}",
        "put {% generation %} and {% endgeneration %} around each assistant's content and end of "
        "turn, once for each message",
    )


def _prompt(template: ChatTemplate, chat: Chat, text: str, index: int) -> int:
    """Give the length of the generation prompt before a message, which the text begins with."""
    prompt = template.render(chat, messages=index, add_generation_prompt=True)
    if not text.startswith(prompt):
        _differs(chat, index, "the generation prompt", prompt, text)
    return len(prompt)


def _check_mark(text: str, index: int, region: tuple[int, int], prompt: int) -> None:
    """Hold the beginning of a marked span against its generation prompt, where that is known."""
    start, _ = region
    # a span that begins with the space that ends its prompt trains on that space as well: harmless
    if prompt < 0 or prompt == start or (prompt > start and not text[start:prompt].strip()):
        return
    between = text[min(start, prompt) : max(start, prompt)]
    raise TemplateFault(
        None,
        f"message {index} is marked as generated from {text[start : start + 40]!r} on, but the "
        f"generation prompt ends {'after' if prompt > start else 'before'} {shorten(between)!r}",
        "let {% generation %} begin where the text of add_generation_prompt ends",
    )


def _check_end(
    template: ChatTemplate, chat: Chat, text: str, index: int, region: tuple[int, int]
) -> None:
    """Refuse a region that does not end with a control token, and one that ends with it twice."""
    said, after = text[slice(*region)], text[region[1] :]
    if not said.rstrip().endswith(template.end_marks):
        outside = after.lstrip().startswith(template.end_marks)
        raise TemplateFault(
            None,
            f"message {index} is written without its end of turn: it ends {said[-40:]!r}, "
            f"and {after[:40]!r} follows",
            "put the end of turn before {% endgeneration %}"
            if outside
            else "the template has to end an assistant's turn with a control token of the "
            f"tokenizer: {shorten(', '.join(template.end_marks)) or 'it has none'}",
        )
    if _ends_twice(template, chat, said.rstrip(), after.lstrip(), index):
        raise TemplateFault(
            None,
            f"message {index} is written with its end of turn twice: it ends {said[-40:]!r}, "
            f"and {after[:40]!r} follows",
            "take one of the two out of the template",
        )


def _ends_twice(template: ChatTemplate, chat: Chat, said: str, after: str, index: int) -> bool:
    """Say whether a second end of turn follows the first, though no message says it or is empty."""
    mark = max((mark for mark in template.end_marks if said.endswith(mark)), key=len)
    if any(mark in (message.get("content") or "") for message in chat.messages):
        return False  # whoever looks for control tokens in rows names it
    follows = [message["role"] for message in chat.messages[index + 1 : index + 2]]
    may_follow = mark == template.values.get("bos_token") or follows == ["assistant"]
    inside = said.removesuffix(mark).rstrip().endswith(mark)
    return inside or (after.startswith(mark) and not may_follow)


def _proven(
    template: ChatTemplate, chat: Chat, text: str, index: int
) -> tuple[int, tuple[int, int]]:
    """Find an answer in the text of a template that marks nothing, by shorter chats."""
    start = _prompt(template, chat, text, index)
    whole = text
    if index + 1 < len(chat.messages):
        whole = template.render(chat, messages=index + 1)
    whole = whole.rstrip()
    if not text.startswith(whole):
        _differs(chat, index, "the chat up to it", whole, text)
    end = max(len(whole), start)
    return start, (start, end)


def _check_said(chat: Chat, index: int, region: str) -> None:
    """Refuse an answer that is written without what it says, thinks or calls."""
    message = chat.messages[index]
    is_last = index == len(chat.messages) - 1
    for what, part in _parts(message):
        if part.strip() in region:
            continue
        if what != "reasoning":
            hint = "a template that writes it, such as one of ours"
        elif is_last:
            hint = "reasoning: content, or a template that writes reasoning_content"
        else:
            hint = _KEEPS
        raise TemplateFault(
            None,
            f"the template leaves the {what} of message {index} out: "
            f"{shorten(part.strip(), 40)!r} is not in {shorten(region)!r}",
            hint,
        )


def _parts(message: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Give what a message says by kind; reasoning may be its own field, or open its content."""
    yield "reasoning", message.get("reasoning_content") or ""
    content = message.get("content") or ""
    if "</think>" in content:
        yield "reasoning", content.split("</think>")[0].split("<think>")[-1]
    yield "content", content.split("</think>")[-1]
    calls = message.get("tool_calls")
    for call in calls if isinstance(calls, list) else []:
        function = call.get("function") or call if isinstance(call, dict) else {}
        yield "function call", str(function.get("name") or "")


_KEEPS = "train_on: completion, or a template that keeps the reasoning of earlier turns"
_BEGINS = (
    "a template whose generation prompt is how its answers begin: template_values, such as "
    "enable_thinking, may make it so; or one of ours"
)
_SAME = "a template that writes a message the same whatever follows, such as one of ours"


def _differs(chat: Chat, index: int, what: str, alone: str, text: str) -> NoReturn:
    """Say where the text of a shorter chat is not how the whole one begins."""
    pairs = zip(alone, text, strict=False)
    at = next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(alone), len(text)))
    shown = slice(max(at - 30, 0), at + 40)
    is_last = index == len(chat.messages) - 1
    earlier = chat.messages[: index + (not is_last)]
    if any(text for said in earlier for kind, text in _parts(said) if kind == "reasoning"):
        hint = _KEEPS
    elif is_last:
        hint = _BEGINS
    else:
        hint = f"{_SAME}, or train_on: completion"
    raise TemplateFault(
        None,
        f"message {index} is not written as it is asked for: at character {at}, {what} has "
        f"{alone[shown]!r}, and the whole chat {text[shown]!r}",
        hint,
    )


def _disjoint(regions: list[Region]) -> list[Region]:
    """Sort regions; what lies in one that begins before it, or in an answer, is left out."""
    kept: list[Region] = []
    for region in sorted(regions, key=lambda r: (r.start, r.end, r.message)):
        if kept and region.start < kept[-1].end:
            if region.role != "assistant" or kept[-1].role == "assistant":
                continue
            kept.pop()
        kept.append(region)
    return kept
