"""The scan of JSON rows: regular is what Python reads without doubt, and texts and rest come out exact."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.kernels.json_cut import cut_elements, cut_lines
from curator.kernels.json_fields import CHAT, TEXT, UNWANTED, ask
from curator.kernels.json_scan import scan
from curator.kernels.json_texts import gather

ASKED = ask({"t": TEXT, "part": TEXT, "m": CHAT, "no": UNWANTED}, {"part"}, ("role", "content"))


def read(*rows: bytes, max_bytes: int = 1000):
    data = np.frombuffer(b"\n".join(rows), dtype=np.uint8)
    starts, ends, _, _ = cut_lines(data)
    return data, scan(data, starts, ends, ASKED, max_bytes)


def is_regular(row: bytes, **limits: int) -> bool:
    return bool(read(row, **limits)[1].is_regular[0])


def texts(data, spans) -> list[str | None]:
    offsets, copied, is_there = gather(data, spans)
    whole = copied.tobytes()
    return [
        whole[offsets[at] : offsets[at + 1]].decode() if there else None
        for at, there in enumerate(is_there)
    ]


def rests(found) -> list[str]:
    ends = found.rest_offsets
    return [found.rest[ends[at] : ends[at + 1]].tobytes().decode() for at in range(len(ends) - 1)]


@pytest.mark.parametrize(
    "row",
    [
        b"{}",
        b' {\t"t" : "x" , "a":[ ] }\r',
        b'{"a":[1,-0.5e+3,{"b":[true,false,null]}]}',
        b'{"t":null,"m":null}',
        b'{"t":3,"part":-1.50}',
        b'{"m":[{"role":"user","content":"x"},{"content":null},{}]}',
        b'{"t":"\\u00e9\\ud83d\\ude00\\n"}',
        '{"ключ":"é\u2028😀"}'.encode(),
        b'{"a":{"x":1},"b":{"x":1}}',
    ],
)
def test_sound_rows_of_the_asked_kind_are_regular(row):
    """They can be taken as they are."""
    assert is_regular(row)


@pytest.mark.parametrize(
    "row",
    [
        b"[]",
        b'{"a":1}x',
        b'{"a":1,}',
        b'{"a" 1}',
        b'{"a":[1,]}',
        b'{"a":[1}',
        b'{"a":01}',
        b'{"a":.5}',
        b'{"a":1.}',
        b'{"a":1e}',
        b'{"a":+1}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":truth}',
        b'{"a":' + b"1" * 1001 + b"}",
        b'{"a":"\x01"}',
        b'{"a":"\\x"}',
        b'{"a":"\\u12g4"}',
        b'{"a":"\\ud800"}',
        b'{"a":"\\udc00"}',
        b'{"a":"\\ud800\\u0041"}',
        b'{"a":"\xff"}',
        b'{"a":"\xc0\x80"}',
        b'{"a":"\xed\xa0\x80"}',
        b'{"a":"\xf4\x90\x80\x80"}',
        b'{"a":"\xe2\x82"}',
        b'{"a":1,"a":1}',
        b'{"z":{"a":{},"b":1,"a":1}}',
        b'{"\\u0061":1}',
        b'{"a":' + b"[" * 70 + b"]" * 70 + b"}",
        b'{"t":["x"]}',
        b'{"t":{}}',
        b'{"no":null}',
        b'{"m":"x"}',
        b'{"m":{}}',
        b'{"m":["x"]}',
        b'{"m":[null]}',
        b'{"m":[[]]}',
        b'{"m":[{"name":"x"}]}',
        b'{"m":[{"content":["x"]}]}',
        b'{"m":[{"content":{}}]}',
    ],
)
def test_all_else_needs_a_careful_reader(row):
    """One doubt is enough."""
    assert not is_regular(row)


def test_an_over_long_text_is_irregular_wherever_it_stands():
    """The limit counts bytes between the quotes."""
    for row in (b'{"t":"%s"}', b'{"a":[{"b":"%s"}]}', b'{"m":[{"content":"%s"}]}'):
        assert is_regular(row % (b"x" * 10), max_bytes=10)
        assert not is_regular(row % (b"x" * 11), max_bytes=10)


def test_an_irregular_row_leaves_no_trace_in_its_neighbours():
    """What was found before the doubt arose is forgotten."""
    bad = b'{"a":1,"t":"no","m":[{"role":"no"},{"role":"no"}],"t":2}'
    data, found = read(b'{"b":1,"m":[{"role":"a"}]}', bad, b'{"t":"x","m":[{"role":"b"}]}', bad)
    assert found.is_regular.tolist() == [True, False, True, False]
    assert texts(data, found.texts[0]) == [None, "x"]
    assert texts(data, found.said[0]) == ["a", "b"]
    assert found.chat_offsets.tolist() == [0, 1, 2]
    assert rests(found) == ['{"b":1}', ""]


def test_what_is_left_over_keeps_its_very_bytes():
    """Also a field that is asked for and left over too; white space between fields goes."""
    row = b'{ "a" : [1.50,  "\\u00e9"], "t":"x", "part":"y" ,"b":{"c" : 1e5}}'
    _, found = read(row)
    assert rests(found) == ['{"a":[1.50,  "\\u00e9"],"part":"y","b":{"c" : 1e5}}']


_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.fixed_dictionaries({"t": st.none() | st.text(), "a": _values, "m": st.lists(
        st.fixed_dictionaries({}, optional={"role": st.text(), "content": st.none() | st.text()}), max_size=3
    )}), max_size=4),
    st.booleans(),
)  # fmt: skip
def test_texts_and_rest_are_what_python_reads(rows, ascii_only):
    """Whatever the texts hold, escaped or not."""
    lines = [json.dumps(row, ensure_ascii=ascii_only).encode() for row in rows]
    data, found = read(*lines) if lines else read(b"{}")
    kept = [json.loads(line) for line, good in zip(lines, found.is_regular, strict=False) if good]
    assert texts(data, found.texts[0])[: len(kept)] == [row["t"] for row in kept]
    said = [message for row in kept for message in row["m"]]
    assert texts(data, found.said[1]) == [message.get("content") for message in said]
    assert [json.loads(rest)["a"] for rest in rests(found) if rest] == [row["a"] for row in kept]


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
