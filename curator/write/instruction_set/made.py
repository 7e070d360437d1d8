"""All that is known of a dataset once its rows are written."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from curator.manifest import Manifest
from curator.task import Task
from curator.write.instruction_set.about import About
from curator.write.instruction_set.facts import Facts


@dataclass(frozen=True)
class Made:
    """The task, the run, what was counted, and what the recipe says of it."""

    task: Task
    manifest: Manifest
    facts: Facts

    @cached_property
    def about(self) -> About:
        """What only people can say."""
        return About.of({"name": self.manifest.name, **self.manifest.recipe})

    @property
    def read_rows(self) -> int:
        """Rows that were read, not derived."""
        return self.facts.derived[None]
