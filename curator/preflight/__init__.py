"""Hold finished files against the rules of whoever receives them, and mend what can be mended."""

from __future__ import annotations

from curator.preflight.check import Options, check
from curator.preflight.report import Finding, Report

__all__ = ["Finding", "Options", "Report", "check"]
