"""How a change is put into words: the same ones for what was recorded and for a replay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboard.events.time import Time
from aboard.projections.changes.compare import replanning

if TYPE_CHECKING:
    from collections.abc import Sequence

MINUTE, HOUR, DAY = 60, 3_600, 86_400


def replanned(item: str, was: str | None, now: str | None) -> str:
    """Return how a planned date has changed, such as ``launch slips by 27 days, from ... to ...``.

    None stands for no date.
    """
    match replanning(was, now):
        case "planned":
            return f"{item} planned for {now}"
        case "withdrawn":
            return f"{item} date dropped (was {was})"
        case "refined":
            return f"{item} now given as {now} (was {was})"
        case "loosened":
            return f"{item} now given only as {now} (was {was})"
        case "slipped":
            return f"{item} slips{_by(was, now)}, from {was} to {now}"
        case _:
            return f"{item} brought forward{_by(was, now)}, from {was} to {now}"


def _by(was: str | None, now: str | None) -> str:
    """Return by how much a date has moved; nothing where one of the two is coarser than a day."""
    old, new = Time.parse(was or ""), Time.parse(now or "")
    precisions = {old.precision, new.precision}
    if precisions & {"year", "month"}:
        return ""
    moved = abs(new.earliest - old.earliest)
    if "day" in precisions or moved >= 2 * DAY:
        days = (
            abs(new.earliest // DAY - old.earliest // DAY) if "day" in precisions else moved // DAY
        )
        return f" by {_counted(days, 'day')}" if days else ""
    lengths = ((moved // HOUR, "hour"), (moved % HOUR // MINUTE, "minute"))
    said = " ".join(_counted(number, unit) for number, unit in lengths if number)
    return f" by {said}" if said else ""


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def departure(was: str | None, now: str | None, was_on: str, now_on: str) -> str:
    """Return how the planned end of a stay has changed; `*_on` are the names of craft, or empty."""
    if was == now:
        return f"departure {_on(now_on)} (was {_on(was_on)}), {now}"
    said = replanned("departure", was, now)
    if now is None or not now_on or now_on == was_on:
        return said
    return f"{said}, on {now_on}" + (f" (was on {was_on})" if was and was_on else "")


def _on(craft: str) -> str:
    return f"on {craft}" if craft else "on no known craft"


def regrouped(item: str, added: Sequence[str], removed: Sequence[str]) -> str:
    """Return how the people of a crew have changed, given their names."""
    groups = ((added, "added"), (removed, "removed"))
    parts = [f"{', '.join(names)} {verb}" for names, verb in groups if names]
    return f"{item}: {'; '.join(parts) or 'in another order'}"
