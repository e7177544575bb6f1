"""The present instant, for every way in."""

from __future__ import annotations

import time

from aboard import RELEASED

system_time = time.time
"""The clock of the machine, in Unix seconds; a test sets another one here."""

earliest = RELEASED
"""The present is never before this instant."""


def now() -> int:
    """Return the present instant, in Unix seconds.

    A clock that is behind the release of this program is wrong, and the shipped ledger holds facts
    that would lie in its future: the present is then the release.
    """
    return max(int(system_time()), earliest)
