"""Whether a message is trained: a weight, ``train`` of it, or of each of its characters."""

from __future__ import annotations

from typing import Any

from curator.read.values import Unmappable, asked, kind, objects


def weight_of(value: Any, path: str) -> int | None:
    """Give 0, 1 or None. Raises Unmappable for any other weight."""
    if value is None:
        return None
    if str(value) not in ("0", "1"):
        raise Unmappable("wrong type", f"{path}: a weight is 0 or 1")
    return int(value)


def weight_in(source: dict[str, Any], role: str, content: str | None, path: str) -> int | None:
    """
    Give the weight of a message, which may say it in three ways.

    Nobody but an assistant is trained on by default: there ``train: false`` says nothing. Raises
    Unmappable where the ways disagree, or a text is trained in part.
    """
    said = weight_of(source.get("weight"), f"{path}.weight")
    found = [] if said is None else [said]
    if (train := source.get("train")) is not None:
        found.append(int(truth(train, f"{path}.train")))
    detail = None if train is False else source.get("train_detail")
    if detail is not None and not _is_trained(detail, content or "", f"{path}.train_detail"):
        found.append(0)
    if len(set(found)) > 1:
        raise Unmappable("wrong type", f"{path}: weight, train and train_detail disagree")
    if found == [0] and role != "assistant" and said is None:
        return None
    return found[0] if found else None


def truth(value: Any, path: str) -> bool:
    """Give true or false, also from their words. Raises Unmappable for anything else."""
    told = {"true": True, "false": False, "1": True, "0": False}.get(str(value).lower())
    if told is None:
        raise Unmappable("wrong type", f"{path}: {kind(value)} where true or false is expected")
    return told


def _is_trained(detail: Any, content: str, path: str) -> bool:
    """Say whether a text is trained, all of it or nothing: the last character of a span counts."""
    offsets = [
        one[name]
        for one in objects(detail, path)
        if _is_span(one, path) and truth(one["train"], f"{path}.train")
        for name in ("begin_offset", "end_offset")
    ]
    if offsets and not asked(_covers, content, *offsets):
        raise Unmappable("trained in part", f"{path}: a record is trained whole or not at all")
    return bool(offsets)


def _covers(content: str, *offsets: str) -> bool:
    """Say whether spans, each a begin and an end, leave no character out."""
    found = [int(str(each)) for each in offsets]
    reached = 0
    for begin, end in sorted(zip(found[::2], found[1::2], strict=True)):
        if begin > reached:
            break
        reached = max(reached, end + 1)
    return reached >= len(content)


def _is_span(span: dict[str, Any], path: str) -> bool:
    offsets = [span.get(name) for name in ("begin_offset", "end_offset")]
    if span.get("train") is None or not all(str(each).isdecimal() for each in offsets):
        raise Unmappable("wrong type", f"{path}: a span has begin_offset, end_offset and train")
    return True
