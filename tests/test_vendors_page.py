"""The page about vendors names every set of rules, as it is."""

import re

from curator.preflight.rules import load, names


def test_the_page_about_vendors_lists_every_pack(root):
    """With its vendor, the fields of its rows, and what is written for it."""
    page = (root / "docs" / "vendors.md").read_text()
    vendor, listed = "", {}
    for said, pack, keys, written in re.findall(
        r"^\| (`\w+`)? ?\| `(\w+)` \| ([^|]*) \| ([^|]*) \|", page, re.MULTILINE
    ):
        vendor = said.strip("`") or vendor
        listed[pack] = (vendor, *(set(re.findall(r"`(\w+)`", each)) for each in (keys, written)))
    assert set(listed) == set(names())
    for name, (vendor, keys, written) in listed.items():
        assert (load(name).vendor, set(load(name).formats)) == (vendor, written)
        assert set(load(name).keys) <= keys
