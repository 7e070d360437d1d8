"""Who said it."""

from curator.review.people import is_person, pseudonym


def test_a_person_is_known_by_name_and_by_pseudonym():
    """As a server writes it, and as somebody typed it into a cell."""
    assert pseudonym("ann") == pseudonym("ann") != pseudonym("ben")
    assert is_person(pseudonym("Ann"), "Ann")
    assert is_person(pseudonym("ann"), " Ann")
    assert is_person("reviewer", "reviewer")
    assert not is_person(pseudonym("ben"), "ann")
