"""Licences go by many names, and by one identifier."""

import doctest

import pytest

from curator import licences
from curator.licences import _BY_IDENTIFIER, address, identifier, key


@pytest.mark.parametrize("hub", _BY_IDENTIFIER)
def test_identifiers_and_spdx_names_are_known(hub):
    """In letters of any size, with spaces for hyphens."""
    spdx = _BY_IDENTIFIER[hub]
    for name in (hub, spdx, spdx.upper(), hub.replace("-", " "), f" {spdx} License "):
        assert identifier(name) == hub, name


@pytest.mark.parametrize(
    ("name", "hub"),
    [
        ("Apache License, Version 2.0", "apache-2.0"), ("Apache 2", "apache-2.0"), ("The MIT License", "mit"),
        ("CC BY 4.0", "cc-by-4.0"), ("CC-BY-SA v3.0", "cc-by-sa-3.0"), ("CC0", "cc0-1.0"),
        ("Creative Commons Attribution 4.0 International", "cc-by-4.0"),
        ("Creative Commons Attribution Non Commercial Share Alike 4.0", "cc-by-nc-sa-4.0"),
        ("Creative Commons Attribution-NonCommercial-NoDerivatives 4.0", "cc-by-nc-nd-4.0"),
        ("https://creativecommons.org/licenses/by-nc/4.0/", "cc-by-nc-4.0"),
        ("http://creativecommons.org/publicdomain/zero/1.0/", "cc0-1.0"),
        ("https://www.apache.org/licenses/LICENSE-2.0", "apache-2.0"),
        ("https://opensource.org/license/mit", "mit"), ("https://spdx.org/licenses/MIT.html", "mit"),
        ("GPL-3.0-or-later", "gpl-3.0"), ("GPLv3", "gpl-3.0"), ("GNU GPL v3", "gpl-3.0"), ("LGPL 2.1", "lgpl-2.1"),
        ("ODbL", "odbl"), ("ODC-By", "odc-by"), ("proprietary", None), ("CC BY", None), ("", None),
        ("cc-by-5.0", None), ("public domain", None),
    ],
)  # fmt: skip
def test_usual_names_and_addresses_are_known(name, hub):
    """What is not surely one licence is none."""
    assert identifier(name) == hub


def test_names_are_compared_by_what_they_mean():
    """Two spellings of one licence are the same; unknown ones are compared as they are."""
    assert key("Apache-2.0") == key("Apache License 2.0")
    assert key("Our  Licence") == key("our licence") != key("their licence")
    assert address("MIT") == "https://spdx.org/licenses/MIT.html"
    assert address("GPL-3.0-or-later").endswith("/GPL-3.0-or-later.html")
    assert address("ours") is None
    assert doctest.testmod(licences).failed == 0
