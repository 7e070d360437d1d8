"""A recipe is read once, and all its mistakes are told at once, each with the mend."""

import pytest

from curator.errors import RecipeError
from curator.recipe import load

GOOD = """\
name: small
seed: 3
vars:
  data: {default: samples}
read:
  - csv: {path: "${data}/a.csv", map: {input: text, label: topic}}
refine:
  - normalize_text
  - text_length: {min_chars: 2}
"""


@pytest.fixture
def recipe(tmp_path):
    """Write a recipe and give its path."""

    def write(text):
        path = tmp_path / "small.yaml"
        path.write_text(text)
        return path

    return write


def test_steps_come_in_order_with_their_options(recipe):
    """A bare name is a step with its defaults; lists of one-key mappings carry options."""
    loaded = load(recipe(GOOD))
    assert [str(step) for step in loaded.steps] == [
        "read.csv",
        "refine.normalize_text",
        "refine.text_length",
    ]
    assert loaded.steps[0].options.path == "samples/a.csv"
    assert loaded.steps[2].options.min_chars == 2


def test_a_variable_is_filled_from_the_shell(recipe):
    """--var wins over the default."""
    loaded = load(recipe(GOOD), variables={"data": "elsewhere"})
    assert loaded.steps[0].options.path == "elsewhere/a.csv"


def test_set_reaches_into_the_step_of_that_name(recipe):
    """One option can be tried without touching the file."""
    loaded = load(recipe(GOOD), sets={"refine.text_length.min_chars": "9", "seed": "5"})
    assert (loaded.steps[2].options.min_chars, loaded.seed) == (9, 5)


def test_set_can_replace_the_steps_of_a_room(recipe):
    """A bare name is enough, as in the file."""
    loaded = load(recipe(GOOD), sets={"refine": "[exact_duplicates]", "write": "[bank]"})
    assert [str(step) for step in loaded.steps[1:]] == ["refine.exact_duplicates", "write.bank"]


def test_the_seed_of_the_recipe_reaches_every_step_that_draws(recipe):
    """One number decides every draw."""
    loaded = load(recipe(GOOD + "select:\n  - split\n"))
    assert loaded.room("select")[0].options.seed == 3


def test_all_mistakes_are_told_at_once_each_with_line_and_mend(recipe, tmp_path):
    """Six slips, one report."""
    path = recipe(
        "name: small\n"
        "sead: 3\n"
        "read:\n"
        "  - csv: {path: '${dta}/a.csv'}\n"
        "  - cvs: {path: a.csv}\n"
        "refine:\n"
        "  - near_duplicates: {treshold: 0.7}\n"
        "  - text_length: {min_chars: two}\n"
        "select:\n"
        "  - split: {train: 1.5}\n"
    )
    with pytest.raises(RecipeError) as caught:
        load(path)
    report = str(caught.value).replace(str(tmp_path), "")
    for words in (
        "/small.yaml:2: $.sead: 'sead' is not a key of a recipe\n  hint: did you mean 'seed'?",
        "/small.yaml:4: $.read[0].csv.path: ${dta} is not declared under vars",
        "/small.yaml:5: $.read[1].cvs: 'cvs' is not a step of read\n  hint: did you mean 'csv'?",
        "$.refine[0].near_duplicates.treshold: 'treshold' is not an option of near_duplicates\n"
        "  hint: did you mean 'threshold'?",
        "/small.yaml:8: $.refine[1].text_length.min_chars: two is not a whole number",
        "/small.yaml:10: $.select[0].split.train: 1.5 is too large\n  hint: give a number at most 1",
    ):
        assert words in report
    assert report.startswith("/small.yaml: 6 mistakes")


def test_an_artifact_is_asked_for_once(recipe):
    """Two steps that make one folder would leave it to chance which of them stays."""
    twice = "write:\n  - formats: {targets: [alpaca]}\n  - formats\n"
    with pytest.raises(RecipeError) as caught:
        load(recipe(GOOD + twice))
    assert str(caught.value).endswith(
        "$.write[1].formats: formats stands under write already: both would make the same folder\n"
        "  hint: give the second a recipe of its own"
    )


@pytest.mark.parametrize(
    ("variables", "sets", "words"),
    [
        (
            {"dat": "x"},
            {},
            "--var dat: the recipe declares no such variable\n  hint: did you mean 'data'?",
        ),
        ({}, {"refine.sampel.size": "3"}, "--set refine.sampel.size: nothing of that name"),
        ({}, {"seed": "[1"}, "--set seed: [1 is not YAML\n  hint: quote it for the shell"),
        ({}, {"refine": "[3]"}, "$.refine[0]: 3 is not a mapping\n  hint: give a mapping"),
    ],
)
def test_flags_that_name_nothing_are_mistakes_too(recipe, variables, sets, words):
    """A slip on the command line is told like one in the file."""
    with pytest.raises(RecipeError) as caught:
        load(recipe(GOOD), variables=variables, sets=sets)
    assert words in str(caught.value)


def test_what_a_card_says_is_checked_for_its_form(recipe):
    """Days, versions and addresses read as they should; a key that it has not is told with the right one."""
    wrong = "{version: '1.0', published: 2026-13-01, url: ferry.org, tittle: Desk, creators: []}"
    with pytest.raises(RecipeError) as caught:
        load(recipe(GOOD.replace("seed: 3", f"card: {wrong}")))
    told = {one.where.rpartition("$.card.")[2]: one for one in caught.value.violations}
    assert sorted(told) == ["creators", "published", "tittle", "url", "version"]
    assert told["published"].message == "'2026-13-01' does not read as it should"
    assert told["published"].hint == "The day of publication, as 2026-01-31."
    assert told["tittle"].hint == "did you mean 'title'?"


def test_a_card_stays_text_as_it_was_written(recipe):
    """A day is no date object, and the words reach the manifest through the recipe's values."""
    card = "{title: Desk, published: 2026-01-31, version: 1.2.3}"
    loaded = load(recipe(GOOD.replace("seed: 3", f"card: {card}")))
    assert loaded.values["card"] == {"title": "Desk", "published": "2026-01-31", "version": "1.2.3"}


def test_a_recipe_that_is_not_there_names_the_nearest_one(recipe, tmp_path):
    """A typing slip costs one look."""
    recipe(GOOD)
    with pytest.raises(RecipeError) as caught:
        load(tmp_path / "smal.yaml")
    assert str(caught.value).endswith("no such recipe\n  hint: did you mean 'small.yaml'?")


def test_a_shipped_recipe_is_found_by_its_bare_name():
    """An installed package has its recipes with it."""
    assert load("messages").name == "messages"
