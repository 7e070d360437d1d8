"""Fixtures shared by all tests."""

import logging
import os
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("machine", deadline=None)  # busy machines are slow, not wrong
settings.register_profile("ci", deadline=None, derandomize=True)  # what fails there, fails here
settings.load_profile("ci" if os.environ.get("CI") else "machine")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def _own_logging():
    """Commands say how much is logged in their process: no test hears it from another."""
    logger = logging.getLogger("curator")
    level, handlers = logger.level, list(logger.handlers)
    yield
    logger.setLevel(level)
    logger.handlers[:] = handlers


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Where the real data sets lie; tests that need them are skipped where they are missing."""
    folder = Path(os.environ.get("CURATOR_REAL_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}: set CURATOR_REAL_DATA")
    return folder.resolve()


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's top folder."""
    return ROOT
