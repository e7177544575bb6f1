"""The log and one event of it: what is picked, in which order, and what is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from aboard.events.field_kinds import own_fields
from aboard.events.mentions import naming_fields
from aboard.events.vocabulary import every_type
from aboard.projections.queries import reader
from aboard.projections.queries.event import event_id, one_event
from aboard.projections.queries.event_log import (
    CLOCKS,
    Picked,
    entries,
    is_stream,
    recorders,
    topics,
)
from aboard.projections.queries.flight import story
from tests.build import fact, instant, seats
from tests.projections.model import built, flight

if TYPE_CHECKING:
    from aboard.events.envelope import Event

LATER = instant("2026-01-01")

STATION = [
    fact("registered", "2019-01-01", stream="station/pear", id="pear/registered", name="Pear",
         operators=["Orchard"]),
    fact("port_added", "2019-01-01", stream="station/pear", id="pear/port-north", port="north",
         name="North"),
]  # fmt: skip
PEOPLE = [
    fact("registered", "2025-01-01", stream="person/ann", id="ann", name="Ann", family_name="Ann",
         agency="Orchard"),
]  # fmt: skip
SOURCES = [
    fact("registered", "2025-01-01", stream="source/gcat", id="source/gcat", kind="catalogue",
         publisher="J. McDowell", title="GCAT", url="https://example.org", licence="CC-BY-4.0",
         published="2020"),
    fact("registered", "2025-01-01", stream="source/paper", id="source/paper", kind="report",
         publisher="The Paper", source=["paper"]),
]  # fmt: skip


def apple(kind: str, happened: str, known: str | None = None, **said: Any) -> Event:
    name = f"apple/{kind.replace('_', '-')}"
    return fact(kind, happened, known, stream="flight/apple", **{"id": name, **said})


FLIGHT = [
    apple("planned", "2020-01", name="Apple", spacecraft="Fruit", operator="Orchard",
          destination="pear"),
    apple("crew_assigned", "2020-01-10", crew=seats("ann", "bob")),
    apple("launched", "2020-03-01T10:00:00Z", "2020-03-02", crew=["ann"]),
    apple("docked", "2020-03-01T14:00:00Z", "2020-04", station="pear", port="north",
          source=["paper", "gcat"]),
    apple("anomaly", "2020-03-05T14:00:00Z", what="A worm.", source=["unsourced"]),
    apple("relocated", "2020-03-06T14:00:00Z", undocked_at="2020-03-06T13:00:00Z"),
    apple("undocked", "2020-03-11", crew=["ann"], recorded_by="hand",
          recorded="2026-02-01T00:00:00Z"),
]  # fmt: skip
OTHER = flight("quince", ("seat_moved", "2020-02-01", {"person": "bob", "from_flight": "apple"}))
HISTORY = [*STATION, *PEOPLE, *SOURCES, *FLIGHT, *OTHER]
MOVED = OTHER[0].id


def _kinds_of(name: str) -> set[str]:
    """Return what a field of some name holds ids of, in any type."""
    fields = [field for cls in every_type().values() for field in naming_fields(cls)]
    return {field.reference.kind for field in fields if field.name == name}


def picked(*, reverse: bool = False, **wanted: Any) -> list[str]:
    found = entries(built(HISTORY), Picked(**wanted), reverse=reverse)
    return [event["id"].removeprefix("apple/") for event in found]


class TestPicking:
    def test_nothing_asked_is_everything_in_the_order_of_recording(self) -> None:
        db = built(HISTORY)
        assert [event["position"] for event in entries(db, Picked())] == [*range(1, 14)]
        assert [event["id"] for event in entries(db, Picked())] == [e.id for e in HISTORY]
        assert picked(reverse=True) == picked()[::-1]

    def test_by_stream(self) -> None:
        assert picked(stream="station/pear") == ["pear/registered", "pear/port-north"]
        assert picked(stream="station/plum") == []

    def test_by_flight_on_its_stream_or_naming_it(self) -> None:
        names = [event.id.removeprefix("apple/") for event in FLIGHT]
        assert picked(flight="apple") == [*names, MOVED]
        assert picked(flight="quince") == [MOVED]

    def test_by_flight_named_on_another_kind_of_stream(self) -> None:
        exchanged = fact("seat_exchanged", "2020-01-05", stream="agreement/swap", person="ann",
                         flight="apple", traveller_of="A", carrier="B")  # fmt: skip
        found = entries(built([*HISTORY, exchanged]), Picked(flight="apple"))
        assert exchanged.id in [event["id"] for event in found]

    def test_by_person(self) -> None:
        assert picked(person="ann") == ["ann", "crew-assigned", "launched", "undocked"]
        assert picked(person="bob") == ["crew-assigned", MOVED]

    @pytest.mark.parametrize("named", ["person", "flight", "station"])
    @pytest.mark.parametrize(
        ("topic", "field", "part"),
        [
            (topic, field.name, field.part)
            for topic, cls in every_type().items()
            for field in naming_fields(cls)
        ],
    )
    def test_a_correction_is_found_by_whatever_any_field_of_its_new_values_names(
        self, topic: str, field: str, part: str, named: str
    ) -> None:
        one: Any = {part: "zoe"} if part else "zoe"
        shapes = {own.name: own.shape for own in own_fields(every_type()[topic])}
        many = field == "source" or shapes[field].many
        changes = {field: [one] if many else one}
        wanted: dict[str, Any] = {named: "zoe"}
        correction = fact("fact.corrected", "2020-03", id="apple/correction", reason="Wrong.",
                          target="apple/docked", changes=changes)  # fmt: skip
        found = entries(built([*FLIGHT, correction]), Picked(**wanted))
        names_so = named in _kinds_of(field)
        assert ("apple/correction" in [event["id"] for event in found]) == names_so

    def test_by_station_with_what_left_it(self) -> None:
        assert picked(station="pear") == [
            "pear/registered", "pear/port-north", "planned", "docked", "relocated", "undocked",
        ]  # fmt: skip
        assert picked(station="plum") == []

    def test_by_type_one_of_several(self) -> None:
        assert picked(types=("flight.docked", "flight.undocked")) == ["docked", "undocked"]

    def test_by_source(self) -> None:
        assert picked(source="paper") == ["source/paper", "docked"]
        assert picked(source="unsourced") == ["anomaly"]

    def test_by_recorder(self) -> None:
        assert picked(by="hand") == ["undocked"]

    def test_everything_asked_must_hold(self) -> None:
        assert picked(person="ann", types=("flight.docked",)) == []
        assert picked(flight="apple", source="paper", types=("flight.docked",)) == ["docked"]


class TestClocks:
    @pytest.mark.parametrize(
        ("clock", "since", "until", "names"),
        [
            ("happened", "2020-03-01T14:00:00Z", "2020-03-05T14:00:00Z", ["docked", "anomaly"]),
            ("happened", "2020-03-11T23:59:59Z", "2024-12-31", ["undocked"]),
            ("happened", "2020-01-31T23:59:59Z", "2020-02-01", ["planned", MOVED]),
            ("known", "2020-03-02", "2020-03-05", ["launched"]),
            ("known", "2020-04-30T23:59:59Z", "2020-05-01", ["docked"]),
            ("known", "2020-04-01", "2020-04-30T23:59:59Z", []),
            ("recorded", "2026-01-02", "2026-03-01", ["undocked"]),
            ("recorded", "2025-01-02", "2025-12-31", []),
        ],
    )
    def test_between_two_instants(
        self, clock: str, since: str, until: str, names: list[str]
    ) -> None:
        assert picked(clock=clock, since=instant(since), until=instant(until)) == names

    def test_what_became_known_later_is_not_picked(self) -> None:
        db = built(HISTORY)
        later = {event["id"] for event in entries(db, Picked()) if event["known"] > "2020-03-04"}
        before = entries(db, Picked(clock="known", until=instant("2020-03-03")))
        assert later
        assert later.isdisjoint({event["id"] for event in before})

    def test_a_bound_of_zero_is_one(self) -> None:
        assert picked(until=0) == []
        assert len(picked(since=0)) == len(HISTORY)

    def test_there_are_three(self) -> None:
        assert set(CLOCKS) == {"happened", "known", "recorded"}


def test_an_entry() -> None:
    [docked] = entries(built(HISTORY), Picked(types=("flight.docked",)))
    assert docked == {
        "position": 9, "id": "apple/docked", "type": "flight.docked", "stream": "flight/apple",
        "happened": "2020-03-01T14:00:00Z", "known": "2020-04",
        "known_from": "2020-05-01T00:00:00Z", "known_assumed": False,
        "recorded": "2026-01-01T00:00:00Z", "recorded_by": "test",
        "says": "docked with Pear at North", "sources": ["paper", "gcat"],
    }  # fmt: skip


def test_rows_are_read_one_by_one() -> None:
    db = built(HISTORY)
    found = entries(db, Picked())
    assert next(found)["position"] == 1
    db.execute("DELETE FROM event WHERE position=13")
    assert [event["position"] for event in found][-1] == 12


def test_what_a_type_may_be_called() -> None:
    db = built(HISTORY)
    assert topics(db, "docked") == ("flight.docked",)
    assert topics(db, "registered") == (
        "person.registered", "source.registered", "station.registered",
    )  # fmt: skip
    assert topics(db, "station.registered") == ("station.registered",)
    assert topics(db, "landed") == ()


def test_streams_and_recorders() -> None:
    db = built(HISTORY)
    assert (is_stream(db, "flight/apple"), is_stream(db, "flight/plum")) == (True, False)
    assert recorders(db) == ["hand", "test"]


class TestAsKnown:
    CORRECTED = fact("fact.corrected", "2020-06-01", id="apple/docked/corrected-1",
                     target="apple/docked", reason="a slip",
                     changes={"happened": "2020-03-02"})  # fmt: skip
    RETRACTED = fact("fact.retracted", "2020-07-01", id="apple/anomaly/retracted-1",
                     target="apple/anomaly", reason="there was none")  # fmt: skip

    def told(self, at: str, known: str, **wanted: Any) -> dict[str, str]:
        amended = [self.CORRECTED.at_version(20), self.RETRACTED.at_version(21)]
        db = built([*HISTORY, *amended])
        asked = Picked(stream="flight/apple", at=instant(at), known=instant(known), **wanted)
        return {event["id"]: event["happened"] for event in entries(db, asked)}

    def test_what_was_not_known_or_had_not_happened_is_not_picked(self) -> None:
        assert list(self.told("2020-03-01T11:00Z", "2020-03-05")) == [
            "apple/planned", "apple/crew-assigned", "apple/launched",
        ]  # fmt: skip
        assert "apple/docked" not in self.told("2020-03-20", "2020-04-15")

    def test_it_is_told_as_it_was_known_to_be(self) -> None:
        assert self.told("2020-05-20", "2020-05-20")["apple/docked"] == "2020-03-01T14:00:00Z"
        later = self.told("2020-07-02", "2020-07-02")
        assert later["apple/docked"] == "2020-03-02"
        assert "apple/anomaly" not in later
        assert "apple/anomaly" in self.told("2020-06-20", "2020-06-20")

    def test_a_window_of_happening_looks_at_what_it_was_known_to_be(self) -> None:
        window = {"since": instant("2020-03-02"), "until": instant("2020-03-03")}
        assert "apple/docked" in self.told("2020-07-02", "2020-07-02", **window)
        assert "apple/docked" not in self.told("2020-05-20", "2020-05-20", **window)


class TestOneEvent:
    def test_everything_that_is_recorded(self) -> None:
        event = apple("landed", "2020-03-11T14:00Z", crew=[], place="the lawn", version=4,
                      known_assumed=True, note="It rained.", correlation_id="load-1",
                      causation_id="apple/undocked")  # fmt: skip
        assert one_event(built([*SOURCES, event]), "apple/landed", LATER, LATER) == {
            "id": "apple/landed", "type": "flight.landed", "stream": "flight/apple", "version": 4,
            "position": 3, "happened": "2020-03-11T14:00Z", "happened_precision": "minute",
            "happened_from": "2020-03-11T14:00:00Z", "known": "2020-03-11T14:00Z",
            "known_precision": "minute", "known_from": "2020-03-11T14:00:00Z",
            "known_assumed": True, "recorded": "2026-01-01T00:00:00Z", "recorded_by": "test",
            "says": "landed with nobody at the lawn",
            "fields": {"crew": [], "place": "the lawn"},
            "sources": [{
                "key": "gcat", "publisher": "J. McDowell", "kind": "catalogue", "title": "GCAT",
                "url": "https://example.org", "published": "2020", "licence": "CC-BY-4.0",
            }],
            "note": "It rained.", "correlation": "load-1", "causation": "apple/undocked",
            "amendments": [],
            "statements": [],
            "as_known": {
                "at": "2026-01-01T00:00:00Z", "known": "2026-01-01T00:00:00Z", "state": "holds",
                "happened": "2020-03-11T14:00Z", "has_happened": True,
                "says": "landed with nobody at the lawn",
                "fields": {"crew": [], "place": "the lawn"},
            },
            "as_of": {"position": 3, "recorded": "2026-01-01T00:00:00Z"},
        }  # fmt: skip

    def test_what_there_is_none_of_is_absent(self) -> None:
        answer = one_event(built(HISTORY), "apple/anomaly", LATER, LATER)
        assert not {"note", "correlation", "causation"} & set(answer)
        assert answer["sources"] == [{"key": "unsourced", "publisher": "unsourced"}]

    def test_a_coarse_known_time_takes_effect_at_its_end(self) -> None:
        answer = one_event(built(HISTORY), "apple/docked", LATER, LATER)
        assert answer["known_from"] == "2020-05-01T00:00:00Z"

    def test_what_held_of_it_at_an_instant_as_known_at_another(self) -> None:
        corrected = fact("fact.corrected", "2020-06-01", id="apple/landed/corrected-1", version=5,
                         target="apple/landed", reason="a slip",
                         changes={"happened": "2020-03-12", "place": "the barn"})  # fmt: skip
        retracted = fact("fact.retracted", "2020-07-01", id="apple/landed/retracted-1", version=6,
                         target="apple/landed", reason="it never did")  # fmt: skip
        landed = apple("landed", "2020-03-11", "2020-03-20", crew=[], place="the lawn", version=4)
        db = built([*SOURCES, landed, corrected, retracted])

        def held(at: str, known: str) -> dict[str, Any]:
            answer = one_event(db, "apple/landed", instant(at), instant(known))
            assert answer["says"] == "landed with nobody at the lawn"
            assert [one["id"] for one in answer["amendments"]] == [corrected.id, retracted.id]
            known_then: dict[str, Any] = answer["as_known"]
            return known_then

        assert held("2020-03-01", "2020-03-01")["state"] == "not yet known"
        then = held("2020-03-11T12:00Z", "2020-04-01")
        assert (then["state"], then["has_happened"]) == ("holds", True)
        then = held("2020-03-11T12:00Z", "2020-06-02")
        assert (then["state"], then["has_happened"]) == ("corrected", False)
        assert then["says"] == "landed with nobody at the barn"
        assert held("2021-01-01", "2021-01-01")["state"] == "retracted"

    def test_what_is_said_about_it(self) -> None:
        claim = fact("fact.claimed", "2020-05-01", id="apple/claim", version=5, says="It hovered.",
                     about="apple/docked")  # fmt: skip
        answer = one_event(built([*HISTORY, claim]), "apple/docked", LATER, LATER)
        assert [(one["id"], one["says"]) for one in answer["statements"]] == [
            ("apple/claim", "claim: It hovered.")
        ]

    @pytest.mark.parametrize("name", ["apple/docked", "apple/do", "pear/p"])
    def test_a_beginning_of_one_is_enough(self, name: str) -> None:
        assert event_id(built(HISTORY), name).startswith(name)

    def test_an_id_may_begin_another(self) -> None:
        longer = apple("anomaly", "2020-03-07", what="Another.", id="apple/anomaly-2")
        assert event_id(built([*HISTORY, longer]), "apple/anomaly") == "apple/anomaly"

    def test_a_beginning_of_several_is_ambiguous(self) -> None:
        with pytest.raises(
            reader.AmbiguousName, match="could be any of: pear/port-north, pear/reg"
        ):
            event_id(built(HISTORY), "pear/")
        many = [apple("anomaly", "2020", what="x", id=f"apple/worm-{n}") for n in range(1, 10)]
        with pytest.raises(reader.AmbiguousName, match=r"apple/worm-8, \.\.\.$"):
            event_id(built(many), "apple/worm")

    @pytest.mark.parametrize(
        ("name", "hint"),
        [
            ("aple/docked", "did you mean apple/docked"),
            ("xyzzy", "`aboard log` lists the events"),
            ("", "`aboard log` lists the events"),
            ("///", "`aboard log` lists the events"),
        ],
    )
    def test_a_miss_offers_near_ids(self, name: str, hint: str) -> None:
        with pytest.raises(reader.UnknownName) as miss:
            event_id(built(HISTORY), name)
        assert miss.value.hint.startswith(hint)


SAID: list[tuple[str, dict[str, Any], str]] = [
    ("flight.rolled_back", {"reason": "wind"}, "rolled back: wind"),
    ("flight.rolled_back", {}, "rolled back"),
    ("flight.launch_aborted", {"reason": "a booster"}, "launch aborted: a booster"),
    ("flight.craft_added", {"craft": "pip", "name": "Pip", "spacecraft": "Lander"},
     "Pip, a Lander, flies with it"),
    ("flight.docked", {"station": "pear", "mate": "soft"},
     "soft-docked with Pear at a port not named"),
    ("flight.docked", {"to_craft": "core", "craft": "apple"}, "Apple docked with Core"),
    ("flight.docking_failed", {"station": "pear", "port": "north", "reason": "the latches"},
     "failed to dock with Pear at North: the latches"),
    ("flight.transferred", {"people": ["ann"], "from_craft": "apple", "craft": "core",
                            "by": "hatch"}, "Ann transferred from Apple to Core through the hatch"),
    ("flight.transferred", {"people": ["ann"], "by": "spacewalk"},
     "Ann transferred to Apple by spacewalk"),
    ("flight.undocked", {"craft": "core", "crew": []}, "Core undocked with nobody"),
    ("flight.lost", {"crew": ["ann"], "reason": "the wing"}, "lost with Ann: the wing"),
    ("flight.relocation_planned", {"target": "2020-05", "from_port": "north", "to_port": "south"},
     "relocation from North to south planned for 2020-05"),
    ("flight.relocation_planned", {"target": "2020-05", "condition": "rain"},
     "relocation planned for 2020-05, on condition: rain"),
    ("flight.seat_move_planned", {"target": "2020-05", "person": "ann", "from_flight": "quince"},
     "seat of Ann to move from quince to Apple, planned for 2020-05"),
    ("flight.plan_withdrawn", {"item": "seat move", "person": "ann", "reason": "rain"},
     "plan withdrawn: seat move of Ann: rain"),
    ("flight.condition_met", {"plan": "apple/if"}, "the condition of apple/if is met"),
    ("person.died", {"flight": "apple"}, "Ann died on Apple"),
    ("person.died", {}, "Ann died"),
    ("spacewalk.began", {"people": ["ann"], "station": "pear", "name": "Walk 1"},
     "spacewalk began (Walk 1): Ann, from Pear"),
    ("spacewalk.began", {"people": ["ann"], "craft": "core"}, "spacewalk began: Ann, from Core"),
    ("spacewalk.ended", {}, "spacewalk ended"),
    ("station.command_handover_planned", {"target": "2020-05", "to_person": "ann"},
     "hand-over of command to Ann planned for 2020-05"),
    ("fact.claimed", {"says": "It rained."}, "claim: It rained."),
    ("fact.ruled", {"holds": "a/a", "against": ["a/b", "a/c"], "reason": "seen"},
     "ruling: a/a holds, not a/b and a/c (seen)"),
    ("fact.gap_stated", {"what": "who rode"}, "not known: who rode"),
]  # fmt: skip
STREAMS = {"person": "person/ann", "spacewalk": "spacewalk/one", "station": "station/pear"}


@pytest.mark.parametrize(("kind", "said", "says"), SAID)
def test_what_an_event_says(kind: str, said: dict[str, Any], says: str) -> None:
    core = apple("craft_added", "2020-01-02", craft="core", name="Core", spacecraft="Fruit")
    event = fact(kind, "2020-04-01", stream=STREAMS.get(kind.partition(".")[0], "flight/apple"),
                 id="what/it-says", **said)  # fmt: skip
    told = entries(built([*HISTORY, core, event]), Picked())
    assert [one["says"] for one in told if one["id"] == "what/it-says"] == [says]


def test_an_event_tells_what_amended_it() -> None:
    slip = fact("fact.corrected", "2020-03-08", stream="flight/apple", id="apple/mended",
                target="apple/anomaly", reason="a slip",
                changes={"what": "Two worms."})  # fmt: skip
    assert one_event(built([*HISTORY, slip]), "apple/anomaly", LATER, LATER)["amendments"] == [
        {"id": "apple/mended", "type": "fact.corrected", "known": "2020-03-08",
         "says": 'correction of apple/anomaly: what is "Two worms." (a slip)'},
    ]  # fmt: skip
    told = story(built([*HISTORY, slip]), "apple", instant("2021"), instant("2021"))
    assert [one["amended"] for one in told["story"] if "amended" in one] == ["corrected"]
