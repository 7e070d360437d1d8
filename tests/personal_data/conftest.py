"""What is found in one text."""

import polars as pl
import pytest

from curator.personal_data import found


@pytest.fixture
def finds():
    """Give (type, text, whether it is nobody's) of each find in a text."""

    def look(text):
        rows = found(pl.Series([text])).select("type", "start", "end", "is_nobodys").iter_rows()
        return [(kind, text[start:end], nobodys) for kind, start, end, nobodys in rows]

    return look
