"""Texts put together from slots: whatever they hold, they come out as Python writes them."""

import json

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.kernels.json_cut import cut_lines
from curator.kernels.json_fill import COMPACT, LITERAL, MADE, RAW, TEXT, Program, Slots, fill
from curator.kernels.json_skeleton import skeletons


def program(*plans, literals=b""):
    """Pack plans: each a list of cells, each a list of parts or None."""
    cells = [cell for plan in plans for cell in plan]
    parts = [part for cell in cells for part in cell or ()]
    return Program(
        np.cumsum([0, *(len(plan) for plan in plans)]),
        np.cumsum([0, *(len(cell or ()) for cell in cells)]),
        np.array([cell is None for cell in cells]),
        np.array(parts, dtype=np.int64).reshape(-1, 3),
        np.frombuffer(literals, dtype=np.uint8),
    )


def slots_of(rows):
    """Give the slots of rows, lists by the name "l" being one slot each."""
    data = np.frombuffer(b"\n".join(rows), dtype=np.uint8)
    starts, ends, _, _ = cut_lines(data)
    found = skeletons(data, starts, ends, lists=("l",))
    assert found.is_sound.all()
    return Slots(data, found.spans, found.slot_offsets[:-1])


def made_of(texts):
    """Lay plain texts end to end, one a row."""
    ends = np.cumsum([0, *(len(text.encode()) for text in texts)])
    data = np.frombuffer("".join(texts).encode(), dtype=np.uint8)
    return Slots(data, np.stack([ends[:-1], ends[1:]], axis=1), np.arange(len(texts)))


def filled(plan, cells, rows, made=()):
    found = fill(np.array(plan, dtype=np.int64), cells, slots_of(rows), made_of(made))
    whole, ends = found.data.tobytes(), found.offsets
    return [
        whole[ends[at] : ends[at + 1]].decode() if there else None
        for at, there in enumerate(found.is_there)
    ]


def test_cells_are_filled_as_the_plan_of_a_row_says():
    """Literals, texts and nulls, rows of several plans mixed."""
    cells = program(
        [[(LITERAL, 0, 4)], [(TEXT, 0, 0), (LITERAL, 4, 6), (TEXT, 1, 0)]],
        [None, [(RAW, 0, 0)], []],
        literals=b"user\n\n",
    )
    rows = [b'{"a":"1\\n","b":"2"}', b'{"a": "3\\n"}', b'{"b":"4","a":"\\u00e9"}']
    assert filled([0, 1, 0], cells, rows) == [
        "user",
        "1\n\n\n2",
        None,
        "3\\n",
        "",
        "user",
        "4\n\n\u00e9",
    ]


_texts = st.text(max_size=8) | st.sampled_from(
    ['"', "\\", '\\\\"', "\x00\x0b\x1f", "\n\r\t\b\f", "/", "\x7f", "😀é"]
)
_values = st.recursive(
    st.none() | st.booleans() | st.integers() | _texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner),
    max_leaves=6,
)


def nested(text, level):
    """Write a text into strings of JSON, one in the other."""
    for _ in range(level):
        text = json.dumps(text, ensure_ascii=False)[1:-1]
    return text


@settings(max_examples=300, deadline=None)
@given(_texts, st.integers(0, 4), st.booleans(), st.booleans())
def test_a_text_stands_in_any_number_of_json_strings(text, level, is_ascii, has_slashes):
    """As if it had been written anew each time, however the source escapes it."""
    row = json.dumps({"a": text}, ensure_ascii=is_ascii)
    row = row.replace("/", "\\/") if has_slashes else row
    cells = program([[(TEXT, 0, level), (MADE, 0, level)]])
    assert filled([0], cells, [row.encode()], [text]) == [nested(text, level) * 2]


@settings(max_examples=300, deadline=None)
@given(st.lists(_values, min_size=1, max_size=3), st.booleans(), st.sampled_from([None, 2]))
def test_a_list_is_written_without_blanks(values, is_ascii, indent):
    """Its texts as short as they can be."""
    row = json.dumps({"l": values}, ensure_ascii=is_ascii, indent=indent).replace("\n", "\t")
    expected = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    cells = program([[(LITERAL, 0, 1), (COMPACT, 0, 0), (LITERAL, 1, 2)]], literals=b"[]")
    assert filled([0], cells, [row.encode()]) == [expected]
