"""One instant, in every form in which a time can be given."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import aboard

SAME_INSTANT = [
    "2022-12-25T13:00Z",
    aboard.Time.parse("2022-12-25T13:00:00Z"),
    datetime(2022, 12, 25, 13, tzinfo=UTC),
    datetime(2022, 12, 25, 8, tzinfo=timezone(timedelta(hours=-5))),
]
