"""Every mistake in a map is found at once, and shows the way out."""

import pytest

from curator.errors import RecipeError
from curator.read.map_grammar import missing, parse


def mistakes(given_map: dict) -> list[str]:
    with pytest.raises(RecipeError) as error:
        parse(given_map)
    return [str(each) for each in error.value.violations]


def test_all_mistakes_are_told_at_once():
    """Each with its place in the map."""
    given_map = {
        "inptu": "a",
        "output": {"field": "b"},
        "label": "{c!r}",
        "messages": "{d}",
        "group": 3,
    }
    assert mistakes(given_map) == [
        "map.inptu: is not a part of a record\n  hint: did you mean input?",
        "map.output: takes either before or after, with the marker's text",
        "map.label: has a place that is not a field's name in '{c!r}'",
        "map.messages: needs a whole field, not a template or a piece of one",
        "map.group: is not the name of a field",
    ]


@pytest.mark.parametrize(
    ("given_map", "mistake"),
    [
        ({"output": "a"}, "map.input: is missing\n  hint: name the field that holds the question"),
        (
            {"messages": "a", "input": "b"},
            "map.input: cannot stand beside messages\n  hint: keep one of the two",
        ),
        ({"input": "q", "chosen": "a"}, "map.chosen: and rejected need each other"),
        (
            {"input": "q", "reasoning": "r"},
            "map.reasoning: needs an output\n  hint: map output or label too",
        ),
        ({"input": "a{b"}, "map.input: expected '}' before end of string"),
        ({"input": {"field": "a", "from": "b"}}, "map.input: takes field, and before or after"),
    ],
)
def test_parts_that_do_not_go_together_are_told(given_map, mistake):
    """With what to do about it."""
    assert mistakes(given_map) == [mistake]


def test_a_field_that_no_row_has_shows_the_nearest():
    """Dotted names are known by their first part."""
    mapping = parse({"input": "qestion", "output": "info.answer", "context": "zzz"})
    assert [str(each) for each in missing(mapping, ["question", "info"])] == [
        "map.input: no row has a field 'qestion'\n  hint: did you mean question?",
        "map.context: no row has a field 'zzz'\n  hint: it has info, question",
    ]
