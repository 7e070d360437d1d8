"""The agreement that the run measured is held against what is asked."""

from curator.publish.gates import agreement

TRAIN = "dataset/data/train-*.parquet"


def reviewed(alpha, *ids, same=0.9, note=""):
    """What a manifest says of a review."""
    verdict = {"rows": 20, "same": same, "alpha": alpha, "low": None, "high": None, "note": note}
    return {
        "people": 2, "rows": 20, "rows_of_several": 20, "answers": 40, "verdicts": {},
        "agreement": {"verdict": verdict}, "disputed": {"rows": len(ids), "ids": list(ids)},
    }  # fmt: skip


def test_a_row_in_dispute_is_named(folder, wanted, edit, row_of):
    """Exactly that one, where people do not agree as far as is asked."""
    row = row_of("train", 4)
    edit("manifest.json", lambda told: told.update(review=reviewed(0.3, row["id"], "gone")))
    gate = agreement.gate(folder, wanted(min_alpha=0.67))
    (one,) = gate.violations
    assert not gate.holds
    assert (one.record_id, one.message) == (row["id"], "people gave different verdicts on it")
    assert one.where.endswith(": row 5")
    assert gate.said == "alpha of the verdicts is 0.30, over 20 rows; min_alpha is 0.67"


def test_a_corrected_row_is_known_by_the_id_that_it_had(folder, wanted, edit, change, row_of):
    """People saw it before its answer was corrected."""
    row = row_of("train", 2)
    name = change(TRAIN, 2, provenance={**row["provenance"], "parent_id": "then"})
    edit("manifest.json", lambda told: told.update(review=reviewed(0.3, "then")))
    (one,) = agreement.gate(folder, wanted(min_alpha=0.67)).violations
    assert one.record_id == name


def test_enough_agreement_holds(folder, wanted, edit):
    """Also where all said the same, of which alpha cannot tell anything."""
    edit("manifest.json", lambda told: told.update(review=reviewed(0.8, "x")))
    assert agreement.gate(folder, wanted(min_alpha=0.67)).holds
    edit(
        "manifest.json", lambda told: told.update(review=reviewed(None, same=1.0, note="one value"))
    )
    assert agreement.gate(folder, wanted(min_alpha=0.67)).holds


def test_no_agreement_is_none(folder, run, wanted, edit):
    """Nobody reviewed, or each row was seen by one person; without min_alpha that is said, and holds."""
    gate = agreement.gate(run, wanted(min_alpha=0.67))
    assert (gate.holds, gate.violations[0].message) == (False, "nobody has reviewed the rows")
    assert agreement.gate(run, wanted()).holds
    edit("manifest.json", lambda told: told.update(review={**reviewed(0.3), "agreement": {}}))
    assert "no row was reviewed by several" in agreement.gate(folder, wanted(min_alpha=0.1)).said
    assert not agreement.gate(folder, wanted(min_alpha=0.1)).holds
