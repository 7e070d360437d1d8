"""The columns of a dataset: their types, and what they mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import pyarrow as pa
from polars.datatypes import DataTypeClass

from curator.prompt.training import TRAINED
from curator.records import MESSAGE, PROVENANCE, REVIEW

DType = pl.DataType | DataTypeClass

COLUMNS: dict[str, pl.DataType] = {
    "id": pl.String(),
    "messages": pl.List(TRAINED),
    "tools": pl.String(),
    "label": pl.String(),
    "reasoning": pl.String(),
    "rejected_messages": pl.List(MESSAGE),
    "group": pl.String(),
    "language": pl.String(),
    "licence": pl.String(),
    "provenance": PROVENANCE,
    "review": REVIEW,
}
MEANING: Mapping[str, str] = {
    "id": "hash of what the source row says, 32 hexadecimal digits",
    "messages": "the training row: the prompt as it is asked and, where an assistant has the last "
    "word, the completion",
    "messages.role": "system, user, assistant or tool",
    "messages.content": "the text",
    "messages.name": "who speaks, or which function answers",
    "messages.tool_calls": "functions called, as JSON text",
    "messages.tool_call_id": "the call that a tool answers",
    "messages.weight": "0: not to be trained on",
    "tools": "functions that may be called, as JSON text",
    "label": "the class, where the source has one",
    "reasoning": "of the completion, where the source has it",
    "rejected_messages": "the answer that was not preferred, where the source has one",
    "rejected_messages.role": "system, user, assistant or tool",
    "rejected_messages.content": "the text",
    "rejected_messages.reasoning": "what was thought before it",
    "rejected_messages.name": "who speaks, or which function answers",
    "rejected_messages.tool_calls": "functions called, as JSON text",
    "rejected_messages.tool_call_id": "the call that a tool answers",
    "rejected_messages.weight": "0: not to be trained on",
    "group": "rows that share it stand in the same split",
    "language": "a language tag",
    "licence": "under which the row may be used",
    "provenance": "where the row is from",
    "provenance.uri": "the file",
    "provenance.sha256": "hash of the file",
    "provenance.row": "row in the file, from 1",
    "provenance.line": "line on which the row begins, from 1",
    "provenance.document_id": "the document that the row was drawn from",
    "provenance.start": "first character of the span in it",
    "provenance.end": "the character behind the span",
    "provenance.parent_id": "the id before the row was changed, or of the row that it was made of",
    "provenance.derived_by": "the step that made the row",
    "provenance.confidence": "of that step, 0 to 1",
    "provenance.template": "words around the span in the answer",
    "review": "what people decided",
    "review.status": "approved or corrected",
    "review.by": "who, by pseudonym",
    "review.score": "mean of the ratings, 0 to 1",
}
_PLAIN: dict[DType, pa.DataType] = {
    pl.String(): pa.string(),
    pl.Int8(): pa.int8(),
    pl.Int64(): pa.int64(),
    pl.Float64(): pa.float64(),
}


def arrow(dtype: DType) -> pa.DataType:
    """Give the Arrow type with 32-bit offsets: what ``datasets`` calls List and string."""
    if isinstance(dtype, pl.List):
        return pa.list_(pa.field("element", arrow(dtype.inner)))
    if isinstance(dtype, pl.Struct):
        return pa.struct([pa.field(field.name, arrow(field.dtype)) for field in dtype.fields])
    return _PLAIN[dtype]


SCHEMA = pa.schema([pa.field(name, arrow(dtype)) for name, dtype in COLUMNS.items()])


def word(dtype: DType) -> str:
    """Name a plain type as ``datasets`` does, such as ``int64``."""
    return str(_PLAIN[dtype]).replace("double", "float64")


def card_features() -> list[dict[str, Any]]:
    """List the columns as the ``dataset_info`` of a card does."""
    return [{"name": name, **_named(dtype)} for name, dtype in COLUMNS.items()]


def _features(dtype: DType) -> Any:
    if isinstance(dtype, pl.List):
        inner = _features(dtype.inner)
        return {"list": inner if isinstance(dtype.inner, pl.Struct) else inner["dtype"]}
    if isinstance(dtype, pl.Struct):
        return [{"name": field.name, **_named(field.dtype)} for field in dtype.fields]
    return {"dtype": word(dtype)}


def _named(dtype: DType) -> dict[str, Any]:
    given = _features(dtype)
    return {"struct": given} if isinstance(given, list) else given
