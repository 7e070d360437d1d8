"""Pages that load nothing from anywhere else, and run no script but their own."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from typing import Any


def policy(pages: Path) -> str:
    """
    Tell browsers what the pages under ``pages`` may load and run.

    The pages carry scripts of a few lines, known by their hash: one that came with a record's
    text would not be among them.
    """
    own = sorted({_hash(script) for page in pages.rglob("*.html") for script in _scripts(page)})
    return (
        "default-src 'self'; "
        f"script-src 'self' {' '.join(own)}; "
        "style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; "
        "font-src 'self' data:; "
        "worker-src 'self' blob:; "
        "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    )


def _scripts(page: Path) -> list[str]:
    text = page.read_text("utf-8").replace("@@baseUrl@@", "")  # as the server does
    return re.findall(r"<script>(.*?)</script>", text, re.DOTALL)


def _hash(script: str) -> str:
    digest = hashlib.sha256(script.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


class Closed:
    """
    An application whose every answer tells the browser to ask nobody else.

    Argilla's pages ask two font style sheets from outside, and a record's text may hold the
    address of a picture: opening it would tell a stranger who reads what, and when.
    """

    def __init__(self, inner: Any, policy: str) -> None:
        self.inner = inner
        self.headers = [
            (b"content-security-policy", policy.encode()),
            (b"referrer-policy", b"no-referrer"),
            (b"x-content-type-options", b"nosniff"),
        ]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""

        async def send_closed(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *self.headers]
            await send(message)

        await self.inner(scope, receive, send_closed)
