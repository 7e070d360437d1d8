"""How many rows are drawn, which, and that nothing but seed and id decides."""

import polars as pl
import pytest

from curator.errors import RecipeError
from curator.records import complete
from curator.refine.sample import Options, resolve, sign


def rows(ids, labels=None, **columns):
    labels = labels or [None] * len(ids)
    schema = {"position": pl.Int64, "id": pl.String, "label": pl.String}
    frame = pl.LazyFrame(
        list(zip(range(len(ids)), ids, labels, strict=True)), schema=schema, orient="row"
    )
    return complete(frame.with_columns(**columns))


def drawn(records, **options):
    """The ids that stay."""
    options = Options(**options)
    verdict = resolve(sign(records, options), options).collect()
    assert set(verdict["rejected"]) <= {"sample: not drawn"}
    out = verdict["position"].to_list()
    return set(records.filter(~pl.col("position").is_in(out)).collect()["id"])


IDS = [f"{n:04}" for n in range(200)]


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        ({"size": 7}, 7),
        ({"size": 999}, 200),
        ({"size": 0}, 0),
        ({"fraction": 0.125}, 25),
        ({"fraction": 1.0}, 200),
    ],
)
def test_exactly_as_many_as_asked(options, kept):
    """The number of rows is what was asked for, or all there are."""
    assert len(drawn(rows(IDS), **options)) == kept


def test_row_order_plays_no_part():
    """The same ids in another order give the same draw."""
    assert drawn(rows(IDS), size=20) == drawn(rows(IDS[::-1]), size=20)


def test_known_draw():
    """The draw is stable: these ids, today and in any later version."""
    assert drawn(rows(IDS), size=4, seed=17) == {"0005", "0034", "0141", "0153"}


def test_seed_decides():
    """Another seed draws other rows."""
    assert drawn(rows(IDS), size=20, seed=1) != drawn(rows(IDS), size=20, seed=2)


def test_a_larger_draw_holds_the_smaller():
    """Asking for more never loses a row."""
    assert drawn(rows(IDS), size=20) < drawn(rows(IDS), size=40)


def test_strata_keep_their_shares():
    """Each label gets its share, the largest remainders first, a missing label too."""
    labels = ["a"] * 100 + ["b"] * 70 + [None] * 30
    kept = drawn(rows(IDS, labels), size=25, stratify_by="label")
    of = dict(zip(IDS, labels, strict=True))
    counts = {label: sum(of[i] == label for i in kept) for label in ("a", "b", None)}
    assert counts == {"a": 12, "b": 9, None: 4}


def test_equal_rows_are_still_counted_one_by_one():
    """Two rows with equal content share an id, and the size stays exact."""
    records = rows(["same"] * 10)
    verdict = resolve(sign(records, Options(size=3)), Options(size=3)).collect()
    assert verdict["position"].to_list() == [3, 4, 5, 6, 7, 8, 9]


def test_rejected_rows_take_no_part():
    """Rows that are out already are neither drawn nor judged."""
    records = rows(IDS, rejected=pl.when(pl.col("position") < 190).then(pl.lit("x: y")))
    options = Options(fraction=0.5)
    assert resolve(sign(records, options), options).collect().height == 5


def test_nothing_to_draw_from():
    """An empty set gives an empty verdict."""
    assert drawn(rows([]), size=3) == set()


@pytest.mark.parametrize("options", [{}, {"size": 3, "fraction": 0.5}])
def test_size_or_fraction(options):
    """Neither or both is a mistake in the recipe."""
    with pytest.raises(RecipeError) as caught:
        Options(**options)
    assert str(caught.value) == (
        "a sample has either a size or a fraction\n"
        "  hint: write sample: {size: 1000} or sample: {fraction: 0.1}"
    )
