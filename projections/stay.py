"""A person's stays: the one that has begun, and what is known of the vehicles around it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from aboard.projections.craft import Craft
from aboard.projections.pieces import Change, Piece, Value, merged

if TYPE_CHECKING:
    from aboard.events.flight_plan import ReturnPlanned
    from aboard.events.person import Died
    from aboard.events.time import Time


@dataclass(frozen=True, slots=True)
class Stay:
    """A stay: aboard a station, or in space on a craft; planned, when it begins with an aim.

    `seat` is the vehicle they would leave on as things stand, `first_seat` as it stood when the
    stay began.
    """

    place: str
    aboard: bool
    start: Time
    launched_on: str | None
    why: tuple[str, ...]
    first_seat: str | None
    seat: str | None
    bound_for: str | None = None
    crew_number: int = 0
    """The person's place in the crew they went up with, from 0: the order of a list of people."""
    changes: tuple[Change, ...] = ()
    planned: bool = False
    seat_planned: bool = False
    """Whether the seat is but the homeward vehicle that was assigned."""

    @classmethod
    def on_craft(cls, flight: str, start: Time, why: str, **more: Any) -> Stay:
        """Return a stay in space on a craft, which is also what they would leave on."""
        return cls(
            flight, aboard=False, start=start, why=(why,), first_seat=flight, seat=flight, **more
        )

    def with_seat(self, seat: str | None, at: Time, why: str, *, planned: bool = False) -> Stay:
        """Return the stay with the person's seat moved; a coarse time leaves it in doubt."""
        moved = Change(at.earliest, (("seat_on", seat), ("seat_maybe", not at.exact)), (why,))
        settled = () if at.exact else (Change(at.end, (("seat_maybe", False),)),)
        changes = (*self.changes, moved, *settled)
        return replace(self, seat=seat, seat_planned=planned, changes=changes)

    def relocating(self, undocked: Time, docked: Time, why: str) -> Stay:
        """Return the stay with a ride from one port to another in it."""
        away = Change(undocked.earliest, (("state", "relocating"),), (why,))
        back = Change(docked.earliest, (("state", "aboard"),))
        return replace(self, changes=(*self.changes, away, back))

    def in_state(self, state: str, at: Time, why: str) -> Stay:
        """Return the stay with the person in another state from a time on."""
        return replace(
            self, changes=(*self.changes, Change(at.earliest, (("state", state),), (why,)))
        )

    def dead(self, at: Time, why: str) -> Stay:
        """Return the stay with the person's death in it; a coarse time leaves it in doubt."""
        died = Change(at.earliest, (("state", "dead"), ("dead_maybe", not at.exact)), (why,))
        settled = () if at.exact else (Change(at.end, (("dead_maybe", False),)),)
        return replace(self, changes=(*self.changes, died, *settled))

    def piece(self, until: Until) -> Piece:
        """Return the stay as a piece that ends as `until` says."""
        value: Value = (
            ("bound_for", self.bound_for),
            ("crew_number", self.crew_number),
            ("launched_on", self.launched_on),
            ("seat_on", self.first_seat),
            ("since", str(self.start)),
            ("state", "aboard" if self.aboard else "in_space"),
        )
        return Piece(
            self.place,
            self.start,
            None if until.overdue else until.at,
            merged(value, until.value()),
            (*self.why, *until.why),
            _lasting((*self.changes, *until.changes())),
            planned_start=self.planned,
            planned_end=until.planned,
        )


def _lasting(changes: tuple[Change, ...]) -> tuple[Change, ...]:
    """Return changes in their order; who has died stays so, and who is overdue is not at home.

    Neither is undone by a relocation or a spacewalk that ends afterwards.
    """
    found, reached = [], set()
    for change in sorted(changes, key=lambda change: change.at):
        state = dict(change.value).get("state")
        if state and "dead" in reached:
            continue
        if state in ("aboard", "in_space") and "overdue" in reached:
            change = replace(change, value=merged(change.value, {"state": "overdue"}))  # noqa: PLW2901
        reached.add(state)
        found.append(change)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Until:
    """How a stay ends: when, whether that is an aim, and on which vehicle."""

    at: Time | None = None
    planned: bool = False
    on: str | None = None
    why: tuple[str, ...] = ()
    overdue: bool = False

    def value(self) -> Value:
        """Return what an answer says of it."""
        return (
            ("until", str(self.at) if self.at else None),
            ("until_on", self.on),
            ("until_planned", self.planned),
        )

    def changes(self) -> tuple[Change, ...]:
        """Return the change that comes when an aim has passed and nothing happened."""
        if not (self.overdue and self.at):
            return ()
        return (Change(self.at.end, (("state", "overdue"),)),)


@dataclass(frozen=True, slots=True)
class Presence:
    """Everything the facts so far say of one person."""

    person: str
    crafts: dict[str, Craft] = field(default_factory=dict)
    homeward: str | None = None
    stay: Stay | None = None
    done: tuple[Piece, ...] = ()
    outside: str | None = None
    """The stream of the spacewalk they are on."""
    died: Died | None = None

    def craft(self, flight: str) -> Craft:
        """Return what is known of a flight."""
        return self.crafts.get(flight) or Craft(flight)

    def returning(self, craft: Craft) -> ReturnPlanned | None:
        """Return the plan by which this person comes down with a craft, if there is one."""
        plan = craft.returning
        if plan is None or (plan.crew is not None and self.person not in plan.crew):
            return None
        return plan

    def begun(self, stay: Stay, end: Time, why: str, on: str | None) -> Presence:
        """Return the state with the present stay ended and `stay` begun."""
        return replace(self.ended(end, why, on), stay=self.as_known_dead(stay))

    def as_known_dead(self, stay: Stay) -> Stay:
        """Return a further stay with the person's death in it, if they have died."""
        return stay.dead(self.died.happened, self.died.id) if self.died else stay

    def ended(self, end: Time, why: str, on: str | None) -> Presence:
        """Return the state with the present stay, if there is one, ended."""
        if self.stay is None:
            return self
        piece = self.stay.piece(Until(end, planned=False, on=on, why=(why,)))
        return replace(self, stay=None, done=(*self.done, piece), outside=None)
