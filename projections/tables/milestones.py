"""The milestones of a flight: what each event type is a milestone of, in the order of a life.

The fold that writes them and the query that shows them both read these tables, and the query needs
the standard library alone; so the types are named here by their topics.
"""

from __future__ import annotations

ACTUAL_ITEMS = {
    "flight.rolled_out": "roll-out",
    "flight.rolled_back": "roll-back",
    "flight.launch_scrubbed": "scrub",
    "flight.launched": "launch",
    "flight.launch_aborted": "abort",
    "flight.docking_failed": "failed docking",
    "flight.docked": "docking",
    "flight.hatch_opened": "hatch opening",
    "flight.anomaly": "anomaly",
    "flight.seat_moved": "seat move",
    "flight.transferred": "transfer",
    "flight.relocated": "relocation",
    "flight.hatch_closed": "hatch closing",
    "flight.undocked": "undocking",
    "flight.landed": "return",
    "flight.lost": "loss",
}
"""What happened, by the topic of the event that says so."""

PLAN_ITEMS = {
    "flight.launch_planned": "launch",
    "flight.docking_planned": "docking",
    "flight.relocation_planned": "relocation",
    "flight.seat_move_planned": "seat move",
    "flight.undocking_planned": "undocking",
    "flight.return_planned": "return",
}
"""What is planned, by the topic of the plan."""

NO_MILESTONE = frozenset(
    {
        "flight.planned",
        "flight.craft_added",
        "flight.crew_assigned",
        "flight.crew_replaced",
        "flight.homeward_vehicle_assigned",
        "flight.plan_withdrawn",
        "flight.condition_met",
    }
)
"""The other events of flights: what is planned as a whole, its crews, and what becomes of plans."""

CREW_ITEMS = frozenset({"crew", "homeward crew"})
"""The items of a plan that are a crew, and not a milestone."""

MILESTONES = tuple(dict.fromkeys((*ACTUAL_ITEMS.values(), *PLAN_ITEMS.values())))
"""The milestones in the order of a flight's life."""
