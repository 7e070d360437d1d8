"""
The Croissant file: the dataset for machines, with what responsible use of it needs.

Source: the Croissant format 1.1, and its vocabulary for responsible AI (RAI) 1.0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
import polars as pl

from curator import licences
from curator.write.instruction_set import responsible
from curator.write.instruction_set.columns import COLUMNS, MEANING, DType
from curator.write.instruction_set.made import Made

FILE = "croissant.json"
CONFORMS_TO = ("http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0")
_TERMS = (
    "annotation arrayShape citeAs column containedIn equivalentProperty excludes extract field "
    "fileObject fileProperty fileSet format includes isArray isLiveDataset jsonPath key md5 "
    "parentField path readLines recordSet references regex repeated replace samplingRate sdVersion "
    "separator source subField transform unArchive value"
)
_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "prov": "http://www.w3.org/ns/prov#",
    "data": {"@id": "cr:data", "@type": "@json"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    **{term: f"cr:{term}" for term in _TERMS.split()},
    "conformsTo": "dct:conformsTo",
}
_TYPES: Mapping[DType, str] = {
    pl.String(): "sc:Text",
    pl.Int8(): "sc:Integer",
    pl.Int64(): "sc:Integer",
    pl.Float64(): "sc:Float",
}
_SPLITS = {"train": "cr:TrainingSplit", "validation": "cr:ValidationSplit", "test": "cr:TestSplit"}
_PARQUET = "application/x-parquet"
ROWS, SHARDS, SPLITS_OF = "rows", "shards", "splits"


def croissant(made: Made) -> bytes:
    """Give the file's bytes: the same for the same run."""
    fields = {name: value for name, value in _fields(made) if value not in ("", [], None)}
    return orjson.dumps(fields, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _fields(made: Made) -> Iterator[tuple[str, Any]]:
    about, facts, manifest = made.about, made.facts, made.manifest
    yield "@context", _CONTEXT
    yield "@type", "sc:Dataset"
    yield "conformsTo", list(CONFORMS_TO)
    yield "name", manifest.name
    yield "alternateName", about.title if about.title != manifest.name else ""
    yield "description", responsible.description(made)
    yield "license", _one([_licence(name) for name in _known(facts.licences)])
    yield "url", about.url
    yield "creator", [{"@type": "sc:Organization", "name": name} for name in about.creators]
    yield "datePublished", about.published
    yield "version", about.version
    yield "citeAs", about.bibtex()
    yield "inLanguage", _one(_known(facts.languages))
    yield "keywords", ["instruction-tuning", manifest.name]
    yield "isLiveDataset", False
    yield from responsible.properties(made)
    yield (
        "prov:wasDerivedFrom",
        [
            {
                "@type": "prov:Entity",
                "@id": f"urn:sha256:{one['sha256']}",
                "prov:label": str(one.get("uri")),
            }
            for one in manifest.inputs
            if one.get("sha256")
        ],
    )
    yield "distribution", [*_files(made), _shards()]
    yield "recordSet", [_splits(made), _rows(made)]


def _known(counts: Mapping[str | None, int]) -> list[str]:
    return sorted(name for name in counts if name is not None)


def _one(values: list[Any]) -> Any:
    """Give one value alone, and several as a list."""
    return values[0] if len(values) == 1 else values


def _licence(name: str) -> str | dict[str, str]:
    return licences.address(name) or {"@type": "sc:CreativeWork", "name": name}


def _files(made: Made) -> Iterator[dict[str, Any]]:
    for file in made.facts.files:
        yield {
            "@type": "cr:FileObject",
            "@id": file.name,
            "name": file.name,
            "contentUrl": file.name,
            "contentSize": f"{file.size_bytes} B",
            "encodingFormat": _PARQUET,
            "sha256": file.sha256,
        }


def _shards() -> dict[str, Any]:
    return {
        "@type": "cr:FileSet",
        "@id": SHARDS,
        "name": SHARDS,
        "description": "All files of all splits.",
        "encodingFormat": _PARQUET,
        "includes": "data/*.parquet",
    }


def _splits(made: Made) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": SPLITS_OF,
        "name": SPLITS_OF,
        "dataType": "cr:Split",
        "key": {"@id": f"{SPLITS_OF}/name"},
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"{SPLITS_OF}/name",
                "name": f"{SPLITS_OF}/name",
                "dataType": "sc:Text",
            },
            {
                "@type": "cr:Field",
                "@id": f"{SPLITS_OF}/url",
                "name": f"{SPLITS_OF}/url",
                "dataType": ["sc:URL", "cr:Split"],
            },
        ],
        "data": [
            {f"{SPLITS_OF}/name": split, f"{SPLITS_OF}/url": _SPLITS[split]}
            for split in made.facts.splits
        ],
    }


def _rows(made: Made) -> dict[str, Any]:
    splits = "|".join(made.facts.splits)
    return {
        "@type": "cr:RecordSet",
        "@id": ROWS,
        "name": ROWS,
        "description": "A row is a chat as a model is trained on it, and where it is from.",
        "key": {"@id": f"{ROWS}/id"},
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"{ROWS}/split",
                "name": f"{ROWS}/split",
                "description": "The split that the row stands in.",
                "dataType": "sc:Text",
                "source": {
                    "fileSet": {"@id": SHARDS},
                    "extract": {"fileProperty": "fullpath"},
                    "transform": {"regex": f"^(?:data/)?({splits})(?:-.*)?$"},
                },
                "references": {"field": {"@id": f"{SPLITS_OF}/name"}},
            },
            *(_field(name, dtype, name, []) for name, dtype in COLUMNS.items()),
        ],
    }


def _field(key: str, dtype: DType, column: str, path: list[str]) -> dict[str, Any]:
    """Describe a column, or what is inside it at ``path``."""
    inner = dtype.inner if isinstance(dtype, pl.List) else dtype
    field: dict[str, Any] = {
        "@type": "cr:Field",
        "@id": f"{ROWS}/{key.replace('.', '/')}",
        "name": f"{ROWS}/{key.replace('.', '/')}",
        "description": MEANING[key],
    }
    if isinstance(dtype, pl.List):
        field |= {"isArray": True, "arrayShape": "-1"}
    if isinstance(inner, pl.Struct):
        inside = [(f"{key}.{one.name}", one) for one in inner.fields]
        field["subField"] = [_field(k, one.dtype, column, [*path, one.name]) for k, one in inside]
        return field
    source: dict[str, Any] = {"fileSet": {"@id": SHARDS}, "extract": {"column": column}}
    if path:
        steps = [{"jsonPath": step} for step in path]
        source["transform"] = steps[0] if len(steps) == 1 else steps
    return {**field, "dataType": _TYPES[inner], "source": source}
