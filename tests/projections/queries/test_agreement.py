"""Agreements: how far the text has come, and which seats are planned or flown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from aboard.projections.queries.agreement import agreed, agreements
from aboard.projections.queries.event_text import sentence
from aboard.projections.read_model.read_model import catch_up, rebuild
from tests.build import fact, instant, seats
from tests.memory import in_memory
from tests.projections.model import ListLog, built, flight, tables

if TYPE_CHECKING:
    from aboard.events.envelope import Event

NOW = "2030-01-01"


def stated(kind: str, happened: str, known: str | None = None, **said: Any) -> Event:
    return fact(kind, happened, known, stream="agreement/swap", **said)


def seat(person: str, on: str, happened: str = "2022-07-14", known: str | None = None,
         **said: Any) -> Event:  # fmt: skip
    sides = {"traveller_of": "Orchard", "carrier": "Garden", **said}
    return stated("seat_exchanged", happened, known, person=person, flight=on, **sides)


SIGNED = stated("signed", "2022-07-14", "2022-07-15", id="swap/signed", name="The swap",
                parties=["Orchard", "Garden"], scope="Seats for seats.")  # fmt: skip
APPLE = flight("apple", ("launched", "2022-09-21T13:54:49Z", {"crew": ["ann", "bob"]}))


def ask(facts: list[Event], at: str = NOW, known: str = NOW) -> dict[str, Any]:
    return agreed(built(facts), "swap", instant(at), instant(known))


def planned_and_flown(facts: list[Event], at: str = NOW, known: str = NOW) -> list[tuple[str, str]]:
    answer = ask(facts, at, known)
    return [(f"{one['person']} on {one['flight']}", one["state"]) for one in answer["seats"]]


class TestText:
    def test_nothing_is_known_of_it_before_it_is_announced(self) -> None:
        answer = ask([SIGNED], known="2022-07-01")
        assert (answer["state"], answer["text"], answer["seats"]) == (None, [], [])
        assert (answer["parties"], answer["scope"], answer["signed"]) == (None, None, None)
        assert (answer["counts"], answer["next"], answer["until"]) == ([], None, None)

    def test_the_latest_announcement_holds_until_it_is_signed(self) -> None:
        facts = [
            stated("announced", "2022-06-10", what="Allowed."),
            stated("announced", "2022-07-01", what="Nearly there."),
            SIGNED,
        ]
        assert [one["what"] for one in ask(facts, known="2022-06-30")["text"]] == ["Allowed."]
        assert [one["what"] for one in ask(facts, known="2022-07-14")["text"]] == ["Nearly there."]
        (signed,) = ask(facts, known="2022-07-15")["text"]
        assert (signed["status"], signed["since"], signed["known"]) == (
            "signed", "2022-07-14", "2022-07-15",
        )  # fmt: skip
        assert ask(facts, at="2022-07-13", known="2022-07-15")["state"] == "announced"

    def test_an_announcement_that_is_heard_late_does_not_undo_the_signing(self) -> None:
        same_day = stated("announced", "2022-07-14", id="swap/zzz", what="Nearly there.")
        later = stated("announced", "2022-07-15", what="Nearly there.")
        assert ask([SIGNED, same_day, later])["state"] == "signed"

    def test_what_was_signed_is_who_and_about_what(self) -> None:
        answer = ask([SIGNED])
        assert (answer["name"], answer["state"], answer["signed"]) == (
            "The swap", "signed", "2022-07-14",
        )  # fmt: skip
        assert (answer["parties"], answer["scope"]) == (["Orchard", "Garden"], "Seats for seats.")

    def test_each_supplement_is_as_far_as_it_has_come(self) -> None:
        def change(status: str, happened: str, known: str, **said: Any) -> Event:
            return stated("amended", happened, known, status=status, what="More.", **said)

        facts = [
            SIGNED,
            change("announced", "2023-03-02", "2023-03-02", supplement=1),
            change("talks approved", "2023-05-30", "2023-05-30", supplement=1),
            change("signed", "2023-07", "2023-12-28", supplement=1),
            change("announced", "2023-09-15", "2023-09-15", supplement=2),
            change("announced", "2023-10-01", "2023-10-01"),
            change("talks approved", "2023-10-24", "2023-10-24", supplement=2),
            change("announced", "2023-11-23", "2023-11-23", supplement=2),
        ]

        def states(known: str) -> list[tuple[str, str]]:
            text = ask(facts, known=known)["text"]
            return [(one["item"], one["status"]) for one in text][1:]

        assert states("2023-03-02") == [("supplement 1", "announced")]
        assert states("2023-09-15") == [
            ("supplement 1", "talks approved"), ("supplement 2", "announced"),
        ]  # fmt: skip
        assert states("2023-12-28") == [
            ("supplement 1", "signed"), ("change", "announced"), ("supplement 2", "talks approved"),
        ]  # fmt: skip

    def test_it_runs_to_the_latest_end_and_then_ends(self) -> None:
        facts = [
            SIGNED,
            stated("extended", "2023-12-28", until="2025"),
            stated("extended", "2025-01-11", until="2026"),
            stated("ended", "2026-12-31", reason="It ran out."),
        ]
        assert ask(facts, known="2023-12-27")["until"] is None
        assert ask(facts, known="2024-01-01")["until"] == "2025"
        assert ask(facts, known="2026-01-01")["until"] == "2026"
        assert ask(facts, at="2024-01-01")["until"] == "2025"
        ended = ask(facts)
        assert (ended["state"], ended["signed"]) == ("ended", "2022-07-14")
        assert ended["text"][-1]["what"] == "It ran out."

    def test_of_two_statements_at_one_instant_the_second_by_order_holds(self) -> None:
        one = stated("extended", "2023-12-28", id="swap/a", until="2025")
        two = stated("extended", "2023-12-28", id="swap/b", until="2026")
        assert ask([SIGNED, two, one])["until"] == "2026"

    def test_the_agreements_are_found(self) -> None:
        assert agreements(built([SIGNED])) == ["swap"]
        assert agreements(built([])) == []


class TestSeats:
    def test_a_seat_is_planned_until_its_flight_lifts_off_with_the_traveller(self) -> None:
        facts = [SIGNED, seat("ann", "apple"), *APPLE]
        assert planned_and_flown(facts, "2022-07-13") == []
        assert planned_and_flown(facts, "2022-07-14") == [("ann on apple", "planned")]
        assert planned_and_flown(facts, "2022-09-21T13:54:48Z") == [("ann on apple", "planned")]
        assert planned_and_flown(facts, "2022-09-21T13:54:49Z") == [("ann on apple", "flown")]

    def test_it_is_known_to_be_flown_when_the_launch_is_known(self) -> None:
        launched = flight("apple")
        launched.append(fact("launched", "2022-09-21T13:54:49Z", "2022-09-25", crew=["ann"]))
        facts = [SIGNED, seat("ann", "apple", known="2022-07-15"), *launched]
        assert planned_and_flown(facts, known="2022-07-14") == []
        assert planned_and_flown(facts, known="2022-09-24") == [("ann on apple", "planned")]
        assert planned_and_flown(facts, known="2022-09-25") == [("ann on apple", "flown")]
        (flown,) = ask(facts)["seats"]
        assert (flown["since"], flown["known"]) == ("2022-09-21T13:54:49Z", "2022-09-25")
        assert flown["events"] == [facts[1].id, launched[0].id]

    def test_an_exchange_that_is_told_after_the_launch_is_flown_from_the_launch(self) -> None:
        facts = [SIGNED, seat("ann", "apple", "2022-12-01"), *APPLE]
        assert planned_and_flown(facts, "2022-10-01") == [("ann on apple", "flown")]
        assert planned_and_flown(facts, "2022-10-01", known="2022-11-01") == []

    def test_a_launch_without_the_traveller_ends_the_plan(self) -> None:
        facts = [SIGNED, seat("cat", "apple"), *APPLE]
        assert planned_and_flown(facts, "2022-09-21") == [("cat on apple", "planned")]
        assert planned_and_flown(facts) == []

    def test_who_is_taken_off_the_crew_has_no_seat_any_more(self) -> None:
        off = fact("crew_replaced", "2022-08-01", off=["ann"])
        on = fact("crew_assigned", "2022-08-10", crew=seats("ann"))
        facts = [SIGNED, seat("ann", "apple"), off]
        assert planned_and_flown(facts, "2022-07-31") == [("ann on apple", "planned")]
        assert planned_and_flown(facts, "2022-08-01") == []
        assert planned_and_flown([*facts, on], "2022-08-09") == []
        assert planned_and_flown([*facts, on], "2022-08-10") == [("ann on apple", "planned")]
        assert planned_and_flown([*facts, *APPLE]) == [("ann on apple", "flown")]

    @pytest.mark.parametrize(
        "said",
        [
            {"off": ["bob"]},
            {"off": ["bob"], "on": seats("ann")},
            {"off": ["ann"], "on": seats("ann")},
            {"off": ["ann"], "condition": "it rains"},
        ],
    )
    def test_another_change_of_the_crew_leaves_the_seat(self, said: dict[str, Any]) -> None:
        facts = [SIGNED, seat("ann", "apple"), fact("crew_replaced", "2022-08-01", **said)]
        assert planned_and_flown(facts) == [("ann on apple", "planned")]

    def test_what_was_said_of_the_crew_before_the_exchange_does_not_count(self) -> None:
        before = fact("crew_replaced", "2022-07-01", off=["ann"])
        assert planned_and_flown([SIGNED, before, seat("ann", "apple")]) == [
            ("ann on apple", "planned")
        ]

    def test_a_traveller_who_is_taken_off_may_have_a_seat_on_another_flight(self) -> None:
        off = fact("crew_replaced", "2023-01-12", off=["ann"])
        facts = [SIGNED, seat("ann", "apple"), off, seat("ann", "pear", "2023-01-12")]
        assert planned_and_flown(facts, "2023-01-11") == [("ann on apple", "planned")]
        assert planned_and_flown(facts) == [("ann on pear", "planned")]

    def test_both_sides_are_counted_and_the_next_is_the_next_to_be_launched(self) -> None:
        aims = [
            fact("launch_planned", "2022-08-01", stream="flight/plum", target="2023-03"),
            fact("launch_planned", "2022-08-02", stream="flight/pear", target="2022-10-03"),
        ]
        facts = [
            SIGNED,
            seat("ann", "apple"),
            seat("cat", "plum"),
            seat("dan", "fig"),
            seat("eve", "pear", traveller_of="Garden", carrier="Orchard"),
            *aims,
            *APPLE,
        ]
        answer = ask(facts)
        assert answer["counts"] == [
            {"traveller_of": "Orchard", "carrier": "Garden", "flown": 1, "planned": 2},
            {"traveller_of": "Garden", "carrier": "Orchard", "flown": 0, "planned": 1},
        ]
        assert [(one["person"], one.get("launch")) for one in answer["seats"]] == [
            ("ann", None), ("eve", "2022-10-03"), ("cat", "2023-03"), ("dan", None),
        ]  # fmt: skip
        assert answer["next"] == answer["seats"][1]
        before = ask(facts, known="2022-08-01")
        assert [one["person"] for one in before["seats"]] == ["cat", "ann", "dan", "eve"]

    def test_seats_without_a_signing_are_counted_all_the_same(self) -> None:
        answer = ask([seat("ann", "apple")])
        assert answer["state"] is None
        assert answer["counts"] == [
            {"traveller_of": "Orchard", "carrier": "Garden", "flown": 0, "planned": 1}
        ]

    def test_an_assumed_known_time_says_so(self) -> None:
        assumed = seat("ann", "apple").model_copy(update={"known_assumed": True})
        (told,) = ask([SIGNED, assumed])["seats"]
        assert told["known_assumed"]


class TestFurtherStreams:
    """An exchange has the agreement read the flight's stream, which does not name it."""

    def test_a_launch_on_the_flights_stream_touches_the_agreement(self) -> None:
        log = ListLog([SIGNED, seat("ann", "apple")])
        db = built(log.events)
        before = agreed(db, "swap", instant(NOW), instant(NOW))["seats"]
        log.events += APPLE
        catch_up(db, log)
        after = agreed(db, "swap", instant(NOW), instant(NOW))["seats"]
        assert ([one["state"] for one in before], [one["state"] for one in after]) == (
            ["planned"], ["flown"],
        )  # fmt: skip

    def test_a_late_exchange_brings_in_the_whole_stream(self) -> None:
        log = ListLog([SIGNED, *APPLE])
        db = built(log.events)
        log.events.append(seat("ann", "apple"))
        catch_up(db, log)
        (flown,) = agreed(db, "swap", instant(NOW), instant(NOW))["seats"]
        assert (flown["state"], flown["since"]) == ("flown", "2022-09-21T13:54:49Z")

    def test_any_order_of_arrival_gives_what_a_rebuild_gives(self) -> None:
        events = [SIGNED, seat("ann", "apple"), *APPLE, seat("cat", "pear")]
        for turn in range(len(events)):
            log = ListLog()
            db = in_memory()
            log.events = []
            for event in (*events[turn:], *events[:turn]):
                log.events.append(event)
                catch_up(db, log)
            grown = tables(db)
            rebuild(db, log)
            fresh = tables(db)
            for name in ("link", "agreement_seats", "agreement_text"):
                assert grown[name] == fresh[name]


SENTENCES = [
    ("agreement.announced", {"what": "Nearly there."}, "announced: Nearly there."),
    ("agreement.signed", {"parties": ["A", "B"], "scope": "Seats."}, "signed by A and B: Seats."),
    ("agreement.amended", {"what": "More.", "status": "signed", "supplement": 2},
     "supplement 2 signed: More."),
    ("agreement.amended", {"what": "More.", "status": "talks approved"},
     "a change cleared for talks: More."),
    ("agreement.extended", {"until": "2025"}, "extended to the end of 2025"),
    ("agreement.seat_exchanged", {"person": "ann", "flight": "apple", "carrier": "Garden",
                                  "traveller_of": "Orchard"},
     "seat on apple of Garden given to ann of Orchard"),
    ("agreement.ended", {}, "ended"),
    ("agreement.ended", {"reason": "It ran out."}, "ended: It ran out."),
    ("station.port_moved", {"port": "north", "place": "the bow"}, "north moved: the bow"),
    ("station.port_removed", {"port": "north"}, "north removed"),
    ("station.command_handed_over", {"from_person": "ann", "to_person": "bob"},
     "command handed over by ann to bob"),
    ("station.command_handed_over", {"from_person": "ann"},
     "command handed over by ann, to whom is not known"),
    ("station.command_handed_over", {"to_person": "bob"}, "command handed over to bob"),
    ("station.expedition_began", {"number": 68}, "Expedition 68 began"),
    ("station.expedition_began", {"number": 68, "commander": "ann", "flight": "apple"},
     "Expedition 68 began under ann, as apple undocked"),
]  # fmt: skip


@pytest.mark.parametrize(("topic", "said", "says"), SENTENCES)
def test_it_says(topic: str, said: dict[str, Any], says: str) -> None:
    assert sentence(built([]), f"{topic.partition('.')[0]}/swap", topic, said) == says


class TestBesideTheFacts:
    """Claims, rulings and gaps: on the agreement's stream, or about its events."""

    CLAIM = stated("fact.claimed", "2022-08-01", id="swap/claim", says="it was signed in May",
                   about="swap/signed")  # fmt: skip
    RULING = stated("fact.ruled", "2026-01-01", id="swap/ruling", holds="swap/signed",
                    against=["swap/claim"], reason="it was in the news")  # fmt: skip

    def test_a_claim_is_told_with_its_ruling(self) -> None:
        (claim,) = ask([SIGNED, self.CLAIM, self.RULING])["claims"]
        assert (claim["id"], claim["says"]) == ("swap/claim", "it was signed in May")
        assert claim["ruling"] == {
            "id": "swap/ruling", "holds": "swap/signed", "reason": "it was in the news",
        }  # fmt: skip

    def test_one_about_its_events_is_told_wherever_it_stands(self) -> None:
        elsewhere = fact("fact.claimed", "2022-08-01", stream="flight/apple", id="apple/claim",
                         says="nothing was signed", about="swap/signed")  # fmt: skip
        assert [one["id"] for one in ask([SIGNED, *APPLE, elsewhere])["claims"]] == ["apple/claim"]

    @pytest.mark.parametrize("when", [("2022-07-31", NOW), (NOW, "2022-07-31")])
    def test_none_is_told_before_it_was_made(self, when: tuple[str, str]) -> None:
        assert ask([SIGNED, self.CLAIM], *when)["claims"] == []
        assert len(ask([SIGNED, self.CLAIM], "2022-08-01", "2022-08-01")["claims"]) == 1

    def test_gaps_of_the_agreement_and_of_the_events_it_rests_on(self) -> None:
        own = stated("fact.gap_stated", "2026-01-01", id="swap/gap", what="who pays")
        seat_given = seat("ann", "apple", id="swap/ann")
        about = [
            fact("fact.gap_stated", "2026-01-01", stream="flight/apple", id=f"apple/gap-{number}",
                 what="why", about=event)
            for number, event in enumerate(("swap/ann", "swap/signed", "swap/elsewhere"))
        ]  # fmt: skip
        found = ask([SIGNED, own, seat_given, *APPLE, *about])["gaps"]
        assert [one["id"] for one in found] == ["apple/gap-0", "apple/gap-1", "swap/gap"]
