"""Licences by the names people give them: one identifier each, that of the Hugging Face Hub."""

from __future__ import annotations

import re
from types import MappingProxyType

_SPDX = """
afl-3.0 AFL-3.0
agpl-3.0 AGPL-3.0-only
apache-2.0 Apache-2.0
artistic-2.0 Artistic-2.0
bsd-2-clause BSD-2-Clause
bsd-3-clause BSD-3-Clause
bsd-3-clause-clear BSD-3-Clause-Clear
bsl-1.0 BSL-1.0
c-uda C-UDA-1.0
cc-by-2.0 CC-BY-2.0
cc-by-2.5 CC-BY-2.5
cc-by-3.0 CC-BY-3.0
cc-by-4.0 CC-BY-4.0
cc-by-nc-2.0 CC-BY-NC-2.0
cc-by-nc-3.0 CC-BY-NC-3.0
cc-by-nc-4.0 CC-BY-NC-4.0
cc-by-nc-nd-3.0 CC-BY-NC-ND-3.0
cc-by-nc-nd-4.0 CC-BY-NC-ND-4.0
cc-by-nc-sa-2.0 CC-BY-NC-SA-2.0
cc-by-nc-sa-3.0 CC-BY-NC-SA-3.0
cc-by-nc-sa-4.0 CC-BY-NC-SA-4.0
cc-by-nd-4.0 CC-BY-ND-4.0
cc-by-sa-3.0 CC-BY-SA-3.0
cc-by-sa-4.0 CC-BY-SA-4.0
cc0-1.0 CC0-1.0
cdla-permissive-1.0 CDLA-Permissive-1.0
cdla-permissive-2.0 CDLA-Permissive-2.0
cdla-sharing-1.0 CDLA-Sharing-1.0
ecl-2.0 ECL-2.0
epl-1.0 EPL-1.0
epl-2.0 EPL-2.0
etalab-2.0 etalab-2.0
eupl-1.1 EUPL-1.1
eupl-1.2 EUPL-1.2
gfdl GFDL-1.3-only
gpl-2.0 GPL-2.0-only
gpl-3.0 GPL-3.0-only
isc ISC
lgpl-2.1 LGPL-2.1-only
lgpl-3.0 LGPL-3.0-only
lgpl-lr LGPLLR
lppl-1.3c LPPL-1.3c
mit MIT
mpl-2.0 MPL-2.0
ms-pl MS-PL
ncsa NCSA
odbl ODbL-1.0
odc-by ODC-By-1.0
ofl-1.1 OFL-1.1
osl-3.0 OSL-3.0
pddl PDDL-1.0
postgresql PostgreSQL
unlicense Unlicense
wtfpl WTFPL
zlib Zlib
"""
_BY_IDENTIFIER = MappingProxyType(dict(line.split() for line in _SPDX.strip().splitlines()))
_ALIASES = MappingProxyType(
    {
        **{spdx.lower(): identifier for identifier, spdx in _BY_IDENTIFIER.items()},
        "apache-2": "apache-2.0",
        "cc0": "cc0-1.0",
        "cc-zero": "cc0-1.0",
        "cc-zero-1.0": "cc0-1.0",
        "creative-commons-zero-1.0": "cc0-1.0",
        "expat": "mit",
        "odc-odbl": "odbl",
        "opendatacommons-odbl": "odbl",
    }
)
_ADDRESSES = (
    ("creativecommons.org/publicdomain/zero/([0-9.]+)", "cc0-{}"),
    ("creativecommons.org/licenses/([a-z-]+)/([0-9.]+)", "cc-{}-{}"),
    ("apache.org/licenses/license-([0-9.]+)", "apache-{}"),
    (r"(?:spdx.org|opensource.org|choosealicense.com)/licenses?/([\w.-]+?)(?:\.html|/|$)", "{}"),
)
_SPELLINGS = (  # in this order
    (r"\bv(?=\d)", ""),
    ("creative commons", "cc"),
    ("non commercial", "noncommercial"),
    ("share alike", "sharealike"),
    ("no deriv", "noderiv"),
    (r"\b(?:the|licen[cs]e|version|international|universal|unported|v)\b|[(),]", " "),
    (r"[\s_/-]+", "-"),
    (r"^-|[-.]$", ""),
    (r"\battribution\b", "by"),
    (r"\bnoncommercial\b", "nc"),
    (r"\bnoderiv(?:ative)?s\b", "nd"),
    (r"\bsharealike\b", "sa"),
    (r"-(?:only|or-later)$|\+$", ""),
    (r"^(?:gnu-)?([al]?gpl)-?v?(?=\d)", r"\1-"),
)


def identifier(name: str) -> str | None:
    """
    Give the Hub's identifier of a licence by its SPDX name, its usual name or its address.

    >>> identifier("Apache License, Version 2.0"), identifier("CC BY-SA 4.0"), identifier("ours")
    ('apache-2.0', 'cc-by-sa-4.0', None)
    """
    text = name.strip().lower()
    for place, form in _ADDRESSES:
        if found := re.search(place, text):
            text = form.format(*(part.strip(".") for part in found.groups()))
    for spelling, other in _SPELLINGS:
        text = re.sub(spelling, other, text)
    for tried in (text, f"{text}.0", f"{text}-only", f"{text}-1.0"):
        if (known := _ALIASES.get(tried, tried)) in _BY_IDENTIFIER:
            return known
    return None


def key(name: str) -> str:
    """Give what two names of one licence have in common: its identifier, or the name as it is."""
    return identifier(name) or " ".join(name.lower().split())


def address(name: str) -> str | None:
    """Give the page of a licence in the list of SPDX."""
    if (known := identifier(name)) is None:
        return None
    spdx = _BY_IDENTIFIER[known]
    if re.search(r"or[ -]later|\+$", name, re.IGNORECASE):
        spdx = spdx.replace("-only", "-or-later")
    return f"https://spdx.org/licenses/{spdx}.html"
