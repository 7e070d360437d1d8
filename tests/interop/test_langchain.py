"""The LangChain form in langchain_core."""

import json

import pytest

pytestmark = pytest.mark.interop


def test_a_chat_prompt_shows_the_examples_as_they_are(python, made):
    """Turns of the exemplars by rank, then the query, braces and all."""
    task, shown, asked, forms = made
    lines = """
import json, load
asked = json.loads(input())
said = load.chat_prompt().invoke({"input": asked}).to_messages()
print(json.dumps([[turn.type, turn.content] for turn in said]))
""".replace("input()", repr(json.dumps(asked[0])))
    turns = json.loads(python(lines, forms / "langchain"))
    assert turns[0] == ["system", task.instruction]
    assert [text for kind, text in turns[1:] if kind == "human"] == [
        task.render(text) for text in [*shown, asked[0]]
    ]


def test_a_text_prompt_shows_the_examples_as_they_are(python, made):
    """FewShotPromptTemplate reads examples twice; nothing of them is lost by it."""
    task, shown, _, forms = made
    lines = "import json, load; print(json.dumps(load.text_prompt().format(input='{x} y')))"
    text = json.loads(python(lines, forms / "langchain"))
    assert text.startswith(task.instruction)
    assert text.endswith(task.render("{x} y"))
    assert all(task.render(one) + "\n" in text for one in shown)


def test_selectors_of_the_library_take_the_examples(python, made):
    """By length as the settings say, and by similarity in a store."""
    _, shown, _, forms = made
    lines = """
import json, load
from langchain_core.embeddings import DeterministicFakeEmbedding
from langchain_core.example_selectors import LengthBasedExampleSelector, SemanticSimilarityExampleSelector
from langchain_core.prompts import PromptTemplate
from langchain_core.vectorstores import InMemoryVectorStore

chosen = load.settings["selector"]
assert chosen["name"] == "LengthBasedExampleSelector"
by_length = LengthBasedExampleSelector(
    examples=load.examples,
    example_prompt=PromptTemplate.from_template(load.settings["template"] + "\\n{output}"),
    max_length=chosen["max_length"],
)
near = SemanticSimilarityExampleSelector.from_examples(
    load.examples, DeterministicFakeEmbedding(size=8), InMemoryVectorStore, k=2, input_keys=["input"]
)
found = near.select_examples({"input": load.examples[1]["input"]})
said = load.chat_prompt(near).invoke({"input": load.examples[1]["input"]}).to_messages()
print(json.dumps([len(by_length.select_examples({"input": ""})), found[0] == load.examples[1], len(said)]))
"""
    assert json.loads(python(lines, forms / "langchain")) == [len(shown), True, 6]
