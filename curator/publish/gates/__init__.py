"""What must hold before anything is published: one file a gate."""

from __future__ import annotations

from pathlib import Path

from curator.publish.gates import agreement, leakage, licence, mask_proof, personal_data
from curator.publish.gates.gate import Gate, Wanted

__all__ = ["Gate", "Wanted", "gates"]


def gates(folder: Path, options: Wanted) -> list[Gate]:
    """
    Look at everything that ``options`` would publish of the run in ``folder``, row by row.

    Raises: RecipeError for a type of personal data that there is not; SourceError for a file that
            cannot be read.
    """
    return [
        one.gate(folder, options)
        for one in (licence, personal_data, agreement, leakage, mask_proof)
    ]
