"""What the tests of the shipped ledger share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from aboard.projections.queries import reader

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from aboard.storage.connection import Connection


@pytest.fixture(scope="module")
def db(_loaded: Path) -> Iterator[Connection]:
    """A connection to the read model of the shipped ledger, for one module."""
    connection = reader.connect(_loaded / "log.sqlite.read-model")
    yield connection
    connection.close()
