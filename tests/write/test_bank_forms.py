"""The forms of a bank that other tools load, and what none of its files may hold."""

import json
import re
from dataclasses import replace

import pytest

from curator.errors import RecipeError
from curator.task import Output, Task
from curator.write import bank
from curator.write.bank.forms import names, promptfoo

TASK = Task(instruction="Classify.", input="M: {{ input }}", output=Output(labels=("a", "b")))


def row(text, answer="a", rank=None, split="train", **fields):
    return {
        "messages": [text, answer], "label": None, "split": split, "exemplar_rank": rank, **fields
    }  # fmt: skip


def made(frame, out, manifest, task=TASK, **options):
    bank.write(frame, bank.Options(**options), out, task=task, manifest=manifest)
    return json.loads((out / "bank.json").read_text())["forms"]


def read(path):
    return json.loads(path.read_text())


def test_forms_are_those_that_are_asked_for(tmp_path, records, manifest):
    """One folder each; by default all there are."""
    assert bank.Options().forms == names()
    made(records(row("q", rank=0)), tmp_path, manifest, forms=("messages",))
    assert [path.name for path in (tmp_path / "forms").iterdir()] == ["messages"]


def test_an_unknown_form_is_refused(tmp_path, records, manifest):
    """Before anything is written."""
    with pytest.raises(RecipeError) as caught:
        made(records(row("q", rank=0)), tmp_path, manifest, forms=("kiln", "dspy"))
    assert str(caught.value) == (
        "unknown form 'kiln'\n  hint: known are dspy, langchain, messages, promptfoo"
    )
    assert not list(tmp_path.iterdir())


def test_messages_are_the_turns_of_a_prompt(tmp_path, records, manifest):
    """With the input template, without the task's system text, reasoning or weights."""
    said = {"role": "assistant", "content": "b", "reasoning": "because", "weight": 1}
    frame = records({"messages": ["q", said], "exemplar_rank": 0}, row("r", rank=1))
    assert made(frame, tmp_path, manifest)["messages"] == {"exemplars": 2, "left_out": {}}
    first, _ = (tmp_path / "forms/messages/exemplars.jsonl").read_text().splitlines()
    assert json.loads(first) == {
        "messages": [{"role": "user", "content": "M: q"}, {"role": "assistant", "content": "b"}]
    }


def test_dspy_rows_hold_the_bare_input(tmp_path, records, manifest):
    """Its own templates go around it; a context is an input of its own on every row."""
    frame = records(row("q", rank=0, context="P."), row("r", rank=1))
    made(frame, tmp_path, manifest, Task(instruction="Read."))
    assert read(tmp_path / "forms/dspy/trainset.json") == [
        {"context": "P.", "input": "q", "answer": "a"},
        {"context": "", "input": "r", "answer": "a"},
    ]
    assert read(tmp_path / "forms/dspy/settings.json") == {
        "with_inputs": ["context", "input"],
        "signature": "context, input -> answer",
        "instructions": "Read.",
    }


def test_what_is_no_question_and_answer_is_left_out_and_counted(tmp_path, records, manifest):
    """Tools that know an input and an output get those rows alone."""
    call = {"role": "assistant", "tool_calls": '[{"function": {"name": "f", "arguments": "{}"}}]'}
    frame = records(
        {"messages": ["q", "a", "r", "b"], "exemplar_rank": 0},
        {"messages": ["q", call], "exemplar_rank": 1},
        {"messages": [{"role": "system", "content": "s"}, *turns("q", "a")], "exemplar_rank": 2},
    )
    forms = made(frame, tmp_path, manifest)
    left_out = {"an answer that is not text": 1, "more than one turn": 1}
    assert forms["dspy"] == forms["langchain"] == {"exemplars": 1, "left_out": left_out}
    assert forms["messages"]["exemplars"] == 3


def turns(*texts):
    roles = ("user", "assistant")
    return [{"role": role, "content": text} for role, text in zip(roles, texts, strict=True)]


@pytest.mark.parametrize(
    ("template", "contexts", "said"),
    [
        ("M{}: {{ input }}", (None, None), ("M{{}}: {input}", "q")),
        ("{{ input }}", ("P.", "P."), ("{context}\n\n{input}", "q")),
        ("{{ context }}|{{ input }}", ("P.", "P."), ("{context}|{input}", "q")),
        ("{{ input }}", ("P.", None), ("{input}", "P.\n\nq")),
        ("{{ input | upper }}", (None, None), ("{input}", "Q")),
    ],
)
def test_the_input_template_becomes_an_f_string(
    tmp_path, records, manifest, *, template, contexts, said
):
    """Where that cannot be, the inputs are rendered."""
    frame = records(*(row("q", rank=i, context=text) for i, text in enumerate(contexts)))
    made(frame, tmp_path, manifest, Task(instruction="{x}", input=template))
    settings = read(tmp_path / "forms/langchain/settings.json")
    first = read(tmp_path / "forms/langchain/examples.json")[0]
    assert (settings["template"], first["input"]) == said
    assert settings["system"] == "{{x}}"
    assert sorted(settings["input_variables"]) == sorted(set(first) - {"output"})


@pytest.mark.parametrize(
    ("strategy", "selector"),
    [
        ("nearest", {"name": "SemanticSimilarityExampleSelector", "k": 2, "input_keys": ["input"]}),
        ("mmr", {"name": "MaxMarginalRelevanceExampleSelector", "k": 2, "input_keys": ["input"]}),
        ("random", {"name": "LengthBasedExampleSelector", "max_length": 10}),
    ],
)
def test_a_selector_is_named_after_the_strategy(tmp_path, records, manifest, strategy, selector):
    """What langchain_core has that chooses likewise; else examples up to a length in words."""
    frame = records(row("two words", rank=0), row("one\nmore", rank=1))
    made(
        frame,
        tmp_path,
        replace(manifest, recipe={"select": ["split", strategy]}),
        forms=("langchain",),
    )
    settings = read(tmp_path / "forms/langchain/settings.json")
    assert settings["selector"] == selector


@pytest.mark.parametrize(
    ("output", "answer", "asserts"),
    [
        (Output(labels=("a", "b")), " a ", [{"type": "equals", "value": "a"}]),
        (Output(format="bullets"), "- x", [{"type": "regex", "value": r"(^|\n)- "}]),
        (Output(), "72", [{"type": "icontains", "value": "72"}]),
        (Output(), "word " * 30, None),
        (Output(), "two\nlines", None),
        (
            Output(json_schema={"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object"}),
            "{}", [{"type": "is-json", "value": {"type": "object"}}],
        ),
    ],
)  # fmt: skip
def test_a_test_asks_what_the_contract_asks(
    tmp_path, records, manifest, *, output, answer, asserts
):
    """A long free answer is judged by a person or a model, not word for word."""
    frame = records(row("q", rank=0), row("asked", answer, split="test"))
    facts = made(frame, tmp_path, manifest, Task(output=output))["promptfoo"]
    (test,) = read(tmp_path / "forms/promptfoo/tests.json")
    assert test.get("assert") == asserts
    assert facts["tests_without_assert"] == (asserts is None)
    assert test["vars"] == {"query": {"text": "asked"}}


def test_tests_are_drawn_by_seed(tmp_path, records, manifest):
    """As many as are asked for; the same ones whatever else there is; others with another seed."""
    frame = records(row("q", rank=0), *(row(f"t{i}", split="test") for i in range(40)))
    drawn = []
    for seed, limit in ((1, 5), (1, 9), (2, 5)):
        out = tmp_path / f"{seed}-{limit}"
        out.mkdir()
        made(frame, out, manifest, seed=seed, max_tests=limit)
        tests = read(out / "forms/promptfoo/tests.json")
        drawn.append({test["metadata"]["id"] for test in tests})
    assert [len(ids) for ids in drawn] == [5, 9, 5]
    assert drawn[0] < drawn[1]
    assert drawn[0] != drawn[2]


def test_a_dialogue_is_no_test(tmp_path, records, manifest):
    """What one message cannot ask is counted, not asked by halves."""
    talk = {"messages": ["a", "b", "c", "d"], "split": "test"}
    facts = made(records(row("q", rank=0), talk), tmp_path, manifest)["promptfoo"]
    assert facts["tests"] == 0
    assert facts["left_out"] == {"more than one turn, or system text of its own": 1}


@pytest.mark.parametrize(
    "text",
    [
        "{{ x }}",
        "{% raw %}",
        "{# c #}",
        "{{{{",
        "}}}}",
        "#}",
        "file:///etc",
        "package:x",
        "a { b",
        "",
    ],
)
def test_quoted_text_is_no_template(text):
    """Jinja reads what Nunjucks reads here: it renders to the text itself."""
    from jinja2.sandbox import SandboxedEnvironment

    quoted = promptfoo.quoted(text)
    assert SandboxedEnvironment(keep_trailing_newline=True).from_string(quoted).render() == text
    assert not quoted.startswith(("file:", "package:"))


def shingles(text):
    words = re.findall(r"\w+", text.lower())
    return {" ".join(words[i : i + 3]) for i in range(len(words) - 2)}


def test_no_file_of_the_bank_holds_what_a_test_asks(tmp_path, records, manifest):
    """No three words in a row of a test or validation row, but in the tests of promptfoo."""
    train = [f"train{i} alpha{i} beta{i} gamma{i}" for i in range(12)]
    held_out = {
        split: [f"{split}{i} delta{i} eps{i} zeta{i}" for i in range(9)]
        for split in ("test", "validation")
    }
    frame = records(
        *(row(text, rank=i if i < 6 else None, context=f"passage of {text}") for i, text in enumerate(train)),
        *(row(text, f"answer to {text}", split=split, context=f"passage of {text}", meta=f'{{"note": "{text}"}}')
          for split, texts in held_out.items() for text in texts),
    )  # fmt: skip
    made(frame, tmp_path, manifest, Task(), max_tests=5)
    secret = {
        shingle for texts in held_out.values() for text in texts for shingle in shingles(text)
    }
    holders = {"shown": set(), "secret": set()}
    for path in (path for path in tmp_path.rglob("*") if path.is_file()):
        held = shingles(path.read_bytes().decode("utf-8", "replace"))
        for kind, wanted in (("shown", shingles(train[0])), ("secret", secret)):
            if held & wanted:
                holders[kind].add(path.relative_to(tmp_path).as_posix())
    assert holders["secret"] == {"forms/promptfoo/tests.json"}
    assert {
        "exemplars.jsonl",
        "forms/dspy/trainset.json",
        "forms/promptfoo/prompts/few_shot.json",
    } < holders["shown"]
    asked = (tmp_path / "forms/promptfoo/tests.json").read_text()
    assert not any(text in asked for text in held_out["validation"])
