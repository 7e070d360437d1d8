"""The fields that a reader of JSON asks for, packed for compiled loops."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from curator.kernels.json_tokens import Bytes, Places

Mask = npt.NDArray[np.bool_]

TEXT, CHAT, UNWANTED = 0, 1, 2
"""Kinds of asked fields: a text, a list of objects with texts, a field that must not be there."""


@dataclass(frozen=True)
class Asked:
    """The fields a caller wants, packed for the kernel; every other field is left over."""

    names: Bytes  # one after the other
    name_ends: Places
    kinds: npt.NDArray[np.uint8]
    is_left_over_too: Mask
    inner: Bytes  # names of the fields within a CHAT's objects
    inner_ends: Places


def ask(fields: dict[str, int], left_over_too: set[str], inner: tuple[str, ...]) -> Asked:
    """Pack ``fields`` (name -> kind), which of them are also left over, and a CHAT's fields."""
    names, name_ends = _packed(tuple(fields))
    within, inner_ends = _packed(inner)
    return Asked(
        names,
        name_ends,
        np.array(list(fields.values()), dtype=np.uint8),
        np.array([name in left_over_too for name in fields], dtype=np.bool_),
        within,
        inner_ends,
    )


def _packed(names: tuple[str, ...]) -> tuple[Bytes, Places]:
    raw = [name.encode() for name in names]
    ends = np.cumsum([len(each) for each in raw], dtype=np.int64)
    return np.frombuffer(b"".join(raw), dtype=np.uint8), ends
