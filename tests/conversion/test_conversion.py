"""Lines that were foretold are those that rows become one by one, in every shape."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curator import conversion
from curator.errors import WriteError
from curator.export import export
from curator.read import learned
from curator.read.learned import hostile
from curator.write.formats import targets

ROWS = json.loads((Path(__file__).parents[1] / "read/rows_of_every_shape.json").read_text())
KEPT = ("role", "from", "type", "weight", "split", "schemaVersion")

_texts = st.text(max_size=6) | st.sampled_from(
    [*hostile.TEXTS, "", " ", "\u3000", '"', "/", "\x00\u2028😀"]
)


def varied(value, name=""):
    """Give rows of the same fields, with whatever texts."""
    if isinstance(value, dict):
        return st.fixed_dictionaries({key: varied(inner, key) for key, inner in value.items()})
    if isinstance(value, list):
        return st.tuples(*map(varied, value)).map(list)
    if isinstance(value, str) and name not in KEPT and value[:1] not in "[{":
        return st.just(value) | _texts
    return st.just(value)


@pytest.fixture
def eager(monkeypatch):
    """Learn from every row, and use what was learned without proof."""
    for module, name, value in (
        (learned, "MIN_PIECE_ROWS", 1), (learned, "MIN_ROWS", 1), (learned, "PROVEN_ROWS", 0),
        (conversion, "MIN_ROWS", 1), (conversion, "PROVEN_ROWS", 0), (conversion, "PROVEN_EVERY", 1 << 40),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, value)


def converted(path, target, **options):
    """Convert a file: give what is told and written, or what is said of a line that breaks."""
    out = path.parent / "out"
    try:
        told = export(path, target, out, force=True, **options)
    except WriteError as error:
        return str(error)
    return told, {file.name: file.read_bytes() for file in out.iterdir()}


def both(folder, rows, target, **options):
    """Convert rows in both ways, which give the same; say how many records were ready."""
    path = folder / "rows.jsonl"
    path.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    ready, true = [], conversion.assembled
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(conversion, "assembled", lambda *a: ready.append(true(*a)) or ready[-1])
        found = converted(path, target, **options)
        patch.setattr(conversion, "learn", lambda candidates, *_: [None] * len(candidates))
        assert converted(path, target, **options) == found
    return sum(map(len, ready))


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data(), st.sampled_from(sorted(ROWS)), st.sampled_from(targets()))
def test_every_shape_becomes_every_other_in_both_ways(tmp_path, eager, data, shape, target):
    """Whatever the texts are, files and counts are the same."""
    kinds = data.draw(st.lists(st.sampled_from(ROWS[shape]), min_size=1, max_size=3))
    rows = [ROWS[shape][0], *(data.draw(varied(kind)) for kind in kinds for _ in range(3))]
    order = data.draw(st.permutations(rows[1:]))
    is_ascii = data.draw(st.booleans())
    both(tmp_path, [json.dumps(row, ensure_ascii=is_ascii) for row in [rows[0], *order]], target)


@pytest.mark.parametrize("target", ["alpaca", "sharegpt", "messages", "text", "openai_dpo"])
def test_rows_of_words_are_ready(tmp_path, target):
    """Rows that differ in their words alone become lines, or are left out, without records."""
    rows = [
        {
            "messages": [
                {"role": "user", "content": f"Q{n}"},
                {"role": "assistant", "content": f"é {n}"},
            ]
        }
        for n in range(2000)
    ]
    assert both(tmp_path, map(json.dumps, rows), target) == 2000


def test_only_splits_that_are_asked_for_are_written(tmp_path):
    """Rows of other splits are counted, whichever way they are read."""
    rows = [
        {"question": f"Q{n}", "answer": "A", "split": ("train", "test")[n % 2]} for n in range(4000)
    ]
    assert both(tmp_path, map(json.dumps, rows), "messages", splits=("test",)) == 2000


def test_rows_that_break_are_told_by_their_line(tmp_path):
    """Broken rows among ready ones are rejected where they stand."""
    rows = [json.dumps({"instruction": f"I{n}", "output": "o" * (n % 3)}) for n in range(4000)]
    rows[1234] = rows[1234][:-5]
    rows[2345] = '{"instruction": 1}'
    assert both(tmp_path, rows, "messages") > 1000
