"""Files of JSON are cut into rows where Python would cut them."""

import json

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.kernels.json_cut import cut_elements, cut_lines

_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)

_LONG = b"z" * 61


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from([b"x", b" y", b"", b" \t", b"\r", b"\x0b", _LONG]), max_size=12))
def test_lines_are_cut_as_python_cuts_them(lines):
    """Blank lines are none, but count."""
    content = b"\n".join(lines)
    starts, ends, numbers, count = cut_lines(np.frombuffer(content, dtype=np.uint8))
    plain = content.split(b"\n") if content else []
    plain = plain[:-1] if plain and not plain[-1] else plain
    expected = [(at, line) for at, line in enumerate(plain) if line.strip(b" \t\r")]
    assert [(n, content[s:e]) for s, e, n in zip(starts, ends, numbers, strict=True)] == expected
    assert count == len(plain)


@settings(max_examples=100, deadline=None)
@given(st.lists(_values, max_size=5), st.sampled_from([None, 2]))
def test_elements_are_cut_as_python_reads_them(values, indent):
    """At commas outside of texts and inner brackets."""
    content = json.dumps(values, indent=indent).encode()
    places = [np.empty(20, dtype=np.int64) for _ in range(3)]
    found, after, _, is_closed = cut_elements(
        np.frombuffer(content, dtype=np.uint8), 1, ord("]"), *places
    )
    cut = [content[places[0][at] : places[1][at]] for at in range(found)]
    assert [json.loads(each) for each in cut if each] == values
    assert (after, is_closed) == (len(content), True)
