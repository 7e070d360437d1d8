"""What the audit finds is what a reader finds who goes token by token."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from curator.kernels.audit import Stretches, Tokens, audit

ROLES = 2


@st.composite
def stretches(draw, end):
    """Cut 0 to end at some places, and take every other piece that is not empty."""
    cuts = sorted(draw(st.lists(st.integers(0, end), max_size=6)))
    return [(a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=False) if a < b]


@st.composite
def row(draw):
    """Draw tokens of up to three bytes end to end, and what is said of them."""
    sizes = draw(st.lists(st.integers(0, 3), min_size=1, max_size=12))
    bounds = np.concatenate([[0], np.cumsum(sizes)]).tolist()
    regions = draw(stretches(bounds[-1]))
    return {
        "tokens": list(itertools.pairwise(bounds)),
        "ids": draw(st.lists(st.integers(0, 3), min_size=len(sizes), max_size=len(sizes))),
        "mask": draw(st.lists(st.integers(0, 1), min_size=len(sizes), max_size=len(sizes))),
        "prompt": draw(st.integers(-1, bounds[-1])),
        "spans": draw(stretches(bounds[-1])),
        "regions": regions,
        "roles": [draw(st.integers(0, ROLES - 1)) for _ in regions],
        "pieces": draw(stretches(len(sizes))),
    }


def plain(one, *, is_right):
    """Say of one row what the audit should."""
    ends = [max(end, start + 1) for start, end in one["tokens"]]
    both = [(start, end) for (start, _), end in zip(one["tokens"], ends, strict=True)]
    touched = [any(a < end and start < b for a, b in one["spans"]) for start, end in both]
    inside = [any(a <= start and end <= b for a, b in one["spans"]) for start, end in both]
    mask = touched if is_right else one["mask"]
    last = [
        max((i for i, (s, e) in enumerate(both) if a < e and s < b), default=-1)
        for a, b in one["spans"]
    ]
    spoken = [0] * (ROLES + 1)
    for first, stop in one["pieces"]:
        for start, _ in one["tokens"][first:stop]:
            named = zip(one["regions"], one["roles"], strict=True)
            spoken[next((role for (a, b), role in named if a <= start < b), ROLES)] += 1
    control = [
        i
        for i, (start, end) in enumerate(one["tokens"])
        if start < one["prompt"] and one["ids"][i] == 0 and end - start == 2
    ]
    at = [i for i, (s, _) in enumerate(both) if s >= one["prompt"] >= 0]
    return {
        "is_exact": touched == inside == [bool(m) for m in mask] and -1 not in last,
        "last": last,
        "spoken": spoken,
        "trained": [sum(mask[a:b]) for a, b in one["pieces"]],
        "from": max(control, default=0),
        "stop": at[0] if at else -1,
        "mask": mask,
    }


@given(st.lists(row(), max_size=5), st.booleans())
def test_the_audit_finds_what_a_reader_finds(rows, is_right):
    """Masks that are right and others, in rows one after another."""
    expected = [plain(one, is_right=is_right) for one in rows]
    begins = np.concatenate([[0], np.cumsum([len(one["ids"]) for one in rows])]).astype(np.int64)

    def laid(name):
        counts = np.concatenate([[0], np.cumsum([len(one[name]) for one in rows])])
        flat = np.array([pair for one in rows for pair in one[name]], np.int64).reshape(-1, 2)
        return Stretches(counts.astype(np.int64), flat[:, 0].copy(), flat[:, 1].copy())

    def joined(name, kind, source=rows):
        return np.array([value for one in source for value in one[name]], kind)

    places = laid("tokens")
    found = audit(
        Tokens(
            begins,
            joined("ids", np.int32),
            places.starts,
            places.ends,
            joined("mask", np.uint8, expected),
        ),
        np.array([2, 0, 0, 0]),
        np.array([one["prompt"] for one in rows], np.int64),
        laid("spans"),
        laid("regions"),
        joined("roles", np.int8),
        ROLES,
        laid("pieces"),
    )
    assert found.is_exact.tolist() == [one["is_exact"] for one in expected]
    assert found.spoken.tolist() == [one["spoken"] for one in expected]
    assert found.trained.tolist() == [n for one in expected for n in one["trained"]]
    for at, (begin, one) in enumerate(zip(begins, expected, strict=False)):
        low, high = laid("spans").offsets[at : at + 2]
        if one["is_exact"]:
            assert (found.span_last[low:high] - begin).tolist() == one["last"]
        assert found.prompt_from[at] - begin == one["from"]
        assert found.prompt_stop[at] == (one["stop"] + begin if one["stop"] >= 0 else -1)
