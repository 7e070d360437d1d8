"""Chain-of-thought: reasoning before a marked answer."""

from curator.prompt import Exemplar, completed, left_out, messages, shown
from curator.task import Task

QUERY = [{"role": "user", "content": "3+3?"}]


def exemplar(name, **fields):
    return Exemplar(id=name, prompt=[{"role": "user", "content": name}],
                    completion={"role": "assistant", "content": "4", **fields})  # fmt: skip


def test_exemplars_show_reasoning_then_a_marked_answer():
    """The golden chain-of-thought prompt."""
    assert messages(Task(instruction="Add."), [exemplar("2+2?", reasoning="Two and two.")], QUERY, "chain_of_thought") == [
        {"role": "system", "content": 'Add.\n\nThink step by step. Then give the final answer after "Answer:".'},
        {"role": "user", "content": "2+2?"},
        {"role": "assistant", "content": "Two and two.\n\nAnswer: 4"},
        {"role": "user", "content": "3+3?"},
    ]  # fmt: skip


def test_exemplars_without_reasoning_are_not_shown():
    """A bare answer would teach to skip the reasoning."""
    both = [exemplar("a"), exemplar("b", reasoning="r"), exemplar("c", reasoning="")]
    assert [one.id for one in shown(both, "chain_of_thought")] == ["b"]
    assert left_out(both, "chain_of_thought") == [
        ("a", "it has no reasoning"),
        ("c", "it has no reasoning"),
    ]


def test_cue_and_marker_are_the_recipe_s():
    """Each word the model sees can be chosen."""
    task = Task(cue="Show your work.", answer_marker="####")
    said = messages(task, [exemplar("a", reasoning="r")], QUERY, "chain_of_thought")
    assert (said[0]["content"], said[2]["content"]) == ("Show your work.", "r\n\n#### 4")


def test_a_completion_is_trained_behind_its_reasoning_where_the_task_wants_it():
    """Prompt and training row write reasoning alike."""
    said = {"role": "assistant", "content": "4", "reasoning": "r"}
    assert completed(Task(reasoning=True), said) == {
        "role": "assistant",
        "content": "r\n\nAnswer: 4",
    }
    assert completed(Task(), said) == {"role": "assistant", "content": "4"}
