"""All gates together, as a push asks them."""

from curator.publish.gates import gates


def test_every_gate_is_asked_and_says_something(run, wanted):
    """A finished run of our own holds at all of them."""
    told = gates(run, wanted(private=False, licences=("apache-2.0",), include=("bank", "trainer")))
    assert [gate.name for gate in told] == [
        "licence",
        "personal_data",
        "agreement",
        "leakage",
        "mask_proof",
    ]
    assert all(gate.holds and gate.said and not gate.violations for gate in told)
