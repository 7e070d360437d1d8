"""Tokens that a tokenizer's config adds to, or changes in, its tokenizer.json."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from curator.errors import RecipeError, shorten
from curator.tokenizer.files import CONFIG, SPECIAL, TokenizerFiles

NAMED = tuple(f"{name}_token" for name in ("bos", "eos", "unk", "sep", "pad", "cls", "mask"))
_FLAGS = ("single_word", "lstrip", "rstrip", "normalized", "special")


def add_tokens(tokenizer: Any, files: TokenizerFiles) -> bool:
    """
    Give ``tokenizer`` the tokens that trainers give it, and tell whether that changed it.

    Most configs repeat what tokenizer.json says. Where one says otherwise, a trainer follows it.

    Raises: RecipeError if the config's tokens are not written as tokens.
    Source: transformers 5.23, TokenizersBackend.__init__ and _from_pretrained.
    """
    from tokenizers import AddedToken

    config = json.loads(files.extra.get(CONFIG, b"{}"))
    listed = config.get("added_tokens_decoder")
    told = config if listed is not None else config | json.loads(files.extra.get(SPECIAL, b"{}"))
    before = _shown(tokenizer)
    known = {token.content for token in tokenizer.get_added_tokens_decoder().values()}
    named = {_content(told[key]) for key in NAMED if told.get(key)}
    wanted: list[Any] = []
    try:
        for _, one in sorted((listed or {}).items(), key=lambda item: int(item[0])):
            flags = {flag: bool(one[flag]) for flag in _FLAGS if flag in one}
            flags["special"] = flags.get("special", False) or one["content"] in named
            wanted.append(AddedToken(one["content"], **flags))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RecipeError(
            f"{CONFIG} of {shorten(files.name)} has added_tokens_decoder that are no tokens:"
            f" {shorten(str(error))}"
        ) from error
    known |= {token.content for token in wanted}
    for one in _special(told):
        content = _content(one)
        if content is not None and content not in known:
            known.add(content)
            flags = one if isinstance(one, dict) else {}
            given = {flag: bool(flags[flag]) for flag in _FLAGS[:-1] if flag in flags}
            wanted.append(AddedToken(content, special=True, **given))
    tokenizer.add_tokens(wanted)
    return _shown(tokenizer) != before


def _special(told: Mapping[str, Any]) -> Iterator[Any]:
    yield from (told[key] for key in NAMED if told.get(key))
    extra = told.get("extra_special_tokens") or told.get("additional_special_tokens") or ()
    yield from extra.values() if isinstance(extra, dict) else extra


def _content(token: Any) -> str | None:
    content = token.get("content") if isinstance(token, dict) else token
    return content if isinstance(content, str) and content else None


def _shown(tokenizer: Any) -> list[tuple[int, str]]:
    return [(number, repr(t)) for number, t in tokenizer.get_added_tokens_decoder().items()]
