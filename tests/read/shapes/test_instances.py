"""Instance lists: one row is as many records as it has instances."""

import pytest

from curator.read.shapes import instances
from curator.read.values import Unmappable


def test_each_instance_is_a_record():
    """With the instruction they share, and what else an instance holds in meta."""
    row = {
        "instruction": "Classify.",
        "instances": [{"input": "late", "output": "a"}, {"input": "", "output": "b", "hard": True}],
    }
    first, second = instances.to_records(row, {})
    assert [said["content"] for said in first["messages"]] == ["Classify.\n\nlate", "a"]
    assert [said["content"] for said in second["messages"]] == ["Classify.", "b"]
    assert (first["meta"], second["meta"]) == ({}, {"instances": {"1": {"hard": True}}})


@pytest.mark.parametrize(
    ("listed", "reason"),
    [
        ([], "no instances | $.instances is an empty list"),
        (["x"], "wrong type | $.instances[0]: a string where an object is expected"),
        ([{"output": "a"}, {"input": "b"}], "missing field | $.instances[1].output"),
        (None, "missing field | $.instances"),
    ],
)
def test_a_row_that_cannot_be_records_says_where(listed, reason):
    """One bad instance rejects its row: half of a row is never kept."""
    with pytest.raises(Unmappable) as error:
        instances.to_records({"instruction": "x", "instances": listed}, {})
    assert str(error.value) == reason
