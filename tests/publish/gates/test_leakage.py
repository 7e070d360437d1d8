"""The certificate holds, and is that of these rows; the rows hold as well."""

import hashlib
import json

import pytest

from curator.publish.gates import leakage

TEST = "dataset/data/test-*.parquet"


def test_a_row_that_shares_a_group_with_another_split_is_named(folder, wanted, change, row_of):
    """Exactly that one, of the weaker split: the rows are held against each other anew."""
    change(TEST, 0, group=row_of("train", 5)["group"])
    gate = leakage.gate(folder, wanted())
    (one,) = gate.violations
    assert not gate.holds
    assert (one.record_id, one.where) == (row_of("train", 5)["id"], "dataset/data/train")
    assert one.message == "it shares a group with a row of test"


@pytest.mark.parametrize("field", ["id", "document"])
def test_the_same_content_and_the_same_document_are_named(folder, wanted, change, row_of, field):
    """A row copied into another split, and two rows of one page."""
    row = row_of("train", 1)
    if field == "id":
        change(TEST, 0, id=row["id"])
    else:
        change(
            "dataset/data/train-*.parquet", 1, provenance={**row["provenance"], "document_id": "d"}
        )
        change(TEST, 0, provenance={**row["provenance"], "document_id": "d"})
    assert row["id"] in {one.record_id for one in leakage.gate(folder, wanted()).violations}


def test_the_certificate_of_the_run_holds(run, wanted):
    """And the sizes of the splits are said."""
    gate = leakage.gate(run, wanted())
    assert gate.holds
    assert gate.said.startswith("no row of one split is like a row of another: train ")


def reseal(folder, told):
    """Write the certificate, and let the manifest believe in it."""
    raw = json.dumps(told).encode()
    (folder / "leakage.json").write_bytes(raw)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["artifacts"]["leakage.json"]["sha256"] = hashlib.sha256(raw).hexdigest()
    manifest["checks"]["split_leakage"] = told
    (folder / "manifest.json").write_text(json.dumps(manifest))


def broken(told, what):
    """Break one thing of a certificate."""
    if what == "rows cross":
        told["across"][0]["rows_crossing"]["group"] = 2
    elif what == "exemplars are not of train":
        told["exemplars"]["outside_train"] = 1
    elif what == "it is of other rows":
        told["rows"]["train"] += 1
    else:
        told["across"][1]["closest"] = {
            **dict.fromkeys(told["across"][1]["splits"], "0" * 32),
            "similarity": 1,
        }
        told["across"][1]["closest"]["train"] = told["id"]
    told.pop("id", None)
    return told


@pytest.mark.parametrize(
    "what", ["rows cross", "exemplars are not of train", "it is of other rows"]
)
def test_a_certificate_that_does_not_hold_is_refused(folder, wanted, what):
    """Even where manifest and certificate agree."""
    reseal(folder, broken(json.loads((folder / "leakage.json").read_text()), what))
    (one,) = leakage.gate(folder, wanted()).violations
    assert what in one.message


def test_a_row_that_it_names_must_stand_where_it_says(folder, wanted, row_of):
    """The closest pair is there, in those splits."""
    told = {**json.loads((folder / "leakage.json").read_text()), "id": row_of("test", 0)["id"]}
    reseal(folder, broken(told, "closest"))
    (one,) = leakage.gate(folder, wanted()).violations
    assert (one.record_id, one.message) == (
        row_of("test", 0)["id"],
        "it says train, and stands in test",
    )


def test_a_changed_or_missing_certificate_is_refused(folder, wanted):
    """Its hash is the manifest's; it reads; it keeps its schema."""
    path = folder / "leakage.json"
    path.write_bytes(path.read_bytes() + b" ")
    assert "not those that the run wrote" in leakage.gate(folder, wanted()).violations[0].message
    path.write_bytes(b"{")
    assert "this is no certificate" in leakage.gate(folder, wanted()).violations[1].message
    path.write_bytes(b"{}")
    assert "required property" in leakage.gate(folder, wanted()).violations[1].message
    path.unlink()
    assert leakage.gate(folder, wanted()).violations[0].message == "there is no certificate of it"


def test_one_split_needs_no_certificate(folder, wanted):
    """There is nothing to leak into."""
    for path in (*folder.glob("dataset/data/test-*"), *folder.glob("dataset/data/validation-*")):
        path.unlink()
    (folder / "leakage.json").unlink()
    assert leakage.gate(folder, wanted()).holds
