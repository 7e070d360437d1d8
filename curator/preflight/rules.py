"""The rules of vendors, as dated data: one file a vendor and method, each rule with its source."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from curator.errors import RecipeError
from curator.preflight.paths import Steps, compiled

Severity = Literal["error", "warning", "notice"]
MAX_AGE_DAYS = 90
"""Vendors change their limits; a rule that was read longer ago says so."""

_OWN = ("id", "severity", "check", "at", "inner", "when", "unless", "splits", "message", "fix")
_OWN_TOO = ("edit", "source", "read_on")


@dataclass(frozen=True, kw_only=True)
class Rule:
    """
    One rule: what it checks, where, and what its source says.

    ``at`` names the places it looks at; of those it takes the objects whose fields are as ``when``
    says and that have none of the fields ``unless``; in these, what stands at ``inner``.
    """

    name: str  # pack.id
    severity: Severity
    check: str
    at: tuple[Steps, ...]
    inner: Steps
    when: dict[str, tuple[Any, ...]]
    unless: tuple[str, ...]
    splits: tuple[str, ...]  # the files it is for: train, validation
    limits: dict[str, Any]
    message: str
    fix: str
    edit: dict[str, Any] | None
    source: str
    read_on: date

    def is_old(self, today: date) -> bool:
        """Say whether its source may say something else by ``today``."""
        return (today - self.read_on).days > MAX_AGE_DAYS


@dataclass(frozen=True, kw_only=True)
class Pack:
    """All rules of one vendor for one method."""

    name: str
    vendor: str
    title: str
    keys: tuple[str, ...]  # fields of the rows it is for
    formats: tuple[str, ...]  # that are written for it
    chosen_by_shape: bool  # asked for by its vendor, it is taken only where it fits the file
    rules: tuple[Rule, ...]

    def fits(self, keys: frozenset[str]) -> bool:
        """Say whether rows with these fields are of its shape."""
        return keys.issuperset(self.keys)


@cache
def names() -> tuple[str, ...]:
    """List every pack by name."""
    inside = (each.name for each in _folder().iterdir())
    return tuple(sorted(name.removesuffix(".json") for name in inside if name.endswith(".json")))


@cache
def raw(name: str) -> dict[str, Any]:
    """Read one pack as it is written."""
    pack: dict[str, Any] = json.loads((_folder() / f"{name}.json").read_text(encoding="utf-8"))
    return pack


@cache
def load(name: str) -> Pack:
    """Read one pack."""
    written = raw(name)
    rules = tuple(_rule(name, rule) for rule in written["rules"])
    return Pack(
        name=name,
        vendor=written["vendor"],
        title=written["title"],
        keys=tuple(written["keys"]),
        formats=tuple(written["formats"]),
        chosen_by_shape=written["chosen_by_shape"],
        rules=rules,
    )


def named(asked: tuple[str, ...], keys: frozenset[str]) -> list[tuple[Pack, str]]:
    """
    Give the packs that are asked for, and why each: by pack, by vendor, or ``all``.

    A vendor with several methods gives the one that fits rows with these ``keys`` best; where none
    does, its first. Raises: RecipeError naming what is known.
    """
    chosen: dict[str, tuple[Pack, str]] = {}
    for name in asked:
        for pack, why in _named(name, keys):
            chosen.setdefault(pack.name, (pack, why))
    return list(chosen.values())


def known() -> tuple[str, ...]:
    """List what can be asked for: all, every vendor, every pack."""
    return ("all", *dict.fromkeys(load(name).vendor for name in names()), *names())


def of(name: str) -> list[Pack]:
    """Give every pack of a vendor, one pack, or all. Raises: RecipeError naming what is known."""
    ours = [load(each) for each in names() if name in ("all", each, load(each).vendor)]
    if not ours:
        import difflib

        close = difflib.get_close_matches(name, known(), n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"known are {', '.join(known())}"
        raise RecipeError(f"there are no rules for {name!r}", hint=hint)
    return ours


def _named(name: str, keys: frozenset[str]) -> list[tuple[Pack, str]]:
    ours = of(name)
    if name == "all" or not ours[0].chosen_by_shape or len(ours) == 1:
        return [
            (pack, "" if pack.fits(keys) else f"for rows with {_listed(pack.keys)}")
            for pack in ours
        ]
    fitting = [pack for pack in ours if pack.fits(keys)]
    if not fitting:
        first = min(ours, key=lambda pack: (pack.keys != ("messages",), pack.name))
        no_method = f"no method of {name} is for rows such as these; curator export writes others"
        return [(first, no_method if keys else "no row tells which method is meant")]
    best = max(fitting, key=lambda pack: len(pack.keys))
    return [(best, f"its rows have {_listed(best.keys)}")]


def _listed(keys: tuple[str, ...]) -> str:
    return " and ".join(filter(None, (", ".join(keys[:-1]), keys[-1])))


def _folder() -> Any:
    return files("curator.preflight") / "packs"


def _rule(pack: str, written: dict[str, Any]) -> Rule:
    at = written.get("at", "")
    places = tuple(compiled(path) for path in ([at] if isinstance(at, str) else at))
    return Rule(
        name=f"{pack}.{written['id']}",
        severity=written["severity"],
        check=written["check"],
        at=places,
        inner=compiled(written.get("inner", "")),
        when={key: tuple(values) for key, values in written.get("when", {}).items()},
        unless=tuple(written.get("unless", ())),
        splits=tuple(written.get("splits", ())),
        limits={key: value for key, value in written.items() if key not in _OWN + _OWN_TOO},
        message=written["message"],
        fix=written["fix"],
        edit=written.get("edit"),
        source=written["source"],
        read_on=date.fromisoformat(written["read_on"]),
    )
