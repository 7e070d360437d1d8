"""What only people can say of a dataset: the recipe's ``card``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_TEX = str.maketrans({**{char: f"\\{char}" for char in "&%$#_{}"}, "\\": r"\textbackslash{}",
                      "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"})  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class About:
    """The words of the recipe's ``card``; those that it does not have are empty."""

    title: str
    summary: str = ""
    collection: str = ""
    annotators: str = ""
    intended_use: str = ""
    limits: str = ""
    creators: list[str] = field(default_factory=list)
    contact: str = ""
    url: str = ""
    version: str = ""
    published: str = ""
    citation: str = ""

    @classmethod
    def of(cls, recipe: Mapping[str, Any]) -> About:
        """Read a recipe's values; the title of a recipe without one is its name."""
        given = recipe.get("card") or {}
        return cls(**{"title": str(recipe.get("name", "dataset")), **given})

    def bibtex(self) -> str:
        """Give the citation: the recipe's own, or an entry made of what is known; or nothing."""
        if self.citation or not self.creators:
            return self.citation.strip()
        year = self.published[:4]
        key = re.sub("[^a-z0-9]+", "-", f"{self.creators[0]}-{self.title}".lower()).strip("-")
        fields = {
            "title": f"{{{self.title.translate(_TEX)}}}",
            "author": " and ".join(f"{{{name.translate(_TEX)}}}" for name in self.creators),
            "year": year,
            "version": self.version.translate(_TEX),
            "howpublished": f"\\url{{{self.url}}}" if self.url else "",
        }
        lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
        return "\n".join([f"@misc{{{key}{year and f'-{year}'},", *lines, "}"])
