"""Nothing leaks: the splits are compared anew, as the files of the dataset hold them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from curator.engine import Engine
from curator.manifest import load
from curator.task import Task
from curator.validate import split_leakage
from curator.verify import leaks, segments
from curator.verify.published import Checked
from curator.verify.published.proofs import is_of_rows
from curator.verify.published.rows import template, unwrapped, witness

PROMISE = "nothing leaks"


def check(folder: Path, engine: Engine) -> Checked:
    """Find texts, near-repeats and groups in two splits, and exemplars that are not train rows."""
    given = witness(folder, engine)
    options = leaks.options(folder)
    pattern = template(Task.from_dict(load(folder).recipe.get("task") or {}))
    not_redone = []
    if pattern is None:
        options = replace(options, threshold=1.0)
        not_redone.append("near-repeats: the words of the input template are alike in all rows")
        kept = given.kept
    else:
        kept = unwrapped(given.kept, pattern)
    violations = [
        *split_leakage.validate(kept, options).violations,
        *leaks.exemplars(folder, given.kept, engine),
    ]
    if is_of_rows(folder):
        violations += segments.leaked(given, engine, PROMISE)
    if "documents.parquet" in load(folder).artifacts:
        not_redone.append("documents that were merged: they are not published")
    return Checked(violations=tuple(violations), not_redone=tuple(not_redone))
