"""Chunks cover the text of a document, span by span."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.derive import chunks
from curator.derive.page.source import Source
from curator.errors import SourceError
from curator.read.documents import markdown
from curator.records import IS_CHUNK, RECORD

Build = Callable[..., Source]
LIFE = {"uri": "fares.md", "sha256": "ab", "row": 1}


def frame(text: str, **more: str) -> pl.LazyFrame:
    blocks, title = markdown.blocks_of(text)
    row = {
        "id": "d",
        "title": title,
        "text": text,
        "blocks": [block._asdict() for block in blocks],
        "provenance": LIFE,
        **more,
    }
    return pl.LazyFrame([row], schema=dict(RECORD))


def cut(text: str, **options: object) -> list[dict[str, object]]:
    step = chunks.Options(**options)  # type: ignore[arg-type]
    return chunks.derive(frame(text), step).collect().to_dicts()


def test_text_is_the_span() -> None:
    """Offsets count code points, also behind signs outside the basic plane."""
    text = "# Füße 😀😀\n\nOne 😀 para.\n\nAnother 👩‍👩‍👧 one.\n"
    rows = cut(text, max_chars=20)
    places = [(row["provenance"]["start"], row["provenance"]["end"]) for row in rows]  # type: ignore[index]
    assert [row["text"] for row in rows] == [text[start:end] for start, end in places]
    assert [row["text"] for row in rows] == ["# Füße 😀😀", "One 😀 para.", "Another 👩‍👩‍👧 one."]


@given(text=st.text(st.sampled_from("ab.é😀\n\t #`-|*1>"), max_size=300), limit=st.integers(1, 60))
def test_all_text_is_covered(text: str, limit: int) -> None:
    """What stands in no chunk is white space, whatever the limit."""
    covered = [False] * len(text)
    for row in cut(text, max_chars=limit) if text else ():
        start, end = row["provenance"]["start"], row["provenance"]["end"]  # type: ignore[index]
        assert 0 < end - start <= limit
        covered[start:end] = [True] * (end - start)
    assert not "".join(c for c, is_in in zip(text, covered, strict=True) if not is_in).strip()


def test_a_fence_is_not_broken() -> None:
    """Code with empty lines stays whole as long as it fits."""
    fence = "```python\nx = 1\n\n\ny = 2\n```"
    assert fence in [
        row["text"] for row in cut(f"Some words here.\n\n{fence}\n\nMore.", max_chars=30)
    ]


def test_a_chunk_has_its_own_blocks() -> None:
    """Blocks count from the chunk's begin."""
    rows = cut("# A\n\nOne two.\n\n# B\n\nThree four.", max_chars=16)
    assert rows[1]["text"] == "# B\n\nThree four."
    assert rows[1]["blocks"] == [
        {"kind": "heading", "level": 1, "start": 0, "end": 3},
        {"kind": "paragraph", "level": None, "start": 5, "end": 16},
    ]


def test_a_cut_block_is_left_out() -> None:
    """A paragraph longer than the limit is no block of any chunk."""
    rows = cut("One two three four.", max_chars=10)
    assert len(rows) > 1
    assert not any(row["blocks"] for row in rows)


def test_a_chunk_inherits_the_life_of_its_document() -> None:
    """Group, split, licence and source come along; it is a chunk and no document."""
    source = frame("# A\n\nOne.", group="g", split="test", licence="CC0", language="en")
    derived = chunks.derive(source, chunks.Options())
    row = derived.collect().to_dicts()[0]
    told = {name: row[name] for name in ("title", "group", "split", "licence", "language")}
    assert told == {
        "title": "A", "group": "g", "split": "test", "licence": "CC0", "language": "en",
    }  # fmt: skip
    assert row["provenance"]["document_id"] == "d"
    assert {name: row["provenance"][name] for name in LIFE} == LIFE
    assert derived.select(IS_CHUNK.all()).collect().item()


def test_chunks_are_not_cut_again() -> None:
    """A second step of the kind sees documents only."""
    once = chunks.derive(frame("# A\n\nOne."), chunks.Options())
    assert chunks.derive(once, chunks.Options()).collect().is_empty()


def test_overlap_says_the_end_again() -> None:
    """The next chunk begins with what the last one ended with."""
    rows = cut("One. Two. Three. Four. Five.", max_chars=12, overlap=6)
    assert [row["text"] for row in rows][:2] == ["One. Two.", "Two. Three."]


def tokenizer(folder: Path, **more: object) -> str:
    model = {"type": "WordLevel", "vocab": {"?": 0}, "unk_token": "?"}
    told = {"version": "1.0", "pre_tokenizer": {"type": "WhitespaceSplit"}, "model": model, **more}
    none = ("normalizer", "post_processor", "decoder", "truncation", "padding")
    path = folder / "tokenizer.json"
    path.write_text(json.dumps({**dict.fromkeys(none), "added_tokens": [], **told}))
    return str(path)


def test_tokens_are_the_limit(tmp_path: Path) -> None:
    """With a tokenizer, a chunk holds at most so many tokens, even if the file truncates."""
    cuts = {"direction": "Right", "max_length": 2, "strategy": "LongestFirst", "stride": 0}
    path = tokenizer(tmp_path, truncation=cuts)
    rows = cut("one two three four five six seven", tokenizer=path, max_tokens=3)
    assert [row["text"] for row in rows] == ["one two three", "four five six", "seven"]


def test_a_missing_tokenizer_is_named() -> None:
    """The message says which file is missing, and what is expected."""
    with pytest.raises(SourceError) as caught:
        cut("one", tokenizer="no/tokenizer.json", max_tokens=3)
    assert str(caught.value) == (
        "no/tokenizer.json: the tokenizer cannot be read: No such file or directory\n"
        "  hint: give the path of a tokenizer.json"
    )


def test_a_file_that_is_no_tokenizer_is_named(tmp_path: Path) -> None:
    """JSON that describes no model is refused."""
    (tmp_path / "t.json").write_text("{}")
    with pytest.raises(SourceError, match="this is no tokenizer: it holds no 'model'"):
        cut("one", tokenizer=str(tmp_path / "t.json"), max_tokens=3)


def test_limits_that_do_not_fit_are_refused() -> None:
    """A tokenizer without a limit, or an overlap as long as a chunk, cannot be meant."""
    with pytest.raises(ValueError, match="max_tokens and tokenizer belong together"):
        chunks.Options(tokenizer="t.json")
    with pytest.raises(ValueError, match="overlap must be at least 0 and below the limit"):
        chunks.Options(max_chars=10, overlap=10)
