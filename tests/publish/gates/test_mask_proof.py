"""The proof of masks is that of the export's own files."""

import pyarrow.parquet as pq
import pytest

from curator.publish.gates import mask_proof

TRAIN = "trainer/packed/train-*.parquet"


def first_pack(folder):
    """Read the first pack of train."""
    return pq.read_table(next(folder.glob(TRAIN))).to_pylist()[0]


def segment(folder, place):
    """Give the id of a segment of the first pack of train."""
    table = pq.read_table(folder / "trainer" / "segments.parquet").to_pylist()
    return next(
        row["id"] for row in table if (row["split"], row["pack"], row["place"]) == ("train", 0, place)
    )  # fmt: skip


@pytest.mark.parametrize("how", ["one more token counts", "a label is another token"])
def test_a_segment_whose_labels_were_changed_is_named(folder, wanted, change, how):
    """Exactly that one of the pack."""
    pack = first_pack(folder)
    begin = pack["seq_lengths"][0]
    labels = list(pack["labels"])
    if how == "one more token counts":
        labels[begin] = pack["input_ids"][begin]
    else:
        at = next(at for at in range(begin, len(labels)) if labels[at] != -100)
        labels[at] += 1
    change(TRAIN, 0, labels=labels)
    gate = mask_proof.gate(folder, wanted())
    (one,) = gate.violations
    assert not gate.holds
    assert one.record_id == segment(folder, 1)
    assert one.where.startswith("trainer/packed/train-")


def test_a_file_that_differs_otherwise_is_named_itself(folder, wanted, change):
    """A token that counts nowhere was changed: the hash tells, the labels do not."""
    ids = [9, *first_pack(folder)["input_ids"][1:]]
    change(TRAIN, 0, input_ids=ids)
    (one,) = mask_proof.gate(folder, wanted()).violations
    assert (one.record_id, one.message) == (None, "its bytes are not those that were proven")


def test_the_proof_of_the_run_holds(run, wanted):
    """And says how many tokens count."""
    gate = mask_proof.gate(run, wanted())
    assert gate.holds
    assert gate.said.endswith("tokens count, in 3 files")


def test_strange_and_missing_files_are_named(folder, wanted):
    """A shard that no proof is of, and one that is gone."""
    shard = next(folder.glob(TRAIN))
    shard.rename(shard.with_name("train-00009-of-00009.parquet"))
    told = {one.message for one in mask_proof.gate(folder, wanted()).violations}
    assert told == {"no proof is of this file", "the proof is of this file, but it is gone"}


def test_sums_that_differ_are_named(folder, wanted, edit):
    """The table of segments must come to what was proven."""
    edit("trainer/masks.json", lambda told: told["splits"]["train"].update(trained=1))
    (one,) = mask_proof.gate(folder, wanted()).violations
    assert one.message == "train comes to other sums than were proven"


def test_no_export_needs_no_proof_and_an_export_needs_one(folder, wanted):
    """A proof that cannot be read proves nothing."""
    (folder / "trainer" / "masks.json").write_bytes(b"{")
    assert "this is no proof" in mask_proof.gate(folder, wanted()).violations[0].message
    (folder / "trainer" / "masks.json").unlink()
    assert not mask_proof.gate(folder, wanted()).holds
    import shutil

    shutil.rmtree(folder / "trainer")
    assert mask_proof.gate(folder, wanted()).holds
