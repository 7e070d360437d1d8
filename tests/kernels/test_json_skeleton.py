"""The skeletons of JSON rows: sound is what Python reads without doubt, and nothing is lost or moved."""

import json
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.kernels.json_cut import cut_lines
from curator.kernels.json_skeleton import skeletons
from curator.kernels.json_texts import gather
from curator.kernels.json_walk import MAX_DEPTH
from curator.read.values import Digits, Unmappable, members

KEPT, LISTS = ("role", "weight"), ("tools",)


def read(*rows: bytes, **options):
    data = np.frombuffer(b"\n".join(rows), dtype=np.uint8)
    starts, ends, _, _ = cut_lines(data)
    return data, skeletons(data, starts, ends, **options)


def skeleton(row: bytes | str, **options) -> str | None:
    _, found = read(row if isinstance(row, bytes) else row.encode(), **options)
    return found.data.tobytes().decode() if found.is_sound[0] else None


def slots(data, found) -> list[str]:
    """Give what stands in all slots."""
    offsets, texts, _ = gather(data, found.spans)
    whole = texts.tobytes()
    return [whole[start:end].decode() for start, end in pairwise(offsets)]


def plain(row: str, *, kept=(), inside=None, lists=()) -> tuple[str, list[str]]:
    """Say the same slowly: the skeleton of a sound row, and what stands in its slots."""
    fields, raw = members(row)
    found: list[str] = []

    def bare(value, name=None) -> str:  # noqa: PLR0911 - a line for each kind
        if isinstance(value, dict):
            return f"{{{','.join(json.dumps(k, ensure_ascii=False) + ':' + bare(v, k) for k, v in value.items())}}}"
        if isinstance(value, list):
            if name in lists and value:
                found.append(value)
                return "[0e0]"
            return f"[{','.join(map(bare, value))}]"
        if isinstance(value, str) and not isinstance(value, Digits):
            may_stay = value.isascii() and value.isprintable() and not set(value) & set('"\\')
            if name in kept and may_stay and len(value) <= 64 and value.strip() not in ("", "x"):
                return f'"{value}"'
            found.append(value)
            return '"x"' if value.strip() else '" "' if value else '""'
        if isinstance(value, Digits) and name not in kept:
            found.append(value)
            return "0"
        return json.dumps(value) if not isinstance(value, Digits) else value

    parts = []
    for name, value in fields.items():
        if inside is not None and name not in inside:
            found.append(raw[name])
            parts.append((name, "0e0"))
        else:
            parts.append((name, bare(value, name)))
    written = ",".join(f"{json.dumps(name, ensure_ascii=False)}:{v}" for name, v in parts)
    return f"{{{written}}}", found


def test_a_skeleton_is_the_row_without_blanks_texts_and_numbers():
    """What it leaves out stands in its slots, in order."""
    row = b'{"m": [{"role": "user", "text": "Is it?"}, null], "n":[1, -2.5e3 ,true], "e": "", "b":" \\n"}'
    data, found = read(row, kept=("role",))
    assert found.data.tobytes() == (
        b'{"m":[{"role":"user","text":"x"},null],"n":[0,0,true],"e":"","b":" "}'
    )
    assert slots(data, found) == ["Is it?", "1", "-2.5e3", "", " \n"]
    assert found.openings.tolist() == [ord("I"), ord("1"), ord("-"), 0, 0]
    assert found.text_bytes.tolist() == [len(b"Is it?") + len(rb" \n")]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ('{"role":"user"}', '{"role":"user"}'),
        ('{"weight" : 0.50}', '{"weight":0.50}'),
        ('{"role":["user"]}', '{"role":["x"]}'),
        ('{"role":"x"}', '{"role":"x"}'),
        ('{"role":""}', '{"role":""}'),
        ('{"role":" "}', '{"role":" "}'),
        ('{"role":"é"}', '{"role":"x"}'),
        ('{"role":"\\u0075ser"}', '{"role":"x"}'),
        ('{"role":"%s"}' % ("r" * 64), '{"role":"%s"}' % ("r" * 64)),
        ('{"role":"%s"}' % ("r" * 65), '{"role":"x"}'),
        ('{"weight":1%s}' % ("0" * 64), None),
        ('{"weight":0e0}', None),
    ],
)
def test_values_of_kept_names_stay_unless_they_could_be_mistaken(row, expected):
    """A kept value has no slot; one that reads like a slot is a slot."""
    assert skeleton(row, kept=KEPT) == expected
    data, found = read(row.encode(), kept=KEPT)
    assert len(slots(data, found)) == (expected or "").count('"x"') + (
        expected == '{"role":""}'
    ) + (expected == '{"role":" "}')


def test_fields_that_are_not_looked_into_are_one_slot_each():
    """With the very bytes of their values, also those of kept names."""
    row = b'{"a": {"b" : [1, "x"]}, "m":["y"], "role":"user","n": null ,"t" : "z" }'
    data, found = read(row, kept=KEPT, inside=("m",))
    assert found.data.tobytes() == b'{"a":0e0,"m":["x"],"role":0e0,"n":0e0,"t":0e0}'
    assert slots(data, found) == ['{"b" : [1, "x"]}', "y", '"user"', "null", '"z"']
    assert found.text_bytes.tolist() == [1]


def test_a_list_that_is_handed_on_is_one_slot():
    """What stands between its brackets; an empty one shows that it is."""
    row = b'{"tools":[ {"a" : "b"},[1] ],"m":{"tools":[ ]},"n":[{"tools":["x"]}], "o":{"tools":{}}}'
    data, found = read(row, lists=LISTS)
    assert (
        found.data.tobytes()
        == b'{"tools":[0e0],"m":{"tools":[]},"n":[{"tools":[0e0]}],"o":{"tools":{}}}'
    )
    assert slots(data, found) == [' {"a" : "b"},[1] ', '"x"']


def test_boxes_of_one_depth_are_one_slot_each():
    """It shows what they are, and whether they are empty."""
    row = b'{"c":{"a": {"b":1 } ,"d":[ 2],"e":{},"f":[],"g":"x","h":3},"i":{"j":"k"}}'
    data, found = read(row, box_depth=2)
    written = b'{"c":{"a":{"":0e0},"d":[0e0],"e":{},"f":[],"g":"x","h":0},"i":{"j":"x"}}'
    assert found.data.tobytes() == written
    assert slots(data, found) == ['"b":1 ', " 2", "x", "3", "k"]
    assert skeleton('{"a":{"b":{"c":[1]}},"tools":[]}', box_depth=1) == '{"a":{"":0e0},"tools":[]}'


@pytest.mark.parametrize(
    "code",
    [*range(0x21), *range(0x7F, 0x100), 0x1680, *range(0x2000, 0x2070), 0x3000, 0x3001, 0x1F600],
)
def test_a_blank_text_is_what_python_calls_blank(code):
    """Escaped or not."""
    text = chr(code) * 2
    for row in (json.dumps({"a": text}), json.dumps({"a": text}, ensure_ascii=False)):
        assert skeleton(row) == ('{"a":" "}' if text.isspace() else '{"a":"x"}')


@pytest.mark.parametrize(
    "row",
    [
        b"[]", b"", b"{", b'{"a":1}x', b'{"a":1,}', b'{"a" 1}', b'{"a":[1,]}', b'{"a":[1}', b'{"a":01}',
        b'{"a":.5}', b'{"a":1.}', b'{"a":1e}', b'{"a":+1}', b'{"a":NaN}', b'{"a":truth}',
        b'{"a":' + b"1" * 1001 + b"}", b'{"a":"\x01"}', b'{"a":"\\x"}', b'{"a":"\\u12g4"}',
        b'{"a":"\\ud800"}', b'{"a":"\\udc00"}', b'{"a":"\\ud800\\u0041"}', b'{"a":"\xff"}',
        b'{"a":"\xc0\x80"}', b'{"a":"\xed\xa0\x80"}', b'{"a":"\xf4\x90\x80\x80"}', b'{"a":"\xe2\x82"}',
        b'{"a":1,"a":1}', b'{"z":{"a":{},"b":1,"a":1}}', b'{"\\u0061":1}', b'{"a":"x}', b'{"a":[}',
        b'{"tools":[1,]}', b'{"tools":[{"a":1,"a":2}]}', b'{"other":{"a":1,"a":2}}', b'{"other":nul}',
        b'{"a":' + b"[" * MAX_DEPTH + b"]" * MAX_DEPTH + b"}",
    ],
)  # fmt: skip
def test_one_doubt_is_enough_for_a_row_to_have_no_skeleton(row):
    """Also within what is not looked into, and it leaves no trace in its neighbours."""
    for options in ({}, {"lists": LISTS, "inside": ("a", "z")}):
        data, found = read(b'{"a":"one"}', row or b" x", b'{"a":"two"}', **options)
        assert found.is_sound.tolist() == [True, False, True]
        assert found.data.tobytes() == b'{"a":"x"}' * 2
        assert slots(data, found) == ["one", "two"]
        assert found.slot_offsets.tolist() == [0, 1, 1, 2]


def test_an_over_long_text_makes_a_row_unsound_wherever_it_stands():
    """The limit counts bytes between the quotes."""
    for row in ('{"a":"%s"}', '{"b":{"c":["%s"]}}', '{"tools":["%s"]}'):
        options = {"inside": ("a", "tools"), "lists": LISTS, "max_bytes": 10}
        assert skeleton(row % ("x" * 10), **options) is not None
        assert skeleton(row % ("x" * 11), **options) is None


def test_skeletons_without_slots_need_no_more_room_than_the_longest_row():
    """Also where rows are long, and full of numbers."""
    rows = [b'{"a":[%s]}' % b",".join([b"1"] * count) for count in (3, 600_000, 0, 9)]
    (_, found), (_, bare) = read(*rows), read(*rows, with_slots=False)
    assert found.is_sound.all()
    assert bare.data.tobytes() == found.data.tobytes()


_texts = st.text(max_size=6) | st.sampled_from(
    ["", " ", "\u3000\n", "x", "user", 'a"b\\', "/", "😀"]
)
_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | _texts,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(_texts | st.sampled_from(["role", "weight", "tools"]), inner, max_size=3)
    ),
    max_leaves=8,
)
_rows = st.builds(
    lambda row, is_ascii, gaps: json.dumps(row, ensure_ascii=is_ascii, separators=gaps),
    st.dictionaries(
        _texts | st.sampled_from(["role", "weight", "tools", "a"]), _values, max_size=4
    ),
    st.booleans(),
    st.sampled_from([(",", ":"), (", ", ": "), (" ,\t", " :\r")]),
)
_broken = st.builds(
    lambda row, at, junk: row[: at % (len(row) + 1)] + junk + row[at % (len(row) + 1) :],
    _rows,
    st.integers(0, 200),
    st.sampled_from(
        ["", '"', "\\", "{", "}", "]", ",", "\\ud800", "1", "NaN", " ", "\x00", '"a":1,']
    ),
)


@settings(max_examples=500, deadline=None)
@given(st.lists(_rows | _broken, max_size=4), st.sampled_from([None, (), ("a", "tools")]))
def test_skeletons_and_slots_are_what_the_plain_version_finds(rows, inside):
    """Whatever the rows hold; a row that Python refuses has none."""
    options = {"kept": KEPT, "inside": inside, "lists": LISTS}
    for row in rows:
        line = row.encode("utf-8", "surrogatepass").replace(b"\n", b" ")
        data, found = read(line or b"x", **options)
        try:
            expected = plain(line.decode(), **options)
        except (Unmappable, UnicodeDecodeError):
            assert not found.is_sound.any()
            continue
        if not found.is_sound.any():
            assert "\\" in row or "0" * 60 in row
            continue
        _, bare = read(line, **options, with_slots=False)
        assert (bare.data.tobytes(), len(bare.spans)) == (found.data.tobytes(), 0)
        lists = [each for each in expected[1] if isinstance(each, list)]
        texts = slots(data, found)
        assert found.data.tobytes().decode() == expected[0]
        assert [t for t, e in zip(texts, expected[1], strict=True) if not isinstance(e, list)] == [
            each for each in expected[1] if not isinstance(each, list)
        ]
        handed_on = [t for t, e in zip(texts, expected[1], strict=True) if isinstance(e, list)]
        assert [members(f'{{"a":[{each}]}}')[0]["a"] for each in handed_on] == lists
