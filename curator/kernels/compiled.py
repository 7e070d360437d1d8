"""How every kernel is compiled: machine code kept on disk, the interpreter lock released."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

F = TypeVar("F", bound=Callable[..., object])


def compiled(loop: F) -> F:
    """
    Compile ``loop`` at its first call; later processes load the result from numba's cache.

    Keeps: one thread a call, so a result never depends on how many there are. Write ``np.uint64``
    on both sides of an operator: mixed with a signed integer it would turn into a float.
    """
    from numba import njit

    return cast("F", njit(cache=True, nogil=True)(loop))
