"""Pairs, clusters and the closest pair, held against plain Python sets."""

import random
from functools import cache
from itertools import combinations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from curator import similarity


def signatures(texts, threshold=0.7, **columns):
    """Sign ``texts``; positions count from 0, or are given."""
    rows = {"position": range(len(texts)), "text": texts, **columns}
    frame = pl.LazyFrame(rows, schema_overrides={"position": pl.Int64, "text": pl.String})
    return frame.with_columns(bands=similarity.bands(pl.col("text"), threshold=threshold))


def pairs(texts, threshold=0.7, within=None, across=None, **columns):
    signed = signatures(texts, threshold, **columns)
    found = similarity.pairs(signed, threshold=threshold, within=within, across=across)
    return {(left, right): score for left, right, score in found.collect().rows()}


def clustered(edges):
    rows = [(*edge, 1.0)[:3] for edge in edges]
    found = similarity.clusters(pl.LazyFrame(rows, schema=similarity.PAIR, orient="row"))
    return dict(found.select("position", "cluster").collect().rows())


@cache
def shingles(text):
    words = text.lower().split()
    return {tuple(words[at : at + 3]) for at in range(max(min(1, len(words)), len(words) - 2))}


def jaccard(one, other):
    return len(shingles(one) & shingles(other)) / len(shingles(one) | shingles(other))


def alike(texts, threshold=0.7):
    """List the pairs that are alike by plain comparison of all with all."""
    every = combinations(range(len(texts)), 2)
    return [(i, j) for i, j in every if jaccard(texts[i], texts[j]) >= threshold]


def collection(seed, count=300):
    """Distinct texts, some of them changed in a few words."""
    rng = random.Random(seed)
    texts = set()
    for _ in range(count):
        words = [f"w{rng.randrange(3000)}" for _ in range(rng.randint(3, 60))]
        texts.add(" ".join(words))
        for _ in range(rng.choice([0, 1, 3])):
            rate = rng.choice([0.005, 0.03])
            again = [word if rng.random() > rate else f"v{rng.randrange(99)}" for word in words]
            texts.add(" ".join(again))
    return rng.sample(sorted(texts), len(texts))


@pytest.mark.parametrize("threshold", [0.5, 0.7, 0.8, 0.9])
def test_every_pair_is_right_and_hardly_any_is_missing(threshold):
    """Precision is 1, similarities are exact, recall is at least 0.985 against plain sets."""
    texts = collection(seed=3, count=600)
    found = pairs(texts, threshold)
    alike = {
        (i, j)
        for i, j in combinations(range(len(texts)), 2)
        if shingles(texts[i]) & shingles(texts[j]) and jaccard(texts[i], texts[j]) >= threshold
    }
    assert found.keys() <= alike
    assert all(
        score == pytest.approx(jaccard(texts[i], texts[j])) for (i, j), score in found.items()
    )
    assert len(found) >= 0.985 * len(alike) > 10


def test_finds_what_another_minhash_finds():
    """Whatever rensa's estimate puts clearly above the threshold is found."""
    from rensa import RMinHash

    texts = collection(seed=4, count=120)
    sketches = []
    for text in texts:
        sketches.append(RMinHash(num_perm=128, seed=1))
        sketches[-1].update([" ".join(shingle) for shingle in shingles(text)])
    found = pairs(texts, 0.7)
    likely = [
        (i, j)
        for i, j in combinations(range(len(texts)), 2)
        if sketches[i].jaccard(sketches[j]) > 0.85
    ]
    assert len(likely) > 15
    assert set(likely) <= found.keys()


def test_the_order_of_the_rows_does_not_matter():
    """Shuffled rows with their own positions give the same pairs."""
    signed = signatures(collection(seed=5)).collect()
    shuffled = signed.sample(fraction=1.0, shuffle=True, seed=1)
    straight, other = (
        similarity.pairs(rows.lazy(), threshold=0.7).collect() for rows in (signed, shuffled)
    )
    assert_frame_equal(straight, other)


def test_case_and_punctuation_do_not_matter():
    """Small and capital letters are one, also beyond ASCII, and punctuation only parts words."""
    assert pairs(["Über uns: das Team", "über uns — DAS team!"]) == {(0, 1): 1.0}


@pytest.mark.parametrize("text", ["", " \n", "?!…", "\u200b\ufeff", None])
def test_texts_without_words_are_like_nothing(text):
    """Empty, blank, punctuation, invisible, missing: no pair, not even with themselves."""
    assert pairs([text, text, "a b c"]) == {}


@pytest.mark.parametrize(
    "text",
    ["x", "two words", "敏捷的棕色狐狸", "😀😀 😀", "ab" * 150_000, "word " * 60_000],
    ids=["letter", "words", "chinese", "emoji", "long-word", "long-text"],
)
def test_hostile_texts_are_like_themselves(text):
    """Short, long, Chinese and emoji: equal ones are a pair of similarity 1, and nothing else is."""
    assert pairs([text, "something else", text]) == {(0, 2): 1.0}


def test_chinese_is_compared_by_character():
    """One character changed in forty leaves most shingles in place."""
    text = "".join(chr(0x4E00 + number) for number in range(40))
    (score,) = pairs([text, text[:20] + "中" + text[21:]]).values()
    assert score == pytest.approx(35 / 41)


def test_copies_are_paired_with_the_first():
    """Fifty thousand rows with the same words are one comparison."""
    found = pairs(["Thank you for calling us."] * 49_999 + ["THANK you for calling us"])
    assert found == dict.fromkeys(((0, copy) for copy in range(1, 50_000)), 1.0)


def test_a_template_of_many_rows_is_one_cluster():
    """Two thousand rows that differ in one word hang together without being compared one by one."""
    text = " ".join(f"w{number}" for number in range(80))
    found = pairs([f"{text} name{number}" for number in range(2000)])
    assert len(found) < 100_000
    assert set(clustered(list(found)).values()) == {0}


def test_questions_of_one_template_are_linked_as_they_should_be():
    """Where nearly all shingles of a short text are common ones, no likeness may be missed."""
    rng = random.Random(5)
    names = [" ".join(rng.choices("abcdefghij", k=rng.randint(1, 4))) for _ in range(300)]
    texts = sorted({f"what research or trials is being done for {name} today" for name in names})
    sides = ["test" if at % 7 == 0 else "train" for at in range(len(texts))]
    crossing = {(i, j) for i, j in alike(texts) if sides[i] != sides[j]}
    assert set(pairs(texts, across="side", side=sides)) == crossing
    assert clustered(pairs(texts)) == clustered(alike(texts))


def test_pairs_behind_a_common_preamble_are_found():
    """Rows share 150 words, so they crowd the buckets; those that share more are still found."""
    rng = random.Random(8)
    preamble = [f"w{number}" for number in range(150)]
    tails = [[f"v{rng.randrange(10**6)}" for _ in range(30)] for _ in range(1200)]
    tails += [[*tail[:15], *(f"u{word}" for word in tail[15:])] for tail in tails[:100]]
    expected = {(number, 1200 + number) for number in range(100)}
    assert pairs([" ".join(preamble + tail) for tail in tails], threshold=0.8).keys() == expected


def test_within_a_column():
    """Only rows with the same value are paired; null is a value, and a first row of another value hides nobody."""
    text = "one two three four"
    found = pairs([text] * 6, within="label", label=["a", "b", "b", None, "a", None])
    assert found == {(0, 4): 1.0, (1, 2): 1.0, (3, 5): 1.0}


def test_across_a_column():
    """Only rows with different values are paired; copies meet what the first of them meets."""
    text = "one two three four"
    found = pairs([text, text, text.upper()], across="split", split=["train", "train", "test"])
    assert found == {(0, 2): 1.0, (1, 2): 1.0}


def test_across_a_column_in_a_crowd():
    """A single test row among a thousand alike train rows is found."""
    text = " ".join(f"w{number}" for number in range(80))
    texts = [f"{text} name{number}" for number in range(1000)]
    found = pairs(texts, across="split", split=["train"] * 999 + ["test"])
    assert {right for _, right in found} == {999}
    assert len(found) == 999


def test_within_and_across_exclude_each_other():
    """Asking for both is a mistake of the caller."""
    with pytest.raises(ValueError, match="within one column or across it, not both"):
        pairs(["a"], within="text", across="text")


@pytest.mark.parametrize("threshold", [0, -1, 1.1])
def test_a_threshold_outside_its_range(threshold):
    """Zero would pair everything, and above one is nothing."""
    message = f"a similarity threshold lies above 0 and up to 1, not at {threshold:g}"
    with pytest.raises(ValueError, match=message):
        similarity.bands(pl.col("text"), threshold=threshold)


def test_the_closest_pair_across_sides():
    """Below the threshold too, for each two sides, in the order of their names."""
    text = [f"w{number}" for number in range(40)]
    half = [" ".join(text), " ".join([*text[:34], "x"]), "nothing in common here"]
    signed = signatures(half, split=["train", "test", "validation"])
    (row,) = similarity.closest(signed, threshold=0.9).collect().rows()
    assert row[:4] == ("test", "train", 1, 0)
    assert row[4] == pytest.approx(32 / 39)


def test_no_rows():
    """An empty frame has no pairs, no clusters and nothing closest."""
    signed = signatures([], split=pl.Series([], dtype=pl.String))
    found = similarity.pairs(signed, threshold=0.7)
    assert found.collect().schema == similarity.PAIR
    assert similarity.clusters(found).collect().is_empty()
    assert similarity.closest(signed).collect().schema == similarity.CLOSEST


@settings(deadline=None)
@given(st.sets(st.tuples(st.integers(0, 9), st.integers(10, 19))), st.randoms())
def test_clusters_are_named_by_their_smallest_position(edges, rng):
    """The order of the pairs does not matter, and two ends of a pair share a cluster."""
    edges = sorted(edges)
    found = clustered(edges)
    assert clustered(rng.sample(edges, len(edges))) == found
    assert all(found[left] == found[right] <= left for left, right in edges)
    assert all(found[name] == name for name in found.values())


def test_a_cluster_names_the_nearest_of_each_row():
    """The most similar partner, and the first of several; a chain is one cluster."""
    edges = [(1, 2, 0.8), (2, 3, 0.9), (2, 4, 0.9)]
    found = similarity.clusters(pl.LazyFrame(edges, schema=similarity.PAIR, orient="row"))
    assert found.collect().rows() == [
        (1, 1, 2, 0.8),
        (2, 1, 3, 0.9),
        (3, 1, 2, 0.9),
        (4, 1, 2, 0.9),
    ]


def test_same_words():
    """One key for equal words, another for others, none without words."""
    texts = pl.DataFrame({"text": ["Top-up?", "top up", "topup", "…", None]})
    first, second, third, *none = texts.select(similarity.same(pl.col("text"))).to_series()
    assert first == second != third
    assert none == [None, None]


def test_the_key_of_all_words_can_be_had_from_the_bands():
    """A text need not be read twice to know whether another has the same words."""
    texts = pl.DataFrame({"text": ["A b, c d!", "a B c D", "a b c", "?!", ""]})
    keys = texts.select(
        plain=similarity.same(pl.col("text")),
        banded=similarity.same_words(similarity.bands(pl.col("text"))),
    )
    assert keys["plain"].to_list() == keys["banded"].to_list()
