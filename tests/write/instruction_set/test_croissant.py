"""The Croissant file: files, records and responsible use, as the vocabulary has them."""

import hashlib
import json

import pyarrow.parquet as pq

from curator.write.instruction_set.columns import COLUMNS, MEANING
from curator.write.instruction_set.croissant import CONFORMS_TO

ABOUT = {
    "title": "Desk", "summary": "What people ask.", "collection": "By hand.", "annotators": "Two clerks.",
    "intended_use": "Trying out.", "limits": "Small.", "creators": ["Lantern Line"], "version": "1.2.3",
    "published": "2026-01-31", "url": "https://example.org/desk",
}  # fmt: skip


def chat(text="hello", **fields):
    return {"messages": [text, "fine"], **fields}


def read(folder):
    """Read the file of a dataset."""
    return json.loads((folder / "croissant.json").read_text("utf-8"))


def test_every_shard_is_a_file_with_size_and_hash(written):
    """What is downloaded can be checked against it."""
    folder = written(chat(), chat("b", split="test"))
    files = {one["@id"]: one for one in read(folder)["distribution"] if "contentUrl" in one}
    assert sorted(files) == sorted(
        p.relative_to(folder).as_posix() for p in folder.rglob("*.parquet")
    )
    for name, told in files.items():
        held = (folder / name).read_bytes()
        assert told["sha256"] == hashlib.sha256(held).hexdigest()
        assert told["contentSize"] == f"{len(held)} B"


def test_every_column_is_a_field_with_type_and_meaning(written):
    """To the leaves: each names its column and, inside one, the way to it."""
    folder = written(chat())
    rows = next(one for one in read(folder)["recordSet"] if one["@id"] == "rows")
    (path,) = folder.glob("data/*.parquet")
    assert [one["@id"] for one in rows["field"]] == [
        "rows/split",
        *(f"rows/{name}" for name in pq.read_schema(path).names),
    ]
    leaves = list(leaves_of(rows["field"][1:]))
    assert all(one["dataType"].startswith("sc:") and one["description"] for one in leaves)
    ways = {one["@id"]: one["source"] for one in leaves}
    assert ways["rows/provenance/start"]["extract"] == {"column": "provenance"}
    assert ways["rows/provenance/start"]["transform"] == {"jsonPath": "start"}


def leaves_of(fields):
    """Give the fields that have no others inside."""
    for field in fields:
        yield from leaves_of(field["subField"]) if "subField" in field else [field]


def test_every_column_has_a_meaning_and_no_other_has():
    """The words of the card and of the Croissant file are the same, and complete."""

    def keys(name, dtype):
        inner = getattr(dtype, "inner", dtype)
        yield name
        for field in getattr(inner, "fields", []):
            yield from keys(f"{name}.{field.name}", field.dtype)

    assert [key for name, dtype in COLUMNS.items() for key in keys(name, dtype)] == list(MEANING)


def test_splits_are_told_by_their_meaning(written):
    """Train and test, as the standard names them; a split without rows is not there."""
    splits = read(written(chat(), chat("b", split="test")))["recordSet"][0]
    assert splits["dataType"] == "cr:Split"
    assert [list(one.values()) for one in splits["data"]] == [
        ["train", "cr:TrainingSplit"], ["test", "cr:TestSplit"],
    ]  # fmt: skip


def test_the_recipe_s_words_and_the_run_s_counts_are_told(written):
    """Who made it, how to cite it, what it is for; licence by its page, sources by their hash."""
    told = read(written(chat(licence="MIT", language="en"), card=ABOUT))
    assert tuple(told["conformsTo"]) == CONFORMS_TO
    assert told["license"] == "https://spdx.org/licenses/MIT.html"
    assert (told["url"], told["version"], told["datePublished"]) == (
        "https://example.org/desk",
        "1.2.3",
        "2026-01-31",
    )
    assert told["creator"] == [{"@type": "sc:Organization", "name": "Lantern Line"}]
    assert told["citeAs"].startswith("@misc{lantern-line-desk-2026,")
    assert told["prov:wasDerivedFrom"][0]["prov:label"] == "data.csv"
    assert told["rai:dataCollection"] == "By hand. 5 rows were read from 1 files."
    assert told["rai:dataUseCases"] == "Trying out."
    assert told["rai:dataLimitations"][:2] == ["Small.", "Language: en."]
    assert told["rai:annotatorDemographics"] == "Two clerks."


def test_what_nobody_said_is_left_out(written):
    """No empty fields, no made-up dates or names."""
    told = read(written(chat()))
    assert (
        not {"license", "url", "creator", "datePublished", "version", "citeAs", "rai:dataUseCases"}
        & told.keys()
    )


def test_licences_without_a_page_are_works_with_a_name(written):
    """Several are listed."""
    told = read(written(chat(licence="House rules"), chat("b", licence="MIT")))
    assert told["license"] == [
        {"@type": "sc:CreativeWork", "name": "House rules"},
        "https://spdx.org/licenses/MIT.html",
    ]


def test_reviews_and_personal_data_are_told(written):
    """Who answered how often, how far they agree; what was found, by type, without showing it."""
    review = {
        "people": 2, "answers": 5, "rows": 3, "rows_of_several": 2, "verdicts": {},
        "agreement": {"verdict": {"rows": 2, "same": 0.5, "alpha": 0.25, "low": None, "high": None, "note": ""}},
        "disputed": {"rows": 1, "ids": []},
    }  # fmt: skip
    seen = {"status": "approved", "by": "reviewer1", "score": None}
    folder = written(
        chat("I am jane@ferry.org", review=seen), review=review, recipe={"review": [{"argilla": {"people": 2}}]}
    )  # fmt: skip
    told = read(folder)
    assert told["rai:annotationsPerItem"] == "5 answers on 3 rows"
    assert told["rai:dataAnnotationPlatform"] == ["Argilla"]
    assert told["rai:dataAnnotationAnalysis"][0] == "verdict: Krippendorff's alpha 0.25 over 2 rows"
    assert "2 people answered." in told["rai:dataAnnotationProtocol"]
    assert told["rai:personalSensitiveInformation"][1].startswith("email: 1 somebody's in 1 rows")
    assert "jane" not in (folder / "croissant.json").read_text()


def test_the_same_rows_give_the_same_bytes(written):
    """Nothing in it depends on the hour or the machine."""
    first = (written(chat(), card=ABOUT) / "croissant.json").read_bytes()
    assert (written(chat(), card=ABOUT) / "croissant.json").read_bytes() == first
