"""The present, by a clock that may be wrong."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from aboard import RELEASED
from aboard.app import clock
from tests.cli.running import run

if TYPE_CHECKING:
    import pytest


def test_the_present_is_what_the_clock_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "system_time", lambda: RELEASED + 86_400.9)
    assert clock.now() == RELEASED + 86_400


def test_a_clock_behind_the_release_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "system_time", lambda: 0.0)
    assert clock.now() == RELEASED

    answer = json.loads(run("who", "iss", "--format", "json").stdout)

    released = f"{datetime.fromtimestamp(RELEASED, UTC):%Y-%m-%dT%H:%M:%SZ}"
    assert (answer["at"], answer["known"], answer["count"]) == (released, released, 7)
    assert answer["as_of"]["recorded"] == released
