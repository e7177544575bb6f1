"""What has to hold across streams, looked at whole, whatever order the facts come in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboard.domain.ports import port_problems
from aboard.domain.travellers import people_problems
from aboard.events.order import in_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aboard.domain.problem import Problem
    from aboard.events.envelope import Event


def conflicts(events: Iterable[Event]) -> Iterator[Problem]:
    """Yield every problem that takes more than one stream to see."""
    ordered = in_order(events)
    yield from people_problems(ordered)
    yield from port_problems(ordered)
