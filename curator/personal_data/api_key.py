"""Keys to services, by the beginnings that their issuers give them for this purpose."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curator.personal_data.span import TEXT, Span

_FORMS = {
    "Amazon Web Services": r"(?:AKIA|ASIA)[A-Z2-7]{16}",
    "Anthropic": r"sk-ant-[a-z]{3,5}[0-9]{2}-[\w-]{80,110}",
    "Databricks": r"dapi[0-9a-f]{32}(?:-[0-9])?",
    "DigitalOcean": r"do[opr]_v1_[0-9a-f]{64}",
    "GitHub": r"gh[opsru]_[0-9A-Za-z]{36,255}|github_pat_[0-9A-Za-z]{22}_[0-9A-Za-z]{59}",
    "GitLab": r"gl(?:pat|dt|rt|ptt|cbt)-[\w-]{20,64}",
    "Google": r"AIza[\w-]{35}|GOCSPX-[\w-]{28}|ya29\.[\w-]{60,400}",
    "Hugging Face": r"hf_[A-Za-z]{34}",
    "Mailchimp": r"[0-9a-f]{32}-us[0-9]{1,2}",
    "npm": r"npm_[0-9A-Za-z]{36}",
    "OpenAI": r"sk-(?:proj|svcacct|admin)-[\w-]{40,200}|sk-[0-9A-Za-z]{20}T3BlbkFJ[0-9A-Za-z]{20}",
    "PyPI": r"pypi-AgEIcHlwaS5vcmc[\w-]{50,300}",
    "SendGrid": r"SG\.[\w-]{22}\.[\w-]{43}",
    "Shopify": r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}",
    "Slack": r"xox[abeoprs]-[0-9A-Za-z-]{20,200}|xapp-[0-9]-[0-9A-Z-]{17,33}-[0-9a-f]{64}",
    "Slack webhook": r"hooks\.slack\.com/services/T[0-9A-Z]{8,12}/B[0-9A-Z]{8,12}/[0-9A-Za-z]{24}",
    "Stripe": r"(?:sk|rk)_(?:live|test)_[0-9A-Za-z]{24,99}|whsec_[0-9A-Za-z+/]{32,64}",
    "Telegram": r"[0-9]{8,10}:AA[\w-]{33}",
    "Twilio": r"SK[0-9a-f]{32}",
    "a signed token": r"eyJ[\w-]{10,2000}\.eyJ[\w-]{10,8000}\.[\w-]{20,1000}",
}
NEEDS = TEXT
GATES = (  # few words in each, so that they are sought together
    "AKIA|ASIA|AIza|GOCSPX-|T3BlbkFJ|SK[0-9a-f]{4}",
    "sk-|sk_|rk_|whsec_|dapi|_v1_",
    "gh[opsru]_|github_pat_|gl[a-z]{2,4}-|shp[acps][ats]_",
    r"hf_|npm_|pypi-AgEI|xox|xapp-|hooks\.slack",
    r"eyJ|SG\.|ya29\.|:AA|-us[0-9]",
)
_PATTERN = re.compile(rf"(?<![\w-])(?:{'|'.join(_FORMS.values())})(?![\w-])", re.ASCII)
_PLACEHOLDER = re.compile(r"(?i)example|x{6}|0{8}|1234567|abcdefg|\*{4}")


def spans(text: str) -> Iterator[Span]:
    """
    Find keys.

    Nobody's are those that say EXAMPLE, as in the documentation of Amazon, or are plain fillers.
    """
    for match in _PATTERN.finditer(text):
        yield Span(match.start(), match.end(), _PLACEHOLDER.search(match[0]) is not None)
