"""What the model is to do: the recipe's ``task``, shared by prompts and training rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from typing import Any, Literal, NoReturn

import orjson
from jinja2 import Environment, StrictUndefined, Template, TemplateError, meta, nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from curator.errors import RecipeError, Violation, shorten

Kind = Literal["text", "bullets", "labels", "json_schema"]
Style = Literal["turns", "block"]
TEMPLATE_NAMES = ("input", "context")
"""What an input template may name."""
INPUT = "{{ input }}"
MARKER = "Answer:"


class _Sandbox(ImmutableSandboxedEnvironment):
    """Templates that join text and do nothing else: no globals, no chance, no giant strings."""

    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, _context: Any, operator: str, _left: Any, _right: Any) -> NoReturn:
        """Refuse to multiply: a short template must not make a long text."""
        raise SecurityError(f"{operator} is not allowed")


@cache
def _environment() -> Environment:
    sandbox = _Sandbox(undefined=StrictUndefined, autoescape=False)
    sandbox.globals.clear()
    for chance_or_size in ("random", "center", "indent", "format"):
        del sandbox.filters[chance_or_size]
    return sandbox


@cache
def _compiled(source: str) -> tuple[Template, frozenset[str]]:
    names = meta.find_undeclared_variables(_environment().parse(source))
    return _environment().from_string(source), frozenset(names)


def _refuse(address: str) -> NoReturn:
    raise ValueError(f"{address} is not fetched")


@lru_cache(maxsize=64)
def _compiled_schema(schema: bytes) -> Any:
    """Compile a JSON Schema that refers to nothing but itself; raises ValueError if it does."""
    import jsonschema_rs

    return jsonschema_rs.validator_for(
        orjson.loads(schema), validate_formats=True, retriever=_refuse
    )


@dataclass(frozen=True, kw_only=True)
class Output:
    """The contract of an answer: a label, JSON that keeps a schema, bullets or text."""

    labels: tuple[str, ...] = ()
    labels_from_data: bool = False
    json_schema: Mapping[str, Any] | None = field(default=None, hash=False)
    format: Literal["text", "bullets"] = "text"

    @property
    def kind(self) -> Kind:
        """Which of the four contracts this is."""
        if self.labels or self.labels_from_data:
            return "labels"
        return "json_schema" if self.json_schema is not None else self.format

    def breach(self, instance: Any) -> str:
        """Say where and how ``instance`` breaks the JSON Schema first; empty where it does not."""
        gate = _compiled_schema(orjson.dumps(self.json_schema, option=orjson.OPT_SORT_KEYS))
        if gate.is_valid(instance):
            return ""
        return min(
            f"{_path(error.instance_path)}: {shorten(error.message)}"
            for error in gate.iter_errors(instance)
        )


@dataclass(frozen=True, kw_only=True)
class Task:
    """
    One task for every technique and both artifacts.

    ``input`` is a sandboxed Jinja template around the last user message. Texts of examples are
    values that are put in; they are never read as a template themselves.
    """

    instruction: str = ""
    persona: str = ""
    input: str = INPUT
    output: Output = Output()
    reasoning: bool = False  # a training completion shows its reasoning before the answer
    cue: str = ""  # asks for reasoning; empty: words that name the marker
    answer_marker: str = MARKER  # stands between reasoning and answer
    exemplar_style: Style = "turns"  # or "block": in the system text, between tags

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> Task:
        """
        Read the recipe's ``task`` object, which its JSON Schema has let through.

        Raises: RecipeError with every mistake that a JSON Schema cannot see, each with its place.
        """
        # a YAML block ends in a line break that nobody means
        known: dict[str, Any] = {
            key: value.strip("\n") if isinstance(value, str) else value
            for key, value in fields.items()
        }
        output: dict[str, Any] = dict(known.pop("output", None) or {})
        task = cls(output=_output(output), **known)
        mistakes = [*_template_mistakes(task), *_output_mistakes(output)]
        if len(mistakes) == 1:
            raise RecipeError(mistakes[0].message, where=mistakes[0].where, hint=mistakes[0].hint)
        if mistakes:
            raise RecipeError("the task has more than one mistake", mistakes, where="$.task")
        return task

    def with_labels(self, labels: Sequence[str]) -> Task:
        """Know the labels of the data, sorted, where the recipe says ``labels: from_data``."""
        if not self.output.labels_from_data:
            return self
        if not labels:
            raise RecipeError(
                "the labels are to come from the data, but no kept example has a label",
                where="$.task.output.labels",
                hint="map a label in read, or list the labels in the recipe",
            )
        return replace(self, output=replace(self.output, labels=tuple(sorted(set(labels)))))

    def render(self, text: str, context: str | None = None) -> str:
        """
        Put ``text`` into the input template.

        A template that does not name ``context`` gets it in front, with a blank line between.
        """
        template, names = _compiled(self.input)
        try:
            rendered = template.render(input=text, context=context or "")
        except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
            raise RecipeError(
                f"the input template cannot be rendered: {shorten(str(error))}",
                where="$.task.input",
            ) from error
        return f"{context}\n\n{rendered}" if context and "context" not in names else rendered

    def names_context(self) -> bool:
        """Whether the input template places ``context`` itself."""
        return "context" in _compiled(self.input)[1]

    def parts(self) -> tuple[tuple[Literal["text", "name"], str], ...] | None:
        """
        The input template as literal texts and names in a row, or None where it does more.

        Read from the parsed template, so joining the parts is rendering it, for any text.
        """
        found: list[tuple[Literal["text", "name"], str]] = []
        for statement in _environment().parse(self.input).body:
            if not isinstance(statement, nodes.Output):
                return None
            for node in statement.nodes:
                if isinstance(node, nodes.TemplateData):
                    found.append(("text", node.data))
                elif isinstance(node, nodes.Name):
                    found.append(("name", node.name))
                else:
                    return None
        return tuple(found)

    def as_dict(self) -> dict[str, Any]:
        """Give the fields by name, for JSON."""
        output: dict[str, Any] = {"kind": self.output.kind}
        if self.output.kind == "labels":
            output["labels"] = list(self.output.labels)
        if self.output.json_schema is not None:
            output["json_schema"] = dict(self.output.json_schema)
        return {
            "instruction": self.instruction,
            "persona": self.persona,
            "input": self.input,
            "output": output,
            "reasoning": self.reasoning,
            "cue": self.cue,
            "answer_marker": self.answer_marker,
            "exemplar_style": self.exemplar_style,
        }


def _output(fields: Mapping[str, Any]) -> Output:
    labels = fields.get("labels") or ()
    from_data = labels == "from_data"
    return Output(
        labels=() if from_data else tuple(labels),
        labels_from_data=from_data,
        json_schema=fields.get("json_schema"),
        format=fields.get("format", "text"),
    )


def _path(steps: Sequence[str | int]) -> str:
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)


def _mistake(where: str, message: str, hint: str = "") -> Violation:
    return Violation(rule="task", where=f"$.task.{where}", message=message, hint=hint)


def _template_mistakes(task: Task) -> list[Violation]:
    try:
        _, names = _compiled(task.input)
    except TemplateError as error:
        what = shorten(str(error))
        return [_mistake("input", f"the input template cannot be read: {what}")]
    if strange := sorted(names - set(TEMPLATE_NAMES)):
        what = f"the input template names {', '.join(strange)}"
        return [_mistake("input", what, "only input and context are known")]
    if "input" not in names:
        hint = "write {{ input }} where the example's text belongs"
        return [_mistake("input", "the input template does not name input", hint)]
    try:
        task.render("a text", "a passage")
    except RecipeError as error:
        return [_mistake("input", error.message)]
    return []


def _output_mistakes(output: Mapping[str, Any]) -> list[Violation]:
    found = []
    if len(output) > 1:
        named = ", ".join(sorted(output))
        found.append(_mistake("output", f"{named} exclude each other", "keep one of them"))
    labels = output.get("labels", ())
    if labels != "from_data" and len(set(labels)) < len(labels):
        twice = ", ".join(sorted({label for label in labels if labels.count(label) > 1}))
        found.append(_mistake("output.labels", f"stands there twice: {shorten(twice)}"))
    schema = output.get("json_schema")
    if schema is not None:
        from jsonschema.exceptions import SchemaError
        from jsonschema.validators import validator_for

        try:
            validator_for(schema).check_schema(schema)
        except SchemaError as error:
            words = shorten(error.message)
            found.append(_mistake("output.json_schema", f"is not a JSON Schema: {words}"))
        else:
            found += _reference_mistakes(schema)
    return found


def _reference_mistakes(schema: Mapping[str, Any]) -> list[Violation]:
    try:
        _compiled_schema(orjson.dumps(schema, option=orjson.OPT_SORT_KEYS))
    except (TypeError, ValueError) as error:
        words = shorten(str(error).split("\n", 1)[0])
        hint = "write what it refers to into the schema itself, under $defs"
        return [_mistake("output.json_schema", f"cannot be used: {words}", hint)]
    return []
