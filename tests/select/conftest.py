"""Builders for the exemplar strategies: answered examples, and the bank that a strategy makes of them."""

from collections.abc import Callable
from types import ModuleType

import polars as pl
import pytest

from curator.records import complete, identify, message


@pytest.fixture(scope="session")
def records() -> Callable[[list[dict]], pl.LazyFrame]:
    """Build answered examples from ``input`` and whatever columns a row names; train where no split is named."""

    def build(rows: list[dict]) -> pl.LazyFrame:
        columns = dict.fromkeys(("input", "label", "split", "reasoning"), pl.String)
        rows = [{"split": "train", **row} for row in rows]
        frame = pl.LazyFrame(rows, schema=columns, orient="row").with_row_index("position")
        answer = message(pl.lit("assistant"), pl.col("label"), reasoning=pl.col("reasoning"))
        said = pl.concat_list(message(pl.lit("user"), pl.col("input")), answer)
        return identify(complete(frame.with_columns(messages=said).drop("input", "reasoning")))

    return build


@pytest.fixture(scope="session")
def ranked() -> Callable[..., pl.DataFrame]:
    """Give the chosen rows in the order of their ranks."""

    def choose(strategy: ModuleType, frame: pl.LazyFrame, **options) -> pl.DataFrame:
        given = strategy.Options(**options)
        verdicts = strategy.resolve(strategy.sign(frame, given), given).collect()
        chosen = verdicts.filter(pl.col("exemplar_rank").is_not_null())
        rows = frame.drop("exemplar_rank").collect().join(chosen, on="position")
        return rows.sort("exemplar_rank")

    return choose


@pytest.fixture(scope="session")
def labelled() -> Callable[[dict[str, int]], list[dict]]:
    """Make so many rows of each label, no two alike."""

    def make(counts: dict[str, int]) -> list[dict]:
        return [
            {"input": f"{label} a{i} b{i}", "label": label}
            for label, n in counts.items()
            for i in range(n)
        ]

    return make
