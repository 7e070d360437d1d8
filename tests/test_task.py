"""The recipe's task: what it says, and every way it can be wrong."""

import pickle

import pytest

from curator.errors import RecipeError
from curator.task import Task


def test_text_goes_into_the_input_template():
    """The template surrounds the text."""
    assert Task(input="Message: {{ input }}!").render("Hi") == "Message: Hi!"


def test_context_goes_in_front_of_a_template_that_does_not_name_it():
    """A passage is never lost because a template forgot it."""
    assert Task(input="Q: {{ input }}").render("why?", "a passage") == "a passage\n\nQ: why?"


def test_a_template_may_place_the_context_itself():
    """Where the template names the context, it stands there and nowhere else."""
    assert Task(input="{{ input }} [{{ context }}]").render("why?", "this") == "why? [this]"
    assert Task(input="{{ input }} [{{ context }}]").render("why?") == "why? []"


@pytest.mark.parametrize(
    "text", ["{{ 7*7 }}", "{% raw %}", "{# gone #}", "\x00", "x" * 300_000, "<b>&"]
)
def test_text_is_never_read_as_a_template(text):
    """Whatever an example says, it is carried as it stands."""
    assert Task(input="<{{ input }}>").render(text, text) == f"{text}\n\n<{text}>"


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{{ input", "the input template cannot be read: unexpected end of template, expected 'end of print statement'."),
        ("{{ text }} {{ input }}", "the input template names text"),
        ("no place", "the input template does not name input"),
        ("{{ input * 9 }}", "the input template cannot be rendered: * is not allowed"),
        ("{{ input.__class__ }}", "the input template cannot be rendered: access to attribute '__class__' of 'str' object is unsafe."),
        ("{{ input.first.name }}", "the input template cannot be rendered: 'str object' has no attribute 'first'"),
        ("{% for i in range(9) %}{{ input }}{% endfor %}", "the input template names range"),
        ("{% include 'x' %}{{ input }}", "the input template cannot be rendered: no loader for this environment specified"),
    ],
)  # fmt: skip
def test_a_broken_template_is_named_before_the_run(template, message):
    """A template mistake is a mistake in the recipe, in words."""
    with pytest.raises(RecipeError) as caught:
        Task.from_dict({"input": template})
    assert caught.value.message == message
    assert caught.value.where == "$.task.input"


@pytest.mark.parametrize("name", ["random", "center(9)", "indent(9)", "format"])
def test_filters_of_chance_and_size_do_not_exist(name):
    """Same input, same prompt; and a short template makes no long text."""
    with pytest.raises(RecipeError, match="No filter named"):
        Task.from_dict({"input": f"{{{{ input | {name} }}}}"})


def test_all_mistakes_are_found_at_once():
    """One reading of the error mends the whole task."""
    fields = {"input": "x", "output": {"labels": ["a", "a"], "json_schema": {"type": 3}}}
    with pytest.raises(RecipeError, match="the task has more than one mistake") as caught:
        Task.from_dict(fields)
    assert [violation.where for violation in caught.value.violations] == [
        "$.task.input",
        "$.task.output",
        "$.task.output.labels",
        "$.task.output.json_schema",
    ]


def test_labels_from_data_are_filled_in_and_sorted():
    """The order of labels in a prompt does not depend on the order of rows."""
    task = Task.from_dict({"output": {"labels": "from_data"}})
    assert task.with_labels(["b", "a", "b"]).output.labels == ("a", "b")


def test_labels_from_data_need_a_label():
    """A contract without labels would promise nothing."""
    task = Task.from_dict({"output": {"labels": "from_data"}})
    with pytest.raises(RecipeError, match="but no kept example has a label"):
        task.with_labels([])


def test_labels_of_the_recipe_stay():
    """The data does not overrule the recipe."""
    task = Task.from_dict({"output": {"labels": ["b", "a"]}})
    assert task.with_labels(["c"]).output.labels == ("b", "a")


@pytest.mark.parametrize(
    ("output", "kind"),
    [({}, "text"), ({"format": "bullets"}, "bullets"), ({"labels": ["a"]}, "labels"),
     ({"json_schema": {}}, "json_schema")],
)  # fmt: skip
def test_an_output_is_one_of_four_kinds(output, kind):
    """The contract has one name."""
    assert Task.from_dict({"output": output}).output.kind == kind


def test_a_line_break_at_the_end_of_a_block_is_dropped():
    """YAML blocks end in a line break that nobody means."""
    task = Task.from_dict({"instruction": "Classify.\n", "input": "Q: {{ input }}\n"})
    assert (task.instruction, task.render("a")) == ("Classify.", "Q: a")


@pytest.mark.parametrize(
    "template",
    ["Q: {{ input }}", "{{ context }}\r\n{{ input }}\n{{ input }}{# c #}", "{{ input }}"],
)
def test_the_parts_of_a_simple_template_joined_are_its_rendering(template):
    """What is joined by column is what the template says."""
    task, values = Task(input=template), {"input": "{{ a }}\n", "context": "b"}
    joined = "".join(value if kind == "text" else values[value] for kind, value in task.parts())
    assert joined == task.render("{{ a }}\n", "b" if "context" in template else None)


@pytest.mark.parametrize(
    "template",
    ["{{ input | trim }}", "{% if context %}{{ input }}{% endif %}", "{{ input }}{{ 'a' }}"],
)
def test_a_template_that_computes_has_no_parts(template):
    """Only a plain row of texts and names may be joined by column."""
    assert Task(input=template).parts() is None


def test_a_task_survives_pickling():
    """Steps may run in another process."""
    task = Task.from_dict({"instruction": "I", "output": {"labels": ["a"]}})
    assert pickle.loads(pickle.dumps(task)) == task


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        (
            {"$ref": "https://example.invalid/a.json"},
            "cannot be used: Resource 'https://example.invalid/a.json' is not present in a registry and retr…",
        ),
        ({"$ref": "#/$defs/a"}, "cannot be used: Pointer '/$defs/a' does not exist"),
        ({"const": {1, 2}}, "cannot be used: Type is not JSON serializable: set"),
    ],
)
def test_a_json_schema_refers_to_nothing_outside_itself(schema, message):
    """No answer is ever checked with the help of a network."""
    with pytest.raises(RecipeError) as caught:
        Task.from_dict({"output": {"json_schema": schema}})
    assert caught.value.message == message
    assert caught.value.where == "$.task.output.json_schema"


def test_the_first_breach_of_a_schema_is_named_by_its_place():
    """The same breach whatever order they are found in."""
    schema = {"properties": {"a": {"items": {"type": "string"}}, "b": {"const": 1}}}
    output = Task.from_dict({"output": {"json_schema": schema}}).output
    assert output.breach({"a": ["x"], "b": 1}) == ""
    assert output.breach({"b": 2, "a": ["x", 3]}) == '$.a[1]: 3 is not of type "string"'


def test_exemplars_are_shown_as_turns_unless_the_recipe_says_block():
    """The style is the task's, and bank.json says which."""
    assert Task().as_dict()["exemplar_style"] == "turns"
    assert Task.from_dict({"exemplar_style": "block"}).exemplar_style == "block"
