"""What a server refuses, said in its own words."""

import pytest

from curator.review.argilla.faults import refused

pytest.importorskip("argilla", reason="make test-review installs it")
LONG = '{"detail": {"params": {"errors": [{"loc": ["body", "name"], "msg": "at most 200"}]}}}'


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ('{"detail": "Record at position 0 is not valid"}', "Record at position 0 is not valid"),
        (LONG, "name: at most 200"),
        ('Unprocessable. Details: {"detail": "no field"}', "no field"),
        ("<html>" + "x" * 500, "<html>" + "x" * 73 + "…"),
        ('{"detail": null}', '{"detail": null}'),
        ("[]", "[]"),
    ],
)
def test_the_reason_is_what_is_shown(words, told):
    """Not the name of a class, and not a page of JSON."""
    error = refused(422, words, "desk")
    assert str(error).startswith(f"desk: the server refuses it with status 422: {told}\n  hint: ")
