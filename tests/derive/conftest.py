"""Documents as the derive steps see them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from curator.derive.page.source import Block, Source
from curator.read.documents import markdown


@pytest.fixture(scope="session")
def source() -> Callable[..., Source]:
    """Turn Markdown into a document; its title is the first heading of level one, if not given."""

    def build(text: str, title: str = "", language: str | None = None) -> Source:
        document = markdown.parse(text.encode(), "utf-8")
        return Source(
            id="d",
            title=title or document.title,
            text=document.text,
            blocks=tuple(Block(*block) for block in document.blocks),
            language=language,
        )

    return build
