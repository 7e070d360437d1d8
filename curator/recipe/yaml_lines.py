"""YAML text -> plain values, with the line of every value; never runs or builds anything else."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

import yaml

from curator.errors import RecipeError

Path = tuple[str | int, ...]
MAX_NODES = 20_000
"""A recipe is a page or two; aliases that unfold to more are an attack, not a recipe."""


class _Loader(yaml.SafeLoader):
    """The safe rules, but a day stays the text that it is: no option is anything else."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, rule) for tag, rule in rules if tag != "tag:yaml.org,2002:timestamp"]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def scalar(text: str) -> Any:
    """Read a value as it would be read in a recipe."""
    return yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader with a rule less


@dataclass(frozen=True)
class Lines:
    """The 1-based line on which the value at each path begins."""

    source: str
    by_path: dict[Path, int] = field(default_factory=dict)

    def where(self, path: Path) -> str:
        """Read as ``file:line: $.path``; a path that is not in the file counts as its parent."""
        known = path
        while known not in self.by_path and known:
            known = known[:-1]
        return f"{self.source}:{self.by_path.get(known, 1)}: {json_path(path)}"


def json_path(path: Path) -> str:
    """Write ``("read", 0, "csv")`` as ``$.read[0].csv``."""
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)


def parse(text: str, source: str) -> tuple[Any, Lines]:
    """
    Read one YAML document with the safe rules.

    Raises: RecipeError at the line of a syntax error, a repeated key or a custom tag.
    """
    lines = Lines(source)
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            raise RecipeError(
                "the recipe is empty", where=f"{source}:1", hint="curator schema recipe"
            )
        return _Builder(loader, lines).build(node, ()), lines
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise RecipeError(
            f"not valid YAML: {error.problem}",
            where=f"{source}:{line}",
            hint="indent with spaces; quote text that holds ': ' or begins with a symbol",
        ) from error
    except yaml.YAMLError as error:
        raise RecipeError(f"not valid YAML: {error}", where=f"{source}:1") from error
    finally:
        loader.dispose()


class _Builder:
    def __init__(self, loader: yaml.SafeLoader, lines: Lines) -> None:
        self.loader, self.lines, self.count = loader, lines, 0

    def build(self, node: yaml.Node, path: Path) -> Any:
        self.count += 1
        if self.count > MAX_NODES:
            raise RecipeError("aliases unfold without end", where=self._at(node))
        if not node.tag.startswith("tag:yaml.org,2002:") or "python" in node.tag:
            hint = "a recipe is data: write the value itself"
            raise RecipeError(f"the tag {node.tag} is refused", where=self._at(node), hint=hint)
        self.lines.by_path[path] = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*path, i)) for i, item in enumerate(node.value)]
        return self.loader.construct_object(node)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[Hashable, Any]:
        mapping: dict[Hashable, Any] = {}
        for key_node, value_node in node.value:
            key = str(self.loader.construct_object(key_node))
            if key in mapping:
                raise RecipeError(
                    f"the key {key!r} stands here twice",
                    where=self._at(key_node),
                    hint="keep one of them",
                )
            mapping[key] = self.build(value_node, (*path, key))
            self.lines.by_path[*path, key] = key_node.start_mark.line + 1
        return mapping

    def _at(self, node: yaml.Node) -> str:
        return f"{self.lines.source}:{node.start_mark.line + 1}"
