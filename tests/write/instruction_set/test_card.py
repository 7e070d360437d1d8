"""The card says what the manifest and the rows hold, and lets no text of them out of its place."""

import datasets
import pytest
import yaml
from huggingface_hub import DatasetCard

from curator.task import Task

LEAKAGE = {
    "method": {
        "keys": ["same_content", "group"], "threshold": 0.7, "similarity": "Jaccard | exact",
        "closest_sought_from": 0.3,
    },
    "across": [
        {"splits": ["train", "test"], "rows_crossing": {"group": 0},
         "closest": {"train": "aa", "test": "bb", "similarity": 0.512}},
        {"splits": ["train", "validation"], "rows_crossing": {"group": 0}, "closest": None},
    ],
}  # fmt: skip
REVIEW = {
    "people": 2, "answers": 5, "rows": 3, "rows_of_several": 2, "verdicts": {"approved": 3},
    "agreement": {"verdict": {"rows": 2, "same": 0.5, "alpha": 0.25, "low": 0.1, "high": 0.4, "note": ""}},
    "disputed": {"rows": 1, "ids": ["ab"]},
}  # fmt: skip
NASTY = "```\n# A heading\n---\n<script>alert(1)</script>\n| x | $1$ \\ ````"


def chat(text="hello there", **fields):
    return {"messages": [text, "fine"], **fields}


def test_the_hub_s_parser_reads_what_datasets_reads(written):
    """Front matter, features and splits: what is said is what is loaded."""
    folder = written(chat(licence="Apache-2.0", language="en-GB"), chat("more", split="test"))
    data = DatasetCard.load(folder / "README.md").data
    assert (data.license, data.language, data.size_categories) == ("apache-2.0", ["en"], ["n<1K"])
    assert data.to_dict()["language_details"] == "en-GB"
    assert data.annotations_creators == ["found"]
    info = datasets.load_dataset_builder(str(folder)).info
    assert info.features == datasets.Features._from_yaml_list(data.dataset_info["features"])
    assert {split: one.num_examples for split, one in info.splits.items()} == {
        "train": 1,
        "test": 1,
    }


@pytest.mark.parametrize(
    ("names", "license_", "name"),
    [
        (["MIT"], "mit", None), (["CC BY 4.0", "cc-by-4.0"], "cc-by-4.0", None),
        (["MIT", "Apache 2.0"], ["apache-2.0", "mit"], None), (["House Rules!"], "other", "house-rules"),
        ([None], None, None), (["日本"], "other", "other"),
    ],
)  # fmt: skip
def test_licences_are_the_hub_s_identifiers(card_of, names, license_, name):
    """SPDX and other names are mapped; one that the Hub does not know is "other", by its name."""
    front = front_of(card_of(*(chat(f"{n}", licence=one) for n, one in enumerate(names))))
    assert (front.get("license"), front.get("license_name")) == (license_, name)


def front_of(card):
    """Read the front matter."""
    return yaml.safe_load(card.split("---\n")[1])


def test_splits_are_shown_with_how_they_were_kept_apart(card_of):
    """Shares, keys and likeness, and the closest pair of each two splits."""
    card = card_of(
        chat(), chat("b", split="test"), chat("c", split="validation"), checks={"split_leakage": LEAKAGE},
        recipe={"select": [{"split": {"train": 0.5, "validation": 0.25, "test": 0.25}}]},
    )  # fmt: skip
    assert "in the shares train 0.5, validation 0.25, test 0.25" in card
    assert "have 0.7 or more of their three-word runs in common" in card
    assert "for the same content and group, and for a likeness of 0.7 or more" in card
    assert "| train and test | aa and bb | 0.51 |" in card
    assert "| train and validation | none is more alike than 0.3 |  |" in card


def test_splits_that_no_likeness_decided_say_nothing_of_it(card_of):
    """Without near-duplicates, rows are tied by keys alone; a bare split has its defaults."""
    tied = "three-word runs in common"
    assert tied not in card_of(chat(), recipe={"select": [{"split": {"near_duplicates": None}}]})
    assert "have 0.7 or more of their" in card_of(
        chat(), recipe={"select": [{"split": {}}, "random"]}
    )


def test_what_was_not_checked_is_said(card_of):
    """Two splits and no certificate; one split needs none."""
    said = "Whether rows of two splits are alike was not checked."
    assert said in card_of(chat(), chat("b", split="test"))


def test_steps_and_their_options_are_listed_without_places(card_of):
    """The recipe tells what was done; where files lie on the team's machines it keeps to itself."""
    steps = {
        "read": [{"csv": {"path": "/home/jane/a.csv", "map": {"input": "q"}}}],
        "refine": ["normalize_text", {"text_length": {"min_chars": 3}}],
    }
    card = card_of(chat(), recipe=steps)
    assert "| refine: text\\_length | Reject texts outside a length range" in card
    assert "| min\\_chars: 3 |" in card
    assert "map: \\{input: q\\}" in card
    assert "jane" not in card


def test_people_are_told_with_their_agreement(card_of):
    """How many, what they decided, how far they agree; a set that nobody saw says so."""
    seen = {"status": "approved", "by": "reviewer1", "score": None}
    card = card_of(chat(review=seen), chat("b"), review=REVIEW, card={"annotators": "Two clerks."})
    assert "People have reviewed 1 of the rows: approved 1." in card
    assert (
        "2 people gave 5 answers on 3 rows, 2 of which several people saw; on 1 they gave" in card
    )
    assert "| verdict | 2 | 50% | 0.25 | 0.10 to 0.40 |" in card
    assert "Two clerks." in card
    assert front_of(card)["annotations_creators"] == ["found", "expert-generated"]


def test_personal_data_is_counted_and_never_shown(card_of):
    """By type, somebody's and nobody's; a row with somebody's is not the example."""
    card = card_of(
        chat("I am jane@ferry.org, or joan@ferry.org"), chat("write to a@example.com"), chat("536-22-8726"),
    )  # fmt: skip
    assert "| email | 2 | 1 | 1 |" in card
    assert "| us ssn | 1 | 1 | 0 |" in card
    assert '"content": "write to a@example.com"' in card
    assert "ferry.org" not in card
    assert "536-22" not in card


def test_sources_and_licences_are_counted(card_of):
    """Each file with its rows, hash and licences."""
    files = (
        {"uri": "a|b.csv", "sha256": "ff", "rows": 3, "kept": 2},
        {"uri": "data.csv", "sha256": "ee"},
    )
    card = card_of(chat(licence="MIT"), chat("b"), inputs=files)
    assert "| none stated | 1 |" in card
    assert "| MIT | 1 |" in card
    assert "| a\\|b.csv | 3 | 2 |  | ff |" in card
    assert "| data.csv | 0 | 0 | none stated, MIT | ee |" in card


def test_what_the_recipe_says_stands_on_the_card(card_of):
    """Title, summary, uses, limits, whom to ask; and a citation made of it."""
    about = {
        "title": "Desk & pier", "summary": "What *people* ask.", "intended_use": "Trying out.",
        "limits": "Small.", "collection": "By hand.", "contact": "desk@example.org",
        "creators": ["Lantern Line", "Ann Å"], "version": "1.2.3", "published": "2026-01-31",
        "url": "https://huggingface.co/datasets/l/d",
    }  # fmt: skip
    card = card_of(chat(), card=about)
    assert front_of(card)["pretty_name"] == "Desk & pier"
    for words in ("# Desk \\& pier", "What *people* ask.", "## Intended use\n\nTrying out.", "Small.",
                  "By hand.", "## Contact\n\ndesk@example.org", "author = {{Lantern Line} and {Ann Å}},",
                  "title = {{Desk \\& pier}},", "year = {2026},", "@misc{lantern-line-desk-pier-2026,"):  # fmt: skip
        assert words in card


def test_a_citation_of_the_recipe_is_taken_as_it_is(card_of):
    """A paper is cited by its own entry; without creators, none is made up."""
    assert "```bibtex\n@article{x, title={Y}}\n```" in card_of(
        chat(), card={"citation": "@article{x, title={Y}}\n", "creators": ["A"]}
    )
    assert "## Citation" not in card_of(chat(), card={"title": "T"})


def test_limits_are_what_the_counts_show(card_of):
    """Language, review, rare labels, licences, and rows that patterns made."""
    made = {"uri": "a", "derived_by": "faq"}
    card = card_of(chat(language="en", label="x"), chat("b", provenance=made), chat("c"))
    for words in ("- Language: en.", "- 2 rows do not say which language", "- 3 rows were reviewed by nobody.",
                  "- 1 of 1 labels have fewer than 10 rows.", "- 3 rows state no licence.",
                  "- 1 rows were drawn from documents"):  # fmt: skip
        assert words in card


def test_no_text_of_the_data_leaves_its_fence_or_cell(card_of):
    """Labels, licences, languages, files, reasons and rows may hold Markdown: it is shown, not obeyed."""
    card = card_of(
        chat(NASTY, label=NASTY, licence=NASTY, language=NASTY, provenance={"uri": NASTY}),
        inputs=({"uri": NASTY, "sha256": "ab"},), changes={NASTY: {NASTY: 1}},
        task=Task(instruction=NASTY),
    )  # fmt: skip
    front, body = card.split("---\n", 2)[1:]
    assert yaml.safe_load(front)["license"] == "other"
    outside = outside_of_fences(body)
    assert "<script>" not in outside
    assert "\n# A heading" not in outside
    assert [line for line in outside.splitlines() if line.startswith("# ")] == ["# ferry"]


def outside_of_fences(body):
    """Drop fenced blocks as CommonMark closes them."""
    kept, mark = [], None
    for line in body.splitlines():
        run = len(line) - len(line.lstrip("`"))
        if mark is None and run >= 3:
            mark = run
        elif mark is not None and run >= mark and not line.strip("`").strip():
            mark = None
        elif mark is None:
            kept.append(line)
    assert mark is None
    return "\n".join(kept)
