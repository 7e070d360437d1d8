"""Rows go out only under a licence that is allowed."""

from curator.publish.gates import licence

TRAIN = "dataset/data/train-*.parquet"
FILE = "dataset/data/train-00000-of-00001.parquet"


def test_a_row_with_another_licence_is_named(folder, wanted, change):
    """Exactly that one, with its file and place; other spellings of an allowed one are that one."""
    name = change(TRAIN, 3, licence="CC-BY-NC-4.0")
    gate = licence.gate(folder, wanted(licences=("Apache License 2.0",)))
    (one,) = gate.violations
    assert not gate.holds
    assert (one.record_id, one.where) == (name, f"{FILE}: row 4")
    assert one.message == "its licence is 'CC-BY-NC-4.0'"


def test_a_row_without_a_licence_is_named(folder, wanted, change):
    """What states none has none."""
    name = change(TRAIN, 0, licence=None)
    (one,) = licence.gate(folder, wanted(licences=("apache-2.0",))).violations
    assert (one.record_id, one.message) == (name, "it states no licence")


def test_all_rows_with_allowed_licences_hold(run, wanted):
    """And what there is, is said."""
    gate = licence.gate(run, wanted(licences=("apache-2.0", "mit"), private=False))
    assert gate.holds
    assert gate.said == "the rows have: apache-2.0 90"


def test_a_public_repository_needs_the_list(folder, wanted, change):
    """A private one is told what is there."""
    change(TRAIN, 0, licence=None)
    public = licence.gate(folder, wanted(private=False))
    assert not public.holds
    assert public.violations[0].hint == "publish: [hub: {licences: [apache-2.0]}]"
    private = licence.gate(folder, wanted())
    assert private.holds
    assert private.said == "the rows have: apache-2.0 89, none stated 1"


def test_many_rows_are_counted_beyond_the_first_few(run, wanted):
    """The message stays readable."""
    gate = licence.gate(run, wanted(licences=("mit",)))
    assert len(gate.violations) == 10
    assert gate.violations[-1].message == "and 81 more like these"
    assert gate.said == "90 rows have another licence than mit"
