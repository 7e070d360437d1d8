"""What is found becomes rows, in documents whose language the pattern knows."""

from pathlib import Path

import pytest

from curator.derive import definitions, faq
from curator.read.documents import Options, read

GERMAN = "Ein **Korb** ist ein Behälter, in dem das Tier stehen kann, wenn es reist. " * 3
ENGLISH = "A **basket** is a box in which the animal can stand when it travels with you. " * 3


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Work in a fresh folder."""
    monkeypatch.chdir(tmp_path)


def derived(step, **options) -> list[str]:
    """Read the pages of the folder, and give the questions that are derived from them."""
    made = step.derive(read(Options(path="*.*", **options)), step.Options()).collect()
    return [messages[0]["content"] for messages in made["messages"].to_list()]


@pytest.mark.parametrize(
    ("name", "page", "options", "is_read"),
    [
        ("a.md", ENGLISH, {}, True),
        ("a.md", ENGLISH, {"language": "de"}, False),
        ("a.md", GERMAN + "A **zone** is an island.", {}, False),
        ("a.md", GERMAN + "A **zone** is an island.", {"language": "en"}, True),
        ("a.md", f"---\nlang: de\n---\n{ENGLISH}", {"language": "en"}, False),
        ("a.html", f"<!doctype html><html lang=en-GB><p>{ENGLISH}", {"language": "de"}, True),
        ("a.md", "A **zone** is an island.", {}, True),  # too few words to tell
    ],
)
def test_a_pattern_of_english_words_reads_english(name, page, options, is_read):
    """What the file states comes first, then what the recipe says, then the words themselves."""
    page = page.replace("**basket**", "<b>basket</b>") if name.endswith("html") else page
    Path(name).write_text(page)
    assert bool(derived(definitions, **options)) is is_read


def test_documents_that_are_passed_over_are_told_once_a_step(caplog):
    """With the first of them; what knows other languages reads them all."""
    for at in range(3):
        Path(f"{at}.md").write_text(f"{GERMAN}\n\n## Darf mein Hund {at} mit?\n\nJa, er darf mit.")
    assert derived(definitions) == []
    told = "definitions knows English only; left out: 0.md (by its words), and 2 more"
    assert caplog.messages == [told]
    assert derived(faq) == [f"Darf mein Hund {at} mit?" for at in range(3)]
