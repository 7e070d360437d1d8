"""Three ways to say whether a message is trained."""

import pytest

from curator.read.values import Unmappable
from curator.read.weights import weight_in


def span(begin, end, *, train):
    return {"begin_offset": begin, "end_offset": end, "train": train}


@pytest.mark.parametrize(
    ("said", "role", "weight"),
    [
        ({}, "assistant", None),
        ({"weight": 0}, "assistant", 0),
        ({"weight": 0}, "user", 0),
        ({"train": False}, "assistant", 0),
        ({"train": True}, "assistant", 1),
        ({"train": False}, "user", None),
        ({"train": True}, "user", 1),
        ({"train_detail": [span(0, 2, train=True)]}, "assistant", None),
        ({"train_detail": [span(0, 0, train=True), span(1, 2, train=True)]}, "assistant", None),
        ({"train_detail": [span(0, 2, train=False)]}, "assistant", 0),
        ({"train_detail": []}, "assistant", 0),
        ({"train": False, "train_detail": [span(0, 2, train=True)]}, "assistant", 0),
        ({"train": True, "train_detail": [span(0, 2, train=True)]}, "assistant", 1),
    ],
)
def test_each_way_gives_a_weight(said, role, weight):
    """A text of three characters; train: false of nobody but an assistant says something."""
    assert weight_in(said, role, "abc", "$") == weight


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"weight": 2}, "wrong type | $.weight: a weight is 0 or 1"),
        ({"train": "perhaps"}, "wrong type | $.train: a string where true or false is expected"),
        ({"weight": 1, "train": False}, "wrong type | $: weight, train and train_detail disagree"),
        ({"train_detail": [span(0, 1, train=True)]}, "trained in part | $.train_detail: a record is trained whole or not at all"),
        ({"train_detail": [span(0, 0, train=True), span(2, 2, train=True)]}, "trained in part | $.train_detail: a record is trained whole or not at all"),
        ({"train_detail": [{"begin_offset": 0}]}, "wrong type | $.train_detail: a span has begin_offset, end_offset and train"),
    ],
)  # fmt: skip
def test_what_a_record_cannot_say_is_rejected(said, why):
    """Training half of a text is something else than training it."""
    with pytest.raises(Unmappable) as caught:
        weight_in(said, "assistant", "abc", "$")
    assert str(caught.value) == why
