"""Recipes are YAML with lines: every value knows where it stands, and nothing can run."""

import pytest

from curator.errors import RecipeError
from curator.recipe.yaml_lines import parse, scalar


def test_every_value_knows_its_line():
    """A mistake deep inside can be pointed at."""
    _, lines = parse("name: a\nrefine:\n  - text_length:\n      min_chars: 3\n", "r.yaml")
    where = lines.where(("refine", 0, "text_length", "min_chars"))
    assert where == "r.yaml:4: $.refine[0].text_length.min_chars"


def test_a_path_that_is_not_there_counts_as_its_parent():
    """A missing key is reported where it should have stood."""
    _, lines = parse("name: a\ntask:\n  persona: b\n", "r.yaml")
    assert lines.where(("task", "input")) == "r.yaml:2: $.task.input"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [1", "r.yaml:1: not valid YAML: expected ',' or ']', but got '<stream end>'"),
        ("a: 1\na: 2", "r.yaml:2: the key 'a' stands here twice"),
        (
            "a: !!python/object/apply:os.system [ls]",
            "r.yaml:1: the tag tag:yaml.org,2002:python/object/apply:os.system is refused",
        ),
        ("", "r.yaml:1: the recipe is empty"),
    ],
)
def test_what_is_no_recipe_is_refused_with_its_line(text, message):
    """Broken syntax, repeated keys and tags that would run code all say where."""
    with pytest.raises(RecipeError) as caught:
        parse(text, "r.yaml")
    assert str(caught.value).startswith(message)


def test_aliases_cannot_unfold_without_end():
    """A few lines cannot fill the memory."""
    layers = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    layers += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 9)]
    with pytest.raises(RecipeError, match="aliases unfold without end"):
        parse("\n".join(layers), "r.yaml")


def test_a_day_is_text():
    """A date needs no quotes, and one that no calendar has is a mistake of its option, no crash."""
    assert parse("date: 2026-01-31", "r.yaml")[0] == {"date": "2026-01-31"}
    assert scalar("2026-02-31") == "2026-02-31"
    assert scalar("[1, on]") == [1, True]
