"""Pages that load nothing from anywhere else."""

from __future__ import annotations

from typing import Any

POLICY = (
    "default-src 'self'; "
    "script-src 'self' 'unsafe-inline'; "  # the page carries its settings in a script
    "style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; "
    "font-src 'self' data:; "
    "worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)


class Closed:
    """
    An application whose every answer tells the browser to ask nobody else.

    Argilla's pages ask two font style sheets from outside, and a record's text may hold the
    address of a picture: opening it would tell a stranger who reads what, and when.
    """

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""

        async def send_closed(message: Any) -> None:
            if message["type"] == "http.response.start":
                added = {
                    b"content-security-policy": POLICY.encode(),
                    b"referrer-policy": b"no-referrer",
                    b"x-content-type-options": b"nosniff",
                }
                message["headers"] = [*message.get("headers", []), *added.items()]
            await send(message)

        await self.inner(scope, receive, send_closed)
