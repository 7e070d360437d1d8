"""The tree of tags that a PDF page states, as plain tuples."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

_MAX_DEPTH = 60
_FAR = 64  # kids that may lie between two of one page


class Element(NamedTuple):
    """A node of the tree of tags: its kind, and elements or numbers of marked content."""

    kind: str
    kids: tuple[Element | int, ...] = ()


class Trees:
    """Reads the tags of one page after the other."""

    def __init__(self) -> None:
        self.begun: dict[tuple[int, ...], int] = {}

    def of(self, page: PdfPage) -> Element:
        """Give the tree of the page; without kids where it has none."""
        from pypdfium2 import raw

        tree = raw.FPDF_StructTree_GetForPage(page)
        if not tree:
            return Element("Page")
        tops = [
            self._element(top, (at,))
            for at in range(raw.FPDF_StructTree_CountChildren(tree))
            if (top := raw.FPDF_StructTree_GetChildAtIndex(tree, at))
        ]
        raw.FPDF_StructTree_Close(tree)
        return Element("Page", tuple(tops))

    def _element(self, element: Any, path: tuple[int, ...]) -> Element:
        if len(path) >= _MAX_DEPTH:
            return Element(_kind(element))
        kids = (
            kid if isinstance(kid, int) else self._element(kid, (*path, at))
            for at, kid in self._kids(element, path)
        )
        return Element(_kind(element), tuple(kids))

    def _kids(self, element: Any, path: tuple[int, ...]) -> Iterator[tuple[int, Any]]:
        """
        Yield elements and numbers of marked content that lie on this page.

        All pages share one tree, and those of a page stand together: the search begins where the
        page before began, else each page would walk the whole document.
        """
        from pypdfium2 import raw

        count = raw.FPDF_StructElement_CountChildren(element)
        begun = self.begun.get(path, 0) if count > _FAR else 0
        last = None
        for at in [*range(begun, count), *range(begun)]:
            if last is not None and (at < last or at - last > _FAR):
                return
            kid = raw.FPDF_StructElement_GetChildAtIndex(element, at)
            number = -1 if kid else raw.FPDF_StructElement_GetChildMarkedContentID(element, at)
            if not kid and number < 0:
                continue
            if last is None:
                self.begun[path] = at
            last = at
            yield at, kid or number


def _kind(element: Any) -> str:
    from pypdfium2 import raw

    buffer = ctypes.create_string_buffer(64)
    size = raw.FPDF_StructElement_GetType(element, buffer, 64)
    return buffer.raw[: max(0, min(size, 64) - 2)].decode("utf-16-le", "replace")
