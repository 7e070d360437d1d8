"""The index of a bank: built once, mapped, searched exactly."""

import json
import math
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from curator.bank.index import Index, build, open_index
from curator.bank.postings import HEAD_CHARS, K1, B
from curator.embed import LexicalEmbedder
from curator.errors import RecipeError, SourceError

WORDS = (
    "card",
    "refund",
    "transfer",
    "refunds",
    "refunded",
    "money",
    "account",
    "top",
    "up",
    "my",
    "is",
    "the",
)


def texts_of(count: int, seed: int = 0) -> list[str]:
    """Draw short texts from few words, so that many rows tie."""
    rng = np.random.default_rng(seed)
    return [" ".join(rng.choice(WORDS, rng.integers(0, 9))) for _ in range(count)]


def columns_of(count: int) -> pl.DataFrame:
    """Name rows, and put every three of them into a group."""
    row = pl.int_range(count, eager=True)
    return pl.DataFrame({
        "id": "row" + row.cast(pl.String),
        "group": pl.Series([None if at % 7 == 0 else f"g{at // 3}" for at in range(count)], dtype=pl.String),
        "label": pl.Series([f"label {at % 4}" for at in range(count)], dtype=pl.String),
    })  # fmt: skip


def made(folder: Path, texts: list[str], **more) -> Index:
    """Build and open an index."""
    build(pl.Series(texts, dtype=pl.String), columns_of(len(texts)), folder, **more)
    return open_index(folder, **more)


def plain_bm25(texts: list[str], query: str) -> np.ndarray:
    """Score every text by BM25 over words and heads, one by one."""

    def terms(text: str) -> Counter[str]:
        words = text.lower().split()
        return Counter([*words, *(f"{w[:HEAD_CHARS]}-" for w in words if len(w) > HEAD_CHARS)])

    held = [terms(text) for text in texts]
    mean = sum(sum(one.values()) for one in held) / len(held)
    holders = Counter(term for one in held for term in one)
    scores = np.zeros(len(texts))
    for row, one in enumerate(held):
        norm = K1 * (1 - B + B * sum(one.values()) / mean)
        for term, times in terms(query).items():
            rarity = math.log(1 + (len(texts) - holders[term] + 0.5) / (holders[term] + 0.5))
            scores[row] += times * rarity * one[term] * (K1 + 1) / (one[term] + norm)
    return scores


def test_scores_are_bm25(tmp_path: Path) -> None:
    """Every row with a term in common is found, at its score but for the rounding of impacts."""
    texts = texts_of(300)
    found = made(tmp_path / "index", texts).search("My REFUND, is the refund...?", 300)
    scores = plain_bm25(texts, "my refund is the refund")
    assert sorted(found.rows.tolist()) == np.flatnonzero(scores).tolist()
    assert found.scores == pytest.approx(scores[found.rows], abs=0.002)
    assert (np.diff(found.scores) <= 0).all()


def test_of_equal_scores_the_lower_row_is_given(tmp_path: Path) -> None:
    """The same text in many rows: the first ones are found, in order."""
    index = made(tmp_path / "index", ["other", *["lost card"] * 50])
    assert index.search("lost card", 4).rows.tolist() == [1, 2, 3, 4]


def test_an_inflection_is_found_by_its_head(tmp_path: Path) -> None:
    """A longer word finds another that begins alike."""
    index = made(tmp_path / "index", ["close it", "refunding takes a week", "open it"])
    assert index.search("refunded", 3).rows.tolist() == [1]


@pytest.mark.parametrize("query", ["", " ... ", "unheard", "\x00", "\ud800", "🙂", "?" * 300_000])
def test_a_query_without_known_words_finds_nothing(tmp_path: Path, query: str) -> None:
    """Nothing is made up for a query that shares no term with any row."""
    found = made(tmp_path / "index", ["a card", ""]).search(query, 3)
    assert found.rows.tolist() == []


def test_a_query_of_300_000_characters_is_answered(tmp_path: Path) -> None:
    """Long and repetitive queries are searched like any other."""
    index = made(tmp_path / "index", ["lost card", "my refund"])
    assert index.search("refund card card " * 17_650, 1).rows.tolist() == [0]


def test_a_script_without_spaces_is_searched_by_pairs(tmp_path: Path) -> None:
    """Part of a sentence without spaces finds the sentence."""
    index = made(tmp_path / "index", ["关闭账户", "我的退款在哪里"])
    assert index.search("退款", 2).rows.tolist() == [1]


@pytest.mark.parametrize(
    ("limits", "keeps"),
    [
        ({"where": {"label": "label 2"}}, lambda row: row % 4 == 2),
        ({"where": {"label": ["label 1", "label 2"], "group": None}}, lambda row: row % 4 in {1, 2} and row % 7 == 0),
        ({"where": {"label": "no such label"}}, lambda _: False),
        ({"where": {}}, lambda _: True),
        ({"where": np.arange(90) > 40}, lambda row: row > 40),
        ({"exclude_group": "g2"}, lambda row: row not in {6, 8}),
        ({"exclude_group": ["g1", "g2", "unknown"]}, lambda row: row not in {3, 4, 5, 6, 8}),
        ({"exclude_ids": ["row3", "row11", "unknown"]}, lambda row: row not in {3, 11}),
    ],
)  # fmt: skip
def test_only_what_is_allowed_is_found(tmp_path: Path, limits, keeps) -> None:
    """Columns, masks, ids and groups keep rows out, by terms and by vectors alike."""
    texts = [f"card {text}" for text in texts_of(90)]
    for more in ({}, {"embedder": LexicalEmbedder()}):
        found = made(tmp_path / "index", texts, **more).search("card refund", 90, **limits)
        assert sorted(found.rows.tolist()) == [row for row in range(90) if keeps(row)]


def test_an_unknown_column_is_named(tmp_path: Path) -> None:
    """The error lists the columns that there are."""
    with pytest.raises(RecipeError) as caught:
        made(tmp_path / "index", ["a card"]).search("card", 1, where={"colour": "red"})
    assert str(caught.value) == (
        "the index has no column 'colour'\n  hint: one of: id, group, label"
    )


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    """No file of two builds differs."""
    for name in ("one", "two"):
        made(tmp_path / name, texts_of(200), embedder=LexicalEmbedder())
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert files == sorted(path.name for path in (tmp_path / "two").iterdir())
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_build_names_its_files(tmp_path: Path) -> None:
    """What is given back is what lies there."""
    files = build(pl.Series(["a"]), columns_of(1), tmp_path / "index")
    assert files == sorted((tmp_path / "index").iterdir())


def test_columns_are_read_back(tmp_path: Path) -> None:
    """Each row has the values it was given."""
    index = made(tmp_path / "index", texts_of(30))
    for name, column in index.columns.items():
        assert [column.value(row) for row in range(30)] == columns_of(30)[name].to_list()


@pytest.mark.parametrize("texts", [[], [""], ["..."]])
def test_nothing_to_find_is_no_error(tmp_path: Path, texts: list[str]) -> None:
    """An index without rows or without words opens and answers nothing."""
    index = made(tmp_path / "index", texts)
    assert len(index) == len(texts)
    assert index.search("card", 5, where={"label": "x"}).rows.tolist() == []


def test_rows_may_share_an_id(tmp_path: Path) -> None:
    """All rows of an id are kept out together: the same content was not told apart before."""
    build(pl.Series(["card"] * 3), pl.DataFrame({"id": ["b", "a", "b"]}), tmp_path)
    assert open_index(tmp_path).search("card", 3, exclude_ids=["b"]).rows.tolist() == [1]


def test_vectors_are_searched_exactly(tmp_path: Path) -> None:
    """With an embedder the cosine decides, and ties go to the lower row."""
    texts = texts_of(400)
    index = made(tmp_path / "index", texts, embedder=LexicalEmbedder())
    cosines = LexicalEmbedder().embed(texts) @ LexicalEmbedder().embed(["where is my refund"])[0]
    found = index.search("where is my refund", 9)
    assert found.rows.tolist() == np.argsort(-cosines, kind="stable")[:9].tolist()
    assert found.scores == pytest.approx(cosines[found.rows])


class Other(LexicalEmbedder):
    """Another model."""

    name = "other"


def test_another_embedder_is_refused(tmp_path: Path) -> None:
    """Vectors of two models are never compared."""
    made(tmp_path / "index", ["a card"], embedder=LexicalEmbedder())
    with pytest.raises(RecipeError) as caught:
        open_index(tmp_path / "index", embedder=Other())
    assert str(caught.value) == (
        f"{tmp_path / 'index'}: the index holds vectors of lexical-256, "
        "and the query would be one of other\n"
        "  hint: open it with the embedder lexical-256, or build the bank again with this one"
    )


def test_an_index_without_vectors_takes_no_embedder(tmp_path: Path) -> None:
    """Whoever asks for vectors learns that there are none."""
    made(tmp_path / "index", ["a card"])
    with pytest.raises(RecipeError, match="the index holds no vectors, and the query would be"):
        open_index(tmp_path / "index", embedder=Other())


def cut(folder: Path) -> None:
    """Leave half of the postings."""
    path = folder / "rows.npy"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def shorter(folder: Path) -> None:
    """Put a whole array of another size there."""
    np.save(folder / "impacts.npy", np.zeros(1, np.uint16))


def older(folder: Path) -> None:
    """Claim another version."""
    meta = json.loads((folder / "index.json").read_text())
    (folder / "index.json").write_text(json.dumps({**meta, "version": 0}))


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (cut, "the index cannot be opened"),
        (shorter, "the index does not hold together"),
        (older, "is an index of version 0, not 1"),
        (lambda folder: (folder / "peaks.npy").unlink(), "the index cannot be opened"),
        (lambda folder: (folder / "index.json").write_text("[]"), "the index cannot be opened"),
    ],
)
def test_a_damaged_index_is_not_opened(tmp_path: Path, harm, message: str) -> None:
    """What cannot be searched is said when it is opened."""
    made(tmp_path / "index", texts_of(50))
    harm(tmp_path / "index")
    with pytest.raises(SourceError, match=message):
        open_index(tmp_path / "index")


def test_threads_share_an_index(tmp_path: Path) -> None:
    """Many searches at once give what one after the other gives."""
    index = made(tmp_path / "index", texts_of(5000))
    queries = texts_of(200, seed=1)
    alone = [index.search(query, 8).rows.tolist() for query in queries]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda query: index.search(query, 8).rows.tolist(), queries))
    assert together == alone


def test_opening_reads_no_rows(tmp_path: Path) -> None:
    """An index of 100,000 rows is open in 50 ms."""
    made(tmp_path / "index", texts_of(100) * 1000)
    took = []
    for _ in range(5):
        start = time.perf_counter()
        open_index(tmp_path / "index")
        took.append(time.perf_counter() - start)
    assert min(took) < 0.05
