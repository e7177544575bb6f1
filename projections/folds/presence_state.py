"""A person's stays: the one that has begun, and what is known of the vehicles around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from aboard.events.time import FOREVER
from aboard.projections.folds.craft_state import Craft, SeatValue
from aboard.projections.folds.segments import Piece, SegmentChange, Value, behind, merged

if TYPE_CHECKING:
    from aboard.events.flight_plan import ReturnPlanned
    from aboard.events.person import Died
    from aboard.events.time import Time
    from aboard.projections.fold import Interval


class StayState(Struct, frozen=True, eq=False):
    """A stay: aboard a station, or in space on a craft; planned, when its beginning is.

    `seat` is the vehicle they would leave on now, `first_seat` as it stood when the
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
    crew_seat: SeatValue | None = None
    """What their seat on the flight they went up on says of them."""
    changes: tuple[SegmentChange, ...] = ()
    planned: bool = False
    seat_planned: bool = False
    """Whether the seat is only the homeward vehicle that was assigned."""

    @classmethod
    def on_craft(cls, flight: str, start: Time, why: str, **more: Any) -> StayState:
        """Return a stay in space on a craft, which is also what they would leave on."""
        return cls(
            flight, aboard=False, start=start, why=(why,), first_seat=flight, seat=flight, **more
        )

    def with_seat(
        self, seat: str | None, at: Time, why: str, *, planned: bool = False
    ) -> StayState:
        """Return the stay with the person's seat moved; a coarse time leaves it in doubt."""
        moved = SegmentChange(
            at.earliest, (("seat_on", seat), ("seat_maybe", not at.exact)), (why,)
        )
        settled = () if at.exact else (SegmentChange(at.end, (("seat_maybe", False),)),)
        changes = (*self.changes, moved, *settled)
        return replace(self, seat=seat, seat_planned=planned, changes=changes)

    def left_on(self, craft: str, why: str) -> StayState:
        """Return the stay with the craft it ended on wherever no seat was known.

        What they left on in the end is what they would have left on, unless something else was
        known at the time.
        """
        unknown = ("seat_on", None)
        if self.first_seat is not None and all(unknown not in one.value for one in self.changes):
            return self
        changes = tuple(
            SegmentChange(
                one.at,
                tuple(("seat_on", craft) if pair == unknown else pair for pair in one.value),
                (*one.why, why),
            )
            if unknown in one.value
            else one
            for one in self.changes
        )
        return replace(self, first_seat=self.first_seat or craft, changes=changes)

    def relocating(self, undocked: Time, docked: Time, why: str) -> StayState:
        """Return the stay with a relocation from one port to another in it."""
        away = SegmentChange(undocked.earliest, (("state", "relocating"),), (why,))
        back = SegmentChange(docked.earliest, (("state", "aboard"),))
        return replace(self, changes=(*self.changes, away, back))

    def in_state(self, state: str, at: Time, why: str) -> StayState:
        """Return the stay with the person in another state from a time on."""
        return replace(
            self, changes=(*self.changes, SegmentChange(at.earliest, (("state", state),), (why,)))
        )

    def dead(self, at: Time, why: str) -> StayState:
        """Return the stay with the person's death in it; a coarse time leaves it in doubt."""
        died = SegmentChange(at.earliest, (("state", "dead"), ("dead_maybe", not at.exact)), (why,))
        settled = () if at.exact else (SegmentChange(at.end, (("dead_maybe", False),)),)
        return replace(self, changes=(*self.changes, died, *settled))

    def piece(self, until: Until) -> Piece:
        """Return the stay as a piece that ends as `until` says."""
        value: Value = (
            ("bound_for", self.bound_for),
            ("crew_number", self.crew_number),
            ("launched_on", self.launched_on),
            *([("seat", self.crew_seat)] if self.crew_seat else ()),
            ("seat_on", self.first_seat),
            ("since", str(self.start)),
            ("state", "aboard" if self.aboard else "in_space"),
            ("until", str(until.at) if until.at else None),
            ("until_on", until.on),
            ("until_planned", until.planned),
        )  # in order of name
        changes = (*self.changes, *until.changes()) if until.overdue else self.changes
        return Piece(
            self.place,
            self.start,
            None if until.overdue else until.at,
            value,
            self.why + until.why,
            _lasting(changes) if changes else (),
            self.planned,
            until.planned,
        )


def _lasting(changes: tuple[SegmentChange, ...]) -> tuple[SegmentChange, ...]:
    """Return changes in their order; the dead stay dead, and the overdue are not back.

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


class Until(Struct, frozen=True, eq=False):
    """How a stay ends: when, whether that is planned, and on which vehicle."""

    at: Time | None = None
    planned: bool = False
    on: str | None = None
    why: tuple[str, ...] = ()
    overdue: bool = False

    def changes(self) -> tuple[SegmentChange, ...]:
        """Return the change that follows when a target has passed and nothing happened."""
        if not (self.overdue and self.at):
            return ()
        return (SegmentChange(self.at.end, (("state", "overdue"),)),)


class Presence(Struct, frozen=True, eq=False):
    """Everything that the facts so far say about one person."""

    person: str
    crafts: dict[str, Craft] = {}
    homeward: str | None = None
    stay: StayState | None = None
    done: tuple[Piece, ...] = ()
    outside: str | None = None
    """The stream of the spacewalk they are on."""
    died: Died | None = None
    over: list[Interval] = []
    """The intervals of the stays that have ended, once they have been computed."""
    floor: int = -FOREVER
    """The instant that nothing behind those stays may begin before."""

    def craft(self, flight: str) -> Craft:
        """Return what is known of a flight."""
        return self.crafts.get(flight) or Craft(flight)

    def returning(self, craft: Craft) -> ReturnPlanned | None:
        """Return the plan by which this person comes down with a craft, if there is one."""
        plan = craft.returning
        if plan is None or (plan.crew is not None and self.person not in plan.crew):
            return None
        return plan

    def begun(self, stay: StayState, end: Time, why: str, on: str | None) -> Presence:
        """Return the state with the present stay ended and `stay` begun."""
        return replace(self.ended(end, why, on), stay=self.as_known_dead(stay))

    def as_known_dead(self, stay: StayState) -> StayState:
        """Return a further stay with the person's death in it, if they have died."""
        return stay.dead(self.died.happened, self.died.id) if self.died else stay

    def ended(self, end: Time, why: str, on: str | None) -> Presence:
        """Return the state with the present stay, if there is one, ended."""
        if self.stay is None:
            return self
        stay = self.stay.left_on(on, why) if on and self.stay.aboard else self.stay
        piece = stay.piece(Until(end, planned=False, on=on, why=(why,)))
        done, floor = (*self.done, piece), behind(piece, self.floor)
        return replace(self, stay=None, done=done, outside=None, over=[], floor=floor)
