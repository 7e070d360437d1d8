"""What a reviewer reads before the first record."""

from curator.review.guidelines import MAX_CHARS, guidelines
from curator.review.questions import questions
from curator.task import Output, Task


def told(**fields):
    task = Task(**fields)
    return guidelines(task, questions(task))


def test_the_task_stands_there_in_its_own_words():
    """Markup of a recipe's text is text."""
    text = told(persona="You are a clerk.", instruction="Use *no* <b>HTML</b>.\n\n1. Be short")
    assert "> You are a clerk.\n" in text
    assert "> Use \\*no\\* \\<b\\>HTML\\</b\\>.\n>\n> 1. Be short\n" in text


def test_each_contract_says_what_a_right_answer_is():
    """Labels, a schema, bullets and text are judged by different things."""
    assert "Exactly one of 2 labels:\n\n- lost\\_card\n- b\n" in told(
        output=Output(labels=("lost_card", "b"))
    )
    schema = told(output=Output(json_schema={"type": "object"}))
    assert '```json\n{\n  "type": "object"\n}\n```' in schema
    assert "each beginning with `- `" in told(output=Output(format="bullets"))
    assert "true, complete" in told()


def test_the_answer_is_named_by_the_title_of_its_question():
    """A label is put right under Label, a text under Answer."""
    assert "Put it right under *Label*." in told(output=Output(labels=("a", "b")))
    assert "Put it right under *Answer*." in told()
    assert "Say why under *Reasons*." in told()


def test_the_guidelines_fit_into_what_argilla_takes():
    """A task of any length can be sent."""
    text = told(instruction="x" * 20_000, output=Output(labels=tuple(map(str, range(400)))))
    assert len(text) <= MAX_CHARS
    assert text.endswith(" …")
    many = told(output=Output(labels=tuple(f"label {n}" for n in range(400))))
    assert "- and 300 more, which the question lists" in many
