"""What the placeholders of a slide inherit from its layout and master: their place and lists."""

from __future__ import annotations

from typing import Any

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_OFFSET = f"{_P}spPr/{_A}xfrm/{_A}off"
_OFFSETS = {
    f"{_P}graphicFrame": f"{_P}xfrm/{_A}off",
    f"{_P}grpSp": f"{_P}grpSpPr/{_A}xfrm/{_A}off",
}
_OF_MASTER = {
    **dict.fromkeys(("title", "ctrTitle"), "title"),
    **{kind: kind for kind in ("dt", "ftr", "sldNum")},
}
"""Which placeholder of the master each of a layout follows; any other one follows the body."""


class Inherited:
    """The placeholders of a layout and its master, looked up once for all slides that use it."""

    def __init__(self, layout: Any) -> None:
        """Look through ``layout``, a layout of python-pptx."""
        master = layout.slide_master.element
        self._by_number: dict[str, Any] = {}
        self._by_kind: dict[str, Any] = {}
        for shape in layout.element.cSld.spTree:
            if (mark := mark_of(shape)) is not None:
                self._by_number.setdefault(mark.get("idx", "0"), shape)
        for shape in master.cSld.spTree:
            if (mark := mark_of(shape)) is not None:
                self._by_kind.setdefault(mark.get("type", "obj"), shape)
        self._style = master.find(f"{_P}txStyles/{_P}bodyStyle")

    def place(self, shape: Any) -> tuple[int, int]:
        """Give how far from the top and from the left ``shape`` stands."""
        for each in (shape, *self._above(shape)):
            offset = each.find(_OFFSETS.get(each.tag, _OFFSET))
            if offset is not None:
                return int(offset.get("y", "0")), int(offset.get("x", "0"))
        return 0, 0

    def list_styles(self, shape: Any) -> list[Any]:
        """Give the list styles that hold for the text of ``shape``, the nearest first."""
        above = self._above(shape)
        found = [each.find(f"{_P}txBody/{_A}lstStyle") for each in (shape, *above)]
        if mark_of(shape) is not None:
            found.append(self._style)
        return [style for style in found if style is not None]

    def _above(self, shape: Any) -> list[Any]:
        mark = mark_of(shape)
        layout = None if mark is None else self._by_number.get(mark.get("idx", "0"))
        if layout is None:
            return []
        kind = mark_of(layout).get("type", "obj")
        master = self._by_kind.get(_OF_MASTER.get(kind, "body"))
        return [layout] if master is None else [layout, master]


def mark_of(shape: Any) -> Any:
    """Give the element that makes ``shape`` a placeholder; none where it is not one."""
    return shape.find(f"*/{_P}nvPr/{_P}ph")
