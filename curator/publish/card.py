"""The card's front matter: configs are added for what goes along, and can be taken away again."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

from curator.errors import WriteError

_FRONT = re.compile(r"\A---\n(.*?\n)---\n", re.DOTALL)


def with_configs(card: str, configs: Sequence[dict[str, Any]]) -> str:
    """
    Add ``configs`` behind those that the card has; without any, it stays as it is.

    Raises: WriteError where the card has no front matter, or a config of that name.
    """
    if not configs:
        return card
    front, body = _parted(card)
    known = [one.get("config_name") for one in front.get("configs") or ()]
    if twice := [one["config_name"] for one in configs if one["config_name"] in known]:
        raise WriteError(f"the card has a config {twice[0]!r} already", where="README.md")
    front["configs"] = [*(front.get("configs") or ()), *configs]
    return _joined(front, body)


def without_configs(card: str, names: Collection[str]) -> str:
    """Take the configs of these names away: the card that ``with_configs`` was given."""
    if not names:
        return card
    front, body = _parted(card)
    kept = [one for one in front.get("configs") or () if one.get("config_name") not in names]
    front["configs"] = kept
    return _joined(front, body)


def front_matter(card: str) -> dict[str, Any]:
    """Give what stands before the text of a card. Raises WriteError where nothing does."""
    return _parted(card)[0]


def _parted(card: str) -> tuple[dict[str, Any], str]:
    import yaml

    found = _FRONT.match(card)
    try:
        front = yaml.safe_load(found[1]) if found else None
    except yaml.YAMLError:
        front = None
    if found is None or not isinstance(front, dict):
        raise WriteError(
            "the card has no front matter", where="README.md", hint="run the recipe again"
        )
    return front, card[found.end() :]


def _joined(front: dict[str, Any], body: str) -> str:
    import yaml

    # as the card was written: so taking away what was added leaves no trace
    text = yaml.safe_dump(front, sort_keys=False, allow_unicode=True)
    return f"---\n{text}---\n{body}"
