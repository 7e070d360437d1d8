"""Which bytes of a row's text are trained on."""

import numpy as np
import polars as pl
import pytest

from curator.records import ROLES
from curator.write.trainer.rendered import Rendered
from curator.write.trainer.trained import trained_spans, whole

#        0123456789
TEXT = "[hi]<yo>[q]<ok>"
SAID = [("user", 1, 3), ("assistant", 5, 8), ("user", 9, 10), ("assistant", 12, 15)]


def rendered(rows: int) -> Rendered:
    """Write the same four messages ``rows`` times."""
    role, start, end = zip(*SAID * rows, strict=True)
    return Rendered(
        texts=pl.Series([TEXT] * rows),
        why=pl.Series([None] * rows, dtype=pl.String),
        prompt_bytes=np.full(rows, 12),
        row=np.repeat(np.arange(rows), 4),
        message=np.tile(np.arange(4), rows),
        role=np.array([ROLES.index(name) for name in role], np.int8),
        start=np.array(start),
        end=np.array(end),
    )


def texts(train_on, weights):
    """Cut out what counts of each row."""
    rows = len(weights) // 4
    spans = trained_spans(
        rendered(rows), np.arange(rows + 1) * 4, np.array(weights, np.int8), train_on
    )
    cut = [TEXT[a:b] for a, b in zip(spans.starts, spans.ends, strict=True)]
    return [cut[a:b] for a, b in zip(spans.offsets[:-1], spans.offsets[1:], strict=True)]


@pytest.mark.parametrize(
    ("train_on", "expected"),
    [("completion", ["ok>"]), ("assistant", ["yo>", "ok>"]), ("all", [TEXT[:12], TEXT[12:]])],
)
def test_what_counts_is_the_last_answer_all_answers_or_everything(train_on, expected):
    """Each row has its own spans, whichever rows stand beside it."""
    assert texts(train_on, [1] * 8) == [expected, expected]


@pytest.mark.parametrize(
    ("train_on", "expected"),
    [("completion", []), ("assistant", ["yo>"]), ("all", ["[hi]<yo>[q]<"])],
)
def test_a_message_of_weight_0_never_counts(train_on, expected):
    """Whatever is trained on, and only in the row that says so."""
    assert texts(train_on, [1, 1, 1, 0, 1, 1, 1, 1])[0] == expected
    assert texts(train_on, [1, 1, 1, 0, 1, 1, 1, 1])[1] != expected


def test_holes_part_everything():
    """Two messages of weight 0 leave three stretches."""
    assert texts("all", [0, 1, 1, 0])[0] == ["[", "]<yo>[q]<"]
    assert texts("all", [1, 0, 0, 1])[0] == ["[hi]<", "[", "]<", "ok>"]


def test_a_row_that_ends_in_a_question_has_no_completion():
    """Its last message is not an assistant's, and none before it counts instead."""
    asked = rendered(1)
    messages = np.array([0, 5])
    spans = trained_spans(asked, messages, np.ones(5, np.int8), "completion")
    assert spans.offsets.tolist() == [0, 0]


def test_a_passage_counts_whole():
    """An empty one has nothing that counts."""
    spans = whole(np.array([3, 0, 2]))
    assert spans.offsets.tolist() == [0, 1, 1, 2]
    assert (spans.starts.tolist(), spans.ends.tolist()) == ([0, 0], [3, 2])
